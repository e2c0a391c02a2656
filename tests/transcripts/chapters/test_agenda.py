"""Agendas as people paste them."""

import pytest

from transcripts.chapters.agenda import align, clean_item, parse_agenda
from transcripts.chapters.moderator_phrases import openings
from transcripts.errors.error_kinds import PermanentError
from transcripts.model import Segment
from transcripts.wording.error_wording import explain


@pytest.mark.parametrize(
    "line",
    [
        "Was ein Bürgerrat kostet",
        "3. Was ein Bürgerrat kostet",
        "3) Was ein Bürgerrat kostet",
        "(3) Was ein Bürgerrat kostet",
        "TOP 3: Was ein Bürgerrat kostet",
        "TOP 3 Was ein Bürgerrat kostet",
        "Tagesordnungspunkt 3 – Was ein Bürgerrat kostet",
        "III. Was ein Bürgerrat kostet",
        "- Was ein Bürgerrat kostet",
        "• Was ein Bürgerrat kostet",
        "* 19:20 Was ein Bürgerrat kostet",
        "19.20 Uhr: Was ein Bürgerrat kostet",
        "19:20–19:40 Was ein Bürgerrat kostet",
        "19:20 bis 19:40 Uhr – Was ein Bürgerrat kostet",
        "3. 19:20 Was ein Bürgerrat kostet (20 Min.)",
        "19:20 | 3. Was ein Bürgerrat kostet, ca. 20 Minuten",
        "Was ein Bürgerrat kostet (Anna Huber)",
        "Was ein Bürgerrat kostet (Dr. Anna Huber, Karl-Heinz Maier und Petra Schmidt)",
        "  Was  ein Bürgerrat\tkostet  ",
    ],
)
def test_what_stands_around_an_item_is_taken_off(line: str) -> None:
    assert parse_agenda(line) == ("Was ein Bürgerrat kostet",)


@pytest.mark.parametrize(
    "line",
    ["2030 als Ziel", "20 Jahre Netzwerk (CH)", "Haushalt 2026", "Finanzen (Haushalt)", "Treffen in Wien"],
)
def test_what_belongs_to_an_item_stays(line: str) -> None:
    assert clean_item(line) == line


def test_blank_lines_and_the_heading_are_dropped() -> None:
    assert parse_agenda("Tagesordnung:\n\n1. Begrüßung\n\n2. Finanzen\n") == ("Begrüßung", "Finanzen")


def test_an_empty_agenda_has_no_items() -> None:
    assert parse_agenda("") == ()
    assert parse_agenda("\n \n- \n3.\n") == ()


def test_a_line_that_is_no_item_any_more_is_refused_with_its_number() -> None:
    with pytest.raises(PermanentError) as refused:
        parse_agenda("Begrüßung\n\n" + "Begrüßung" + 800 * " " + "und Ablauf")
    assert refused.value.code == "agenda_line"
    assert "Zeile 3 der Tagesordnung ist zu lang" in explain(refused.value)


def test_more_lines_than_a_meeting_has_items_are_refused() -> None:
    with pytest.raises(PermanentError, match="agenda_long"):
        parse_agenda("Punkt\n" * 101)
    assert len(parse_agenda("Punkt\n\n" * 100)) == 100


def test_an_item_is_found_where_it_is_taken_up_and_not_where_the_agenda_is_read_out() -> None:
    texts = [
        "Guten Abend.",
        "Heute stehen drei Punkte auf der Tagesordnung.",
        "Zuerst sprechen wir über die Website.",
        "Danach geht es um die Spenden.",
        "Zum Schluss planen wir das Sommerfest.",
        "So, dann fangen wir an mit der Website.",
        "Die neue Seite ist seit gestern online.",
        "Viele haben sie schon besucht.",
        "Gut, machen wir weiter mit den Spenden.",
        "Wir haben mehr bekommen als im Vorjahr.",
        "Das ist sehr erfreulich.",
        "Dann kommen wir zum letzten Punkt, dem Sommerfest.",
        "Wer bringt die Grillkohle mit?",
        "Das macht Peter.",
    ]
    segments = [
        Segment(start_seconds=15.0 * index, end_seconds=15.0 * index + 14, text=text)
        for index, text in enumerate(texts)
    ]
    findings = align(["Website", "Spenden", "Sommerfest"], segments, openings(texts))
    assert [(finding.item, finding.segment) for finding in findings] == [(0, 5), (1, 8), (2, 11)]
