"""How fast the archive takes a large file, and how long a listing of 10,000 records takes.

`python -m bench.archive [GIGABYTES]` sends the same file to the same SeaweedFS (plain HTTP, on
this machine) with `aws s3 cp` and with ours, five times each, in turns and with turns in who is
first, and prints both; then the peak of our memory over what the process had before; then the
listing, from a folder and from S3, with its number of requests. `aws` comes from PyPI for the
measurement alone; with 0 gigabytes only the listing is measured.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from bench.running.termination import end_on_sigterm
from tasks.archive.catalogue_store import listing, update_catalogue
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.s3_storage import S3Storage
from tasks.storage.storage_interface import Storage
from tests.archive_records import IMPRINT
from tests.s3_server import S3Server, running_s3_server
from transcripts.archive import layout
from transcripts.archive.catalogue import Catalogue, CatalogueEntry
from transcripts.archive.layout import object_key
from transcripts.media.media_values import LocalFile
from transcripts.model import Recording, Source, Stage

ROUNDS = 5
RECORDS = 10_000
BLOCK_BYTES = 4_000_000


def main() -> None:
    """Run all and print."""
    end_on_sigterm()
    gigabytes = float(sys.argv[1]) if sys.argv[1:] else 1.0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "s3")
        home.mkdir()
        with running_s3_server(home) as server:
            if gigabytes:
                _throughput(server, Path(folder), int(gigabytes * 1e9))
            _print_listing("folder", FolderStorage(Path(folder, "archive")))
            bucket = S3Storage(server.bucket, "list", replace(server.access, endpoint_url=server.plain_url))
            _print_listing("S3", bucket)


def _throughput(server: S3Server, folder: Path, size_bytes: int) -> None:
    file = LocalFile.of(_random_file(folder / "video.mp4", size_bytes))
    aws, environment = _aws(folder), _environment(server)
    storage = S3Storage(server.bucket, "speed", replace(server.access, endpoint_url=server.plain_url))
    storage.put_bytes("ready", b"", "text/plain")
    base = _peak_bytes()
    seconds: dict[str, list[float]] = {"aws s3 cp": [], "mitschnitt": []}
    for number in range(ROUNDS):
        goal = f"s3://{server.bucket}/speed/aws-{number}.mp4"
        command = [*aws, "s3", "cp", "--quiet", str(file.path), goal, "--endpoint-url", server.plain_url]
        ways: list[tuple[str, Callable[[], object]]] = [
            ("aws s3 cp", partial(subprocess.run, command, env=environment, check=True)),
            ("mitschnitt", partial(storage.put_file, f"{number}.mp4", file.path, file.sha256, "video/mp4")),
        ]
        for name, send in ways if number % 2 == 0 else reversed(ways):
            seconds[name].append(_seconds(send))
    for name, each in seconds.items():
        best, median = (size_bytes / 1e6 / value for value in (min(each), statistics.median(each)))
        listed = "  ".join(f"{one:.1f}" for one in each)
        print(f"{name:<12} best {best:.0f} MB/s, median {median:.0f} MB/s (seconds: {listed})", flush=True)
    more = (_peak_bytes() - base) / 1e6
    print(f"{'peak memory':<12} {more:7.0f} MB over the process's base of {base / 1e6:.0f} MB")


def _aws(folder: Path) -> list[str]:
    """The AWS command line in an environment of its own."""
    uv = str(Path(sys.executable).parent / "uv")
    home = folder / "aws"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", str(home / "bin/python"), "awscli"], check=True
    )
    return [str(home / "bin/python"), str(home / "bin/aws")]


def _environment(server: S3Server) -> dict[str, str]:
    return os.environ | {
        "AWS_ACCESS_KEY_ID": str(server.access.access_key_id),
        "AWS_SECRET_ACCESS_KEY": str(server.access.secret_access_key),
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@dataclass(frozen=True, slots=True)
class Listing:
    """What one listing of the catalogue found, and what it cost; from a folder no requests."""

    records: int
    seconds: float
    requests: int


def fill(storage: Storage, records: int) -> None:
    """Folders for so many records, and a catalogue of them."""
    entries = [_entry(number) for number in range(records)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda entry: _put_manifest(storage, entry.recording.id), entries))
    content = Catalogue(records=tuple(entries)).to_json().encode()
    storage.put_bytes(layout.CATALOGUE, content, "application/json")


def counted_listing(storage: Storage) -> Listing:
    """List the records once."""
    requests: list[str] = []
    if isinstance(storage, S3Storage):
        storage.client.meta.events.register(
            "before-send.s3", lambda request, **_: requests.append(request.url)
        )
    started = time.monotonic()
    found = len(listing(storage))
    return Listing(found, time.monotonic() - started, len(requests))


def _print_listing(name: str, storage: Storage) -> None:
    seconds = _seconds(partial(fill, storage, RECORDS))
    print(f"putting {RECORDS} records into {name}: {seconds:.1f} s", flush=True)
    found = counted_listing(storage)
    print(f"listing {found.records} records from {name}: {found.seconds:.2f} s, {found.requests} requests")
    seconds = _seconds(partial(update_catalogue, storage, IMPRINT))
    print(f"writing their catalogue, page and feed to {name}: {seconds:.2f} s", flush=True)


def _put_manifest(storage: Storage, record_id: str) -> None:
    """A file that makes the folder be there; in a folder without the writer's care, which takes minutes."""
    key = object_key(record_id, layout.MANIFEST)
    if isinstance(storage, FolderStorage):
        (storage.root / key).parent.mkdir(parents=True)
        (storage.root / key).write_bytes(b"{}")
    else:
        storage.put_bytes(key, b"{}", "application/json")


def _entry(number: int) -> CatalogueEntry:
    day = date(2000, 1, 1) + timedelta(days=number)
    recording = Recording(
        id=layout.new_record_id(day, "Netzwerktreffen Bürgerräte: Losverfahren", taken=()),
        title="Netzwerktreffen Bürgerräte: Losverfahren",
        recorded_on=day,
        duration_seconds=5400.0,
        source=Source(
            url=f"https://example.org/{number}", url_fingerprint=f"{number:064}", sha256=f"{number:064}"
        ),
        agenda=("Begrüßung", "Das Losverfahren in kleinen Gemeinden", "Verabschiedung"),
        stage=Stage.ANNOUNCED,
    )
    return CatalogueEntry(recording=recording, has_video=True, version=1, manifest_sha256="0" * 64)


def _random_file(path: Path, size_bytes: int) -> Path:
    with path.open("wb") as stream:
        for start in range(0, size_bytes, BLOCK_BYTES):
            stream.write(os.urandom(min(BLOCK_BYTES, size_bytes - start)))
    return path


def _seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
