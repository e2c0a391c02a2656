"""Small documents for the tests of the archive: real texts, files of a few bytes."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.archive_records import medium
from transcripts.archive import layout
from transcripts.archive.manifest import MadeBy
from transcripts.documents.document_record import DocumentDetails, DocumentKind, DocumentRecord
from transcripts.documents.document_text import Box, DocumentText, PageText, Paragraph
from transcripts.documents.file_traces import Trace, TraceKind
from transcripts.documents.kept_findings import PersonalData
from transcripts.documents.personal_finding import Finding, PersonalDataKind
from transcripts.records.document_forms import Document

CONVERTER = MadeBy(tool="converter 0")
DOCUMENT_ID = "documents/2026-11-29-musterantrag-losverfahren"
TITLE = "Musterantrag Losverfahren"
HANDED_IN_AT = datetime(2026, 11, 29, 18, 30, tzinfo=UTC)
PHONE = "07031 123456"
TRACES = (
    Trace(kind=TraceKind.AUTHOR, names=("Erika Muster",)),
    Trace(kind=TraceKind.COMMENT, count=3, names=("Bert",)),
    Trace(kind=TraceKind.PHOTO_PLACE),
)


def small_text(*paragraphs: str) -> DocumentText:
    """A page a paragraph."""
    return DocumentText(
        pages=tuple(
            PageText(
                number=number,
                width_points=595.0,
                height_points=842.0,
                paragraphs=(
                    Paragraph(
                        id=f"p{number:04}", text=text, boxes=(Box(left=0.1, top=0.1, right=0.9, bottom=0.2),)
                    ),
                ),
            )
            for number, text in enumerate(paragraphs, start=1)
        )
    )


def small_document(folder: Path, source: str = "eins", title: str = TITLE) -> Document:
    """A document of two pages; the same source gives the same files and the same address."""
    folder.mkdir(parents=True, exist_ok=True)
    original = medium(folder / "antrag.docx", source, 3_000)
    text = small_text("Der Rat beschließt das Losverfahren.", f"Auskunft: {PHONE}.")
    record = DocumentRecord(
        id=layout.new_document_id(HANDED_IN_AT.date(), title, taken=()),
        details=DocumentDetails(
            title=title, municipality="Herrenberg", year=2025, kind=DocumentKind.MODEL_MOTION
        ),
        original_name="Antrag (neu).docx",
        original_sha256=original.sha256,
        original_bytes=original.size_bytes,
        page_count=2,
        handed_in_at=HANDED_IN_AT,
    )
    found = Finding(paragraph_id="p0002", kind=PersonalDataKind.PHONE, start=10, end=10 + len(PHONE))
    files = {
        layout.original_name(record.original_name): original,
        layout.cleaned_name(layout.original_name(record.original_name)): medium(
            folder / "cleaned.docx", f"{source} cleaned", 2_000
        ),
        layout.DOCUMENT_PDF: medium(folder / "document.pdf", source, 5_000),
        layout.page_image_name(1): medium(folder / "page-0001.webp", source, 500),
        layout.page_image_name(2): medium(folder / "page-0002.webp", source, 500),
        layout.COVER: medium(folder / "cover.webp", source, 100),
    }
    return Document(record, text, PersonalData(findings=(found,), traces=TRACES), files)


def renamed(document: Document, record_id: str) -> Document:
    return replace(document, record=document.record.model_copy(update={"id": record_id}))
