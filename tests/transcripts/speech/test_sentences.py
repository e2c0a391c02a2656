"""Sentences: where German ones end, and that no word is lost on the way."""

import random

import pytest

from tests.transcripts.spoken_sample import recognised_meeting
from transcripts.model import Word
from transcripts.speech.sentences import MAX_SENTENCE_SECONDS, split_sentences

REST_SECONDS = 0.8


def spoken(text: str, seconds_a_word: float = 0.4) -> list[Word]:
    """Words of steady speech; "|" stands for a rest of 0.8 s, each further one lengthens it."""
    words: list[Word] = []
    now = 0.0
    for token in text.split():
        if token == "|":
            now += REST_SECONDS
            continue
        words.append(Word(text=token, start_seconds=now, end_seconds=now + seconds_a_word))
        now += seconds_a_word
    return words


def texts(text: str) -> list[str]:
    return [segment.text for segment in split_sentences(spoken(text))]


@pytest.mark.parametrize(
    "sentence",
    [
        "Wir losen z. B. Menschen ab 16 Jahren aus.",
        "Wir losen z.B. Menschen ab 16 Jahren aus.",
        "Das heißt, d. h. Die Verwaltung zieht Namen.",
        "Dabei sind u. a. Gemeinden aus Vorarlberg.",
        "Es spricht Dr. Maria Huber mit Prof. Dr. Weber.",
        "Siehe Nr. 5 der Liste und ca. 30 Personen.",
        "Städte bzw. Gemeinden usw. machen mit.",
        "Briefe, Anrufe usw. Alle machen mit.",
        "Wir treffen uns am 20. Januar in Bregenz.",
        "Das gab es schon im 20. Jahrhundert.",
        "Der 1. FC Köln hat gelost.",
        "Jetzt kommt der 3. Punkt der Tagesordnung.",
        "Am 3. haben wir Zeit.",
        "Es begrüßt euch A. Müller aus Graz.",
        "Ludwig XIV. regierte ohne Bürgerrat.",
        "Die Gemeinde hat 9.000 Einwohner und 3.5 Stellen.",
        "3. Die Kosten eines Bürgerrates.",
        "Er fragte: „Wirklich?“ und ging.",
        "„Wirklich?“, fragte sie.",
        "Drei Punkte: Losverfahren, Kosten, Umsetzung.",
        "Ich dachte… eigentlich an etwas anderes.",
        "Der Verein Mehr Demokratie e. V. lädt ein.",
    ],
)
def test_a_sentence_stays_whole(sentence: str) -> None:
    assert texts(sentence) == [sentence]


@pytest.mark.parametrize(
    ("speech", "expected"),
    [
        ("Guten Abend! Wie geht es? Gut.", ["Guten Abend!", "Wie geht es?", "Gut."]),
        ("Er sagte: „Das geht.“ Dann ging er.", ["Er sagte: „Das geht.“", "Dann ging er."]),
        ("Sie rief: »Jetzt!« Alle kamen.", ["Sie rief: »Jetzt!«", "Alle kamen."]),
        ('Er meint "nein." Wir nicht.', ['Er meint "nein."', "Wir nicht."]),
        ("(Das war gut.) Danke.", ["(Das war gut.)", "Danke."]),
        ("Das war gut. “ Danke.", ["Das war gut. “", "Danke."]),
        ("Wir losten Alte, Junge usw. | Das klappte.", ["Wir losten Alte, Junge usw.", "Das klappte."]),
        ("Es kamen 30. Das war gut.", ["Es kamen 30.", "Das war gut."]),
        ("Es kamen 30. | Menschen sind neugierig.", ["Es kamen 30.", "Menschen sind neugierig."]),
        ("Wir trafen uns am 20. Wir kamen gern.", ["Wir trafen uns am 20.", "Wir kamen gern."]),
        ("Das war 2019. Bürgerräte gab es schon.", ["Das war 2019.", "Bürgerräte gab es schon."]),
        ("Das ist Plan B. | Wir machen das.", ["Das ist Plan B.", "Wir machen das."]),
        ("Das ist, was ich mag. | Wir danken.", ["Das ist, was ich mag.", "Wir danken."]),
        ("Ich weiß nicht… Vielleicht doch.", ["Ich weiß nicht…", "Vielleicht doch."]),
        ("Die Quote war 14 % . Das ist viel.", ["Die Quote war 14%.", "Das ist viel."]),
    ],
)
def test_a_sentence_ends(speech: str, expected: list[str]) -> None:
    assert texts(speech) == expected


