"""Recordings that are files: named at the command line, or dropped into a worker's inbox."""

import time
from pathlib import Path

import pytest

from flows.jobs.local_files import named_file
from tests.flows.operations import Machine
from tests.flows.workplace import Workplace, recording_of
from tests.media_samples import meeting_clip
from transcripts.errors.error_kinds import PermanentError
from transcripts.model import Stage

NAME = "2026-11-19 Losverfahren in Köln.mp4"


def test_a_file_by_command_becomes_a_record_named_by_its_name_and_again_leads_to_it(
    workplace: Workplace, tmp_path: Path
) -> None:
    file = meeting_clip(tmp_path / NAME, 0, 12)
    answer = workplace.run("process", str(file), "--json")
    assert answer.status == 0, answer.err
    (record,) = workplace.records()
    recording = recording_of(record)
    assert (recording.title, recording.recorded_on.isoformat()) == ("Losverfahren in Köln", "2026-11-19")
    assert recording.stage is Stage.ANNOUNCED, recording.hold_reasons
    assert list((workplace.archive / "uploads").rglob("*.json")) == [], "its upload is removed"
    again = workplace.run("process", str(file.rename(tmp_path / "anders.mp4")), "--json")
    assert again.status == 0, again.err
    assert again.json["existed"] is True
    assert workplace.records() == [record]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("Notizen.txt", b"Guten Abend", "dem Namen nach keine Video- oder Tondatei"),
        ("Treffen.mp4", b"PK\x03\x04", "gepacktes Archiv"),
        (None, b"", "gibt es nicht, oder sie ist nicht lesbar"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_before_anything_is_begun(
    name: str | None, content: bytes, says: str, tmp_path: Path
) -> None:
    bare = Workplace(tmp_path / "leer")
    bare.folder.mkdir()
    file = tmp_path / (name or "nirgends.mp4")
    if name:
        file.write_bytes(content)
    answer = bare.run("process", str(file))
    assert answer.status == 1
    assert says in answer.err
    assert list(bare.folder.iterdir()) == []


@pytest.mark.parametrize("text", ["https://example.org/a.mp4", "zoom.us/rec/a", "x" * 5000, "a\0b", "", " "])
def test_what_is_no_path_is_taken_for_an_address(text: str) -> None:
    assert named_file(text) is None


def test_a_path_that_leads_nowhere_is_said_to(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="file_missing"):
        named_file(f"{tmp_path}/nirgends.mp4")


def test_a_worker_takes_what_is_dropped_and_puts_it_away(tmp_path: Path, prefect_server: str) -> None:
    environment = {
        "MITSCHNITT_PREFECT__API_URL": prefect_server,
        "MITSCHNITT_INBOX__DIR": "eingang",
        "MITSCHNITT_INBOX__SETTLED_SECONDS": "3",
    }
    folder = tmp_path / "machine"
    folder.mkdir()
    machine = Machine(folder, environment)
    with machine.running("worker"):
        inbox = folder / "eingang"
        _wait_for(inbox / "done")
        meeting_clip(tmp_path / NAME, 0, 12).rename(inbox / NAME)
        (inbox / "kaputt.mp4").write_bytes(meeting_clip(tmp_path / "a.mp4", 0, 12).read_bytes()[:3000])
        (inbox / "noch.mp4.part").write_bytes(b"...")
        _wait_for(inbox / "failed" / "kaputt.mp4.txt")
        _wait_for(inbox / "done" / NAME)
    assert "Bitte" in (inbox / "failed" / "kaputt.mp4.txt").read_text(encoding="utf-8")
    assert (inbox / "noch.mp4.part").exists()
    (record,) = (folder / "archive/recordings").iterdir()
    recording = recording_of(record)
    assert (recording.title, recording.recorded_on.isoformat()) == ("Losverfahren in Köln", "2026-11-19")


def _wait_for(path: Path, within_seconds: float = 240) -> None:
    end = time.monotonic() + within_seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not come"
        time.sleep(0.5)
