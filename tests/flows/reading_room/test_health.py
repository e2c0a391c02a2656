"""`/healthz` and `/metrics`: who may know what, and whether it is true."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from config.settings import Settings
from flows.prefect_names import RECORDING_FLOW, RECORDING_POOL
from flows.reading_room.library import Library
from flows.reading_room.prefect_monitor import PrefectWatch
from flows.serving.room_server import create_reading_room
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.storage_interface import Storage
from tests.flows.reading_room.conftest import RECORD
from transcripts.errors.error_kinds import TemporaryError
from transcripts.errors.storage_errors import StorageUnreachableError

TOKEN = "nur-fuer-prometheus-und-nur-im-test"
HOME = "https://lesen.example.org"


@contextmanager
def asked_from(app: FastAPI, host: str, base_url: str = HOME) -> Iterator[TestClient]:
    """Somebody at an address."""
    with TestClient(app, base_url=base_url, raise_server_exceptions=False, client=(host, 50_000)) as client:
        yield client


@pytest.fixture
def app(sample_storage: Storage, tmp_path: Path) -> FastAPI:
    """A room of members, put together as `mitschnitt` does it, that has seen its archive."""
    settings = Settings.model_validate(
        {
            "network": {"base_url": HOME},
            "work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")},
            "reading_room": {"metrics_token": TOKEN, "trusted_proxies": ["10.0.0.1"]},
        }
    )
    app = create_reading_room(settings, sample_storage, 8080).app
    app.state.room.library.catch_up()
    return app


def figures(text: str) -> dict[str, float]:
    """The samples by name and labels."""
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_stranger_learns_that_the_room_is_open_and_nothing_else(app: FastAPI) -> None:
    with asked_from(app, "203.0.113.9") as client:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer.headers["cache-control"] == "no-store"


def test_this_machine_learns_that_a_folder_is_gone_and_a_stranger_does_not(
    app: FastAPI, tmp_path: Path
) -> None:
    with asked_from(app, "127.0.0.1", "http://127.0.0.1:8080") as client:
        assert "missing" not in client.get("/healthz").json()
        shutil.rmtree(tmp_path / "state")
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["missing"]) == (503, ["work.state_dir"])
        assert client.get("/readyz").status_code == 200, "people can still read"
    with asked_from(app, "203.0.113.9") as client:
        assert client.get("/healthz").json() == {"status": "missing"}


def test_this_machine_learns_how_the_parts_are(app: FastAPI) -> None:
    with asked_from(app, "127.0.0.1", "http://127.0.0.1:8080") as client:
        told = client.get("/healthz").json()
    duties = told.pop("duties")
    assert told == {"status": "ok", "archive": "ok", "records": 1, "overdue": []}
    assert [each["key"] for each in duties] == ["index", "links", "members", "watch"]
    assert datetime.fromisoformat(duties[0]["next_due"]) > datetime.now(UTC)


def test_before_the_archive_was_seen_the_room_is_not_open(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")}}
    )
    app = create_reading_room(settings, FolderStorage(tmp_path / "archive"), 8080).app
    client = TestClient(app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50_000))
    answer = client.get("/healthz")  # without its lifespan, the app follows nothing
    assert (answer.status_code, answer.json()["status"]) == (503, "starting")
    assert client.get("/readyz").status_code == 503


class Broken(FolderStorage):
    """An archive that meets what nobody foresaw."""

    def get_tagged(self, key: str) -> Any:
        raise OverflowError(key)


def test_an_overdue_duty_makes_the_room_red_but_takes_it_from_nobody(app: FastAPI, tmp_path: Path) -> None:
    library: Library = app.state.room.library
    whole, library.storage = library.storage, Broken(tmp_path)
    with asked_from(app, "127.0.0.1", "http://127.0.0.1:8080") as client:
        told = wait_for(lambda: red_or_none(client))
        assert told["overdue"] == ["index"]
        (trouble,) = (each["trouble"] for each in told["duties"] if each["key"] == "index")
        assert trouble == "OverflowError"
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ok"})
        seen = figures(client.get("/metrics").text)
        assert seen["mitschnitt_duty_overdue index"] == 1
        assert seen["mitschnitt_duty_overdue members"] == 0
        library.storage = whole
        wait_for(lambda: client.get("/healthz").status_code == 200)
        seen = figures(client.get("/metrics").text)
        assert seen["mitschnitt_duty_overdue index"] == 0
        assert seen["mitschnitt_duty_done_timestamp_seconds index"] > 1_700_000_000


def test_a_stranger_learns_that_something_is_overdue_but_not_what(app: FastAPI, tmp_path: Path) -> None:
    app.state.room.library.storage = Broken(tmp_path)
    with asked_from(app, "203.0.113.9") as client:
        answer = wait_for(lambda: red_or_none(client))
    assert answer == {"status": "overdue"}


def red_or_none(client: TestClient) -> Any:
    answer = client.get("/healthz")
    return answer.json() if answer.status_code == 503 else None


def wait_for(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while not (result := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return result


def test_an_archive_that_goes_away_is_told_while_people_can_still_read(app: FastAPI, tmp_path: Path) -> None:
    library: Library = app.state.room.library

    class Away(FolderStorage):
        def get_tagged(self, key: str) -> Any:
            raise StorageUnreachableError(place=key)

    library.storage = Away(tmp_path)
    with pytest.raises(TemporaryError):
        library.catch_up()
    client = TestClient(app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50_000))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["archive"]) == (200, "away")


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 403),
        ("203.0.113.9", {"authorization": f"Bearer {TOKEN}"}, 200),
        ("203.0.113.9", {"authorization": "Bearer geraten"}, 403),
        ("203.0.113.9", {"authorization": "Bearer "}, 403),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, 403),
        ("127.0.0.1", {"x-forwarded-proto": "https"}, 403),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, 403),
        ("203.0.113.9", {"x-forwarded-for": "127.0.0.1"}, 403),
        ("10.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 403),
    ],
)
def test_figures_are_for_this_machine_and_for_whoever_knows_the_token(
    app: FastAPI, host: str, headers: dict[str, str], status: int
) -> None:
    with asked_from(app, host) as client:
        answer = client.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("mitschnitt_records" in answer.text) == (status == 200)


def test_without_a_token_in_the_settings_none_opens_the_figures(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")}}
    )
    app = create_reading_room(settings, FolderStorage(tmp_path / "archive"), 8080).app
    with asked_from(app, "203.0.113.9", "http://127.0.0.1:8080") as client:
        for given in ("", "Bearer ", "Bearer None"):
            assert client.get("/metrics", headers={"authorization": given}).status_code == 403


def test_requests_are_counted_by_route_and_never_by_what_was_asked_for(app: FastAPI) -> None:
    with asked_from(app, "127.0.0.1", "http://127.0.0.1:8080") as client:
        client.get("/anmelden?next=/suche%3Fq%3DLosverfahren")
        client.get(f"/recordings/{RECORD}/", headers={"accept": "text/html"}, follow_redirects=False)
        client.get("/static/alt/gibt-es-nicht.js")
        answer = client.get("/metrics")
    found = figures(answer.text)
    assert found["mitschnitt_http_answers_total /anmelden 200"] == 1
    assert found["mitschnitt_http_answers_total none 303"] == 1, "who may not come in reaches no route"
    assert found["mitschnitt_http_answers_total /static/{version}/{name} 404"] == 1
    assert found["mitschnitt_http_answer_seconds_count /anmelden"] == 1
    assert found["mitschnitt_records"] == 1
    assert found["mitschnitt_archive_seen_timestamp_seconds"] > 1_700_000_000
    assert found["process_resident_memory_bytes"] > 0
    assert "Losverfahren" not in answer.text
    assert RECORD not in answer.text


def test_prefects_jobs_and_workers_are_seen_through_its_own_interface(prefect_server: str) -> None:
    with httpx.Client(base_url=prefect_server) as api:
        before = PrefectWatch(prefect_server).condition()
        flow = api.post("/flows/", json={"name": RECORDING_FLOW}).json()["id"]
        for state in ("SCHEDULED", "RUNNING", "RUNNING", "CRASHED", "COMPLETED"):
            api.post("/flow_runs/", json={"flow_id": flow, "state": {"type": state}}).raise_for_status()
        other = api.post("/flows/", json={"name": "etwas-anderes"}).json()["id"]
        api.post("/flow_runs/", json={"flow_id": other, "state": {"type": "RUNNING"}}).raise_for_status()
        api.post("/work_pools/", json={"name": RECORDING_POOL, "type": "mitschnitt"})  # if it is not there
        beat = api.post(f"/work_pools/{RECORDING_POOL}/workers/heartbeat", json={"name": "gesehen"})
        beat.raise_for_status()
    after = PrefectWatch(prefect_server).condition()
    assert after.answers
    assert after.workers_online == before.workers_online + 1
    grown = {state: after.jobs[state] - before.jobs[state] for state in after.jobs}
    assert grown == {"waiting": 1, "running": 2, "failed": 1}


def test_a_server_that_is_away_is_said_to_be() -> None:
    assert PrefectWatch("http://127.0.0.1:9/api").condition().answers is False
