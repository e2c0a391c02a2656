"""Makes a PDF of whatever has or can have pages. In the sandboxed process."""

from tasks.documents.document_requests import MadePages, MakePages
from tasks.documents.file_recognition import page_count
from tasks.documents.office_pages import office_pdf
from tasks.documents.picture_pages import picture_pdf
from tasks.documents.trace_removal import clean_pdf
from transcripts.documents.converted_document import ConversionNote
from transcripts.documents.file_kinds import FileKind
from transcripts.documents.file_traces import TraceKind
from transcripts.errors.document_errors import DocumentDamagedError, DocumentEmptyError

_ATTACHED = {TraceKind.EMBEDDED_FILE, TraceKind.PROGRAM}


def make_pages(request: MakePages) -> MadePages:
    """A PDF at the target; none where an office file has none.

    Raises DocumentDamagedError, DocumentBombError, DocumentEmptyError, DocumentTooManyPagesError.
    """
    if request.kind.is_office:
        return _office(request)
    if request.kind.is_image:
        picture_pdf(request.path, request.target, request.most_pages)
        return MadePages(page_count=page_count(request.target, request.most_pages))
    traces = clean_pdf(request.path, request.target)
    has_attached = any(each.kind in _ATTACHED for each in traces)
    notes = (ConversionNote.ATTACHMENTS_REMOVED,) if has_attached else ()
    return MadePages(page_count=page_count(request.target, request.most_pages), notes=notes)


def _office(request: MakePages) -> MadePages:
    made = office_pdf(request.path, request.kind, request.target.with_name("office"))
    if made is None and request.kind in (FileKind.DOC, FileKind.RTF):
        raise DocumentDamagedError()
    if made is None:
        return MadePages(notes=(ConversionNote.OFFICE_FAILED,))
    try:
        clean_pdf(made, request.target, is_archival=True)
        count = page_count(request.target, request.most_pages)
    except (DocumentEmptyError, DocumentDamagedError):
        return MadePages(notes=(ConversionNote.OFFICE_FAILED,))
    return MadePages(page_count=count, is_archival=True)
