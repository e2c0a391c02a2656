"""The command line: help worth reading, wrong use told apart from failure, output for programs."""

import json
from pathlib import Path

import pytest

from tests.flows.workplace import Workplace
from tests.media_samples import SAMPLES, meeting_clip
from tests.misbehaving_server import serve

COMMANDS = (
    *("process", "announce", "meetings", "transcribe", "chapters"),
    *("status", "doctor", "search", "reindex"),
)


@pytest.fixture
def bare(tmp_path: Path) -> Workplace:
    """A workplace for commands that need no Prefect."""
    return Workplace(tmp_path)


def test_help_names_every_command_in_german(bare: Workplace) -> None:
    answer = bare.run("--help")
    assert answer.status == 0
    for command in COMMANDS:
        assert command in answer.out
    assert "mitschnitt.toml" in answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, bare: Workplace) -> None:
    answer = bare.run(command, "--help")
    assert answer.status == 0
    assert "--json" in answer.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("process",),
        ("process", "https://example.org/a", "--date", "gestern"),
        ("process", "https://example.org/a", "--date", "2026-13-01"),
        ("transcribe", "nichts.mp4", "--output", "x"),
        ("chapters", "nichts.json", "--output", "x"),
        ("verkünde",),
        ("status", "--xml"),
    ],
)
def test_wrong_use_ends_with_2(arguments: tuple[str, ...], bare: Workplace) -> None:
    assert bare.run(*arguments).status == 2


@pytest.mark.parametrize("url", ["ftp://example.org/a.mp4", "file:///etc/passwd", "example", "  "])
def test_what_is_no_web_address_is_refused_at_once(url: str, bare: Workplace) -> None:
    answer = bare.run("process", url)
    assert answer.status == 1
    assert "Fehler: " in answer.err
    assert "Bitte" in answer.err
    assert "Traceback" not in answer.err
    assert list(bare.folder.iterdir()) == [], "nothing was begun"


def test_a_private_address_is_refused_unless_it_is_allowed(workplace: Workplace) -> None:
    strict = Workplace(workplace.folder, workplace.environment | {"MITSCHNITT_FETCH__ALLOW_HOSTS": ""})
    answer = strict.run("process", "http://127.0.0.1:9/a.mp4", "--json")
    assert answer.status == 1
    assert answer.json["error"]["code"] == "address_private"


def test_an_address_is_understood_with_the_text_around_it_and_its_passcode_is_not_shown(
    workplace: Workplace,
) -> None:
    with serve({}) as site:
        mail = f"Link:\u00a0<{site.url('fort.mp4')}?utm_source=mail>, Passwort: S3sam99."
        answer = workplace.run("process", mail)
    assert answer.status == 1
    assert {asked.path for asked in site.requests} == {"/fort.mp4"}
    assert "keine Aufzeichnung (mehr)" in answer.err
    assert site.url("fort.mp4") in answer.err
    assert "S3sam99" not in answer.err + answer.out


def test_what_failed_for_a_while_is_not_said_to_be_tried_again_by_a_command_that_ends(
    workplace: Workplace,
) -> None:
    with serve({"/a.mp4": lambda exchange: exchange.reply(503, Retry_After="300")}) as site:
        answer = workplace.run("process", site.url("a.mp4"))
    assert answer.status == 1
    assert "vor Ablauf von 5 Min. hilft kein neuer Versuch. Bitte denselben Aufruf später" in answer.err
    assert "von selbst" not in answer.err


def test_wrong_settings_are_named_and_end_with_1(bare: Workplace) -> None:
    (bare.folder / "mitschnitt.toml").write_text("[fetch]\nmax_sise_gb = 6\n")
    answer = bare.run("doctor")
    assert answer.status == 1
    assert "✗ Einstellungen  mitschnitt.toml, Zeile 2: [fetch] max_sise_gb ist unbekannt" in answer.out
    assert "✓ Glossar" in answer.out, "the rest is looked at"
    answer = bare.run("status")
    assert answer.status == 1
    assert "mitschnitt.toml, Zeile 2: [fetch] max_sise_gb ist unbekannt" in answer.err


def test_an_agenda_that_cannot_be_read_is_named(bare: Workplace) -> None:
    (bare.folder / "agenda.txt").write_bytes(b"\xff\xfe\xfa")
    answer = bare.run("process", "https://example.org/a.mp4", "--agenda", "agenda.txt")
    assert answer.status == 1
    assert "agenda.txt" in answer.err


def test_a_broken_list_of_chapters_is_named_before_anything_is_begun(bare: Workplace) -> None:
    (bare.folder / "kapitel.txt").write_text("00:00:00 Anfang\n00:61 Verschrieben\n", encoding="utf-8")
    answer = bare.run("process", "https://example.org/a.mp4", "--chapters", "kapitel.txt")
    assert answer.status == 1
    assert "Zeile 2" in answer.err
    assert [file.name for file in bare.folder.iterdir()] == ["kapitel.txt"]


