"""What runs for long begins only with settings that can work; a server that is away keeps nothing back."""

from pathlib import Path

import pytest

from tests.flows.operations import Machine, wait_for
from tests.flows.workplace import Workplace
from tests.s3_server import free_port
from tests.small_disk import fill_up, small_disk

WRONG = """
[transcription]
language = "deutsch"
glossary = "config/glossary.txt"
[prefect]
database_url = "postgres"
[fetch]
max_sise_gb = 3
"""


@pytest.mark.parametrize("command", ["serve", "worker", "room"])
def test_with_wrong_settings_nothing_begins_and_all_of_them_are_named(command: str, tmp_path: Path) -> None:
    (tmp_path / "mitschnitt.toml").write_text(WRONG, encoding="utf-8")
    answer = Workplace(tmp_path).run(command)
    assert answer.status == 1
    for place in ("Zeile 3: [transcription] language", "Zeile 4: [transcription] glossary"):
        assert place in answer.err
    assert "Zeile 6: [prefect] database_url" in answer.err
    assert "Zeile 8: [fetch] max_sise_gb" in answer.err
    assert "Traceback" not in answer.err + answer.out
    assert not (tmp_path / "state").exists()


def test_prefects_server_has_nothing_to_do_with_the_rest(tmp_path: Path) -> None:
    (tmp_path / "mitschnitt.toml").write_text(WRONG.replace("max_sise", "max_size"), encoding="utf-8")
    answer = Workplace(tmp_path).run("server")
    assert answer.status == 1
    assert "Zeile 6: [prefect] database_url" in answer.err
    assert "[transcription]" not in answer.err


@pytest.mark.parametrize("command", ["serve", "worker", "room", "server", "status", "doctor"])
def test_a_work_folder_that_is_a_file_is_said_to_be_one(command: str, tmp_path: Path) -> None:
    (tmp_path / "work").write_text("kein Ordner")
    answer = Workplace(tmp_path).run(command)
    assert answer.status == 1
    assert "work ist kein Ordner" in answer.out + answer.err
    assert "Traceback" not in answer.out + answer.err


@pytest.mark.parametrize("command", ["serve", "status", "doctor"])
def test_a_full_disk_is_said_to_be_full(command: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=64k") as disk:
        fill_up(disk)
        answer = Workplace(disk).run(command)
    assert answer.status == 1
    assert "zu wenig Speicherplatz" in answer.out + answer.err
    assert "Traceback" not in answer.out + answer.err


def test_a_default_file_that_is_named_must_be_there_and_one_that_is_not_may_be_absent(tmp_path: Path) -> None:
    bare = Workplace(tmp_path)
    answer = bare.run("doctor", "--offline")
    assert answer.status == 0, answer.out
    assert "mitgeliefert (config/glossary.txt gibt es nicht)" in answer.out
    text = '[transcription]\nglossary = "config/glossary.txt"\n[meetings]\nfile = "config/meetings.toml"\n'
    (tmp_path / "mitschnitt.toml").write_text(text, encoding="utf-8")
    answer = bare.run("doctor", "--offline")
    assert answer.status == 1
    assert "Zeile 2: [transcription] glossary" in answer.out
    assert "Zeile 4: [meetings] file" in answer.out


def test_a_server_that_is_away_is_named_and_keeps_no_room_from_opening(tmp_path: Path) -> None:
    away = {
        "MITSCHNITT_ANNOUNCEMENT__SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        "MITSCHNITT_ANNOUNCEMENT__TO": "liste@example.org",
        "MITSCHNITT_ANNOUNCEMENT__FROM": "wir@example.org",
    }
    machine = Machine(tmp_path / "machine", away)
    with machine.running("room", "--port", "0"):
        wait_for(lambda: "Lesesaal ist offen" in machine.log, why=lambda: machine.log)
    assert "! Mail: Umgebungsvariable MITSCHNITT_ANNOUNCEMENT__SMTP_URL" in machine.log
    assert "Der Mailserver 127.0.0.1 ist nicht erreichbar" in machine.log
