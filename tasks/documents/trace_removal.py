"""Writes a copy of a file without what it says of persons beside its text, and tells what that was. Caged."""

from collections.abc import Iterable
from pathlib import Path

import pikepdf
import pypdfium2

from tasks.documents.document_requests import CleanedFile, CleanFile
from tasks.documents.file_recognition import opened
from tasks.documents.pdf_traces import remove_traces, traces_of_pdf
from tasks.documents.picture_traces import traces_of_picture, write_stripped
from transcripts.documents.file_kinds import FileKind
from transcripts.documents.file_traces import Trace, summed
from transcripts.errors.document_errors import DocumentDamagedError

_UNREADABLE = (pikepdf.PdfError, ValueError, KeyError, TypeError, RecursionError)
_PLAIN = {FileKind.PLAIN_TEXT, FileKind.MARKDOWN}


def clean_file(request: CleanFile) -> CleanedFile:
    """The copy at the target; none of a kind that cannot be cleaned, nor of a file whose insides are damaged.

    Raises DocumentBombError, DocumentLockedError.
    """
    try:
        return _cleaned(request)
    except DocumentDamagedError:
        request.target.unlink(missing_ok=True)
        return CleanedFile()


def _cleaned(request: CleanFile) -> CleanedFile:
    if request.kind is FileKind.PDF:
        return _made(clean_pdf(request.path, request.target))
    if request.kind.is_image:
        write_stripped(request.path, request.target)
        return _made(traces_of_picture(request.path.read_bytes()))
    if request.kind in _PLAIN:  # all that it says can be read
        request.target.write_bytes(request.path.read_bytes())
        return _made(())
    return CleanedFile()


def _made(traces: Iterable[Trace]) -> CleanedFile:
    return CleanedFile(is_made=True, traces=summed(traces))


def clean_pdf(source: Path, target: Path, *, is_archival: bool = False) -> tuple[Trace, ...]:
    """A PDF that does nothing but show its pages, and what it said. Raises DocumentDamagedError.

    What the one reader cannot mend, the other writes anew first: all its pages, and nothing else.
    """
    try:
        return _written(source, target, is_archival=is_archival)
    except _UNREADABLE:
        mended = target.with_name(f"mended-{target.name}")
    try:
        with opened(source) as found, pypdfium2.PdfDocument.new() as pages:
            pages.import_pages(found)
            pages.save(mended)
        return _written(mended, target)
    except (pypdfium2.PdfiumError, *_UNREADABLE) as error:
        raise DocumentDamagedError() from error
    finally:
        mended.unlink(missing_ok=True)


def _written(source: Path, target: Path, *, is_archival: bool = False) -> tuple[Trace, ...]:
    with pikepdf.open(source) as pdf:
        traces = summed(traces_of_pdf(pdf, source))
        remove_traces(pdf, is_archival=is_archival)
        pdf.save(target, encryption=False)
    return traces
