"""How long an organiser's upload of ten gigabytes takes over a line that breaks, and what memory that needs.

`python -m bench.upload [GIGABYTES]`: the desk runs in a process of its own; a file of noise goes there by
tus, in pieces as large as the page's, and each gigabyte the line breaks in the middle of one. Beside it,
how long copying the same file takes. Then the file is put together as a worker does it, and its SHA-256
compared. Needs twice the file's room on the disk.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from bench.running.termination import end_on_sigterm
from flows.desk.tus_uploads import UPLOADS, TusServer, UploadLimits, tus_router
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.archive.upload_store import PART_BYTES, Uploads
from tasks.storage.folder_storage import FolderStorage
from tests.flows.reading_room.entrances import BERT, HOME, OWN_PAGE, entrance
from tests.media_samples import MEETING
from transcripts.media.media_values import LocalFile
from transcripts.pages.room.room_pages import Site

GIGABYTE = 1_000_000_000
BLOCK_BYTES = 4_000_000
TUS = {**OWN_PAGE, "host": HOME.partition("://")[2], "tus-resumable": "1.0.0"}
PATIENCE_SECONDS = 60.0
MOVED_ON = 409


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk in another process, and its organiser's cookies."""

    url: str
    cookies: str
    process_id: int

    @property
    def peak_megabytes(self) -> float:
        status = Path(f"/proc/{self.process_id}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def main() -> None:
    """Measure and print; exit with 1 when the file is another."""
    end_on_sigterm()
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        return
    size_bytes = int(float(sys.argv[1]) * GIGABYTE) if sys.argv[1:] else 10 * GIGABYTE
    with tempfile.TemporaryDirectory(prefix="upload-") as temporary:
        folder = Path(temporary)
        file = noisy_recording(folder / "treffen.mp4", size_bytes)
        began = time.monotonic()
        shutil.copyfile(file.path, folder / "copy")
        tell("copied", time.monotonic() - began, size_bytes)
        (folder / "copy").unlink()
        with running_desk(folder, size_bytes) as desk:
            before = desk.peak_megabytes
            began = time.monotonic()
            upload_id, breaks = send(desk, file)
            tell(f"upload, line broken {breaks} times", time.monotonic() - began, size_bytes)
            print(f"the desk's memory: {desk.peak_megabytes:.0f} MB at most, {before:.0f} before", flush=True)
        file.path.unlink()
        uploads = Uploads(FolderStorage(folder / "archive"))
        began = time.monotonic()
        got = uploads.download(uploads.read(upload_id), folder / "got", lambda *_: None)
        tell("put together and hashed", time.monotonic() - began, size_bytes)
    if got.sha256 != file.sha256:
        sys.exit("It is not the same file.")
    print("The same file.")


def tell(what: str, seconds: float, size_bytes: int) -> None:
    """One line of figures."""
    print(f"{what:<32} {seconds:6.1f} s, {size_bytes / 1e6 / seconds:5.0f} MB/s", flush=True)


def noisy_recording(path: Path, size_bytes: int) -> LocalFile:
    """A file that begins as the sample meeting and goes on with noise."""
    block = os.urandom(BLOCK_BYTES)
    with path.open("wb") as stream:
        stream.write(MEETING.read_bytes())
        number = 0
        while (left := size_bytes - stream.tell()) > 0:
            number += 1
            stream.write((number.to_bytes(8, "big") + block)[:left])
    return LocalFile.of(path)


def send(desk: Desk, file: LocalFile) -> tuple[str, int]:
    """Upload all of it; the upload's id, and how often the line broke."""
    name = b64encode(file.path.name.encode()).decode()
    breaks = 0
    with httpx.Client(base_url=desk.url, headers={**TUS, "cookie": desk.cookies}, timeout=60) as client:
        made = client.post(
            UPLOADS,
            headers={"upload-length": str(file.size_bytes), "upload-metadata": f"filename {name}"},
        )
        made.raise_for_status()
        place = made.headers["location"]
        with file.path.open("rb") as stream:
            position = 0
            while position < file.size_bytes:
                stream.seek(position)
                piece = stream.read(PART_BYTES)
                is_to_break = position // GIGABYTE > breaks
                try:
                    position = patch(client, place, position, piece, is_to_break=is_to_break)
                except ConnectionError:
                    breaks += 1
                    position = reached(client, place)
    return place.rpartition("/")[2], breaks


def patch(client: httpx.Client, place: str, position: int, piece: bytes, *, is_to_break: bool) -> int:
    """Send one piece; how many bytes are there then. Raises ConnectionError where the line is to break."""

    def half() -> Iterator[bytes]:
        yield piece[: len(piece) // 2]
        raise ConnectionError

    headers = {
        "upload-offset": str(position),
        "content-type": "application/offset+octet-stream",
        "content-length": str(len(piece)),
    }
    answer = client.patch(place, content=half() if is_to_break else piece, headers=headers)
    if answer.status_code == MOVED_ON:  # it had not yet kept what came before the line broke
        return reached(client, place)
    answer.raise_for_status()
    return int(answer.headers["upload-offset"])


def reached(client: httpx.Client, place: str) -> int:
    """How many bytes are there."""
    answer = client.head(place)
    answer.raise_for_status()
    return int(answer.headers["upload-offset"])


# The desk


@contextmanager
def running_desk(folder: Path, largest_bytes: int) -> Iterator[Desk]:
    """This module again, as a server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.upload", "serve", str(folder), str(port), str(largest_bytes)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        cookies = next(iter(server.stdout or ()), "").strip()
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        yield Desk(url, cookies, server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(url, headers=TUS)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(url)


def serve(folder: Path, port: int, largest_bytes: int) -> None:
    """Print an organiser's cookies, then serve the desk's uploads behind the real door."""
    storage = FolderStorage(folder / "archive")
    site = Site("Netzwerk Bürgerräte", HOME)
    room = Room(site, Library(storage, folder / "search.sqlite"), is_open=False)
    limits = UploadLimits(largest_bytes, largest_bytes, largest_bytes)
    router = tus_router(TusServer(Uploads(storage), limits))
    with entrance(room, folder / "house", [router]) as access_control:
        access_control.sign_in(BERT)
        print(
            "; ".join(f"{name}={value}" for name, value in access_control.client.cookies.items()), flush=True
        )
        uvicorn.run(access_control.app, host="127.0.0.1", port=port, log_level="error", lifespan="off")


if __name__ == "__main__":
    main()
