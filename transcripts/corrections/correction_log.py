"""Corrections: what people changed of a record. The machine's text stays; they are laid over it.

`corrections/0001.json` and so on, append-only: each is what one person did at once, be it one
sentence or a name replaced everywhere. Nothing is ever taken back but by a further
correction that `undoes` it. Pure; how they are laid over a text is in `transcripts.corrections.overlay`.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field, field_validator

from transcripts.errors.correction_errors import CorrectionUnknownError, CorrectorNameError
from transcripts.model import ChapterOrigin, Day, Line, Moment, Number, Seconds, StoredModel, Text

LONGEST_NAME = 60


class WordChange(StoredModel):
    """Words that were replaced within a sentence, and what tells where: their neighbours and their time.

    `before` is empty for words that were put in, `after` for words that were taken out. `left` and
    `right` are up to three words on each side. Of words that were put in, `end_seconds` is when the word
    before them ends, and may come before `start_seconds`.
    """

    before: Text
    after: Text
    left: Text = ""
    right: Text = ""
    start_seconds: Seconds
    end_seconds: Seconds


class SentenceEdit(StoredModel):
    """A sentence with another wording; `changes` find their place also in another transcription."""

    kind: Literal["sentence"] = "sentence"
    sentence: Text
    before: Text
    after: Text
    changes: tuple[WordChange, ...] = ()


class ChapterPlace(StoredModel):
    """A chapter as a correction names it."""

    start_seconds: Seconds
    title: Line


class ChapterEdit(StoredModel):
    """A chapter renamed or moved; put in where there was none before, taken out where none is after.

    `origin` is where the one after comes from: "human" for who set it by hand, else what an agenda that
    came later made of the text.
    """

    kind: Literal["chapter"] = "chapter"
    before: ChapterPlace | None
    after: ChapterPlace | None
    origin: ChapterOrigin = "human"


class TitleEdit(StoredModel):
    """The record's title."""

    kind: Literal["title"] = "title"
    before: Text
    after: Text


class DayEdit(StoredModel):
    """The day of the meeting; the same day after as before says that a guess was right."""

    kind: Literal["day"] = "day"
    before: Day
    after: Day


class Review(StoredModel):
    """Somebody has read it all against the recording; `wording` is a hash of the machine's text then.

    `day` is the network's, as it is told wherever the texts are made again; reviews of earlier versions
    have none.
    """

    kind: Literal["review"] = "review"
    wording: Text
    day: Day | None = None


class SentBack(StoredModel):
    """Not to be published yet, and why."""

    kind: Literal["sent_back"] = "sent_back"
    note: Text


Edit = Annotated[
    SentenceEdit | ChapterEdit | TitleEdit | DayEdit | Review | SentBack, Field(discriminator="kind")
]


class Correction(StoredModel):
    """What one person did at once. `made_by` is their name as they give it, never a mail address."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    number: Number
    made_at: Moment
    made_by: Line
    edits: tuple[Edit, ...] = ()
    undoes: Number | None = None
    replaced: Text = ""
    """For a name replaced everywhere: what was looked for."""

    @field_validator("made_by")
    @classmethod
    def _is_no_address(cls, name: str) -> str:
        if "@" in name:
            raise ValueError("a name, not a mail address")
        return name


def corrector_name(text: str) -> str:
    """A name as corrections carry it. Raises CorrectorNameError for what is none."""
    name = " ".join(text.split())
    if not name or "@" in name or len(name) > LONGEST_NAME:
        raise CorrectorNameError()
    return name


def undone(corrections: Sequence[Correction]) -> frozenset[int]:
    """The numbers of those that were undone, unless the undoing was undone again."""
    found: set[int] = set()
    for each in reversed(corrections):
        if each.undoes is not None and each.number not in found:
            found.add(each.undoes)
    return frozenset(found)


def active(corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """Those that change something now, in order."""
    out = undone(corrections)
    return tuple(each for each in corrections if each.number not in out and each.undoes is None)


def last_number(corrections: Iterable[Correction]) -> int:
    """The number of the newest correction, 0 before the first."""
    return max((each.number for each in corrections), default=0)


def numbered(corrections: Iterable[Correction], number: int) -> Correction:
    """The correction of this number. Raises CorrectionUnknownError."""
    found = next((each for each in corrections if each.number == number), None)
    if found is None:
        raise CorrectionUnknownError(number=number)
    return found
