"""How the duties are, asked from outside: by `doctor` and `status`, of the room and of Prefect's server."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.loading import LoadedSettings
from config.settings import Settings
from flows.cli.status_output import duty_lines
from flows.doctor.check import Verdict
from flows.doctor.duty_checks import duties_in_time
from flows.duties import BY_WORKERS, INDEX, LINKS, MEMBERS, SCHEDULED, WATCH
from flows.prefect_names import NIGHTLY_FLOW, NIGHTLY_NAME
from flows.serving.room_server import create_reading_room
from flows.upkeep.duty_status import ask_duties, judged_at_once, room_address
from tasks.storage.folder_storage import FolderStorage
from tests.flows.workplace import Workplace
from tests.reading_rooms import listening
from tests.s3_server import free_port
from tests.steered_clock import START
from transcripts.duties.duty import NOT_DEPLOYED, PAUSED, DutyState, Trouble


class Breaking(FolderStorage):
    """An archive that meets, while told to, what nobody foresaw."""

    breaks = False

    def get_tagged(self, key: str) -> Any:
        if self.breaks:
            raise OverflowError(key)
        return super().get_tagged(key)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")},
            "reading_room": {"port": free_port()},
        }
    )


@contextmanager
def open_room(settings: Settings, archive: Breaking) -> Iterator[str]:
    port = settings.reading_room.port
    room = create_reading_room(settings, archive, port)
    with room.access_control.at_work(), listening(room.app, port) as address:
        wait_for(lambda: httpx.get(f"{address}/healthz").json()["status"] != "starting")
        yield address


def about_duties(settings: Settings) -> tuple[Verdict, str]:
    """What the doctor finds."""
    (remark,) = duties_in_time(LoadedSettings(settings, None))
    return remark.verdict, remark.text


def test_the_doctor_says_what_the_room_knows(settings: Settings, tmp_path: Path) -> None:
    archive = Breaking(tmp_path / "archive")
    with open_room(settings, archive) as address:
        answer = ask_duties(settings)
        assert answer.is_from_room
        assert [each.duty for each in answer.reports] == [INDEX, LINKS, MEMBERS, WATCH]
        assert about_duties(settings)[0] is Verdict.GOOD
        archive.breaks = True
        wait_for(lambda: httpx.get(f"{address}/healthz").status_code == 503)
        verdict, text = about_duties(settings)
        assert verdict is Verdict.BAD
        assert INDEX.title in text
        assert "OverflowError" in text
        assert LINKS.title not in text
        lines = list(duty_lines(ask_duties(settings).reports, settings.network.zone))
        assert [INDEX.title in each for each in lines if "✗" in each] == [True]


def test_a_room_that_is_not_there_is_a_hint(settings: Settings) -> None:
    verdict, text = about_duties(settings)
    assert verdict is Verdict.HINT
    assert "mitschnitt serve" in text


def test_something_else_at_its_place_is_no_room(settings: Settings) -> None:
    class Other(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    with socketserver.TCPServer(("127.0.0.1", settings.reading_room.port), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert not ask_duties(settings).is_from_room
        server.shutdown()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080/"),
        ("0.0.0.0", "http://127.0.0.1:8080/"),
        ("::", "http://[::1]:8080/"),
        ("192.0.2.1", "http://192.0.2.1:8080/"),
    ],
)
def test_a_room_that_listens_everywhere_is_asked_on_this_machine(host: str, address: str) -> None:
    assert room_address(host, 8080) == address


def test_where_nothing_was_ever_begun_nothing_is_overdue() -> None:
    unknown = DutyState(trouble=Trouble(NOT_DEPLOYED, START, timedelta(minutes=5)))
    states = {each.duty: unknown for each in SCHEDULED}
    assert judged_at_once(states, START) == []
    known = states | {SCHEDULED[0].duty: DutyState(START, START + timedelta(hours=1))}
    others = [True] * (len(SCHEDULED) - 1)
    assert [each.is_overdue for each in judged_at_once(known, START)] == [False, *others]


def test_without_a_room_prefects_server_is_asked(tmp_path: Path, idle_prefect_server: str) -> None:
    environment = {
        "PREFECT_API_URL": idle_prefect_server,
        "MITSCHNITT_READING_ROOM__PORT": str(free_port()),
    }
    workplace = Workplace(tmp_path, environment)
    with httpx.Client(base_url=idle_prefect_server) as api, deployed(api, NIGHTLY_FLOW, NIGHTLY_NAME):
        told = {each["key"]: each for each in workplace.run("status", "--json").json["duties"]}
        answer = workplace.run("doctor", "--json")
    assert set(told) == {each.duty.key for each in (*SCHEDULED, *BY_WORKERS)}
    assert told["nightly"]["trouble"] == PAUSED
    assert told["meetings"]["trouble"] == NOT_DEPLOYED
    assert all(each["overdue_since"] for each in told.values())
    assert answer.status == 1
    findings = [each for each in answer.json["findings"] if each["subject"] == "Von selbst"]
    assert {each["verdict"] for each in findings} == {"bad"}
    text = "\n".join(each["text"] for each in findings)
    assert "Prefect weiß nichts davon" in text
    assert "Der Zeitplan ist angehalten" in text


@contextmanager
def deployed(api: httpx.Client, flow: str, name: str) -> Iterator[None]:
    """A deployment without any schedule, which is gone afterwards."""
    flow_id = posted(api, "/flows/", {"name": flow})["id"]
    made = posted(api, "/deployments/", {"name": name, "flow_id": flow_id})
    yield
    api.delete(f"/deployments/{made['id']}").raise_for_status()


def posted(api: httpx.Client, path: str, document: dict[str, Any]) -> dict[str, Any]:
    """What was made; a server whose database is busy says so with 503, and is asked again."""
    for _ in range(20):
        answer = api.post(path, json=document)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
        time.sleep(0.5)
    made: dict[str, Any] = answer.raise_for_status().json()
    return made


def wait_for(condition: Any, length: timedelta = timedelta(minutes=1)) -> None:
    deadline = time.monotonic() + length.total_seconds()
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