def test_a_long_silence_ends_a_sentence_without_a_full_stop() -> None:
    assert texts("und dann sind wir | | | | ja genau") == ["und dann sind wir", "ja genau"]
    assert texts("und dann sind wir | | ja genau") == ["und dann sind wir ja genau"]


def test_what_a_recogniser_splits_off_a_word_is_put_back() -> None:
    (segment,) = split_sentences(spoken("Baden -Württemberg hat 9 .000 Bürger :innen"))
    assert segment.text == "Baden-Württemberg hat 9.000 Bürger:innen"
    assert [word.text for word in segment.words] == ["Baden-Württemberg", "hat", "9.000", "Bürger:innen"]
    assert segment.words[0].end_seconds == pytest.approx(0.8)


def test_the_least_certain_part_of_a_word_says_how_certain_it_is() -> None:
    parts = [
        Word(text=text, start_seconds=0, end_seconds=1, probability=sure)
        for text, sure in (("9", 0.9), (".000", 0.4))
    ]
    assert split_sentences(parts)[0].words[0].probability == 0.4


def test_white_space_around_words_is_taken_off_and_empty_words_are_left_out() -> None:
    words = [
        Word(text=text, start_seconds=index, end_seconds=index + 1)
        for index, text in enumerate([" Guten", "Abend ", "  ", " zusammen."])
    ]
    assert [segment.text for segment in split_sentences(words)] == ["Guten Abend zusammen."]


def test_a_sentence_lasts_from_its_first_word_to_its_last() -> None:
    first, second = split_sentences(spoken("Guten Abend. | Danke schön."))
    assert [first.id, second.id] == ["s0001", "s0002"]
    assert [first.start_seconds, first.end_seconds] == pytest.approx([0.0, 0.8])
    assert [second.start_seconds, second.end_seconds] == pytest.approx([1.6, 2.4])


def test_an_endless_sentence_is_cut_at_a_clause() -> None:
    clause = "und wir haben sehr lange über das Losverfahren in kleinen Gemeinden gesprochen,"
    parts = split_sentences(spoken(" ".join([clause] * 10)))
    assert len(parts) > 1
    assert all(part.text.startswith("und") and part.text.endswith("gesprochen,") for part in parts)


def test_speech_without_any_punctuation_is_cut_at_its_rests() -> None:
    parts = texts("| ".join(["wort " * 50] * 3))
    assert [len(part.split()) for part in parts] == [50, 50, 50]


def test_nothing_said_makes_no_sentences() -> None:
    assert split_sentences([]) == ()
    assert split_sentences([Word(text=" ", start_seconds=0, end_seconds=1)]) == ()


@pytest.mark.parametrize("seed", range(40))
def test_no_word_is_lost_moved_or_held_too_long(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    vocabulary = [
        "ja",
        "Herr",
        "Dr.",
        "30.",
        "z.",
        "B.",
        "gut.",
        "was?",
        "„Nein“",
        "usw.",
        "…",
        "Bürgerrat,",
        "und",
    ]
    words: list[Word] = []
    now = 0.0
    for _ in range(dice.randrange(1, 400)):
        now += dice.choice([0, 0, 0, 0.2, 0.9, 4])
        end = now + dice.choice([0, 0.2, 0.5, 1.5])
        words.append(Word(text=dice.choice(vocabulary), start_seconds=now, end_seconds=end))
        now = end
    segments = split_sentences(words)
    together = "".join(word.text for word in words)
    assert "".join(word.text for segment in segments for word in segment.words) == together
    for number, segment in enumerate(segments, start=1):
        assert segment.id == f"s{number:04d}"
        assert segment.text == " ".join(word.text for word in segment.words)
        assert 0 <= segment.end_seconds - segment.start_seconds <= MAX_SENTENCE_SECONDS
    starts = [segment.start_seconds for segment in segments]
    assert starts == sorted(starts)


def test_the_sample_meeting_becomes_its_sentences() -> None:
    recognised = recognised_meeting().segments
    sentences = split_sentences([word for segment in recognised for word in segment.words])
    assert " ".join(one.text for one in sentences) == " ".join(one.text for one in recognised)
    assert len(sentences) == 69
    assert all(one.text.endswith((".", "!", "?")) and one.text[0].isupper() for one in sentences)
    assert sentences[0].text == "Guten Abend und herzlich willkommen zum Netzwerktreffen Bürgerräte!"


def test_words_that_all_begin_at_one_moment_are_still_cut() -> None:
    lost = [Word(text="a", start_seconds=0.0, end_seconds=0.0)] * 2_000
    segments = split_sentences([*lost, Word(text="b", start_seconds=0.0, end_seconds=100.0)])
    assert sum(len(segment.words) for segment in segments) == 2_001
