"""Finds and takes out what a PDF says of persons beside its pages. In the sandboxed process.

The file is written anew from what its pages need, so earlier states of it are gone as well.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from defusedxml import DefusedXmlException

from tasks.documents.picture_traces import stripped_jpeg, traces_of_picture
from tasks.sandbox.resource_limits import MEGABYTE
from transcripts.documents.file_traces import Trace, TraceKind, trace
from transcripts.errors.document_errors import DocumentDamagedError

_KEPT_INFO = ("/Title", "/CreationDate")
_SILENT_INFO = frozenset((*_KEPT_INFO, "/ModDate", "/Producer", "/Creator", "/Trapped", "/Author"))
_COMPANY_INFO = {"/Company": TraceKind.COMPANY, "/Manager": TraceKind.MANAGER}
_KEPT_NAMES = frozenset(("/Dests", "/AP"))
_ROOT = (
    "/OpenAction", "/AA", "/PieceInfo", "/Perms", "/DSS", "/Legal", "/Collection", "/SpiderInfo", "/URI",
    "/Threads", "/AF",
)  # fmt: skip
_ANYWHERE = ("/PieceInfo", "/Metadata", "/Thumb", "/LastModified", "/AA", "/AF", "/OPI")
# Annotations by which people talk to each other, and those that carry files.
_COMMENTS = frozenset(
    [
        "/Text",
        "/Popup",
        "/Highlight",
        "/Underline",
        "/Squiggly",
        "/StrikeOut",
        "/Caret",
        "/Redact",
        "/FileAttachment",
        "/Sound",
        "/Movie",
        "/Screen",
        "/3D",
        "/RichMedia",
        "/Projection",
    ]
)
_FILES = frozenset(("/FileAttachment",))
# What other annotations say beside what they show.
_SAID = ("/T", "/Contents", "/RC", "/Subj", "/NM", "/M", "/CreationDate", "/IRT", "/Popup", "/ExData")
_HIDDEN_FLAGS = 0x01 | 0x02 | 0x20  # invisible, hidden, no view
_LOCAL_ACTIONS = frozenset(("/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/JavaScript"))
_PERSONS_IN_XMP = ("dc:creator", "dc:contributor", "dc:description", "dc:subject", "pdf:Keywords")
_MOST_DEPTH = 100
_MOST_JPEG_BYTES = 100 * MEGABYTE
_TAIL = b"startxref"
_READING_ERRORS = (pikepdf.PdfError, ValueError, TypeError, KeyError, DefusedXmlException)


def traces_of_pdf(pdf: pikepdf.Pdf, path: Path) -> Iterator[Trace]:
    """All that it says, one by one."""
    yield from _properties(pdf)
    yield from (trace(TraceKind.EARLIER_VERSION) for _ in range(_earlier_versions(path)))
    yield from (trace(TraceKind.EMBEDDED_FILE, name) for name in pdf.attachments)
    if "/JavaScript" in pdf.Root.get("/Names", pikepdf.Dictionary()):
        yield trace(TraceKind.PROGRAM)
    for each in _dictionaries(pdf):
        yield from _traces_of(each)


def _properties(pdf: pikepdf.Pdf) -> Iterator[Trace]:
    info = {str(name): str(value) for name, value in pdf.docinfo.items()} if "/Info" in pdf.trailer else {}
    authors = {info.get("/Author", ""), *_creators(pdf)} - {""}
    yield from (trace(TraceKind.AUTHOR, each) for each in sorted(authors))
    for name, value in info.items():
        if name not in _SILENT_INFO and value.strip():
            kind = _COMPANY_INFO.get(name, TraceKind.OTHER_PROPERTY)
            yield trace(kind, value if name in _COMPANY_INFO else "")


def _creators(pdf: pikepdf.Pdf) -> list[str]:
    try:
        said = pdf.open_metadata().get("dc:creator", [])
    except _READING_ERRORS:
        return []
    return [said] if isinstance(said, str) else [str(each) for each in said or ()]


def _earlier_versions(path: Path) -> int:
    """How many states the file went through that still lie in it."""
    content = path.read_bytes()
    is_linear = b"/Linearized" in content[:1024]
    return max(0, content.count(_TAIL) - 1 - is_linear)


def _traces_of(found: Any) -> Iterator[Trace]:
    subtype = _name(found, "/Subtype")
    if subtype in _FILES:
        yield trace(TraceKind.EMBEDDED_FILE, _text(found, "/T"))
    elif subtype in _COMMENTS and "/Rect" in found:
        if subtype != "/Popup":
            yield trace(TraceKind.COMMENT, _text(found, "/T"))
    elif (
        "/Rect" in found and subtype not in ("", "/Widget", "/Link") and ("/T" in found or _is_hidden(found))
    ):
        yield trace(TraceKind.COMMENT, _text(found, "/T"))
    if _name(found, "/Type") in ("/Sig", "/DocTimeStamp"):
        yield trace(TraceKind.SIGNATURE, _text(found, "/Name"))
    if "/Thumb" in found:
        yield trace(TraceKind.THUMBNAIL)
    if "/A" in found and _leads_to_a_machine(found.A):
        yield trace(TraceKind.LOCAL_PATH)
    if "/PieceInfo" in found:
        yield trace(TraceKind.OTHER_PROPERTY)
    if subtype == "/Image" and isinstance(found, pikepdf.Stream):
        jpeg = _jpeg_of(found)
        yield from traces_of_picture(jpeg) if jpeg else ()


def remove_traces(pdf: pikepdf.Pdf, *, is_archival: bool = False) -> None:
    """`is_archival`: it says that it is PDF/A, and goes on saying so, without persons."""
    _bare_root(pdf, is_archival=is_archival)
    for page in pdf.pages:
        _bare_annotations(page.obj)
    for each in _dictionaries(pdf):
        _bare(each, pdf.Root, is_archival=is_archival)


def _bare_root(pdf: pikepdf.Pdf, *, is_archival: bool) -> None:
    for name in _ROOT:
        if name in pdf.Root:
            del pdf.Root[name]
    names = pdf.Root.get("/Names", pikepdf.Dictionary())
    for name in set(names.keys()) - _KEPT_NAMES:
        del names[name]
    if "/AcroForm" in pdf.Root and "/XFA" in pdf.Root.AcroForm:
        del pdf.Root.AcroForm["/XFA"]
    if not is_archival:
        info = pdf.docinfo
        kept = {name: info[name] for name in _KEPT_INFO if name in info}
        pdf.docinfo = pdf.make_indirect(pikepdf.Dictionary(kept))
        return
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        for name in _PERSONS_IN_XMP:
            if name in metadata:
                del metadata[name]
    for name in set(pdf.docinfo.keys()) & {"/Author", "/Subject", "/Keywords"}:
        del pdf.docinfo[name]


def _bare_annotations(page: Any) -> None:
    """Only what can be seen on the page stays, and the way that links lead."""
    if "/Annots" not in page:
        return
    kept = pikepdf.Array()
    for each in page.Annots:
        if not isinstance(each, pikepdf.Dictionary) or _is_left_out(each):
            continue
        subtype = _name(each, "/Subtype")
        if subtype != "/Widget":
            for name in _SAID:
                if name in each:
                    del each[name]
        kept.append(each)
    page.Annots = kept


def _is_left_out(annotation: Any) -> bool:
    is_hidden = _is_hidden(annotation)
    if is_hidden:
        for name in ("/V", "/DV", "/RV", "/TU", "/AP", "/MK"):
            if name in annotation:
                del annotation[name]
    return is_hidden or _name(annotation, "/Subtype") in _COMMENTS


def _is_hidden(annotation: Any) -> bool:
    flags = annotation.get("/F", 0)
    return isinstance(flags, int) and bool(flags & _HIDDEN_FLAGS)


def _bare(found: Any, root: Any, *, is_archival: bool) -> None:
    is_root = found.objgen == root.objgen and found.objgen != (0, 0)
    for name in _ANYWHERE:
        if name in found and not (name == "/Metadata" and is_root and is_archival):
            del found[name]
    if "/EF" in found:
        del found["/EF"]
    if _name(found, "/FT") == "/Sig" and "/V" in found:
        del found["/V"]
    if "/A" in found and _leads_to_a_machine(found.A):
        del found["/A"]
    if _name(found, "/Subtype") == "/Image" and isinstance(found, pikepdf.Stream):
        _bare_picture(found)


def _leads_to_a_machine(action: Any) -> bool:
    if not isinstance(action, pikepdf.Dictionary):
        return False
    return _name(action, "/S") in _LOCAL_ACTIONS or _text(action, "/URI").lower().startswith("file:")


def _bare_picture(image: pikepdf.Stream) -> None:
    jpeg = _jpeg_of(image)
    if jpeg:
        parameters = image.get("/DecodeParms")
        last = parameters[-1] if isinstance(parameters, pikepdf.Array) and len(parameters) else parameters
        given = last if isinstance(last, pikepdf.Dictionary) else None
        try:
            bare = stripped_jpeg(jpeg)
        except DocumentDamagedError:
            return  # readers show nothing of it, either
        image.write(bare, filter=pikepdf.Name.DCTDecode, decode_parms=given)


def _jpeg_of(image: pikepdf.Stream) -> bytes:
    """The file of a photo as it lies in the PDF; nothing for other pictures."""
    said = image.get("/Filter")
    names = [str(each) for each in said] if isinstance(said, pikepdf.Array) else [str(said)]
    if names == ["/DCTDecode"]:
        return image.read_raw_bytes()
    if names == ["/FlateDecode", "/DCTDecode"]:
        try:
            return zlib.decompressobj().decompress(image.read_raw_bytes(), _MOST_JPEG_BYTES)
        except zlib.error:
            return b""
    return b""


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """All of the file, also those within others."""
    for indirect in pdf.objects:
        waiting: list[tuple[Any, int]] = [(indirect, 0)]
        while waiting:
            found, depth = waiting.pop()
            if isinstance(found, pikepdf.Array):
                inner = list(found)
            elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
                yield found
                inner = [found[name] for name in found.keys()]  # noqa: SIM118 - a stream has no iterator of its own
            else:
                continue
            if depth < _MOST_DEPTH:
                waiting += [(each, depth + 1) for each in inner if _is_within(each)]


def _is_within(found: Any) -> bool:
    is_container = isinstance(found, pikepdf.Array | pikepdf.Dictionary)
    return is_container and not found.is_indirect


def _name(found: Any, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _text(found: Any, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.String) else ""
