"""What of a document can be found: every paragraph with its page, headings, title, and its details."""

from collections.abc import Iterator

from transcripts.documents.document_record import DocumentDetails, DocumentRecord
from transcripts.documents.document_text import DocumentText, PageText, Paragraph
from transcripts.search.passages import Facets, Place, SearchableRecord, Sentence, Spot, one_line
from transcripts.wording.document_wording import KINDS


def searchable_document(record: DocumentRecord, text: DocumentText, fingerprint: str) -> SearchableRecord:
    """A document as the index takes it."""
    details = record.details
    return SearchableRecord(
        id=record.id,
        fingerprint=fingerprint,
        title=details.title,
        recorded_on=(record.released_at or record.handed_in_at).date(),
        duration_seconds=0.0,
        sentences=tuple(_sentences(details, text)),
        facets=facets_of(details),
    )


def facets_of(details: DocumentDetails) -> Facets:
    """By what a document is chosen."""
    return Facets(details.year or 0, details.kind or "", details.municipality)


def _sentences(details: DocumentDetails, text: DocumentText) -> Iterator[Sentence]:
    yield Sentence(Place.TITLE, 0.0, one_line(details.title))
    kind = KINDS[details.kind] if details.kind else ""
    for detail in (kind, details.municipality, str(details.year or ""), *details.topics):
        if detail:
            yield Sentence(Place.DETAIL, 0.0, one_line(detail))
    for page in text.pages:
        yield from (_passage(page, each) for each in page.paragraphs)


def _passage(page: PageText, paragraph: Paragraph) -> Sentence:
    place = Place.HEADING if paragraph.heading else Place.PARAGRAPH
    number = page.number if page.width_points else 0
    return Sentence(place, 0.0, one_line(paragraph.text), Spot(number, paragraph.id))
