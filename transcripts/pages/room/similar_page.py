"""What is like a passage, and where documents are talked of: suggestions of a machine, as pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.archive.layout import is_document, object_key
from transcripts.pages.room.search_results import Asked, ShownRecord, shown_record
from transcripts.pages.standalone_page import anchor_of
from transcripts.search.search_answer import FoundRecord
from transcripts.wording.record_links import link_at


@dataclass(frozen=True, slots=True)
class SimilarPage:
    """A passage, the address it stands at, and what is like it elsewhere, best first."""

    text: str
    path: str
    records: tuple[ShownRecord, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place that a machine found, with a link; `text` is what is said there."""

    title: str
    path: str
    start_seconds: float | None = None
    text: str = ""


def similar_page(record_id: str, where: str, text: str, found: Sequence[FoundRecord]) -> SimilarPage:
    """The page of what is like the passage at paragraph "p0007" or second "72.3" of a record."""
    shown = (shown_record(Asked(), each) for each in found)
    records = tuple(replace(each, stripes=(), all_path=None) for each in shown)
    path = f"/{object_key(record_id, '')}"
    place = f"{path}#{where}" if is_document(record_id) else spoken_path(record_id, float(where))
    return SimilarPage(text, place, records)


def spoken_path(recording_id: str, seconds: float) -> str:
    """The address of a recording at a second, with and without scripts."""
    path = f"/{object_key(recording_id, '')}"
    return f"{link_at(path, seconds)}#{anchor_of(seconds)}"
