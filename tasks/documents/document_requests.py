"""What the sandboxed process for documents is asked to do: one kind of request for each piece of work."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from transcripts.documents.converted_document import ConversionNote
from transcripts.documents.document_record import DocumentDetails
from transcripts.documents.document_text import Box, DocumentText
from transcripts.documents.file_kinds import FileKind
from transcripts.documents.file_traces import Trace
from transcripts.documents.personal_finding import Finding
from transcripts.media.media_values import LocalFile
from transcripts.values import Value


class Identify(Value):
    """See by its content what kind of file it is; `name` only tells Markdown from other plain text."""

    work: Literal["identify"] = "identify"
    path: Path
    name: str
    most_pages: int


class Identified(Value):
    """The kind of a file, and the pages that are known before anything was made of it."""

    kind: FileKind
    page_count: int = 0


class CleanFile(Value):
    """Write a copy to `target` without what the file says of persons beside its text."""

    work: Literal["clean"] = "clean"
    path: Path
    kind: FileKind
    target: Path


class CleanedFile(Value):
    """Whether there is a copy, and what traces of persons the file itself has."""

    is_made: bool = False
    traces: tuple[Trace, ...] = ()


class MakePages(Value):
    """Make a PDF of the file at `target`, or a harmless copy of one."""

    work: Literal["make pages"] = "make pages"
    path: Path
    kind: FileKind
    target: Path
    most_pages: int


class MadePages(Value):
    """How many pages; 0 where none could be made. `is_archival`: they are PDF/A already."""

    page_count: int = 0
    is_archival: bool = False
    notes: tuple[ConversionNote, ...] = ()


class ReadPages(Value):
    """Read the text of a PDF, and draw its pages into `directory`.

    Pages in `recognised` are read there, where text was recognised. `is_final`: read them all, whatever it
    looks like; otherwise stop where text has to be recognised first. `facts_path` says its title.
    """

    work: Literal["read pages"] = "read pages"
    path: Path
    recognised_path: Path | None = None
    recognised: tuple[int, ...] = ()
    is_final: bool = True
    facts_path: Path
    directory: Path
    name: str


class PicturePages(Value):
    """Pages that have to be recognised, counted from 1: those without text, and those whose text is none."""

    without_text: tuple[int, ...] = ()
    with_bad_text: tuple[int, ...] = ()

    @property
    def all_pages(self) -> tuple[int, ...]:
        """Both, in order."""
        return tuple(sorted({*self.without_text, *self.with_bad_text}))


class ReadPlain(Value):
    """Read the text of a file without pages."""

    work: Literal["read plain"] = "read plain"
    path: Path
    kind: FileKind
    name: str


class ReadDocument(Value):
    """The text of a document, its pictures where it has pages, and what is guessed and found in it.

    `pictures`: pages that have to be recognised, which may be why nothing was read yet.
    """

    text: DocumentText = DocumentText()
    previews: tuple[LocalFile, ...] = ()
    cover: LocalFile | None = None
    guessed: DocumentDetails
    personal_data: tuple[Finding, ...] = ()
    notes: tuple[ConversionNote, ...] = ()
    pictures: PicturePages = PicturePages()


class Archive(Value):
    """Make PDF/A of a PDF at `target`; with `has_ocr`, recognise the text of `pictures`."""

    work: Literal["archive"] = "archive"
    path: Path
    target: Path
    page_count: int
    pictures: PicturePages
    has_ocr: bool


class Archived(Value):
    """Whether `target` was made, and whether it is PDF/A."""

    is_made: bool = False
    is_archival: bool = False


class BlackBar(Value):
    """A place on a page, counted from 1, that is to be made black."""

    page_number: int
    box: Box


class Blacken(Value):
    """Write a PDF to `target` in which nothing lies under the bars, nor under the findings."""

    work: Literal["blacken"] = "blacken"
    path: Path
    target: Path
    bars: tuple[BlackBar, ...]
    text: DocumentText
    findings: tuple[Finding, ...]


Request = Identify | CleanFile | MakePages | ReadPages | ReadPlain | Archive | Blacken
REQUEST: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="work")])
