"""Prefect's own server for tests and measurements, on a free port of the loopback."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.s3_server import free_port

PATIENCE_SECONDS = 120


@contextmanager
def running_prefect_server(folder: Path) -> Iterator[str]:
    """Start a server that keeps its data in `folder`; yields the API's address, stops it at the end."""
    port = free_port()
    environment = os.environ | {
        "PREFECT_HOME": str(folder),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/health", process, folder / "server.log")
            yield f"http://127.0.0.1:{port}/api"
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE_SECONDS * 2):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=2)  # noqa: S310 - the loopback
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("Prefect's server did not start: " + log.read_text())
