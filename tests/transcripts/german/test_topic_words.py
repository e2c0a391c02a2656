"""Stems, compounds and words that belong together."""

import pytest

from transcripts.german.topic_words import compound_parts, content_stems, kinship, stem, with_parts, words


def test_inflected_and_misheard_forms_share_a_stem() -> None:
    assert stem("Bürgerräte") == stem("Bürgerrate")
    assert stem("Empfehlungen") == stem("Empfehlung")


def test_words_are_taken_without_figures_and_marks() -> None:
    assert words("Von 17 Empfehlungen: 9 angenommen!") == ["Von", "Empfehlungen", "angenommen"]


def test_words_without_a_topic_are_left_out() -> None:
    assert content_stems("Und dann haben wir das auch noch einmal gemacht") == []
    assert content_stems("Das Melderegister der Gemeinde") == ["melderegist", "gemeind"]


def test_a_compound_is_split_at_words_that_occur_by_themselves() -> None:
    assert set(compound_parts("musterantrag", {"antrag", "muster"})) == {"muster", "antrag"}
    assert with_parts([["losverfahr"], ["verfahr"]]) == [["losverfahr", "verfahr"], ["verfahr"]]


@pytest.mark.parametrize(
    ("one", "other"), [("Kosten", "kostet"), ("Verfahren", "Losverfahren"), ("Themensammlung", "Themen")]
)
def test_kindred_words_are_recognised(one: str, other: str) -> None:
    assert kinship(stem(one), stem(other)) >= 0.5


@pytest.mark.parametrize(("one", "other"), [("Kosten", "Küste"), ("Rat", "Vorrat"), ("Zug", "Bahn")])
def test_strangers_are_not(one: str, other: str) -> None:
    assert kinship(stem(one), stem(other)) == 0.0
