"""Turns the file of a document into pages, text and pictures. Foreign bytes are read in the sandbox alone.

What comes back are values over a pipe, and files that were made in a folder of the sandbox's own.
"""

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from tasks.documents.document_limits import DEFAULT_LIMITS, DocumentLimits
from tasks.documents.document_requests import (
    Archive,
    Archived,
    CleanedFile,
    CleanFile,
    Identified,
    Identify,
    MadePages,
    MakePages,
    PicturePages,
    ReadDocument,
    ReadPages,
    ReadPlain,
    Request,
)
from tasks.documents.document_tools import has_archival, has_ocr, has_office
from tasks.documents.sandboxed_document import OnProgress, done_in_sandbox
from tasks.sandbox.resource_limits import Limits
from transcripts.documents.converted_document import (
    ConversionNote,
    ConversionProgress,
    ConversionStep,
    ConvertedDocument,
)
from transcripts.documents.file_kinds import FileKind
from transcripts.errors.document_errors import (
    DocumentEmptyError,
    DocumentNeedsOfficeError,
    DocumentTooLargeError,
)
from transcripts.media.media_values import LocalFile

WITHOUT_PAGES = {FileKind.MARKDOWN, FileKind.PLAIN_TEXT, FileKind.HTML}
# What is read by LibreOffice or not at all.
OFFICE_ALONE = {FileKind.DOC, FileKind.RTF}


def _silent(_: object) -> None:
    """Progress that nobody wants to know."""


def convert_document(
    original: Path,
    directory: Path,
    limits: DocumentLimits = DEFAULT_LIMITS,
    on_progress: OnProgress = _silent,
    *,
    name: str | None = None,
) -> ConvertedDocument:
    """Pages, text and pictures of one file, in `directory`, which appears whole or not at all.

    `name` is what the file was called by those who handed it in, if that is not its name here; it tells
    Markdown from other text, and is the title where the file has none. Nothing else but the file's bytes, the
    limits and the programs that are installed decides on what comes of it.

    Raises DocumentKindUnknownError, DocumentEmptyError, DocumentLockedError, DocumentDamagedError,
    DocumentBombError, DocumentTooLargeError (megabytes, most_megabytes), DocumentTooManyPagesError (count,
    most), DocumentNeedsOfficeError (kind), DocumentTooDemandingError (what: "memory", "processor", "time" or
    "room"), DocumentReaderCrashedError (reason), all permanent; DocumentInterruptedError, DiskFullError.
    """
    size_bytes = _expect_size(original, limits)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent.resolve(), prefix="sandboxed-") as made:
        folder = Path(made)
        work = _Work(original.resolve(), name or original.name, size_bytes, folder, limits, on_progress)
        converted = work.converted()
        shutil.rmtree(directory, ignore_errors=True)
        work.results.rename(directory)
    return _moved(converted, directory.resolve())


class _Clean(NamedTuple):
    """The copy without traces of persons, if one could be made, and what was found."""

    path: Path | None = None
    found: CleanedFile = CleanedFile()


class _Kept(NamedTuple):
    """The PDF that is kept instead of the pages as they were made, if there is one."""

    path: Path | None = None
    notes: tuple[ConversionNote, ...] = ()


