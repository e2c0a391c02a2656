"""Each known fault of Whisper is named by its cause, and what people really say is left alone."""

import json
from pathlib import Path

import pytest

from tests.transcripts.spoken_sample import SAMPLES, recognised_meeting, said
from transcripts.model import Note, Word
from transcripts.speech.recognition_checks import doubts, merged, without_credits, without_invented_doubles
from transcripts.speech.windows import SpeechSpan


def spoken(text: str, seconds_a_word: float = 0.4) -> tuple[Word, ...]:
    return said(text, seconds_a_word=seconds_a_word).segments[0].words


def speech_under(words: tuple[Word, ...]) -> list[SpeechSpan]:
    return [SpeechSpan(words[0].start_seconds, words[-1].end_seconds)]


def causes(text: str, seconds_a_word: float = 0.4, language: str = "de") -> list[str]:
    words = spoken(text, seconds_a_word)
    return [note.cause for note in doubts(words, speech_under(words), language)]


def text_of(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def read_sentences() -> list[str]:
    turns = json.loads((SAMPLES / "gelesene_saetze.json").read_text("utf-8"))["turns"]
    return [turn["text"] for turn in turns]


def test_speech_of_more_than_a_second_without_a_word_is_named_with_its_times() -> None:
    words = (
        Word(text="Guten", start_seconds=0.0, end_seconds=0.5),
        Word(text="Abend.", start_seconds=2.5, end_seconds=3.0),
    )
    (note,) = doubts(words, [SpeechSpan(0.0, 3.0)], "de")
    assert (note.cause, note.start_seconds, note.end_seconds) == ("speech_without_words", 0.5, 2.5)


def test_a_breath_between_words_is_no_speech_without_words() -> None:
    words = (
        Word(text="Guten", start_seconds=0.0, end_seconds=0.5),
        Word(text="Abend.", start_seconds=1.4, end_seconds=3.0),
    )
    assert doubts(words, [SpeechSpan(0.0, 3.0)], "de") == ()


def test_words_where_nobody_speaks_are_named() -> None:
    words = spoken("Vielen Dank für die Einladung nach Bregenz.")
    note, missing = doubts(words, [SpeechSpan(10.0, 12.0)], "de")
    assert (note.cause, missing.cause) == ("words_without_speech", "speech_without_words")
    assert note.end_seconds == words[-1].end_seconds


@pytest.mark.parametrize(
    "text",
    [
        "Das ist gut und " + "das ist gut und " * 4 + "Ende.",
        "Ja ja ja ja ja ja ja ja.",
        "Wir sprechen über das Losverfahren. " * 3,
    ],
)
def test_a_loop_is_named(text: str) -> None:
    assert "loop" in causes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nein, nein, nein, das meine ich nicht.",
        "Sehr gut, sehr gut, dann machen wir weiter.",
        "Wir fragen die Menschen. Wir fragen die Gemeinden.",
    ],
)
def test_what_people_repeat_is_no_loop(text: str) -> None:
    assert causes(text) == []


@pytest.mark.parametrize(
    "phrase",
    [
        "Untertitel im Auftrag des ZDF für funk, 2017",
        "Untertitelung des ZDF, 2020",
        "Untertitel der Amara.org-Community",
        "Untertitel von Stephanie Geiges, Amara.org",
        "Untertitelung. BR 2018",
        "Copyright WDR 2021",
        "SWR 2021",
        "Untertitelung aufgrund der Audioqualität nicht möglich 2019",
    ],
)
def test_credits_are_named_and_taken_out(phrase: str) -> None:
    words = spoken(f"Damit schließe ich. {phrase} Guten Abend.")
    assert "stock_phrase" in [note.cause for note in doubts(words, speech_under(words), "de")]
    left = text_of(without_credits(words))
    assert left.startswith("Damit schließe ich.")
    assert left.endswith("Guten Abend.")
    assert not any(name in left for name in ("ZDF", "WDR", "SWR", "BR", "Amara.org-Community", "20"))


@pytest.mark.parametrize("phrase", ["Vielen Dank fürs Zuschauen!", "Danke für das Zusehen."])
def test_a_farewell_to_viewers_is_named_but_stays(phrase: str) -> None:
    words = spoken(f"Damit schließe ich. {phrase}")
    assert [note.cause for note in doubts(words, speech_under(words), "de")] == ["stock_phrase"]
    assert without_credits(words) == words


@pytest.mark.parametrize(
    "text",
    [
        "Das ZDF und der SWR haben über unseren Bürgerrat berichtet.",
        "Die Untertitel kommen später, und Untertitel sind wichtig.",
        "Vielen Dank fürs Zuhören, vielen Dank für die Einladung.",
        "Im Jahr 2021 war der WDR zu Gast.",
    ],
)
def test_what_people_say_about_broadcasters_and_thanks_is_left_alone(text: str) -> None:
    assert causes(text) == []
    assert text_of(without_credits(spoken(text))) == text


