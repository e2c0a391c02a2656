"""What becomes of a document's file: pages, text, pictures, and what is guessed of it."""

from enum import StrEnum

from transcripts.documents.document_record import DocumentDetails
from transcripts.documents.document_text import DocumentText
from transcripts.documents.file_kinds import FileKind
from transcripts.documents.file_traces import Trace
from transcripts.documents.personal_finding import Finding
from transcripts.media.media_values import LocalFile
from transcripts.values import Value


class ConversionNote(StrEnum):
    """What people should know of how a document was converted.

    The values are stable: they are stored as a record's `notes`, and worded in
    transcripts.wording.conversion_wording.
    """

    NO_OFFICE = "no_office"
    OFFICE_FAILED = "office_failed"
    NO_OCR = "no_ocr"
    OCR_FAILED = "ocr_failed"
    NO_TEXT = "no_text"
    NOT_ARCHIVAL = "not_archival"
    CUT_OFF = "cut_off"
    CHARSET_GUESSED = "charset_guessed"
    ATTACHMENTS_REMOVED = "attachments_removed"


class ConvertedDocument(Value):
    """All that is made of one file.

    `pdf` is for reading, and PDF/A unless NOT_ARCHIVAL is noted; None where no pages could be made.
    `previews` has a WebP picture of each of its pages, in their order; `cover` a small one of the first.
    `cleaned` is the file without its `traces` of persons; None where such a copy could not be made.
    `guessed` is what file and text themselves tell. All files lie in one folder.
    """

    file_kind: FileKind
    pdf: LocalFile | None = None
    text: DocumentText
    previews: tuple[LocalFile, ...] = ()
    cover: LocalFile | None = None
    cleaned: LocalFile | None = None
    guessed: DocumentDetails
    notes: tuple[ConversionNote, ...] = ()
    personal_data: tuple[Finding, ...] = ()
    traces: tuple[Trace, ...] = ()

    @property
    def page_count(self) -> int:
        """Of the pages that can be seen; of the text's where there are none."""
        return len(self.previews) or len(self.text.pages)


class ConversionStep(StrEnum):
    """What is being done."""

    PAGES = "pages"
    OCR = "ocr"
    TEXT = "text"


class ConversionProgress(Value):
    """How far a step is: pages that are done, of how many. 0 of 0: that is not known."""

    step: ConversionStep
    done_pages: int = 0
    pages: int = 0
