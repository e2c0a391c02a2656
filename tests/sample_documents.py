"""Made-up papers from practice, for every test that needs believable documents."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from tasks.archive.document_publishing import publish_document
from tasks.storage.storage_interface import Storage
from tests.archive_records import IMPRINT, WRITER, medium
from transcripts.archive import layout
from transcripts.documents.document_record import DocumentDetails, DocumentKind, DocumentRecord, DocumentStage
from transcripts.documents.document_text import Box, DocumentText, PageText, Paragraph
from transcripts.documents.kept_findings import PersonalData
from transcripts.records.document_forms import Document

MODEL_MOTION = "documents/2026-11-20-musterantrag-buergerrat-klimaschutz-einsetzen"
COUNCIL_PAPER = "documents/2026-11-20-ratsvorlage-zum-losverfahren"
LETTER = "documents/2026-11-20-brief-an-den-gemeinderat"
A4 = (595.0, 842.0)


@dataclass(frozen=True, slots=True)
class SampleDocument:
    """A document as the archive would keep it."""

    record: DocumentRecord
    text: DocumentText


def model_motion() -> SampleDocument:
    """Two pages with headings and a list, of a town that does not exist."""
    details = DocumentDetails(
        title="Musterantrag: Bürgerrat Klimaschutz einsetzen",
        municipality="Lindenau an der Aue",
        year=2024,
        kind=DocumentKind.MODEL_MOTION,
        licence="CC BY 4.0",
        source="Ratsfraktion",
        topics=("Klima", "Losverfahren"),
    )
    pages = (
        (
            (1, "Antrag"),
            (0, "Der Stadtrat möge die Einsetzung eines Bürgerrates zum Klimaschutz beschließen."),
        ),
        (
            (2, "Begründung"),
            (0, "• Die Teilnehmenden werden aus dem Melderegister ausgelost."),
            (0, "• Wer nicht antwortet, wird an der Haustür aufgesucht."),
            (0, "Für Aufwandsentschädigungen sind 45.000 Euro im Haushalt einzustellen."),
        ),
    )
    return sample_document(MODEL_MOTION, details, pages)


def council_paper() -> SampleDocument:
    """One page, about drawing lots."""
    details = DocumentDetails(
        title="Ratsvorlage zum Losverfahren",
        municipality="Hohenfeld",
        year=2021,
        kind=DocumentKind.COUNCIL_PAPER,
        topics=("Losverfahren",),
    )
    pages = (
        (
            (1, "Beschlussvorschlag"),
            (0, "Die Verwaltung wird mit der Ziehung von 1.200 Adressen beauftragt."),
        ),
    )
    return sample_document(COUNCIL_PAPER, details, pages)


def proposed_letter() -> SampleDocument:
    """What organisers have not looked at yet."""
    details = DocumentDetails(title="Brief an den Gemeinderat", kind=DocumentKind.LETTER)
    pages = (((0, "Vertraulich: Das Melderegister ist unvollständig."),),)
    return sample_document(LETTER, details, pages, DocumentStage.PROPOSED)


def sample_document(
    record_id: str,
    details: DocumentDetails,
    pages: tuple[tuple[tuple[int, str], ...], ...],
    stage: DocumentStage = DocumentStage.RELEASED,
) -> SampleDocument:
    """A document of some pages, each with the levels and texts of its paragraphs."""
    record = DocumentRecord(
        id=record_id,
        details=details,
        stage=stage,
        original_name="Vorlage.docx",
        original_sha256=sha256(record_id.encode()).hexdigest(),
        original_bytes=20_000,
        page_count=len(pages),
        handed_in_at=datetime(2026, 11, 20, 18, 0, tzinfo=UTC),
        released_at=datetime(2026, 11, 24, 18, 0, tzinfo=UTC),
    )
    before = [sum(map(len, pages[:number])) for number in range(len(pages))]
    texts = tuple(_page(number + 1, page, before[number]) for number, page in enumerate(pages))
    return SampleDocument(record, DocumentText(pages=texts))


def _page(number: int, paragraphs: tuple[tuple[int, str], ...], before: int) -> PageText:
    return PageText(
        number=number,
        width_points=A4[0],
        height_points=A4[1],
        paragraphs=tuple(
            Paragraph(id=f"p{before + place:04}", text=text, heading=level, boxes=(_box(place),))
            for place, (level, text) in enumerate(paragraphs, start=1)
        ),
    )


def _box(place: int) -> Box:
    return Box(left=0.1, top=0.1 * place, right=0.9, bottom=0.1 * place + 0.04)


def publish_sample_document(storage: Storage, folder: Path, sample: SampleDocument) -> None:
    """A document in an archive, with files of a few bytes."""
    place = folder / sample.record.id.replace("/", "-")
    place.mkdir(parents=True, exist_ok=True)
    numbers = range(1, sample.record.page_count + 1)
    names = {layout.page_image_name(number): f"page-{number}.webp" for number in numbers}
    original = layout.original_name("Vorlage.docx")
    names |= {original: "Vorlage.docx", layout.DOCUMENT_PDF: "document.pdf"}
    names |= {layout.cleaned_name(original): "cleaned.docx"}
    files = {name: medium(place / file, sample.record.id, 500) for name, file in names.items()}
    document = Document(sample.record, sample.text, PersonalData(), files)
    publish_document(storage, document, WRITER, IMPRINT)
