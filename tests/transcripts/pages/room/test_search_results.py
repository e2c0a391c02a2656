"""An answer, as the search page words and links it."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from transcripts.pages.room.search_results import BAR_WIDTH, STRIPE_WIDTH, Asked, results_page
from transcripts.search.passages import Place
from transcripts.search.search_answer import Answer, FoundRecord, Mark, Passage
from transcripts.search.search_choice import Choice


def passage(start_seconds: float, text: str = "Der Rat der Stadt.", *marks: Mark) -> Passage:
    return Passage(Place.SPEECH, start_seconds, text, marks)


def found(*passages: Passage, hits: tuple[float, ...] = ()) -> FoundRecord:
    return FoundRecord("2026-11-19-rat", "Rat", date(2026, 11, 19), 100.0, passages, hits)


def test_marked_words_are_parts_of_the_text() -> None:
    page = results_page(Asked("Rat"), Answer((found(passage(3.0, "Der Rat der Stadt.", Mark(4, 7))),), 1))
    pieces = page.records[0].passages[0].pieces
    assert [(piece.text, piece.is_marked) for piece in pieces] == [
        ("Der ", False),
        ("Rat", True),
        (" der Stadt.", False),
    ]


def test_a_passage_plays_from_its_second_with_and_without_scripts_and_takes_the_question_along() -> None:
    page = results_page(Asked('"der Rat" & mehr'), Answer((found(passage(72.9)),), 1))
    parts = urlsplit(page.records[0].passages[0].path)
    assert parts.path == "/recordings/2026-11-19-rat/"
    assert parse_qs(parts.query) == {"q": ['"der Rat" & mehr'], "t": ["72"]}
    assert parts.fragment == "t=72"


def test_the_bar_shows_each_place_once_and_within_its_width() -> None:
    hits = (0.0, 0.1, 50.0, 100.0, 130.0)
    page = results_page(Asked("Rat"), Answer((found(passage(0.0), hits=hits),), 1))
    stripes = page.records[0].stripes
    assert len(stripes) == 4
    assert stripes[0] == 0
    assert stripes[-1] + STRIPE_WIDTH <= BAR_WIDTH
    assert page.records[0].bar_text == "5 Fundstellen im Verlauf der Aufzeichnung"


@pytest.mark.parametrize(
    ("answer", "summary"),
    [
        (Answer(), "Nichts gefunden"),
        (Answer((found(passage(0)),), 1), "1 Aufzeichnung gefunden"),
        (Answer((found(passage(0)),) * 10, 34), "34 Aufzeichnungen gefunden, hier 1 bis 10"),
        (
            Answer((found(passage(0)),) * 10, 40, False),
            "Mindestens 40 Aufzeichnungen gefunden, hier 1 bis 10",
        ),
    ],
)
def test_the_count_is_said(answer: Answer, summary: str) -> None:
    assert results_page(Asked("Rat"), answer).summary == summary


def test_corrections_and_missing_words_are_said() -> None:
    answer = Answer((found(passage(0)),), 1, has_all_words=False, corrections=("melderegister",))
    said = " ".join(results_page(Asked("Melderegsiter"), answer).remarks)
    assert "„melderegister“" in said
    assert "Alle Wörter zusammen" in said


def test_one_page_leads_to_the_next_and_the_one_before() -> None:
    page = results_page(Asked("Rat", 2), Answer((found(passage(0)),) * 10, 34))
    assert page.earlier_path == "/suche?q=Rat"
    assert page.later_path == "/suche?q=Rat&seite=3"
    last = results_page(Asked("Rat", 4), Answer((found(passage(0)),) * 4, 34))
    assert last.later_path is None


def test_within_one_record_passages_stand_in_the_order_of_time() -> None:
    answer = Answer((found(passage(50), passage(10), hits=(10, 50)),), 1)
    page = results_page(Asked("Rat", choice=Choice(record_id="2026-11-19-rat")), answer)
    assert [each.start_seconds for each in page.records[0].passages] == [10, 50]
    assert page.summary == "2 Fundstellen in dieser Aufzeichnung"
