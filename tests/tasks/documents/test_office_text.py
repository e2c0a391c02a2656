"""The text of office files is read from their XML alone, where LibreOffice is missing."""

import zipfile
from pathlib import Path

import pytest

from tasks.documents.office_text import office_text
from tasks.documents.packed_parts import PackedParts
from transcripts.documents.file_kinds import FileKind

ODF = 'xmlns:text="t" xmlns:table="b" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
TABLE = (
    "<table:table><table:table-row><table:table-cell><text:p>Posten</text:p></table:table-cell>"
    "<table:table-cell><text:p>Betrag</text:p></table:table-cell></table:table-row></table:table>"
)
WORD = (
    '<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:pStyle w:val="Heading2"/></w:pPr>'
    "<w:r><w:t>Anlass</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>Ein </w:t></w:r><w:r><w:t>Satz.</w:t><w:tab/><w:t>Ende</w:t></w:r></w:p>"
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>"
    "<w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
)
TEXT = '<text:h text:outline-level="2">Anlass</text:h><text:p>Ein <text:s/>Satz.</text:p>' + TABLE
SHEET = (
    '<worksheet xmlns="s"><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    '<row><c t="inlineStr"><is><t>Raum</t></is></c><c><v>12</v></c></row></worksheet>'
)
SLIDE = '<p:s xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>Folie {}</a:t></a:r></a:p></p:s>'
SLIDES = "<draw:page><text:p>Eins</text:p></draw:page><draw:page><text:p>Zwei</text:p></draw:page>"
FILES: dict[FileKind, dict[str, str]] = {
    FileKind.DOCX: {"word/document.xml": WORD},
    FileKind.ODT: {"content.xml": f"<d {ODF}>{TEXT}</d>"},
    FileKind.XLSX: {
        "xl/sharedStrings.xml": '<sst xmlns="s"><si><t>Posten</t></si><si><t>Betrag</t></si></sst>',
        "xl/worksheets/sheet1.xml": SHEET,
    },
    FileKind.ODS: {"content.xml": f"<d {ODF}>{TABLE}</d>"},
    FileKind.PPTX: {f"ppt/slides/slide{n}.xml": SLIDE.format(n) for n in (10, 2)},
    FileKind.ODP: {"content.xml": f"<d {ODF}>{SLIDES}</d>"},
}
WANTED: dict[FileKind, list[list[tuple[str, int]]]] = {
    FileKind.DOCX: [[("Anlass", 2), ("Ein Satz. Ende", 0), ("a | b", 0)]],
    FileKind.ODT: [[("Anlass", 2), ("Ein Satz.", 0), ("Posten | Betrag", 0)]],
    FileKind.XLSX: [[("Posten | Betrag", 0), ("Raum | 12", 0)]],
    FileKind.ODS: [[("Posten | Betrag", 0)]],
    FileKind.PPTX: [[("Folie 2", 0)], [("Folie 10", 0)]],
    FileKind.ODP: [[("Eins", 0)], [("Zwei", 0)]],
}


@pytest.mark.parametrize("kind", list(FILES))
def test_paragraphs_headings_and_rows_are_read(tmp_path: Path, kind: FileKind) -> None:
    path = tmp_path / f"a.{kind}"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in FILES[kind].items():
            archive.writestr(name, content)
    with PackedParts.opened(path) as parts:
        assert [[tuple(each) for each in part] for part in office_text(parts, kind)] == WANTED[kind]