def test_the_doctor_finds_nothing_bad_in_a_fresh_folder(bare: Workplace) -> None:
    answer = bare.run("doctor")
    assert answer.status == 0, answer.out + answer.err
    assert "✗" not in answer.out
    for subject in ("Einstellungen", "ffmpeg", "Sprachmodell", "Archiv", "Mail", "Vorlagen"):
        assert subject in answer.out
    assert list(bare.folder.glob("archive")) == [], "looking changes nothing"


def test_the_doctor_says_which_ffmpeg_is_used_and_whether_it_was_tried(tmp_path: Path) -> None:
    other = tmp_path / "ffmpeg"
    other.write_text("#!/bin/sh\necho ffmpeg version 3.4-odd libx264\n")
    other.chmod(0o755)
    for environment, parts, is_tried in (
        ({}, ("imageio_ffmpeg",), True),
        ({"IMAGEIO_FFMPEG_EXE": str(other)}, (str(other), "3.4-odd"), False),
    ):
        findings = Workplace(tmp_path, environment).run("doctor", "--json").json["findings"]
        (text,) = [each["text"] for each in findings if each["subject"] == "ffmpeg"]
        assert all(each in text for each in parts)
        assert ("erprobt sind" not in text) is is_tried


def test_the_doctor_shows_how_lists_were_understood(tmp_path: Path) -> None:
    lists = {
        "MITSCHNITT_FETCH__ALLOW_HOSTS": '["127.0.0.1", "Cloud.Intern:8080"]',
        "MITSCHNITT_READING_ROOM__ORGANISERS": "anna@example.org, bert@example.org",
        "MITSCHNITT_READING_ROOM__TRUSTED_PROXIES": "[]",
        "MITSCHNITT_WORKER__RETRY_PAUSES_MINUTES": "[1, 2.5]",
    }
    answer = Workplace(tmp_path, lists).run("doctor", "--json")
    (text,) = [each["text"] for each in answer.json["findings"] if each["subject"] == "Listen"]
    assert text == (
        "[fetch] allow_hosts: 127.0.0.1, cloud.intern:8080 (2); "
        "[reading_room] organisers: anna@example.org, bert@example.org (2); "
        "[reading_room] trusted_proxies: –; [worker] retry_pauses_minutes: 1, 2,5 (2)"
    )


def test_the_doctor_says_what_to_do_about_mail_servers_that_are_away(tmp_path: Path) -> None:
    settings = {
        "MITSCHNITT_MAILBOX__URL": "imaps://wir:geheim@127.0.0.1:9",
        "MITSCHNITT_ANNOUNCEMENT__SMTP_URL": "smtps://wir:geheim@127.0.0.1:9",
        "MITSCHNITT_ANNOUNCEMENT__TO": "liste@example.org",
        "MITSCHNITT_ANNOUNCEMENT__FROM": "wir@example.org",
    }
    answer = Workplace(tmp_path, settings).run("doctor", "--json")
    assert answer.status == 1
    rows = [row for row in answer.json["findings"] if row["subject"] in ("Mail", "Postfach")]
    assert [row["verdict"] for row in rows] == ["bad", "bad"]
    assert all("127.0.0.1" in row["text"] for row in rows)
    assert "geheim" not in answer.out + answer.err


def test_chapters_are_written_beside_each_name(bare: Workplace) -> None:
    sparse = {
        "segments": [
            {"start_seconds": 0.0, "end_seconds": 5.0, "text": "Guten Abend und herzlich willkommen."},
            {"start_seconds": 5.0, "end_seconds": 9.0, "text": "Wir beginnen mit dem Haushalt."},
        ]
    }
    for name in ("eins", "zwei"):
        (bare.folder / f"{name}.transcript.json").write_text(json.dumps(sparse))
    answer = bare.run("chapters", "eins.transcript.json", "zwei.transcript.json", "--output", "kapitel")
    assert answer.status == 0, answer.err
    assert sorted(file.name for file in (bare.folder / "kapitel").iterdir()) == [
        "eins.chapters.json",
        "zwei.chapters.json",
    ]
    chapters = json.loads((bare.folder / "kapitel/eins.chapters.json").read_text(encoding="utf-8"))
    assert chapters[0]["start_seconds"] == 0.0
    assert chapters[0]["title"]


def test_chapters_follow_an_agenda(bare: Workplace) -> None:
    (bare.folder / "a.transcript.json").write_bytes((SAMPLES / "netzwerktreffen.words.json").read_bytes())
    agenda = str(SAMPLES / "netzwerktreffen.tagesordnung.txt")
    answer = bare.run("chapters", "a.transcript.json", "--output", ".", "--agenda", agenda)
    assert answer.status == 0, answer.err
    chapters = json.loads((bare.folder / "a.chapters.json").read_text(encoding="utf-8"))
    assert [chapter["title"] for chapter in chapters] == Path(agenda).read_text().splitlines()


