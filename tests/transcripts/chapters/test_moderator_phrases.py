"""Phrases of moderators, taken from many kinds of meetings."""

import pytest

from transcripts.chapters.moderator_phrases import (
    Opening,
    ends_sentence,
    is_bare_thanks,
    is_farewell,
    is_greeting,
    opening,
    openings,
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Damit kommen wir zum zweiten Punkt, den Kosten.",
        "Kommen wir zum dritten Thema.",
        "Dann beginnen wir mit dem ersten Thema, dem Losverfahren.",
        "Dann würde ich sagen, wir gehen über zum nächsten Tagesordnungspunkt.",
        "Und damit sind wir schon beim zweiten Vortrag.",
        "Lasst uns mit dem ersten Punkt anfangen.",
        "Ich rufe den nächsten Tagesordnungspunkt auf.",
    ],
)
def test_a_turn_that_names_the_next_topic_is_certain(sentence: str) -> None:
    assert opening(sentence).strength == 1.0


@pytest.mark.parametrize(
    "sentence",
    [
        "Kommen wir nun zu den Finanzen.",
        "Weiter geht's mit der Website.",
        "Als Nächstes hören wir Maria aus Graz.",
        "Dann gehen wir zum Budget über.",
        "Gut, dann machen wir weiter mit dem Bericht aus Wien.",
        "TOP 3, der Haushalt.",
    ],
)
def test_a_turn_without_a_count_is_likely(sentence: str) -> None:
    assert 0.5 < opening(sentence).strength < 1.0


@pytest.mark.parametrize(
    "sentence",
    [
        "Wie kommen wir zu mehr Beteiligung?",
        "Da kommen wir später noch zu.",
        "Wir kommen zur Abstimmung.",
        "Da sind wir uns einig.",
        "Machen wir uns nichts vor.",
        "Ich rufe alle auf, sich zu beteiligen.",
        "Das Losverfahren ist aufwendig.",
    ],
)
def test_what_only_sounds_like_a_turn_is_none(sentence: str) -> None:
    assert opening(sentence).strength == 0.0


def test_the_count_is_understood_in_words_and_figures() -> None:
    assert opening("Kommen wir zum dritten Thema.").position == 3
    assert opening("Damit sind wir bei Punkt 4.").position == 4
    assert opening("Wir kommen zu Punkt vier.").position == 4
    assert opening("Dann kommen wir zum letzten Punkt.").is_last


def test_an_agenda_that_is_read_out_opens_nothing() -> None:
    found = openings(
        [
            "Heute haben wir drei Punkte auf der Tagesordnung.",
            "Zuerst geht es um die Website.",
            "Als Zweites kommt der Haushalt.",
            "Und zum Schluss planen wir das Sommerfest.",
            "Dann beginnen wir mit dem ersten Punkt.",
        ]
    )
    assert found[:4] == [Opening(is_read_out=True)] * 4
    assert found[4].strength == 1.0


def test_a_turn_the_recogniser_cut_in_two_is_seen_at_its_beginning() -> None:
    assert openings(["Vielen Dank.", "Dann kommen wir zum", "dritten Thema."])[1].position == 3


def test_greeting_parting_and_thanks_are_told_apart() -> None:
    assert is_greeting("Guten Abend und herzlich willkommen!")
    assert is_farewell("Kommt gut nach Hause und bis zum nächsten Mal.")
    assert is_bare_thanks("Super, vielen Dank!")
    assert not is_bare_thanks("Vielen Dank für die Einladung.")
    assert not is_greeting("Der Zug kommt.")
    assert not is_farewell("Der Zug kommt.")


def test_a_sentence_ends_with_its_mark_also_inside_quotes() -> None:
    assert ends_sentence("Er sagte: „Nein.“")
    assert not ends_sentence("Kommen wir nun zum")
