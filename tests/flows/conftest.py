"""A Prefect server for the flow tests, workplaces, and the sample meeting processed once."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.workplace import Answer, Workplace
from tests.media_samples import SAMPLES
from tests.misbehaving_server import Site, serve_folder
from tests.prefect_server import PrefectServer, running_prefect_server

TITLE = "Netzwerktreffen Bürgerräte: Losverfahren in kleinen Gemeinden"


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API address of Prefect's own server, shared by the tests that do not look at its start."""
    with running_prefect_server(tmp_path_factory.mktemp("prefect")) as address:
        yield address


@pytest.fixture(scope="session")
def idle_prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The API address of a server whose scheduler does not run: no run is made that a test did not make."""
    without = {"PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false"}
    server = PrefectServer(tmp_path_factory.mktemp("idle"), without)
    server.start()
    yield server.address
    server.stop()


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
