"""The recogniser gets the meeting's own names: few, the surest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.agendas.agenda_reading import read_agenda
from transcripts.speech.glossary import LONGEST_TERM, MAX_TERMS
from transcripts.speech.meeting_terms import given_terms, meeting_terms

LISTS = st.lists(st.text(max_size=100), max_size=60)
UNIQUE = st.lists(st.text(max_size=100), max_size=60, unique_by=str.casefold)


def test_the_surest_come_first() -> None:
    terms = meeting_terms(
        ("Rosa Thaler",), ("Losverfahren in Herrenberg",), [("Ilan Siebert", 3)], ("Signal-Gruppe",)
    )
    assert terms == ("Rosa Thaler", "Losverfahren", "Herrenberg", "Ilan Siebert", "Signal-Gruppe")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Begrüßung und Ablauf", ()),
        ("Nächste Termine", ()),
        ("Anna Huber: Was kostet ein Bürgerrat?", ("Anna Huber", "Bürgerrat")),
        ("Bericht aus Vorarlberg (Michaela Moser)", ("Vorarlberg", "Michaela Moser")),
        ("der klimarat", ()),
        ("Input von Rosa Thaler, Stadt Tübingen", ("Rosa Thaler", "Tübingen")),
        ("", ()),
    ],
)
def test_of_titles_names_and_rare_words_are_taken(title: str, expected: tuple[str, ...]) -> None:
    assert meeting_terms((), (title,), (), ()) == expected


def test_what_was_corrected_once_may_have_been_said_once() -> None:
    assert meeting_terms((), (), [("Kersten", 2), ("Siebert", 1)], ()) == ("Kersten",)


def test_a_term_stands_there_once_whatever_its_case() -> None:
    assert meeting_terms(("bürgerRat",), ("Bürgerrat",), [("Bürgerrat", 5)], ("BÜRGERRAT",)) == ("bürgerRat",)


def test_of_a_long_glossary_what_the_meeting_is_about_is_taken() -> None:
    glossary = [f"Name{number}" for number in range(100)] + ["Melderegister"]
    terms = meeting_terms(("Rosa Thaler",), ("Auszug der Melderegister",), (), glossary)
    assert len(terms) == MAX_TERMS
    assert "Melderegister" in terms


def test_people_of_the_agenda_are_added_to_what_was_typed() -> None:
    lines = ("19:00 Begrüßung (alle)", "19:10 Losverfahren – Rosa Thaler", "19:40 Kosten – Jens Kersten")
    agenda = read_agenda("\n".join(lines))
    assert given_terms("Ilan Siebert, Herrenberg", agenda.people) == (
        *("Ilan Siebert", "Herrenberg"),
        *("Rosa Thaler", "Jens Kersten"),
    )


@pytest.mark.parametrize("typed", ["A" * (LONGEST_TERM + 1), ", ".join(f"Name{n}" for n in range(41))])
def test_too_much_is_refused_in_german(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Bitte mit Kommas|schaden der Verschriftung"):
        given_terms(typed)


@given(LISTS, LISTS, st.lists(st.tuples(st.text(max_size=100), st.integers(0, 9))), UNIQUE)
def test_whatever_comes_in_there_are_few_and_each_once(
    first: list[str], titles: list[str], learned: list[tuple[str, int]], glossary: list[str]
) -> None:
    terms = meeting_terms(first, titles, learned, [each for each in glossary if each])
    assert len(terms) <= MAX_TERMS
    assert len({each.casefold() for each in terms}) == len(terms)
