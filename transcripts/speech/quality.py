"""How well a recording was understood, in figures and in German sentences for organisers."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from transcripts.hold_reasons import BADLY_RECOGNISED, HARDLY_RECOGNISED, HoldReason
from transcripts.model import Note, Transcript, Word
from transcripts.speech.recognition_checks import NO_SPEECH, OTHER_LANGUAGE
from transcripts.wording.error_wording import explain_note
from transcripts.wording.german_formats import format_clock

UNSURE_PROBABILITY = 0.5
MOST_NOTES_LISTED = 10
# Measured, see docs/decisions.md.
FEWEST_WORDS_PER_SPEECH_SECOND = 0.5
FEWEST_WORDS_PER_SECOND = 0.2
MOST_DOUBTFUL_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts over a transcript. `unsure_words` are those the recogniser gave less than 0.5."""

    words: int
    sentences: int
    unsure_words: int
    doubts: tuple[Note, ...]

    def as_json(self) -> dict[str, object]:
        """The counts, and the doubtful stretches by their causes."""
        causes = sorted({note.cause for note in self.doubts})
        return {
            "words": self.words,
            "sentences": self.sentences,
            "unsure_words": self.unsure_words,
            "doubts": {cause: sum(note.cause == cause for note in self.doubts) for cause in causes},
        }


def quality_of(transcript: Transcript) -> Quality:
    """The figures of a transcript."""
    words = [word for segment in transcript.segments for word in segment.words]
    unsure = [word for word in words if _is_unsure(word)]
    doubts = tuple(note for note in transcript.notes if note.cause != NO_SPEECH)
    return Quality(len(words), len(transcript.segments), len(unsure), doubts)


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript, and for how long the detector heard anybody speak."""

    transcript: Transcript
    speech_seconds: float


def doubtful_recognition(heard: Heard) -> Iterator[HoldReason]:
    """Why a transcript must not be passed on unseen: next to nothing was understood, or badly."""
    quality, whole_seconds = quality_of(heard.transcript), heard.transcript.duration_seconds
    fewest = max(
        FEWEST_WORDS_PER_SPEECH_SECOND * heard.speech_seconds, FEWEST_WORDS_PER_SECOND * whole_seconds
    )
    if not quality.words or quality.words < fewest:
        details = {"words": quality.words, "speech_seconds": round(heard.speech_seconds, 1)}
        yield HoldReason(code=HARDLY_RECOGNISED, details=details)
    elif (share := _doubtful_share(heard.transcript)) > MOST_DOUBTFUL_SHARE:
        yield HoldReason(code=BADLY_RECOGNISED, details={"share": round(100 * share)})


def _doubtful_share(transcript: Transcript) -> float:
    """The share of words that the recogniser itself is unsure of, or that are of another language."""
    foreign = sorted(
        (note.start_seconds, note.end_seconds) for note in transcript.notes if note.cause == OTHER_LANGUAGE
    )
    words = [word for segment in transcript.segments for word in segment.words]
    doubtful = sum(_is_unsure(word) or _lies_in_one(word, foreign) for word in words)
    return doubtful / len(words)


def _is_unsure(word: Word) -> bool:
    return word.probability is not None and word.probability < UNSURE_PROBABILITY


def _lies_in_one(word: Word, stretches: Sequence[tuple[float, float]]) -> bool:
    """Whether a word begins in one of the stretches, which are in order and do not overlap."""
    before = bisect_right(stretches, (word.start_seconds, inf))
    return before > 0 and word.start_seconds < stretches[before - 1][1]


def quality_lines(quality: Quality) -> list[str]:
    """What a person should know before passing the transcript on."""
    if not quality.words:
        return ["Es wurde keine Sprache erkannt; der Text bleibt leer."]
    share = round(100 * quality.unsure_words / quality.words)
    counts = f"{_counted(quality.words, 'Wort', 'Wörter')} in {_counted(quality.sentences, 'Satz', 'Sätzen')}"
    return [f"{counts}; unsicher erkannt: {share} % der Wörter.", *_doubt_lines(quality.doubts)]


def _doubt_lines(doubts: tuple[Note, ...]) -> list[str]:
    if not doubts:
        return ["Keine auffälligen Stellen."]
    head = "Eine Stelle ist auffällig" if len(doubts) == 1 else f"{len(doubts)} Stellen sind auffällig"
    listed = [
        f"  {format_clock(note.start_seconds)}  {explain_note(note.cause)}"
        for note in doubts[:MOST_NOTES_LISTED]
    ]
    more = len(doubts) - MOST_NOTES_LISTED
    return [
        f"{head} und im Text gekennzeichnet:",
        *listed,
        *([f"  … und {more} weitere"] if more > 0 else []),
    ]


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
