"""Chapters that a source has itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.chapters.of_source import LONGEST_TITLE, MOST, clean_title, source_chapters
from transcripts.media.media_values import WHOLE, Cut, SourceChapter


def of(*rows: tuple[float, str]) -> list[SourceChapter]:
    return [SourceChapter(start_seconds=start, title=title) for start, title in rows]


def starts(found: list[SourceChapter], cut: Cut = WHOLE, seconds: float = 100) -> list[tuple[float, str]]:
    return [(each.start_seconds, each.title) for each in source_chapters(found, cut, seconds)]


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("Chapter 1", ""),
        ("Kapitel 03:", ""),
        ("<Untitled Chapter 2>", ""),
        ("Teil", ""),
        ("Teil II", ""),
        ("2026", ""),
        ("3.", ""),
        ("00:12:30", ""),
        ("  ", ""),
        ("Kapitel 3: Haushalt", "Haushalt"),
        ("Teil II – Fragen", "Fragen"),
        ("00:12:30 Losverfahren", "Losverfahren"),
        ("1. Begrüßung", "1. Begrüßung"),
        ("Teil der Lösung", "Teil der Lösung"),
        ("Partner", "Partner"),
        ("Sections of the city", "Sections of the city"),
        ("Zeile\x00 eins\nzwei", "Zeile eins zwei"),
    ],
)
def test_a_title_says_more_than_a_count(title: str, clean: str) -> None:
    assert clean_title(title) == clean


def test_one_chapter_is_none() -> None:
    assert starts(of((0, "Begrüßung"))) == []
    assert starts(of((0, "Begrüßung"), (10, "Chapter 2"))) == []


def test_chapters_come_in_order_and_only_within_the_recording() -> None:
    found = of((50, "Schluss"), (-5, "Vorher"), (0, "Begrüßung"), (100, "Danach"), (50, "Ende"), (60, "Ende"))
    assert starts(found) == [(0, "Begrüßung"), (50, "Ende")]


def test_a_cut_moves_them_and_leaves_out_what_it_takes_away() -> None:
    found = of((0, "Aufbau"), (20, "Begrüßung"), (40, "Losen"), (90, "Abbau"))
    assert starts(found, Cut(start_seconds=30, end_seconds=20), 50) == [(0, "Begrüßung"), (10, "Losen")]


def test_they_are_peoples() -> None:
    assert {each.origin for each in source_chapters(of((0, "a b"), (5, "c d")), WHOLE, 10)} == {"human"}


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e9), st.text(max_size=400)), max_size=40),
    st.floats(0, 100),
    st.floats(0.1, 500),
)
def test_whatever_a_source_says_becomes_chapters_or_none(
    rows: list[tuple[float, str]], cut_seconds: float, seconds: float
) -> None:
    found = source_chapters(of(*rows), Cut(start_seconds=cut_seconds), seconds)
    assert len(found) != 1
    assert len(found) <= MOST
    assert [each.start_seconds for each in found] == sorted({each.start_seconds for each in found})
    for each in found:
        assert 0 <= each.start_seconds <= seconds
        assert 0 < len(each.title) <= LONGEST_TITLE
        assert each.title.isprintable()
