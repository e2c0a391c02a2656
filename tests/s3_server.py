"""A real S3 server (SeaweedFS) for tests, on free ports of the loopback."""

import json
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks.s3_storage import S3Access, S3Storage
from transcripts.errors import StepError

BUCKET = "archiv"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class S3Server:
    """How to reach the running server."""

    bucket: str
    access: S3Access


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running_s3_server(folder: Path) -> Iterator[S3Server]:
    """Start SeaweedFS with one bucket and one key; stop it at the end."""
    port = free_port()
    identities = [
        {
            "name": "pipeline",
            "credentials": [{"accessKey": "pipeline", "secretKey": "nur-fuer-tests"}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ]
    (folder / "s3.json").write_text(json.dumps({"identities": identities}))
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(_command(folder, port), stdout=log, stderr=log)
        try:
            access = S3Access(f"http://127.0.0.1:{port}", "eu-central-1", "pipeline", "nur-fuer-tests")
            _wait_for_bucket(access, process, folder / "weed.log")
            yield S3Server(BUCKET, access)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _command(folder: Path, port: int) -> list[str]:
    weed = Path(sysconfig.get_path("scripts")) / "weed"
    ports = {"master": free_port(), "filer": free_port(), "volume": free_port()}
    return [
        str(weed),
        "-logtostderr=true",
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.port={port}",
        *(f"-{name}.port={number}" for name, number in ports.items()),
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-bucket={BUCKET}",
        f"-s3.config={folder / 's3.json'}",
    ]


def _wait_for_bucket(access: S3Access, process: subprocess.Popen[bytes], log: Path) -> None:
    """The server answers before its bucket is made: ask until the bucket takes an object."""
    storage = S3Storage(BUCKET, "", access)
    for _ in range(PATIENCE_SECONDS * 5):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            storage.put_bytes("ready", b"", "text/plain")
            return
        except StepError:
            time.sleep(0.2)
    raise AssertionError("SeaweedFS did not start: " + log.read_text()[-2000:])
