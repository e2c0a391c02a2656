"""What is shown of a long paragraph."""

import pytest

from transcripts.search.excerpts import MOST_CHARACTERS, excerpt
from transcripts.search.passages import Place, Spot
from transcripts.search.search_answer import Mark, Passage

FILLER = "Dazu wurde einiges beraten und beschlossen. "
LONG = FILLER * 20 + "Das Losverfahren kam zuletzt. " + FILLER * 20


def passage(text: str, word: str) -> Passage:
    start = text.index(word)
    return Passage(Place.PARAGRAPH, 0.0, text, (Mark(start, start + len(word)),), Spot(1, "p0001"))


def test_a_short_paragraph_is_shown_whole() -> None:
    short = passage("Das Losverfahren ist gerecht.", "Losverfahren")
    assert excerpt(short) is short


@pytest.mark.parametrize("text", [LONG, "Losverfahren " + FILLER * 30, FILLER * 30 + "Losverfahren"])
def test_of_a_long_one_what_stands_around_the_find(text: str) -> None:
    shown = excerpt(passage(text, "Losverfahren"))
    (mark,) = shown.marks
    assert shown.text[mark.start : mark.end] == "Losverfahren"
    assert len(shown.text) <= MOST_CHARACTERS + len("… …")
    assert shown.text.strip("… ") in text
    assert shown.text.startswith("…") == (not text.startswith("Losverfahren"))
    assert shown.text.endswith("…") == (not text.endswith("Losverfahren"))


def test_a_word_without_end_is_cut() -> None:
    shown = excerpt(passage("x" * 5_000, "x"))
    assert len(shown.text) <= MOST_CHARACTERS + len("… …")
