"""The kinds of file that are taken as documents: their endings, types, and how people call them."""

from enum import StrEnum
from typing import NamedTuple


class FileKind(StrEnum):
    """What a file is by its content. The value is the ending that it is kept under."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    XLSX = "xlsx"
    ODS = "ods"
    PPTX = "pptx"
    ODP = "odp"
    DOC = "doc"
    RTF = "rtf"
    MARKDOWN = "md"
    PLAIN_TEXT = "txt"
    HTML = "html"
    JPEG = "jpg"
    PNG = "png"
    TIFF = "tiff"
    WEBP = "webp"

    @property
    def media_type(self) -> str:
        """As HTTP says it."""
        return _KNOWN[self].media_type

    @property
    def label(self) -> str:
        """How people call it."""
        return _KNOWN[self].label

    @property
    def is_image(self) -> bool:
        """A picture of paper, with one page or, as TIFF, several."""
        return self in _IMAGES

    @property
    def is_office(self) -> bool:
        """Made by an office suite, which can make pages of it."""
        return self in _OFFICE


class _Known(NamedTuple):
    label: str
    media_type: str


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_KNOWN = {
    FileKind.PDF: _Known("PDF", "application/pdf"),
    FileKind.DOCX: _Known("Word (DOCX)", f"{_OPEN_XML}.wordprocessingml.document"),
    FileKind.ODT: _Known("OpenDocument-Text (ODT)", f"{_OPEN_DOCUMENT}.text"),
    FileKind.XLSX: _Known("Excel (XLSX)", f"{_OPEN_XML}.spreadsheetml.sheet"),
    FileKind.ODS: _Known("OpenDocument-Tabelle (ODS)", f"{_OPEN_DOCUMENT}.spreadsheet"),
    FileKind.PPTX: _Known("PowerPoint (PPTX)", f"{_OPEN_XML}.presentationml.presentation"),
    FileKind.ODP: _Known("OpenDocument-Präsentation (ODP)", f"{_OPEN_DOCUMENT}.presentation"),
    FileKind.DOC: _Known("Word (DOC)", "application/msword"),
    FileKind.RTF: _Known("RTF", "application/rtf"),
    FileKind.MARKDOWN: _Known("Markdown", "text/markdown"),
    FileKind.PLAIN_TEXT: _Known("Text", "text/plain"),
    FileKind.HTML: _Known("HTML", "text/html"),
    FileKind.JPEG: _Known("JPEG", "image/jpeg"),
    FileKind.PNG: _Known("PNG", "image/png"),
    FileKind.TIFF: _Known("TIFF", "image/tiff"),
    FileKind.WEBP: _Known("WebP", "image/webp"),
}
_OTHER_ENDINGS = (".jpeg", ".tif", ".markdown", ".htm")
HEIC_ENDINGS = (".heic", ".heif", ".avif")
"""How the names of pictures end that phones make and nothing here reads."""

DOCUMENT_ENDINGS = frozenset([*(f".{kind}" for kind in FileKind), *_OTHER_ENDINGS])
"""How the names of documents end, in small letters."""

DOCUMENT_TYPES = frozenset(kind.media_type for kind in FileKind)
_IMAGES = {FileKind.JPEG, FileKind.PNG, FileKind.TIFF, FileKind.WEBP}
_OFFICE = {
    FileKind.DOCX,
    FileKind.ODT,
    FileKind.XLSX,
    FileKind.ODS,
    FileKind.PPTX,
    FileKind.ODP,
    FileKind.DOC,
    FileKind.RTF,
}


def ending_of(media_type: str) -> str:
    """How a file of this type ends, with its dot; "" for one that is none of a document."""
    return next((f".{kind}" for kind in FileKind if kind.media_type == media_type), "")
