"""`mitschnitt corrections` as people use it: German lines, JSON for programs, exit status."""

from pathlib import Path

import pytest

from tasks.archive.publishing import publish
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, RECORD_ID, small_record
from tests.flows.workplace import Workplace

BY = ("--by", "Mira K.")


@pytest.fixture
def kept(tmp_path: Path) -> Workplace:
    """A workplace with one record in its archive."""
    workplace = Workplace(
        tmp_path / "place",
        {
            "MITSCHNITT_NETWORK__NAME": str(IMPRINT.network_name),
            "MITSCHNITT_NETWORK__BASE_URL": str(IMPRINT.base_url),
        },
    )
    publish(FolderStorage(workplace.archive), small_record(tmp_path / "work"), IMPRINT)
    return workplace


def text_of(workplace: Workplace) -> str:
    return (workplace.archive / "recordings" / RECORD_ID / "transcript/transcript.txt").read_text()


def test_a_record_without_corrections_says_so(kept: Workplace) -> None:
    answer = kept.run("corrections", RECORD_ID)
    assert (answer.status, answer.out) == (0, "Noch keine Berichtigung.\n")
    assert kept.run("corrections", RECORD_ID, "--json").json["corrections"] == []


def test_a_sentence_is_corrected_shown_and_taken_back(kept: Workplace) -> None:
    answer = kept.run(
        "corrections", RECORD_ID, *BY, "--sentence", "s0002", "--text", "Wir losen in Ostbelgien aus."
    )
    assert answer.status == 0, answer.err
    assert "Mira K." in answer.out
    assert "Satz s0002, 00:00:" in answer.out
    assert "in Ostbelgien aus.“" in answer.out
    assert "an einer Stelle von Hand berichtigt" in answer.out
    assert "Wir losen in Ostbelgien aus." in text_of(kept)
    back = kept.run("corrections", RECORD_ID, "--by", "Kim", "--undo", "1")
    assert "(zurückgenommen)" in back.out
    assert "nimmt Berichtigung 1 zurück" in back.out
    assert "Wir losen aus dem Melderegister." in text_of(kept)
    again = kept.run("corrections", RECORD_ID, "--by", "Kim", "--undo", "1")
    assert again.status == 1
    assert "schon zurückgenommen" in again.err


def test_replacing_everywhere_shows_first_and_does_then(kept: Workplace) -> None:
    wish = ("corrections", RECORD_ID, "--replace", "Bürgerräte", "--with", "Räte im Norden")
    preview = kept.run(*wish)
    assert "Titel" in preview.out
    assert "+ Räte im Norden" in preview.out
    assert "--yes" in preview.out
    assert kept.run("corrections", RECORD_ID, "--json").json["corrections"] == []
    assert [each["place"] for each in kept.run(*wish, "--json").json["hits"]] == ["title"]
    assert kept.run(*wish, "--yes", *BY).status == 0
    assert kept.run("status", "--json").json["records"][0]["title"] == "Räte im Norden"
    nothing = kept.run(*wish, "--yes", *BY)
    assert nothing.status == 1
    assert "ändert sich nichts" in nothing.err


def test_chapters_are_renamed_added_and_removed(kept: Workplace) -> None:
    kept.run("corrections", RECORD_ID, *BY, "--chapter", "00:00:00", "--text", "Willkommen")
    kept.run("corrections", RECORD_ID, *BY, "--chapter", "00:20", "--text", "Das Losverfahren")
    chapters = kept.archive / "recordings" / RECORD_ID / "chapters.txt"
    assert chapters.read_text() == "00:00:00 Willkommen\n00:00:20 Das Losverfahren\n"
    answer = kept.run("corrections", RECORD_ID, *BY, "--chapter", "00:00:20", "--text", "")
    assert "Kapitel 00:00:20 gestrichen: „Das Losverfahren“" in answer.out
    assert chapters.read_text() == "00:00:00 Willkommen\n"


def test_reviewed_is_said_on_the_page(kept: Workplace) -> None:
    answer = kept.run("corrections", RECORD_ID, *BY, "--reviewed")
    assert "von Hand geprüft." in answer.out
    page = (kept.archive / "recordings" / RECORD_ID / "index.html").read_text()
    assert "nicht von Hand geprüft" not in page
    assert "von Hand geprüft" in page


def test_terms_for_the_glossary_come_from_all_records(kept: Workplace) -> None:
    assert "keine neuen Begriffe" in kept.run("corrections", "--glossary").out
    kept.run("corrections", RECORD_ID, *BY, "--sentence", "s0001", "--text", "Guten Morgen, Anna Dörfler.")
    found = kept.run("corrections", "--glossary", "--json").json["suggestions"]
    assert [each["term"] for each in found] == ["Dörfler"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--title", "Neu"), 2, "--by"),
        (("--title", "Neu", "--by", "mira@example.org"), 1, "keine Mailadresse"),
        (("--sentence", "s0001", *BY), 2, "--text"),
        (("--sentence", "s0099", "--text", "x", *BY), 1, "s0099"),
        (("--chapter", "bald", "--text", "x", *BY), 2, "00:12:30"),
        (("--undo", "7", *BY), 1, "Nummer 7"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    kept: Workplace, arguments: tuple[str, ...], status: int, words: str
) -> None:
    answer = kept.run("corrections", RECORD_ID, *arguments)
    assert (answer.status, words in answer.err) == (status, True), answer.err


def test_an_unknown_record_and_none_at_all_are_refused(kept: Workplace) -> None:
    assert kept.run("corrections", "2020-01-01-nichts").status == 1
    assert kept.run("corrections").status == 2


def test_an_agenda_that_comes_later_is_shown_first_and_refused_where_it_is_of_another_meeting(
    kept: Workplace, tmp_path: Path
) -> None:
    agenda = tmp_path / "tagesordnung.txt"
    agenda.write_text("1. Guten Abend\n2. Melderegister\n", encoding="utf-8")
    wish = ("corrections", RECORD_ID, "--agenda", str(agenda))
    before = kept.run("corrections", RECORD_ID, "--json").json["corrections"]
    preview = kept.run(*wish)
    assert preview.status == 0, preview.err
    assert "+ 00:00:" in preview.out
    assert "Melderegister" in preview.out
    assert "--yes" in preview.out
    shown = kept.run(*wish, "--json").json
    assert {each["fate"] for each in shown["chapters"]} >= {"new"}
    assert kept.run("corrections", RECORD_ID, "--json").json["corrections"] == before
    taken = kept.run(*wish, "--yes", *BY)
    assert taken.status == 0, taken.err
    assert "Kapitel 00:00:" in taken.out
    agenda.write_text("1. Kegeln\n2. Singen\n", encoding="utf-8")
    other = kept.run(*wish)
    assert other.status == 1
    assert "Keiner der Punkte" in other.err
