"""What a file says of persons beside its text: who wrote it, comments, changes, where a photo was taken.

Found when a file is converted, told to organisers, and left out of whatever members get.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from transcripts.model import StoredModel

MOST_NAMES, LONGEST_NAME = 10, 200


class TraceKind(StrEnum):
    """What it is. The order is the one in which they are told."""

    AUTHOR = "author"
    LAST_EDITOR = "last_editor"
    COMPANY = "company"
    MANAGER = "manager"
    COMMENT = "comment"
    TRACKED_CHANGE = "tracked_change"
    EARLIER_VERSION = "earlier_version"
    HIDDEN_SHEET = "hidden_sheet"
    HIDDEN_SLIDE = "hidden_slide"
    SPEAKER_NOTES = "speaker_notes"
    PHOTO_PLACE = "photo_place"
    PHOTO_DETAILS = "photo_details"
    EMBEDDED_FILE = "embedded_file"
    SIGNATURE = "signature"
    THUMBNAIL = "thumbnail"
    LOCAL_PATH = "local_path"
    PROGRAM = "program"
    OTHER_PROPERTY = "other_property"


class Trace(StoredModel):
    """One kind of trace: how many there are, and whom they name, each once."""

    kind: TraceKind
    count: Annotated[int, Field(ge=1)] = 1
    names: Annotated[
        tuple[Annotated[str, Field(max_length=LONGEST_NAME)], ...], Field(max_length=MOST_NAMES)
    ] = ()


def trace(kind: TraceKind, name: str = "") -> Trace:
    """One trace, with a name if it says one; what is too long of it is cut off."""
    line = " ".join("".join(each if each.isprintable() else " " for each in name[:1_000]).split())
    return Trace(kind=kind, names=(line[:LONGEST_NAME],) if line else ())


def summed(traces: Iterable[Trace]) -> tuple[Trace, ...]:
    """One for each kind, in the order of kinds."""
    counts: dict[TraceKind, int] = {}
    names: dict[TraceKind, dict[str, None]] = {}
    for each in traces:
        counts[each.kind] = counts.get(each.kind, 0) + each.count
        names.setdefault(each.kind, {}).update(dict.fromkeys(each.names))
    return tuple(
        Trace(kind=kind, count=counts[kind], names=tuple(names[kind])[:MOST_NAMES])
        for kind in TraceKind
        if kind in counts
    )
