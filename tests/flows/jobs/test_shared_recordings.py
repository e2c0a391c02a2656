"""From the link to a share to the published record: on the command line, and at the desk with a worker."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.flows.operations import Desk, Machine, submitted
from tests.flows.workplace import Workplace, recording_of
from tests.media_samples import meeting_clip
from tests.misbehaving_server import Site
from tests.share_servers import TOKEN, Program, Share, serve_share
from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED
from transcripts.model import Stage

PASSWORD = "hoechst-geheim & süß"
NAME = "Losverfahren in Köln 2026-11-19.mp4"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return meeting_clip(tmp_path_factory.mktemp("clip") / "a.mp4", 0, 12).read_bytes()


@pytest.fixture(scope="module")
def other_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return meeting_clip(tmp_path_factory.mktemp("clip") / "b.mp4", 5, 17).read_bytes()


def test_a_share_behind_a_password_becomes_a_record_named_and_dated_by_its_file(
    workplace: Workplace, clip: bytes
) -> None:
    with serve_share(Program.NEXTCLOUD_31, Share({NAME: clip}, password=PASSWORD), "/wolke") as (site, _):
        url = site.url(f"/wolke/s/{TOKEN}")
        closed = workplace.run("process", url)
        assert (closed.status, workplace.records()) == (1, [])
        assert "mit einem Passwort geschützt" in closed.err
        assert "--passcode-stdin" in closed.err
        wrong = workplace.run("process", url, "--passcode-stdin", "--json", typed="falsch\n")
        assert wrong.json["error"]["code"] == "passcode_wrong"
        answer = workplace.run("process", url, "--passcode-stdin", typed=f"{PASSWORD}\n")
        assert answer.status == 0, answer.err
    (record,) = workplace.records()
    recording = recording_of(record)
    assert (recording.title, recording.recorded_on) == ("Losverfahren in Köln", date(2026, 11, 19))
    assert (recording.stage, recording.hold_reasons) == (Stage.ANNOUNCED, ())
    assert recording.source.url == url
    assert PASSWORD not in closed.err + wrong.err + answer.err + answer.out
    assert not [each for each in workplace.folder.rglob("*") if each.is_file() and holds_secret(each)]


def holds_secret(path: Path) -> bool:
    return any(form in path.read_bytes() for form in (PASSWORD.encode(), b"hoechst-geheim"))


def test_a_folders_recordings_are_offered_and_one_is_made_of_its_own_address(
    workplace: Workplace, clip: bytes, other_clip: bytes
) -> None:
    share = Share({"Bonn.mp4": clip, "alt/Köln.mp4": other_clip, "Protokoll.pdf": b"%PDF"}, is_folder=True)
    with serve_share(Program.NEXTCLOUD_28, share) as (site, _):
        told = workplace.run("process", site.url(f"s/{TOKEN}"))
        assert told.status == 1
        assert "mehrere Aufzeichnungen (2)" in told.err
        assert "„Bonn.mp4“" in told.err
        listed = workplace.run("process", site.url(f"s/{TOKEN}"), "--json").json["error"]["choices"]
        assert [each["name"] for each in listed] == ["Bonn.mp4", "Köln.mp4"]
        assert listed[1]["address"] in told.err
        answer = workplace.run("process", listed[1]["address"], "--json")
        assert answer.status == 0, answer.err
        assert {each["code"] for each in answer.json["hold_reasons"]} == {TITLE_GUESSED, DAY_GUESSED}
    (record,) = workplace.records()
    recording = recording_of(record)
    assert (recording.title, recording.recorded_on) == ("Köln", date(2026, 11, 20))


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, prefect_server: str) -> Iterator[Machine]:
    environment = {"MITSCHNITT_PREFECT__API_URL": prefect_server}
    machine = Machine(tmp_path_factory.mktemp("machine"), environment)
    with machine.running("worker"):
        yield machine


@pytest.fixture(scope="module")
def desk(machine: Machine) -> Iterator[Desk]:
    with machine.desk() as desk:
        yield desk


@pytest.fixture(scope="module")
def site(clip: bytes, other_clip: bytes) -> Iterator[Site]:
    files = {"Bonn 2026-10-22.mp4": clip, "alt/Köln 2026-11-19.mp4": other_clip}
    share = Share(files, is_folder=True, password=PASSWORD)
    with serve_share(Program.NEXTCLOUD_31, share) as (site, _):
        yield site


def test_the_desk_asks_for_the_passcode_then_for_the_recording_and_goes_on(
    desk: Desk, site: Site, machine: Machine, prefect_server: str
) -> None:
    url = site.url(f"s/{TOKEN}")
    job_id = submitted(desk, url=url, title=None, recorded_on=None)
    asked = desk.wait_for(job_id, "failed", "done")
    assert (asked["state"], asked["error_code"]) == ("failed", "passcode_needed")
    desk.ask("retry", id=job_id, passcode="falsch")
    wrong = desk.wait_for(job_id, "failed", "done")
    assert wrong["error_code"] == "passcode_wrong"
    desk.ask("retry", id=job_id, passcode=PASSWORD)
    offered = desk.wait_for(job_id, "failed", "done")
    assert (offered["error_code"], len(offered["choices"])) == ("choose_recording", 2)
    desk.ask("choose", id=job_id, number=2)
    again = submitted(desk, url=url, passcode=PASSWORD)
    assert again != job_id, "another recording of the folder is a job of its own"
    done: dict[str, Any] = desk.wait_for(job_id, "failed", "done", "held")
    assert (done["state"], done["choices"]) == ("done", [])
    recording = recording_of(machine.folder / "archive/recordings" / done["record_id"])
    assert (recording.title, recording.recorded_on) == ("Köln", date(2026, 11, 19))
    assert "files=" in recording.source.url
    questions = ("flow_runs", "task_runs", "artifacts", "logs")
    answers = [httpx.post(f"{prefect_server}/{each}/filter", json={}).text for each in questions]
    assert job_id in answers[0]
    assert not any("hoechst-geheim" in each for each in answers)
