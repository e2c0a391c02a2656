"""Reads what is stored as JSON: bounded and validated, and whatever is wrong with it is said in one way.

Anything may have happened to a file of the archive since it was written. Here it is noticed, so that
nobody who computes with a document has to expect the worst.
"""

from typing import TypeVar

from transcripts.archive import layout
from transcripts.errors.archive_errors import (
    DigestLedgerDamagedError,
    FileDamagedError,
    MeetingLedgerDamagedError,
    ObjectDamagedError,
)
from transcripts.errors.error_kinds import DamagedError
from transcripts.model import LARGEST_BYTES, Chapter, StoredModel
from transcripts.records.record import chapters_of

StoredModelT = TypeVar("StoredModelT", bound=StoredModel)


def read_stored(kind: type[StoredModelT], content: bytes, key: str) -> StoredModelT:
    """The document that was stored under `key`. Raises DamagedError for what is none of this kind."""
    if len(content) > kind.largest_bytes:
        raise damage_of(key)
    try:
        return kind.model_validate_json(content)
    except (ValueError, RecursionError) as error:
        raise damage_of(key) from error


def read_chapters(content: bytes, key: str) -> tuple[Chapter, ...]:
    """The chapters that were stored under `key`. Raises DamagedError."""
    if len(content) > LARGEST_BYTES:
        raise damage_of(key)
    try:
        return chapters_of(content)
    except (ValueError, RecursionError) as error:
        raise damage_of(key) from error


def damage_of(key: str) -> DamagedError:
    """That what lies under a key cannot be read, in the words that fit what it is."""
    of_record = layout.record_place(key)
    if of_record is not None:
        record_id, place = of_record
        return ObjectDamagedError(record=record_id, name=place)
    parent, _, below = key.partition("/")
    if parent == layout.MEETINGS:
        return MeetingLedgerDamagedError(meeting=below.partition("/")[0], place=key)
    if parent == layout.DIGESTS:
        return DigestLedgerDamagedError(place=key)
    return FileDamagedError(place=key)