@pytest.mark.parametrize(
    "text",
    [
        "Und dann And then we have to talk about the budget for this year and",
        "Вот это хорошо",
        "Nous avons une question pour vous et que les autres dans la salle est",
    ],
)
def test_another_language_is_named(text: str) -> None:
    assert "other_language" in causes(text)


def test_an_english_name_in_a_german_sentence_is_no_other_language() -> None:
    text = "Die Gruppe heißt We the People and for the Future, das ist ein Verein aus Wien."
    assert causes(text) == []


def test_missing_capitals_and_punctuation_are_named() -> None:
    lower = "und dann haben wir mit den leuten aus der gemeinde über das verfahren gesprochen, "
    lower += "und alle waren dafür, dass wir es so machen"
    assert causes(lower) == ["no_capitals"]
    assert causes("Und dann haben wir mit den Leuten gesprochen " * 2 + "wie oft " * 1) == []
    endless = " ".join(f"Wort{number} folgt" for number in range(30))
    assert causes(endless) == ["no_punctuation"]


def test_capitals_are_not_asked_of_other_languages() -> None:
    assert causes("and so we went there with all of them and talked to nobody at all", language="en") == []


def test_more_text_than_a_person_can_say_is_named() -> None:
    text = "Heute sprechen wir über das Losverfahren in kleinen Gemeinden am Bodensee."
    assert causes(text, seconds_a_word=0.3) == []
    assert causes(text, seconds_a_word=0.1) == ["too_fast"]


def test_notes_of_one_cause_that_touch_become_one() -> None:
    first = Note(cause="loop", start_seconds=1.0, end_seconds=3.0)
    second = Note(cause="loop", start_seconds=3.0, end_seconds=4.0)
    other = Note(cause="too_fast", start_seconds=2.0, end_seconds=2.5)
    assert merged([second, other, first]) == (
        Note(cause="loop", start_seconds=1.0, end_seconds=4.0),
        other,
    )


def test_nothing_in_a_well_recognised_meeting_is_doubtful() -> None:
    words = tuple(word for segment in recognised_meeting().segments for word in segment.words)
    spans = [SpeechSpan(word.start_seconds, word.end_seconds) for word in words]
    assert doubts(words, spans, "de") == ()


@pytest.mark.parametrize("text", read_sentences())
def test_no_sentence_that_was_really_read_is_doubtful(text: str) -> None:
    assert causes(text) == []


def test_samples_lie_where_they_are_looked_for() -> None:
    assert Path(SAMPLES / "gelesene_saetze.json").exists()
    assert len(read_sentences()) > 10


PHRASE = ["und", "dann", "stimmen", "wir", "darüber", "ab"]


def timed(texts: list[str], soundless: range) -> tuple[Word, ...]:
    """Words of a third of a second; those at these places have no time of their own."""
    at, words = 0.0, []
    for index, text in enumerate(texts):
        end = at + (0.02 if index in soundless else 0.35)
        words.append(Word(text=text, start_seconds=round(at, 2), end_seconds=round(end, 2)))
        at = end
    return tuple(words)


@pytest.mark.parametrize(
    ("length", "with_sound"), [*((n, 0) for n in range(2, 7)), *((n, 1) for n in range(3, 7))]
)
@pytest.mark.parametrize("copy_comes_first", [False, True])
@pytest.mark.parametrize("around", [[], ["Gut."]])
def test_of_a_phrase_written_twice_the_copy_without_sound_goes(
    length: int, with_sound: int, copy_comes_first: bool, around: list[str]
) -> None:
    """Also where the copy's edge has some sound: the pause before it, or the voice behind it."""
    phrase = PHRASE[:length]
    begin = len(around) + (0 if copy_comes_first else length)
    soundless = range(begin, begin + length - with_sound)
    second = [*phrase[:-1], f"{phrase[-1].upper()}."]
    words = timed([*around, *phrase, *second, *around], soundless)
    kept = [*around, *(second if copy_comes_first else phrase), *around]
    assert [word.text for word in without_invented_doubles(words)] == kept


@pytest.mark.parametrize(
    ("texts", "soundless"),
    [
        (["ja", "ja", "genau"], range(0)),
        ([*PHRASE, *PHRASE], range(0)),
        ([*PHRASE, *PHRASE], range(6, 7)),
        ([*PHRASE, "und", "Schluss"], range(6, 8)),
        (["Anna", "Huber"], range(2)),
        ([], range(0)),
    ],
)
def test_what_was_said_twice_stays_and_so_does_what_stands_once(texts: list[str], soundless: range) -> None:
    words = timed(texts, soundless)
    assert without_invented_doubles(words) == words
