"""Reads the text of office files from their XML, where no office suite makes pages of them. Sandboxed."""

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from tasks.documents.packed_parts import PackedParts
from transcripts.documents.file_kinds import FileKind
from transcripts.documents.page_words import clean_text
from transcripts.documents.pageless_text import PlainParagraph
from transcripts.documents.paragraph_building import CELL_SEPARATOR

MOST_CELLS_A_ROW = 500
_STRINGS = "xl/sharedStrings.xml"
_STRINGS = "xl/sharedStrings.xml"
_NUMBER = re.compile(r"(\d{1,6})\.xml$")
_HEADING_STYLE = re.compile(r"(?:heading|berschrift|title)\D{0,3}(\d)?", re.IGNORECASE)

Part = list[PlainParagraph]


def office_text(parts: PackedParts, kind: FileKind) -> list[Part]:
    """The paragraphs of a file of this kind, slide by slide and sheet by sheet.

    Raises DocumentDamagedError, DocumentBombError.
    """
    return _READERS[kind](parts)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: Element, name: str) -> str:
    """An attribute, in whichever namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _all(element: Element, *names: str) -> Iterator[Element]:
    return (each for each in element.iter() if _local(each) in names)


def _run_text(paragraph: Element) -> str:
    """Of a paragraph of Open XML."""
    pieces = _all(paragraph, "t", "tab", "br", "cr")
    return _clean("".join((each.text or "") if _local(each) == "t" else " " for each in pieces))


def _clean(text: str) -> str:
    return " ".join(clean_text(text).split())


def _docx(parts: PackedParts) -> list[Part]:
    return [list(_blocks(parts.tree("word/document.xml"), "tbl", "tr", "tc", _docx_paragraph))]


def _docx_paragraph(element: Element) -> PlainParagraph | None:
    if _local(element) != "p":
        return None
    style = next((_value(each, "val") for each in _all(element, "pStyle")), "")
    found = _HEADING_STYLE.match(style)
    return PlainParagraph(_run_text(element), int(found[1] or 1) if found else 0)


def _odt(parts: PackedParts) -> list[Part]:
    return [list(_odf_blocks(parts.tree("content.xml")))]


def _odf_blocks(root: Element) -> Iterator[PlainParagraph]:
    return _blocks(root, "table", "table-row", "table-cell", _odf_paragraph)


def _odf_paragraph(element: Element) -> PlainParagraph | None:
    if _local(element) not in ("p", "h"):
        return None
    level = _value(element, "outline-level") if _local(element) == "h" else "0"
    return PlainParagraph(_odf_text(element), int(level) if level.isdigit() else 1)


def _odf_text(element: Element) -> str:
    return _clean("".join(_odf_pieces(element)))


def _odf_pieces(element: Element) -> Iterator[str]:
    if _local(element) in ("s", "tab", "line-break"):
        yield " "
    yield element.text or ""
    for child in element:
        if _local(child) not in ("annotation", "note"):
            yield from _odf_pieces(child)
        yield child.tail or ""


def _blocks(
    root: Element, table: str, row: str, cell: str, paragraph: Callable[[Element], PlainParagraph | None]
) -> Iterator[PlainParagraph]:
    """Paragraphs in their order, and the rows of tables with their cells side by side."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        found = paragraph(element)
        if found is not None:
            yield found
        elif _local(element) == table:
            yield from (_row(each, cell, paragraph) for each in _all(element, row))
        else:
            waiting.extend(reversed(element))


def _row(
    element: Element, cell: str, paragraph: Callable[[Element], PlainParagraph | None]
) -> PlainParagraph:
    cells = (
        " ".join(found.text for inner in each.iter() if (found := paragraph(inner)) and found.text)
        for each in list(_all(element, cell))[:MOST_CELLS_A_ROW]
    )
    return PlainParagraph(CELL_SEPARATOR.join(text for text in cells if text))


def _xlsx(parts: PackedParts) -> list[Part]:
    strings = [_run_text(each) for each in parts.tree(_STRINGS)] if _STRINGS in parts.names else []
    return [
        [PlainParagraph(_sheet_row(row, strings)) for row in _all(parts.tree(name), "row")]
        for name in _numbered(parts, "xl/worksheets/sheet")
    ]


def _sheet_row(row: Element, strings: list[str]) -> str:
    texts = (_cell_text(cell, strings) for cell in list(_all(row, "c"))[:MOST_CELLS_A_ROW])
    return CELL_SEPARATOR.join(text for text in texts if text)


def _cell_text(cell: Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _run_text(cell)
    value = next((each.text or "" for each in _all(cell, "v")), "")
    if cell.get("t") != "s":
        return _clean(value)
    return strings[int(value)] if value.isdigit() and int(value) < len(strings) else ""


def _ods(parts: PackedParts) -> list[Part]:
    return [list(_odf_blocks(sheet)) for sheet in _all(parts.tree("content.xml"), "table")]


def _pptx(parts: PackedParts) -> list[Part]:
    return [
        [PlainParagraph(_run_text(each)) for each in _all(parts.tree(name), "p")]
        for name in _numbered(parts, "ppt/slides/slide")
    ]


def _odp(parts: PackedParts) -> list[Part]:
    slides = [each for each in parts.tree("content.xml").iter() if each.tag.endswith("drawing:1.0}page")]
    return [[each for each in _odf_blocks(slide) if each.text] for slide in slides]


def _numbered(parts: PackedParts, start: str) -> list[str]:
    """The parts of this name, in the order of their numbers."""
    found = [
        (int(number[1]), name)
        for name in parts.names
        if name.startswith(start) and (number := _NUMBER.search(name))
    ]
    return [name for _, name in sorted(found)]


_READERS: dict[FileKind, Callable[[PackedParts], list[Part]]] = {
    FileKind.DOCX: _docx,
    FileKind.ODT: _odt,
    FileKind.XLSX: _xlsx,
    FileKind.ODS: _ods,
    FileKind.PPTX: _pptx,
    FileKind.ODP: _odp,
}
