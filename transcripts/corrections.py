"""Corrections: what people changed of a record. The machine's text stays; they are laid over it.

`corrections/0001.json` and so on, append-only: each is what one person did at once, be it one
sentence or a name replaced everywhere. Nothing is ever taken back but by a further
correction that `undoes` it. Pure; how they are laid over a text is in `transcripts.overlay`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, field_validator

from transcripts.errors import PermanentError
from transcripts.model import Document

LONGEST_NAME = 60


class WordChange(Document):
    """Words that were replaced within a sentence, and what tells where: their neighbours and their time.

    `before` is empty for words that were put in, `after` for words that were taken out. `left` and
    `right` are up to three words on each side.
    """

    before: str
    after: str
    left: str = ""
    right: str = ""
    start_seconds: float
    end_seconds: float


class SentenceEdit(Document):
    """A sentence with another wording; `changes` find their place also in another transcription."""

    kind: Literal["sentence"] = "sentence"
    sentence: str
    before: str
    after: str
    changes: tuple[WordChange, ...] = ()


class ChapterPlace(Document):
    """A chapter as a correction names it."""

    start_seconds: float
    title: str


class ChapterEdit(Document):
    """A chapter renamed or moved; put in where there was none before, taken out where none is after."""

    kind: Literal["chapter"] = "chapter"
    before: ChapterPlace | None
    after: ChapterPlace | None


class TitleEdit(Document):
    """The record's title."""

    kind: Literal["title"] = "title"
    before: str
    after: str


class Review(Document):
    """Somebody has read it all against the recording; `wording` is a hash of the machine's text then."""

    kind: Literal["review"] = "review"
    wording: str


class SentBack(Document):
    """Not to be published yet, and why."""

    kind: Literal["sent_back"] = "sent_back"
    note: str


Edit = Annotated[SentenceEdit | ChapterEdit | TitleEdit | Review | SentBack, Field(discriminator="kind")]


class Correction(Document):
    """What one person did at once. `made_by` is their name as they give it, never a mail address."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    number: int
    made_at: datetime
    made_by: str
    edits: tuple[Edit, ...] = ()
    undoes: int | None = None
    replaced: str = ""
    """For a name replaced everywhere: what was looked for."""

    @field_validator("made_by")
    @classmethod
    def _is_no_address(cls, name: str) -> str:
        if "@" in name:
            raise ValueError("a name, not a mail address")
        return name


def corrector_name(text: str) -> str:
    """A name as corrections carry it. Raises PermanentError `corrector_name` for what is none."""
    name = " ".join(text.split())
    if not name or "@" in name or len(name) > LONGEST_NAME:
        raise PermanentError("corrector_name")
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
    """The correction of this number. Raises PermanentError `correction_unknown`."""
    found = next((each for each in corrections if each.number == number), None)
    if found is None:
        raise PermanentError("correction_unknown", number=number)
    return found
