"""What a file says of itself: title, language, licence, when it was made. In the sandboxed process."""

import re
from pathlib import Path

import pikepdf
from defusedxml import DefusedXmlException

from tasks.documents.packed_parts import PackedParts
from transcripts.documents.details_guess import FileFacts
from transcripts.errors.document_errors import BadDocumentError

_YEAR = re.compile(r"(?:D:)?((?:19|20)\d\d)")
_LICENCE = ("{http://ns.adobe.com/xap/1.0/rights/}WebStatement", "{http://purl.org/dc/elements/1.1/}rights")


def facts_of(path: Path) -> FileFacts:
    """Of a PDF; nothing where it says nothing that can be read."""
    try:
        with pikepdf.open(path) as pdf:
            info = {str(name): str(value) for name, value in pdf.docinfo.items()}
            return FileFacts(
                title=info.get("/Title", ""),
                year=year_in(info.get("/CreationDate", "")),
                language=str(pdf.Root.get("/Lang", "")),
                licence=_licence(pdf),
            )
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, DefusedXmlException):
        return FileFacts()


def _licence(pdf: pikepdf.Pdf) -> str:
    metadata = pdf.open_metadata()
    return next((str(metadata[name]) for name in _LICENCE if name in metadata), "")


def facts_of_office(parts: PackedParts) -> FileFacts:
    """Of an office file; nothing where it says nothing that can be read."""
    for name in ("docProps/core.xml", "meta.xml"):
        if name in parts.names:
            try:
                texts = {each.tag.rpartition("}")[2]: each.text or "" for each in parts.tree(name).iter()}
            except BadDocumentError:
                return FileFacts()
            made = texts.get("created", "") or texts.get("creation-date", "")
            return FileFacts(texts.get("title", ""), year_in(made), texts.get("language", ""))
    return FileFacts()


def year_in(date: str) -> int | None:
    """The year at the beginning of a date."""
    found = _YEAR.match(date)
    return int(found[1]) if found else None
