"""Gendered forms, grouped numbers and words spelt by ear are found and marked, spoken and written."""

from dataclasses import replace
from datetime import date

import pytest

from tasks.search.searching import search
from tests.tasks.search.library import Library, meeting
from transcripts.search.passages import Place, SearchableRecord, Sentence, Spot


def document(record_id: str, *paragraphs: str) -> SearchableRecord:
    passages = tuple(
        Sentence(Place.PARAGRAPH, 0.0, text, Spot(1, f"p{number:04}"))
        for number, text in enumerate(paragraphs, start=1)
    )
    return replace(meeting(record_id), recorded_on=date(2026, 1, 1), sentences=passages)


def found(library: Library, query: str) -> dict[str, list[str]]:
    """The marked words of each record."""
    return {
        record.id: [p.text[m.start : m.end] for p in record.passages for m in p.marks]
        for record in search(library.database, query, limit=100).records
    }


def both(library: Library, text: str) -> None:
    library.add(meeting("talk", text), document("documents/paper", text))
    library.add(meeting("other", "Die Kamera war aus."))


@pytest.mark.parametrize("query", ["Expertin", "Experten", "Expert:innen", "Expert/-innen", "ExpertInnen"])
@pytest.mark.parametrize("written", ["Expert*innen", "Expert_innen", "Experten", "Expert/innen", "Expertin"])
def test_every_form_finds_every_other(query: str, written: str, library: Library) -> None:
    both(library, f"Dann sprachen {written}, danach nicht.")
    assert found(library, query) == {"talk": [written], "documents/paper": [written]}


def test_a_pair_of_forms_is_found_by_one_and_marked_twice(library: Library) -> None:
    both(library, "Kolleginnen und Kollegen sind da.")
    for query in ("Kolleg*innen", "Kolleginnen und Kollegen", "Kollege"):
        assert found(library, query)["talk"] == ["Kolleginnen", "Kollegen"]


@pytest.mark.parametrize("query", ["Bürgerrat", "Bürger:innenrat", "Rat"])
def test_a_gendered_compound_is_a_compound(query: str, library: Library) -> None:
    both(library, "Der Bürger*innenrat tagt.")
    assert found(library, query) == {"talk": ["Bürger*innenrat"], "documents/paper": ["Bürger*innenrat"]}


NUMBERS = ["1250", "1.250", "1 250", "1'250", "1’250", "1\u00a0250", "1\u2009250", "1\u202f250"]


@pytest.mark.parametrize("written", NUMBERS)
def test_a_number_is_found_however_it_is_grouped(written: str, library: Library) -> None:
    both(library, f"Es kamen {written} Leute.")
    for query in NUMBERS:
        for asked in (query, f'"{query} Leute"'):
            marks = found(library, asked)
            assert set(marks) == {"talk", "documents/paper"}, asked
            assert "".join(marks["talk"]).removesuffix("Leute") == written.replace(" ", "")
    assert found(library, f"Leute -{NUMBERS[0]}") == {}


def test_two_numbers_beside_one_another_are_still_found_each(library: Library) -> None:
    both(library, "In Klasse 9 100 Kinder, am 20.11.2026 um 19:30 Uhr, 1,5 Stunden.")
    for query, marks in {
        "100": ["100"],
        "2026": ["2026"],
        '"19:30"': ["19", "30"],
        '"1,5"': ["1", "5"],
    }.items():
        assert found(library, query)["talk"] == marks


def test_a_number_is_never_taken_for_another(library: Library) -> None:
    both(library, "Es waren 12501 Stimmen und 125000 Euro.")
    assert found(library, "12500") == {}


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("Loosverfaren", "Losverfahren"),
        ("Losverfahren", "Loosverfaren"),
        ("Teori", "Theorie"),
        ("Fotofoltaik", "Photovoltaik"),
        ("Verwantschaft", "Verwandtschaft"),
        ("Rythmus", "Rhythmus"),
        ("Komision", "Kommissionen"),
    ],
)
def test_what_is_spelt_by_ear_is_found(asked: str, written: str, library: Library) -> None:
    both(library, f"Es ging um {written} und mehr.")
    assert found(library, asked) == {"talk": [written], "documents/paper": [written]}


def test_what_sounds_alike_comes_after_what_was_asked_for_and_only_when_that_is_rare(
    library: Library,
) -> None:
    library.add_texts({"misheard": ["Das Loosverfaren."] * 30, "right": "Das Losverfahren ist gerecht."})
    assert library.ids("Losverfahren") == ["right", "misheard"]
    library.add_texts({f"r{number}": "Das Losverfahren." for number in range(2)})
    assert "misheard" not in library.ids("Losverfahren")


def test_short_words_that_sound_alike_stay_apart(library: Library) -> None:
    library.add_texts({"a": "Der Wal schwimmt.", "b": "Die Wahl beginnt."})
    assert library.ids("Wal") == ["a"]
