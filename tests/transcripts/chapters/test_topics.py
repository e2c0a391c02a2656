"""Changes of topic in made-up meetings whose topics are known."""

from itertools import pairwise

from transcripts.chapters.moderator_phrases import openings
from transcripts.chapters.topics import topic_starts, usual_chapter_seconds
from transcripts.model import Segment

BEES = ["Die Bienen sammeln Honig.", "Der Imker füttert die Bienen.", "Honig in der Wabe.", "Imker und Wabe."]
RAIL = [
    "Der Zug fährt auf Gleisen.",
    "Die Bahn baut Gleise.",
    "Der Fahrplan der Bahn.",
    "Der Zug nach Fahrplan.",
]
WINE = ["Der Winzer keltert Wein.", "Trauben am Hang.", "Wein aus Trauben.", "Der Winzer am Hang."]


def found(texts: list[str], seconds: float = 10.0) -> list[int]:
    segments = [
        Segment(start_seconds=seconds * index, end_seconds=seconds * index + seconds - 0.5, text=text)
        for index, text in enumerate(texts)
    ]
    return topic_starts(segments, openings(texts))


def test_a_new_vocabulary_is_a_new_topic() -> None:
    assert found(BEES * 4 + RAIL * 4 + WINE * 4) == [0, 16, 32]


def test_one_vocabulary_is_one_topic() -> None:
    assert found(BEES * 8) == [0]


def test_a_moderators_turn_opens_a_topic_even_after_half_a_minute() -> None:
    texts = (
        BEES * 4
        + ["Kommen wir zum zweiten Punkt."]
        + RAIL
        + ["Dann kommen wir zum dritten Punkt."]
        + WINE * 4
    )
    assert found(texts) == [0, 16, 21]


def test_nothing_shorter_than_a_minute_is_a_topic_unless_announced() -> None:
    texts = BEES * 4 + RAIL[:2] + BEES * 2 + WINE * 4
    starts = [*found(texts), len(texts)]
    assert all((end - start) * 10 >= 60 for start, end in pairwise(starts))


def test_no_speech_has_no_topics() -> None:
    assert found([]) == []


def test_one_sentence_is_one_topic() -> None:
    assert found(["Hallo."]) == [0]


def test_words_that_are_all_said_once_are_one_topic() -> None:
    assert found(["Apfel.", "Birne.", "Kirsche."]) == [0]


def test_short_meetings_have_short_chapters_and_long_ones_none_over_a_usual_length() -> None:
    assert usual_chapter_seconds(60) == 90
    assert usual_chapter_seconds(1800) == 360
    assert usual_chapter_seconds(4 * 3600) == 450
