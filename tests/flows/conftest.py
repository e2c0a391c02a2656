"""A Prefect server for the flow tests, workplaces, and the sample meeting processed once."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.workplace import Answer, Workplace
from tests.media_samples import SAMPLES
from tests.misbehaving_server import Site, serve_folder
from tests.s3_server import free_port

TITLE = "Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden"
PATIENCE_SECONDS = 120


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API address of Prefect's own server, shared by the tests that do not look at its start."""
    folder, port = tmp_path_factory.mktemp("prefect"), free_port()
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


@pytest.fixture
def workplace(tmp_path: Path, prefect_server: str) -> Workplace:
    """A fresh folder to run `mitschnitt` in, on the shared Prefect server."""
    folder = tmp_path / "workplace"
    folder.mkdir()
    return Workplace(folder, {"PREFECT_API_URL": prefect_server})


@dataclass(frozen=True)
class ProcessedSample:
    """The sample meeting after `mitschnitt process`, run as a user would, with Prefect's temporary server."""

    workplace: Workplace
    site: Site
    url: str
    answer: Answer
    record: Path
    seconds: float


@pytest.fixture(scope="session")
def processed_sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessedSample]:
    workplace = Workplace(tmp_path_factory.mktemp("sample"))
    with serve_folder(SAMPLES) as site:
        url = site.url("netzwerktreffen.mp4")
        agenda = str(SAMPLES / "netzwerktreffen.tagesordnung.txt")
        started = time.monotonic()
        options = ["--title", TITLE, "--date", "2026-11-19", "--agenda", agenda]
        answer = workplace.run("process", url, *options)
        seconds = time.monotonic() - started
        assert answer.status == 0, answer.err
        (record,) = workplace.records()
        yield ProcessedSample(workplace, site, url, answer, record, seconds)
