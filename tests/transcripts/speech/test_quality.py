"""The summary tells in figures and in German how well a recording was understood."""

from tests.transcripts.spoken_sample import said
from transcripts.hold_reasons import BADLY_RECOGNISED, HARDLY_RECOGNISED
from transcripts.model import Note, Segment, Transcript, Word
from transcripts.speech.quality import Heard, doubtful_recognition, quality_lines, quality_of


def with_notes(*notes: Note) -> Transcript:
    return said("Guten Abend.", "Heute geht es um Geld.").model_copy(update={"notes": notes})


def note(cause: str, start_seconds: float) -> Note:
    return Note(cause=cause, start_seconds=start_seconds, end_seconds=start_seconds + 2)


def test_words_sentences_and_doubts_are_counted() -> None:
    quality = quality_of(with_notes(note("loop", 1.0), note("loop", 9.0), note("too_fast", 5.0)))
    assert quality.as_json() == {
        "words": 7,
        "sentences": 2,
        "unsure_words": 0,
        "doubts": {"loop": 2, "too_fast": 1},
    }


def test_unsure_words_are_those_below_one_half() -> None:
    transcript = with_notes()
    words = tuple(
        word.model_copy(update={"probability": 0.0 if index == 0 else 0.9})
        for index, word in enumerate(transcript.segments[0].words)
    )
    first = transcript.segments[0].model_copy(update={"words": words})
    mended = transcript.model_copy(update={"segments": (first, *transcript.segments[1:])})
    assert quality_of(mended).unsure_words == 1
    assert quality_lines(quality_of(mended))[0] == "7 Wörter in 2 Sätzen; unsicher erkannt: 14 % der Wörter."


def test_doubtful_places_are_listed_with_their_times() -> None:
    lines = quality_lines(quality_of(with_notes(note("speech_without_words", 75.0))))
    assert lines[1] == "Eine Stelle ist auffällig und im Text gekennzeichnet:"
    assert lines[2] == "  00:01:15  hier wird gesprochen, aber nichts wurde verstanden"


def test_a_long_list_is_cut_and_says_so() -> None:
    many = [note("improbable", 10.0 * number) for number in range(13)]
    lines = quality_lines(quality_of(with_notes(*many)))
    assert lines[1].startswith("13 Stellen sind auffällig")
    assert lines[-1] == "  … und 3 weitere"


def test_a_clean_transcript_and_an_empty_one_say_so() -> None:
    assert quality_lines(quality_of(with_notes()))[-1] == "Keine auffälligen Stellen."
    silent = Transcript(notes=(note("no_speech", 0.0),))
    assert quality_lines(quality_of(silent)) == ["Es wurde keine Sprache erkannt; der Text bleibt leer."]
    assert quality_of(silent).doubts == ()


def spoken_word(start_seconds: float, probability: float) -> Word:
    return Word(
        text="Wort", start_seconds=start_seconds, end_seconds=start_seconds + 0.2, probability=probability
    )


def heard(words: int, speech_seconds: float, unsure: int = 0, notes: tuple[Note, ...] = ()) -> Heard:
    """A minute with so many words, four a second from its beginning on."""
    spoken = tuple(spoken_word(at / 4, 0.1 if at < unsure else 0.9) for at in range(words))
    segment = Segment(start_seconds=0, end_seconds=60, text="Wort", words=spoken)
    return Heard(Transcript(duration_seconds=60, segments=(segment,), notes=notes), speech_seconds)


def codes(what: Heard) -> list[str]:
    return [each.code for each in doubtful_recognition(what)]


def test_a_minute_of_speech_that_was_understood_is_in_no_doubt() -> None:
    assert codes(heard(120, 50)) == []
    assert codes(heard(14, 6)) == [], "a minute in which little is said"
    assert codes(heard(120, 50, unsure=30)) == []


def test_next_to_no_words_are_held_whether_anybody_speaks_or_not() -> None:
    for nothing in (heard(0, 0), heard(0, 50), heard(20, 50), heard(10, 4)):
        assert codes(nothing) == [HARDLY_RECOGNISED]
    (reason,) = doubtful_recognition(heard(20, 50))
    assert reason.details == {"words": 20, "speech_seconds": 50}


def test_words_that_are_mostly_guessed_or_of_another_language_are_held_with_their_share() -> None:
    (unsure,) = doubtful_recognition(heard(120, 50, unsure=48))
    assert (unsure.code, unsure.details) == (BADLY_RECOGNISED, {"share": 40})
    english = (note("other_language", 0.0), note("other_language", 10.0), note("other_language", 20.0))
    (foreign,) = doubtful_recognition(heard(60, 50, notes=(*english, note("loop", 4.0))))
    assert (foreign.code, foreign.details) == (BADLY_RECOGNISED, {"share": 27})
