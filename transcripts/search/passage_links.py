"""The address of a passage within its record. Pure text; the address of the record itself is given."""

from transcripts.search.search_answer import Passage
from transcripts.wording.record_links import link_at


def link_to(record_url: str, passage: Passage, *, is_document: bool) -> str:
    """A recording's at the second, a document's at the paragraph: `…/musterantrag/#p0007`."""
    if passage.spot:
        return f"{record_url}#{passage.spot.paragraph}"
    return record_url if is_document else link_at(record_url, passage.start_seconds)