def sample_beside(bare: Workplace) -> Path:
    """The sample's transcript as `a.transcript.json`; where its chapters are written."""
    (bare.folder / "a.transcript.json").write_bytes(
        (SAMPLES / "netzwerktreffen.recognised.json").read_bytes()
    )
    return bare.folder / "a.chapters.json"


def test_an_item_that_was_skipped_is_said_to_be_so(bare: Workplace) -> None:
    sample_beside(bare)
    items = (SAMPLES / "netzwerktreffen.tagesordnung.txt").read_text(encoding="utf-8").splitlines()
    (bare.folder / "t.txt").write_text("\n".join([*items[:2], "Finanzbericht", *items[2:]]), encoding="utf-8")
    arguments = ("chapters", "a.transcript.json", "--output", ".", "--agenda", "t.txt")
    answer = bare.run(*arguments)
    assert "„Finanzbericht“ wurde nicht aufgerufen." in answer.out
    outcomes = bare.run(*arguments, "--json").json["agenda"]
    assert [one["outcome"] for one in outcomes] == ["taken_up"] * 2 + ["skipped"] + ["taken_up"] * 3


def test_chapters_are_exported_edited_and_read_back_and_then_stay(bare: Workplace) -> None:
    made = sample_beside(bare)
    bare.run("chapters", "a.transcript.json", "--output", ".", "--all-formats")
    listed = bare.folder / "a.chapters.txt"
    lines = listed.read_text(encoding="utf-8").splitlines()
    lines[2] = "00:03:00 Was ein Bürgerrat kostet"
    listed.write_text("\n".join(lines), encoding="utf-8")
    bare.run("chapters", "a.transcript.json", "--output", ".", "--by-hand", "a.chapters.txt")
    edited = json.loads(made.read_text(encoding="utf-8"))
    assert [one["origin"] for one in edited] == ["speech", "speech", "human", "speech", "speech"]
    (bare.folder / "a.transcript.json").write_bytes((SAMPLES / "netzwerktreffen.words.json").read_bytes())
    bare.run("chapters", "a.transcript.json", "--output", ".")
    again = json.loads(made.read_text(encoding="utf-8"))
    assert [one for one in again if one["origin"] == "human"] == [edited[2]]
    assert len(again) == 5


def test_a_list_of_chapters_with_a_broken_line_is_refused_and_nothing_changed(bare: Workplace) -> None:
    made = sample_beside(bare)
    (bare.folder / "liste.txt").write_text("00:00:00 Anfang\nohne Zeit\n", encoding="utf-8")
    answer = bare.run("chapters", "a.transcript.json", "--output", ".", "--by-hand", "liste.txt")
    assert answer.status == 1
    assert "Zeile 2" in answer.err
    assert not made.exists()


def test_all_formats_are_written_on_demand(bare: Workplace) -> None:
    sample_beside(bare)
    answer = bare.run("chapters", "a.transcript.json", "--output", "k", "--all-formats", "--json")
    assert answer.status == 0, answer.err
    endings = ("json", "podcast.json", "podlove.json", "podlove.xml", "txt", "vtt")
    assert sorted(file.name for file in (bare.folder / "k").iterdir()) == [f"a.chapters.{e}" for e in endings]


def test_a_file_that_is_no_transcript_is_named(bare: Workplace) -> None:
    (bare.folder / "a.json").write_text("[]")
    answer = bare.run("chapters", "a.json", "--output", "x")
    assert answer.status == 1
    assert "a.json" in answer.err


def test_transcribe_writes_transcript_and_captions(workplace: Workplace) -> None:
    meeting_clip(workplace.folder / "clip.mp4", 0, 13)
    answer = workplace.run("transcribe", "clip.mp4", "--output", "out", "--json")
    assert answer.status == 0, answer.err
    names = {"transcript.json", "transcript.vtt", "transcript.srt", "transcript.txt"}
    assert {Path(file).name for file in answer.json["files"]} == names
    transcript = json.loads((workplace.folder / "out/transcript.json").read_text(encoding="utf-8"))
    assert transcript["schema"] == 1
    assert transcript["segments"][0]["words"][0]["text"] == "Guten"
    assert (workplace.folder / "out/transcript.vtt").read_text(encoding="utf-8").startswith("WEBVTT")


def test_transcribe_refuses_what_is_no_recording(workplace: Workplace) -> None:
    (workplace.folder / "text.mp4").write_text("kein Video")
    answer = workplace.run("transcribe", "text.mp4", "--output", "out")
    assert answer.status == 1
    assert "Fehler:" in answer.err
    assert not (workplace.folder / "out").exists()
