"""The summary tells in figures and in German how well a recording was understood."""

from tests.transcripts.speech import said
from transcripts.model import Note, Transcript
from transcripts.quality import quality_lines, quality_of


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
