"""Compounds fall into words that the vocabulary knows, and nothing else does."""

from collections import Counter

import pytest

from transcripts.german.topic_words import vocabulary
from transcripts.search.compounds import Splitter, place_in_compound
from transcripts.search.word_folding import fold, stem

VOCABULARY = Counter(
    fold(word)
    for word in vocabulary(
        "Rat Räte Bürger Bund Stadt Städte Los Verfahren Melden Register Arbeit Gruppe Frau Frauen "
        "Quote Schule Politik Klima Schutz Gesetz Haushalt Ausschuss Versicherung Kranke Tag "
        "Ordnung Aufsicht Haus Leben Mittel Beteiligung Sicherheit Planung Minister Amt Blatt Ratte "
        "Reform Steuer Recht Mensch Menschen ist der die und vor bei los bar schaft heit Form Zug "
        "Demokratie Partei Region Generation Verrat Vorrat Monat "
    )
)
STEMS = Counter(stem(word) for word in VOCABULARY)
SPLITTER = Splitter(lambda word: VOCABULARY[word], lambda word_stem: STEMS[word_stem])


def parts(compound: str) -> set[str]:
    return {part.stem for part in SPLITTER.parts(fold(compound))}


def stems(*words: str) -> set[str]:
    return {stem(fold(word)) for word in words}


@pytest.mark.parametrize(
    ("compound", "expected"),
    [
        ("Bürgerrat", ("Bürger", "Rat")),
        ("Bürgerräten", ("Bürger", "Rat")),
        ("Losverfahren", ("Los", "Verfahren")),
        ("Melderegister", ("Melden", "Register")),
        ("Arbeitsgruppe", ("Arbeit", "Gruppe")),
        ("Frauenquote", ("Frauen", "Quote")),
        ("Schulpolitik", ("Schule", "Politik")),
        ("Bundesrat", ("Bund", "Rat")),
        ("Klimaschutzgesetz", ("Klima", "Schutz", "Gesetz")),
        ("Haushaltsausschuss", ("Haushalt", "Ausschuss")),
        ("Tagesordnung", ("Tag", "Ordnung")),
        ("Menschenrechte", ("Mensch", "Recht")),
        ("Städtepolitik", ("Städte", "Politik")),
        ("Amtsblatt", ("Amt", "Blatt")),
        ("Steuerreform", ("Steuer", "Reform")),
    ],
)
def test_a_compound_has_the_parts_a_german_hears(compound: str, expected: tuple[str, ...]) -> None:
    assert stems(*expected) <= parts(compound)


@pytest.mark.parametrize(
    "word",
    sorted(
        vocabulary(
            "Verrat Vorrat Demokratie Apparat Heirat Monat Beratung Generation Region Partei "
            "Minister Reform Freiheit Gesellschaft arbeitslos kostbar Privat Ratte und Ministerin "
            "Information Verfahren "
        )
    ),
)
def test_a_word_that_only_looks_like_a_compound_is_none(word: str) -> None:
    assert parts(word) == set()


def test_the_last_part_says_what_the_whole_is() -> None:
    assert {part.stem: part.is_last for part in SPLITTER.parts("bürgerrat")} == {
        stem("bürger"): False,
        "rat": True,
    }


@pytest.mark.parametrize(
    ("compound", "part"),
    [("energiewende", "wende"), ("aufwandsentschädigung", "entschädigung"), ("schulpolitik", "schule")],
)
def test_a_young_archive_guesses_compounds(compound: str, part: str) -> None:
    assert place_in_compound(compound, part) is not None


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("verrat", "rat"),
        ("rational", "rat"),
        ("verwenden", "wende"),
        ("kindheit", "kind"),
        ("ländlich", "land"),
    ],
)
def test_it_guesses_no_nonsense(word: str, part: str) -> None:
    assert place_in_compound(word, part) is None
