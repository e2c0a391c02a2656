"""Tells by its content what kind of document a file is. In the sandboxed process."""

import re
from pathlib import Path

import pypdfium2

from tasks.documents.document_requests import Identified, Identify
from tasks.documents.packed_parts import PackedParts
from tasks.documents.written_text import decoded
from transcripts.documents.file_kinds import FileKind
from transcripts.errors.document_errors import (
    DocumentDamagedError,
    DocumentEmptyError,
    DocumentHeicError,
    DocumentKindUnknownError,
    DocumentLockedError,
    DocumentTooManyPagesError,
)

# Readers take a PDF that begins within so many bytes.
_HEAD_BYTES = 1024
# What of a file is looked at to tell text from what is none, and one kind of it from another.
_TEXT_BYTES = 64 * 1024
_OLE_BYTES = 4 * 2**20
_LOCKED = "Incorrect password"
_PICTURES = (
    (re.compile(rb"\xff\xd8\xff"), FileKind.JPEG),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileKind.PNG),
    (re.compile(rb"II\*\0|MM\0\*"), FileKind.TIFF),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), FileKind.WEBP),
)
_HEIC = re.compile(rb"....ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1|avif|avis)", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKED = b"PK\x03\x04"
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
    b"application/vnd.oasis.opendocument.presentation": FileKind.ODP,
}
_OPEN_XML = {
    b"wordprocessingml.document.main+xml": FileKind.DOCX,
    b"spreadsheetml.sheet.main+xml": FileKind.XLSX,
    b"presentationml.presentation.main+xml": FileKind.PPTX,
}
_HTML = re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
# Comments and declarations may stand before the first element.
_HTML_CHARACTERS = 2_000
_MARKDOWN_LINE = re.compile(r"#{1,6} \S|\[[^\]\n]{1,200}\]\(|\*\*\S|```", re.MULTILINE)
_MARKDOWN_NAMES = (".md", ".markdown")
_LEAST_MARKDOWN_LINES = 2


def identify(request: Identify) -> Identified:
    """The kind, and how many pages are known of it.

    Raises DocumentEmptyError, DocumentHeicError, DocumentKindUnknownError, DocumentLockedError,
    DocumentDamagedError, DocumentBombError, DocumentTooManyPagesError (count, most).
    """
    with request.path.open("rb") as stream:
        head = stream.read(_TEXT_BYTES)
    if not head:
        raise DocumentEmptyError()
    if b"%PDF-" in head[:_HEAD_BYTES]:
        return Identified(kind=FileKind.PDF, page_count=page_count(request.path, request.most_pages))
    return Identified(kind=_kind(request, head))


def _kind(request: Identify, head: bytes) -> FileKind:
    for signature, kind in _PICTURES:
        if signature.match(head):
            return kind
    if _HEIC.match(head):
        raise DocumentHeicError()
    if head.startswith(_PACKED):
        return _packed_kind(request.path)
    if head.startswith(_OLE):
        return _ole_kind(request.path)
    if head.startswith(b"{\\rtf"):
        return FileKind.RTF
    return _text_kind(request.name, head)


def _packed_kind(path: Path) -> FileKind:
    """Of an archive of parts, as office suites write them."""
    with PackedParts.opened(path) as parts:
        media_type = parts.read_if_there("mimetype")
        if media_type in _OPEN_DOCUMENT:
            if b"encryption-data" in parts.read_if_there("META-INF/manifest.xml"):
                raise DocumentLockedError()
            parts.expect_no_entities()
            return _OPEN_DOCUMENT[media_type]
        types = parts.read_if_there("[Content_Types].xml")
        for name, kind in _OPEN_XML.items():
            if name in types:
                parts.expect_no_entities()
                return kind
    raise DocumentKindUnknownError()


def _ole_kind(path: Path) -> FileKind:
    """Of a compound file: old Word documents, and new ones under a password."""
    with path.open("rb") as stream:
        content = stream.read(_OLE_BYTES)
        stream.seek(max(0, path.stat().st_size - _OLE_BYTES))
        content += stream.read(_OLE_BYTES)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise DocumentLockedError()
    if "WordDocument".encode("utf-16-le") in content:
        return FileKind.DOC
    raise DocumentKindUnknownError()


def _text_kind(name: str, head: bytes) -> FileKind:
    text = decoded(head, is_cut=True).text
    beginning = text[:_HTML_CHARACTERS].lstrip()
    if beginning.startswith("<") and _HTML.search(beginning):
        return FileKind.HTML
    is_named = name.lower().endswith(_MARKDOWN_NAMES)
    if is_named or (len(_MARKDOWN_LINE.findall(text)) >= _LEAST_MARKDOWN_LINES and "\n# " in f"\n{text}"):
        return FileKind.MARKDOWN
    return FileKind.PLAIN_TEXT


def page_count(path: Path, most_pages: int) -> int:
    """Of a PDF that can be read, and is not too long. Raises what `identify` does."""
    document = opened(path)
    try:
        count = len(document)
    finally:
        document.close()
    if not count:
        raise DocumentEmptyError()
    if count > most_pages:
        raise DocumentTooManyPagesError(count=count, most=most_pages)
    return count


def opened(path: Path) -> pypdfium2.PdfDocument:
    """A PDF that can be read without a password. Raises DocumentLockedError, DocumentDamagedError."""
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if _LOCKED in str(error):
            raise DocumentLockedError() from error
        raise DocumentDamagedError() from error
