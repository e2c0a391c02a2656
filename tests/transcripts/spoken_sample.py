"""Transcripts for tests: a recognised meeting, and speech as steady as a metronome."""

from pathlib import Path

from transcripts.model import Segment, Transcript, Word
from transcripts.speech.sentences import split_sentences

SAMPLES = Path(__file__).parent.parent / "samples"


def recognised_meeting() -> Transcript:
    """The sample meeting as Whisper heard it, mishearings included; one window a segment."""
    return Transcript.model_validate_json((SAMPLES / "netzwerktreffen.words.json").read_text("utf-8"))


def meeting_in_sentences() -> Transcript:
    recognised = recognised_meeting()
    words = [word for segment in recognised.segments for word in segment.words]
    return recognised.model_copy(update={"segments": split_sentences(words)})


def said(
    *texts: str, seconds_a_word: float = 0.4, rest: float = 0.0, speaker: str | None = None
) -> Transcript:
    """Sentences of steady speech, with a rest after each."""
    segments, now = [], 0.0
    for number, text in enumerate(texts, start=1):
        words = []
        for token in text.split():
            words.append(Word(text=token, start_seconds=now, end_seconds=now + seconds_a_word))
            now += seconds_a_word
        segments.append(
            Segment(
                id=f"s{number:04d}",
                start_seconds=words[0].start_seconds,
                end_seconds=now,
                speaker=speaker,
                text=text,
                words=tuple(words),
            )
        )
        now += rest
    return Transcript(segments=tuple(segments))
