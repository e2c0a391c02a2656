"""Chapters as players, podcast apps and people read them."""

import json
import xml.etree.ElementTree as ET

import pytest

from transcripts.chapters.chapter_formats import (
    PODLOVE_NAMESPACE,
    read_chapters_text,
    write_chapters_text,
    write_ffmetadata,
    write_podcast_json,
    write_podlove_json,
    write_podlove_xml,
)
from transcripts.errors.error_kinds import PermanentError
from transcripts.model import Chapter

CHAPTERS = (
    Chapter(start_seconds=0.0, title="Begrüßung", origin="speech"),
    Chapter(start_seconds=750.25, title='Kosten & "Nutzen" <2026>', origin="agenda"),
    Chapter(start_seconds=3725.0, title="Ausblick", origin="human"),
)


def test_podlove_xml_holds_starts_in_normal_play_time_and_titles_whatever_is_in_them() -> None:
    root = ET.fromstring(write_podlove_xml(CHAPTERS))  # noqa: S314 - our own document
    assert root.tag == f"{{{PODLOVE_NAMESPACE}}}chapters"
    assert root.get("version") == "1.2"
    found = [(one.get("start"), one.get("title")) for one in root]
    assert found == [
        ("00:00:00.000", "Begrüßung"),
        ("00:12:30.250", 'Kosten & "Nutzen" <2026>'),
        ("01:02:05.000", "Ausblick"),
    ]


def test_podlove_json_is_a_list_of_starts_and_titles() -> None:
    assert json.loads(write_podlove_json(CHAPTERS))[1] == {
        "start": "00:12:30.250",
        "title": 'Kosten & "Nutzen" <2026>',
    }


def test_podcast_json_names_its_version_and_counts_seconds() -> None:
    document = json.loads(write_podcast_json(CHAPTERS))
    assert document["version"] == "1.2.0"
    assert [one["startTime"] for one in document["chapters"]] == [0.0, 750.25, 3725.0]


def test_without_chapters_every_format_is_a_valid_empty_one() -> None:
    assert json.loads(write_podcast_json(()))["chapters"] == []
    assert json.loads(write_podlove_json(())) == []
    assert len(ET.fromstring(write_podlove_xml(()))) == 0  # noqa: S314 - our own document
    assert write_chapters_text(()) == ""


def test_ffmpegs_own_marks_are_escaped_and_each_chapter_lasts_until_the_next() -> None:
    text = write_ffmetadata([Chapter(start_seconds=0, title="a=b;c#d\\e"), CHAPTERS[1]], 800)
    assert "title=a\\=b\\;c\\#d\\\\e" in text
    assert "START=0\nEND=750250" in text
    assert "START=750250\nEND=800000" in text


def test_the_text_file_is_a_clock_and_a_title_a_line() -> None:
    lines = write_chapters_text(CHAPTERS).splitlines()
    assert lines == ["00:00:00 Begrüßung", '00:12:30.250 Kosten & "Nutzen" <2026>', "01:02:05 Ausblick"]


def test_what_was_exported_reads_back_as_it_was() -> None:
    assert read_chapters_text(write_chapters_text(CHAPTERS), CHAPTERS) == CHAPTERS


def test_an_edited_line_is_a_persons_and_an_untouched_one_stays_the_machines() -> None:
    text = write_chapters_text(CHAPTERS).replace("Begrüßung", "Willkommen")
    first, second, third = read_chapters_text(text, CHAPTERS)
    assert (first.title, first.origin) == ("Willkommen", "human")
    assert (second.origin, third.origin) == ("agenda", "human")


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("00:12:30 Titel", 750.0),
        ("12:30 Titel", 750.0),
        ("90:00 Titel", 5400.0),
        ("1:02:03.5 Titel", 3723.5),
        ("00:12:30 – Titel", 750.0),
        ("\ufeff00:12:30\tTitel ", 750.0),
    ],
)
def test_times_are_read_as_people_write_them(line: str, start: float) -> None:
    assert read_chapters_text(f"{line}\n\n# Notiz\n") == (
        Chapter(start_seconds=start, title="Titel", origin="human"),
    )


@pytest.mark.parametrize("line", ["Titel", "12:30", "00:99:00 Titel", "00:12:75 Titel", "00:00:01 Doppelt"])
def test_a_line_that_is_no_chapter_is_named(line: str) -> None:
    with pytest.raises(PermanentError) as caught:
        read_chapters_text(f"00:00:01 Titel\n{line}\n")
    assert caught.value.code == "chapters_line"
    assert caught.value.details["line"] == "2"