@dataclass(frozen=True, slots=True)
class _Work:
    """One conversion: what is read, and where the sandbox works."""

    source: Path
    name: str
    size_bytes: int
    folder: Path
    limits: DocumentLimits
    on_progress: OnProgress

    @property
    def results(self) -> Path:
        return self.folder / "document"

    def converted(self) -> ConvertedDocument:
        self.results.mkdir()
        identified = self._identified()
        clean = self._clean(identified)
        # What members see is made of what members get.
        work = replace(self, source=clean.path) if clean.path and identified.kind.is_office else self
        converted = work._made_of(identified)
        return converted.model_copy(
            update={
                "cleaned": clean.path and LocalFile.of(clean.path),
                "traces": clean.found.traces,
            }
        )

    def _clean(self, identified: Identified) -> _Clean:
        target = self.results / f"cleaned.{identified.kind}"
        request = CleanFile(path=self.source, kind=identified.kind, target=target)
        done = self._done(request, self.limits.reading(self.size_bytes, identified.page_count))
        found = CleanedFile.model_validate(done)
        return _Clean(target if found.is_made else None, found)

    def _made_of(self, identified: Identified) -> ConvertedDocument:
        if identified.kind in WITHOUT_PAGES:
            return self._without_pages(identified.kind, ())
        if not identified.kind.is_office or has_office():
            return self._with_pages(identified)
        if identified.kind in OFFICE_ALONE:
            raise DocumentNeedsOfficeError(kind=identified.kind.label)
        return self._without_pages(identified.kind, (ConversionNote.NO_OFFICE,))

    def _with_pages(self, identified: Identified) -> ConvertedDocument:
        pages = self.folder / "pages.pdf"
        made = self._made(identified, pages)
        if not made.page_count:
            return self._without_pages(identified.kind, made.notes)
        facts = self.source if identified.kind is FileKind.PDF else pages
        request = ReadPages(
            path=pages, facts_path=facts, is_final=not has_ocr(), directory=self.results, name=self.name
        )
        read = self._read(request, made)
        kept = self._kept(pages, made, read.pictures)
        if read.pictures.all_pages and has_ocr():
            read = self._read_recognised(request, kept, made, read.pictures)
        pdf = (kept.path or pages).replace(self.results / "document.pdf")
        return self._document(identified.kind, read, (*made.notes, *kept.notes), pdf)

    def _without_pages(self, kind: FileKind, notes: tuple[ConversionNote, ...]) -> ConvertedDocument:
        request = ReadPlain(path=self.source, kind=kind, name=self.name)
        limits = self.limits.reading(self.size_bytes, 0)
        return self._document(kind, ReadDocument.model_validate(self._done(request, limits)), notes)

    def _document(
        self, kind: FileKind, read: ReadDocument, notes: tuple[ConversionNote, ...], pdf: Path | None = None
    ) -> ConvertedDocument:
        return ConvertedDocument(
            file_kind=kind,
            pdf=pdf and LocalFile.of(pdf),
            text=read.text,
            previews=read.previews,
            cover=read.cover,
            guessed=read.guessed,
            notes=tuple(dict.fromkeys((*notes, *read.notes))),
            personal_data=read.personal_data,
        )

    def _identified(self) -> Identified:
        request = Identify(path=self.source, name=self.name, most_pages=self.limits.most_pages)
        return Identified.model_validate(self._done(request, self.limits.reading(self.size_bytes, 0)))

    def _made(self, identified: Identified, target: Path) -> MadePages:
        request = MakePages(
            path=self.source, kind=identified.kind, target=target, most_pages=self.limits.most_pages
        )
        is_office = identified.kind.is_office
        limits = self.limits.office if is_office else self.limits.reading
        self.on_progress(ConversionProgress(step=ConversionStep.PAGES))
        return MadePages.model_validate(self._done(request, limits(self.size_bytes, identified.page_count)))

    def _read(self, request: ReadPages, made: MadePages) -> ReadDocument:
        limits = self.limits.reading(self.size_bytes, made.page_count)
        return ReadDocument.model_validate(self._done(request, limits))

    def _kept(self, pages: Path, made: MadePages, pictures: PicturePages) -> _Kept:
        """The pages as they are kept: with recognised text, as PDF/A, as far as the programs are there."""
        unread = (ConversionNote.NO_OCR,) if pictures.all_pages and not has_ocr() else ()
        if made.is_archival and (unread or not pictures.all_pages):
            return _Kept(notes=unread)
        if not has_archival():
            return _Kept(notes=(*unread, ConversionNote.NOT_ARCHIVAL))
        request = Archive(
            path=pages,
            target=self.folder / "kept.pdf",
            page_count=made.page_count,
            pictures=pictures,
            has_ocr=has_ocr(),
        )
        limits = self.limits.recognising(self.size_bytes, made.page_count)
        archived = Archived.model_validate(self._done(request, limits))
        notes = unread if archived.is_archival else (*unread, ConversionNote.NOT_ARCHIVAL)
        return _Kept(request.target if archived.is_made else None, notes)

    def _read_recognised(
        self, request: ReadPages, kept: _Kept, made: MadePages, pictures: PicturePages
    ) -> ReadDocument:
        """Once more, with the text that was recognised."""
        recognised = pictures.all_pages if kept.path else ()
        update = {"recognised_path": kept.path, "recognised": recognised, "is_final": True}
        read = self._read(request.model_copy(update=update), made)
        if kept.path is not None:
            return read
        return read.model_copy(update={"notes": (*read.notes, ConversionNote.OCR_FAILED)})

    def _done(self, request: Request, limits: Limits) -> Any:
        return done_in_sandbox(request, limits, self.folder, self.on_progress)


def _expect_size(original: Path, limits: DocumentLimits) -> int:
    """Its bytes. Raises DocumentEmptyError, DocumentTooLargeError."""
    size_bytes = original.stat().st_size
    if not size_bytes:
        raise DocumentEmptyError()
    if size_bytes > limits.most_bytes:
        raise DocumentTooLargeError(megabytes=size_bytes / 1e6, most_megabytes=limits.most_bytes / 1e6)
    return size_bytes


def _moved(converted: ConvertedDocument, directory: Path) -> ConvertedDocument:
    """The same files at their place."""

    def at(file: LocalFile) -> LocalFile:
        return file.model_copy(update={"path": directory / file.path.name})

    return converted.model_copy(
        update={
            "pdf": converted.pdf and at(converted.pdf),
            "previews": tuple(at(each) for each in converted.previews),
            "cover": converted.cover and at(converted.cover),
            "cleaned": converted.cleaned and at(converted.cleaned),
        }
    )
