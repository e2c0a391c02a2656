"""Prefect's own server for tests and measurements, on a free port of the loopback."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flows.orchestration.prefect_database import lay_out_database
from tests.s3_server import free_port

PATIENCE_SECONDS = 240


class PrefectServer:
    """A server that keeps its data in `folder`, or where `environment` says; always at the same address."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self._folder, self._port = folder, free_port()
        self._environment = {
            **os.environ,
            "PREFECT_HOME": str(folder),
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            **(environment or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Of the API."""
        return f"http://127.0.0.1:{self._port}/api"

    def start(self) -> None:
        """Returns when it answers. A database in its folder begins as that of `mitschnitt serve` does."""
        if "PREFECT_API_DATABASE_CONNECTION_URL" not in self._environment:
            lay_out_database(self._folder)
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
        log = self._folder / "server.log"
        with log.open("ab") as opened:
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port)],
                env=self._environment,
                stdout=opened,
                stderr=opened,
                start_new_session=True,
            )
        _wait_for(f"{self.address}/health", self._process, log)

    def stop(self) -> None:
        """End it properly."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)

    def kill(self) -> None:
        """End it without a warning, with all that it began."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def running_prefect_server(folder: Path) -> Iterator[str]:
    """Start a server that keeps its data in `folder`; yields the API's address, stops it at the end."""
    server = PrefectServer(folder)
    try:
        server.start()
        yield server.address
    finally:
        server.stop()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE_SECONDS * 2):
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=2)  # noqa: S310 - the loopback
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("Prefect's server did not start: " + log.read_text())
