"""What people changed in a record: the documents below `corrections/`, each written once and never changed.

A correction is a set of edits that belong together, with who made it and when. To take one
back is a further correction. What the edits do to the machine's text is for
`transcripts.overlay`; nothing here does anything.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from transcripts.model import Document

CORRECTIONS = "corrections/"


class WordChange(Document):
    """Words that others take the place of, and when they were heard; `after` may be empty.

    `before` is empty only where a sentence without any words got some.
    """

    start_seconds: float
    end_seconds: float
    before: str
    after: str


class SentenceEdit(Document):
    """The text of a sentence, as the editor saw it and as it is to be.

    Where a later transcript has another text at this address, `changes` tell which words to
    look for, and at which time.
    """

    kind: Literal["sentence"] = "sentence"
    sentence: str
    start_seconds: float
    end_seconds: float
    before: str
    after: str
    changes: tuple[WordChange, ...] = ()


class ChapterEdit(Document):
    """A chapter under another title; without `before` a new one, without `after` one less."""

    kind: Literal["chapter"] = "chapter"
    start_seconds: float
    before: str | None = None
    after: str | None = None


class TitleEdit(Document):
    """The record under another title. Its address stays."""

    kind: Literal["title"] = "title"
    before: str
    after: str


class CheckEdit(Document):
    """Somebody has listened to all of it and compared, or takes that back.

    It holds for the machine's text with this fingerprint, not for a later transcript.
    """

    kind: Literal["check"] = "check"
    is_checked: bool
    text_fingerprint: str


class NoteEdit(Document):
    """Sent back: what is still to be done before the record may be released."""

    kind: Literal["note"] = "note"
    text: str


Edit = Annotated[
    SentenceEdit | ChapterEdit | TitleEdit | CheckEdit | NoteEdit,
    Field(discriminator="kind"),
]


class Replaced(Document):
    """The wish behind many edits at once: these words everywhere by those."""

    search: str
    replacement: str


class Correction(Document):
    """`corrections/0001.json` and so on. `made_by` is the name that the organiser gave."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    number: int
    made_by: str
    made_at: datetime
    edits: tuple[Edit, ...] = ()
    undoes: int | None = None
    replaced: Replaced | None = None

    @property
    def name(self) -> str:
        """Its name in the record."""
        return correction_name(self.number)


def correction_name(number: int) -> str:
    """Where a correction lies, below the record's folder."""
    return f"{CORRECTIONS}{number:04d}.json"


def correction_numbers(names: Iterable[str]) -> list[int]:
    """The numbers of the corrections among the names of a record's objects, in order."""
    found = (name.removeprefix(CORRECTIONS).removesuffix(".json") for name in _below(names))
    return sorted(int(number) for number in found if number.isdecimal())


def in_force(log: Sequence[Correction]) -> tuple[Correction, ...]:
    """Those that nobody took back, in order; who takes back a taking back brings the first one back."""
    undone: set[int] = set()
    for each in reversed(log):
        if each.undoes is not None and each.number not in undone:
            undone.add(each.undoes)
    return tuple(each for each in log if each.number not in undone)


def _below(names: Iterable[str]) -> Iterable[str]:
    return (name for name in names if name.startswith(CORRECTIONS))
