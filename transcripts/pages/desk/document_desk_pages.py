"""The desk's pages of documents as HTML: what is under way, one document. Templates: `desk_document*`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from transcripts.documents.document_record import DocumentRecord, DocumentStage
from transcripts.documents.document_text import DocumentText, PageText, Paragraph
from transcripts.documents.file_kinds import DOCUMENT_ENDINGS
from transcripts.documents.kept_findings import PersonalData
from transcripts.documents.personal_finding import Finding, PersonalDataKind
from transcripts.pages.desk.desk_pages import JobView
from transcripts.pages.desk.document_form import CHOICES, LANGUAGES, LONGEST, TypedDetails
from transcripts.pages.desk_addresses import DOCUMENT_DESK
from transcripts.pages.room.room_pages import Site, render
from transcripts.wording.conversion_wording import explain_conversion_note
from transcripts.wording.document_wording import document_facts

ACCEPT = ",".join(sorted(DOCUMENT_ENDINGS))
AROUND_CHARACTERS = 40
FINDING_WORDS = {
    PersonalDataKind.PHONE: "Telefonnummer",
    PersonalDataKind.MAIL: "Mailadresse",
    PersonalDataKind.STREET_ADDRESS: "Anschrift",
    PersonalDataKind.SIGNATURE: "Unterschrift",
    PersonalDataKind.IBAN: "Kontonummer",
    PersonalDataKind.BIRTH_DATE: "Geburtsdatum",
}


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document of the archive in a list."""

    title: str
    path: str
    facts: str

    @classmethod
    def of(cls, record: DocumentRecord) -> "DocumentView":
        """As the list shows it."""
        facts = ", ".join(document_facts(record.details, record.page_count))
        return cls(record.details.title, document_path(record.id), facts)


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    """The list, and the form; `trouble` where part of it cannot be told, `complaint` about the form."""

    failed: Sequence[JobView] = ()
    under_way: Sequence[JobView] = ()
    waiting: Sequence[DocumentView] = ()
    released: Sequence[DocumentView] = ()
    most_megabytes: int = 0
    trouble: str = ""
    complaint: str = ""
    url: str = ""
    handed_in: int = 0


@dataclass(frozen=True, slots=True)
class FindingView:
    """A place that may say something of a private person, with the words around it."""

    number: int
    what: str
    page: int
    before: str
    found: str
    after: str


@dataclass(frozen=True, slots=True)
class DocumentDeskPage:
    """One document: its details to be corrected, what was found in it, and what can be done.

    `original` is the name of the file as it was handed in, `traces` what it says of persons beside its text;
    that was looked for where `has_clean_file`.
    """

    record: DocumentRecord
    typed: TypedDetails
    version: int
    findings: Sequence[FindingView] = ()
    complaints: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    notice: str = ""
    original: str = ""
    traces: str = ""
    has_clean_file: bool = False

    @property
    def shares_original(self) -> bool:
        """Whether members get the file as it was handed in."""
        return self.record.gives_original

    @property
    def path(self) -> str:
        """Its address at the desk."""
        return document_path(self.record.id)

    @property
    def is_released(self) -> bool:
        """Whether members see it."""
        return self.record.stage is DocumentStage.RELEASED

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of how it was converted."""
        return tuple(map(explain_conversion_note, self.record.notes))


def document_path(record_id: str) -> str:
    """Where a document is looked after."""
    return f"{DOCUMENT_DESK}{record_id.rpartition('/')[2]}/"


def finding_views(text: DocumentText, personal_data: PersonalData) -> tuple[FindingView, ...]:
    """What was found, by page; a place that the text does not have is left out."""
    places = {each.id: (page, each) for page in text.pages for each in page.paragraphs}
    return tuple(
        _finding_view(number, *places[found.paragraph_id], found)
        for number, found in enumerate(personal_data.findings, start=1)
        if found.paragraph_id in places
    )


def _finding_view(number: int, page: PageText, paragraph: Paragraph, found: Finding) -> FindingView:
    text = paragraph.text
    return FindingView(
        number=number,
        what=FINDING_WORDS[found.kind],
        page=page.number,
        before=text[max(0, found.start - AROUND_CHARACTERS) : found.start],
        found=text[found.start : found.end],
        after=text[found.end : found.end + AROUND_CHARACTERS],
    )


def render_documents(site: Site, page: DocumentsPage) -> str:
    """The list, with the form."""
    return render("desk_documents.html", site, page=page, accept=ACCEPT)


def render_documents_part(site: Site, page: DocumentsPage) -> str:
    """The part of it that changes by itself."""
    return render("desk_documents_list.html", site, page=page)


def render_document_desk(site: Site, page: DocumentDeskPage) -> str:
    """One document."""
    return render(
        "desk_document.html",
        site,
        page=page,
        typed=page.typed,
        longest=LONGEST,
        choices=CHOICES,
        languages=LANGUAGES,
    )
