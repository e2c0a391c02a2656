"""What lies in the index: its tables, and the shapes of their lines and blobs."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from transcripts.search.passages import NO_FACETS, Facets

POSTING = np.dtype([("record", "<u4"), ("first", "<u4"), ("weight", "<u2"), ("count", "<u2")])
"""In which record a word stands, how often, and where its places begin among the record's places.

`weight` is the count, but that mentions in titles count more than once.
"""
MOST_COUNTED = 65_535
_LONGEST_IN_TWO_BYTES = 65_536
_FEWEST_DIGITS, _NUMBERS = 4, 10_000_000
SENTENCE = np.dtype([("first_word", "<u4"), ("position", "<u4"), ("page", "<u2"), ("place", "u1")])
"""Where a sentence begins among the record's words, and where it stands.

`position` is in hundredths of a second; of what stands on a page (`ON_PAPER`) the paragraph's number.
"""

Postings = npt.NDArray[np.void]

TABLES = """
CREATE TABLE records (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, title TEXT NOT NULL,
    recorded_on TEXT NOT NULL, duration_seconds REAL NOT NULL, word_count INTEGER NOT NULL,
    year INTEGER NOT NULL, kind TEXT NOT NULL, municipality TEXT NOT NULL, is_document INTEGER NOT NULL,
    revision TEXT NOT NULL DEFAULT ''
);
CREATE TABLE bodies (number INTEGER PRIMARY KEY, places BLOB NOT NULL, sentences BLOB NOT NULL);
CREATE TABLE texts (place INTEGER PRIMARY KEY, texts BLOB NOT NULL);
CREATE TABLE words (
    id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, stem TEXT NOT NULL, backward TEXT NOT NULL,
    sound TEXT NOT NULL, record_count INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX words_by_stem ON words (stem);
CREATE INDEX words_by_ending ON words (backward);
CREATE INDEX words_by_sound ON words (sound);
CREATE TABLE postings (word INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE compounds (
    part TEXT NOT NULL, word INTEGER NOT NULL, is_last INTEGER NOT NULL, PRIMARY KEY (part, word)
) WITHOUT ROWID;
CREATE TABLE pairs (
    block INTEGER, slice INTEGER, bits BLOB NOT NULL, PRIMARY KEY (block, slice)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A line of the table of records."""

    number: int
    id: str
    fingerprint: str
    title: str
    recorded_on: date
    duration_seconds: float
    word_count: int
    facets: Facets = NO_FACETS


@dataclass(frozen=True, slots=True)
class Noted:
    """What a record was when it was last looked at: all its texts, and the archive's mark for its state."""

    fingerprint: str
    revision: str


@dataclass(frozen=True, slots=True)
class StoredBody:
    """Where a record's words stand, ordered by word and place, and its sentences (`SENTENCE`)."""

    places: npt.NDArray[np.uint32]
    sentences: bytes

    @property
    def word_count(self) -> int:
        """How many words the record has."""
        return len(self.places)


class StoredWord(NamedTuple):
    """A word of the vocabulary with the number of records it stands in."""

    id: int
    word: str
    stem: str
    record_count: int


@dataclass(frozen=True, slots=True)
class Compound:
    """A word that has a part; `is_last` when the part is what the whole is ("Rat" in "Bürgerrat")."""

    part: str
    word: int
    is_last: bool


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many words each record has, in one state of the index."""

    state: tuple[int, int]
    record_count: int
    words: npt.NDArray[np.float32]
    """By the record's number; 0 for a number that no record has."""


def stored_record(
    number: int,
    record_id: str,
    fingerprint: str,
    title: str,
    day: str,
    seconds: float,
    words: int,
    *facets: Any,
) -> StoredRecord:
    """A line as it was read, its columns in the order of the fields, the facets last."""
    recorded_on = date.fromisoformat(day)
    return StoredRecord(number, record_id, fingerprint, title, recorded_on, seconds, words, Facets(*facets))


def paragraph_number(paragraph_id: str) -> int:
    """A paragraph's id ("p0007") as a number; ids of more than four digits keep their length."""
    digits = paragraph_id.removeprefix("p")
    return (len(digits) - _FEWEST_DIGITS) * _NUMBERS + int(digits)


def paragraph_id(number: int) -> str:
    """What was numbered."""
    longer, digits = divmod(number, _NUMBERS)
    return f"p{digits:0{longer + _FEWEST_DIGITS}}"


def packed(places: npt.NDArray[np.uint32]) -> bytes:
    """Two bytes a place are enough for eight hours of speech; longer records take four."""
    return places.astype("<u2" if len(places) <= _LONGEST_IN_TWO_BYTES else "<u4").tobytes()


def unpacked(stored: bytes) -> npt.NDArray[np.uint32]:
    """What was packed."""
    is_short = len(stored) <= 2 * _LONGEST_IN_TWO_BYTES
    return np.frombuffer(stored, "<u2" if is_short else "<u4")
