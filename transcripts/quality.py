"""How well a recording was understood, in figures and in German sentences for organisers."""

from dataclasses import dataclass

from transcripts.checks import NO_SPEECH
from transcripts.formats import format_clock
from transcripts.model import Note, Transcript
from transcripts.wording import explain_note

UNSURE_PROBABILITY = 0.5
MOST_NOTES_LISTED = 10


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
    unsure = [
        word for word in words if word.probability is not None and word.probability < UNSURE_PROBABILITY
    ]
    doubts = tuple(note for note in transcript.notes if note.cause != NO_SPEECH)
    return Quality(len(words), len(transcript.segments), len(unsure), doubts)


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
