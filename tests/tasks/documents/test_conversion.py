"""Files of all kinds become text, and pages where they have any; what is none is refused, and says why."""

import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from rapidfuzz.distance import Levenshtein

from tasks.documents.conversion import convert_document
from tasks.documents.document_limits import DocumentLimits
from tests.document_samples import by_office, scanned, shown, write_flat_odt, write_pdf, write_scan
from tests.document_texts import parts, truth
from transcripts.documents.converted_document import (
    ConversionNote,
    ConversionProgress,
    ConversionStep,
    ConvertedDocument,
)
from transcripts.documents.document_record import DocumentKind
from transcripts.documents.file_kinds import FileKind
from transcripts.errors import document_errors
from transcripts.errors.error_kinds import PermanentError

PAPER = parts(0, 5, with_table=True)
LINES = [
    shown("Beschlussvorlage zum Bürgerrat", 60, 90, 18, "F2"),
    *(
        shown("Die Teilnehmenden werden aus dem Melderegister gelost, damit die", 60, 130 + 15 * n)
        for n in range(2)
    ),
]


def likeness(converted: ConvertedDocument) -> float:
    """The share of characters that are right."""
    wanted = "\n".join(truth(PAPER))
    got = "\n".join(each.text for each in converted.text.paragraphs)
    return 1 - Levenshtein.distance(wanted, got) / len(wanted)


def test_a_pdf_has_text_with_places_pictures_and_a_title(tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", ["".join(LINES), shown("Zweite Seite", 60, 200)])
    told: list[ConversionProgress] = []
    converted = convert_document(tmp_path / "a.pdf", tmp_path / "out", on_progress=told.append)
    assert converted.file_kind is FileKind.PDF
    assert converted.guessed.title == "Beschlussvorlage zum Bürgerrat"
    assert converted.guessed.kind is DocumentKind.COUNCIL_PAPER
    heading, paragraph, other = converted.text.paragraphs
    assert (heading.heading, paragraph.heading) == (1, 0)
    assert [each.id for each in (heading, paragraph, other)] == ["p0001", "p0002", "p0003"]
    assert len(paragraph.boxes) == 2
    assert paragraph.boxes[0].left == pytest.approx(60 / 595, abs=0.01)
    assert paragraph.boxes[0].top < 130 / 842 < paragraph.boxes[0].bottom
    assert converted.pdf is not None
    assert {each.path.parent for each in (*converted.previews, converted.pdf)} == {
        (tmp_path / "out").resolve()
    }
    assert all(file.is_present() for file in (*converted.previews, converted.pdf))
    with Image.open(converted.previews[0].path) as picture:
        assert (picture.format, picture.width) == ("WEBP", 1000)
    pages = [each.done_pages for each in told if each.step is ConversionStep.TEXT]
    assert pages == [1, 2]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("sandboxed")] == []


def test_programs_and_attachments_of_a_pdf_are_left_out(tmp_path: Path) -> None:
    write_pdf(tmp_path / "plain.pdf", ["".join(LINES)])
    with pikepdf.open(tmp_path / "plain.pdf") as pdf:
        pdf.attachments["geheim.txt"] = b"nicht fuer alle"
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.save(tmp_path / "a.pdf")
    converted = convert_document(tmp_path / "a.pdf", tmp_path / "out")
    assert ConversionNote.ATTACHMENTS_REMOVED in converted.notes
    assert converted.pdf is not None
    with pikepdf.open(converted.pdf.path) as pdf:
        assert len(pdf.attachments) == 0
        assert "/OpenAction" not in pdf.Root


@pytest.mark.ocr
def test_the_pdf_that_is_kept_is_pdf_a(tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", ["".join(LINES)])
    converted = convert_document(tmp_path / "a.pdf", tmp_path / "out")
    assert converted.notes == ()
    assert converted.pdf is not None
    with pikepdf.open(converted.pdf.path) as pdf:
        assert pdf.open_metadata().pdfa_status == "2B"


MARKDOWN = "# Titel\n\nEin **fetter** [Link](http://x)\nim Absatz.\n\n|a|b|\n|-|-|\n|1|2|"
PLAIN = "Erste\nZeile.\n\n- eins\n- zwei"
WEB = (
    "<!doctype html><html lang='de'><head><title>T</title><style>x</style></head><body><h2>Kopf</h2>"
    "<p>Ein <b>Satz</b>.<script>1</script><ul><li>a<li>b</ul><table><tr><td>1<td>2</table>"
)


@pytest.mark.parametrize(
    ("name", "content", "kind", "texts"),
    [
        ("a.md", MARKDOWN, FileKind.MARKDOWN, ["Titel", "Ein fetter Link im Absatz.", "a | b", "1 | 2"]),
        ("a.txt", PLAIN, FileKind.PLAIN_TEXT, ["Erste Zeile.", "- eins", "- zwei"]),
        ("a.txt", WEB, FileKind.HTML, ["Kopf", "Ein Satz.", "a", "b", "1 | 2"]),
    ],
)
def test_text_without_pages_is_read(
    tmp_path: Path, name: str, content: str, kind: FileKind, texts: list[str]
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    converted = convert_document(tmp_path / name, tmp_path / "out")
    assert (converted.file_kind, converted.pdf, converted.previews) == (kind, None, ())
    assert [each.text for each in converted.text.paragraphs] == texts


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = "Größere Straßen: Die Bürgerräte äußern sich über das Verfahren in Österreich."
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    converted = convert_document(tmp_path / "a.txt", tmp_path / "out")
    assert converted.text.paragraphs[0].text == text
    assert (ConversionNote.CHARSET_GUESSED in converted.notes) == (encoding == "cp1252")


@pytest.mark.office
@pytest.mark.parametrize("kind", ["docx", "odt", "doc", "rtf"])
def test_office_files_become_pages(tmp_path: Path, kind: str) -> None:
    write_flat_odt(tmp_path / "paper.fodt", PAPER)
    converted = convert_document(
        by_office(tmp_path / "paper.fodt", kind, tmp_path / "made"), tmp_path / "out"
    )
    assert converted.file_kind == kind
    assert likeness(converted) > 0.99
    assert len(converted.previews) == len(converted.text.pages) == 2
    assert converted.notes == ()


@pytest.mark.ocr
@pytest.mark.office
def test_a_scan_is_recognised_and_put_straight(tmp_path: Path) -> None:
    write_flat_odt(tmp_path / "paper.fodt", PAPER)
    pages = scanned(by_office(tmp_path / "paper.fodt", "pdf", tmp_path), 200, degrees=0.9, noise=8)
    write_scan(tmp_path / "scan.tiff", pages, 200)
    told: list[ConversionProgress] = []
    converted = convert_document(tmp_path / "scan.tiff", tmp_path / "out", on_progress=told.append)
    assert converted.file_kind is FileKind.TIFF
    assert [page.is_recognised for page in converted.text.pages] == [True, True]
    assert likeness(converted) > 0.95
    assert converted.guessed.title == PAPER[0].text
    assert [each.done_pages for each in told if each.step is ConversionStep.OCR] == [1, 2]


def test_a_file_is_refused_with_its_reason_and_nothing_is_left(tmp_path: Path) -> None:
    for name, (make, error) in BAD.items():
        path = tmp_path / name
        make(path)
        with pytest.raises(PermanentError) as caught:
            convert_document(path, tmp_path / "out", DocumentLimits(most_pages=3))
        assert type(caught.value) is error, name
        path.unlink()
    assert list(tmp_path.iterdir()) == []


def _docx(path: Path, document: bytes, *, times: int = 1) -> None:
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{types}"/></Types>')
        with archive.open("word/document.xml", "w") as stream:
            for _ in range(times):
                stream.write(document)


def _laughs(path: Path) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    _docx(path, f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><d>&l11;</d>'.encode())


def _picture_bomb(path: Path) -> None:
    Image.new("1", (60_000, 60_000)).save(path, "PNG")


def _cut_pdf(path: Path) -> None:
    write_pdf(path, ["".join(LINES)])
    path.write_bytes(path.read_bytes()[:300])


def _packed_text(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notizen.txt", "Notizen")


def _locked(path: Path) -> None:
    write_pdf(path, [shown("geheim", 60, 100)], password="x")


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


BAD: dict[str, tuple[Callable[[Path], object], type[PermanentError]]] = {
    "photo.jpg": (_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), document_errors.DocumentHeicError),
    "empty.pdf": (_bytes(b""), document_errors.DocumentEmptyError),
    "program.exe": (_bytes(b"MZ\x90\0" + bytes(300)), document_errors.DocumentKindUnknownError),
    "packed.zip": (_packed_text, document_errors.DocumentKindUnknownError),
    "locked.pdf": (_locked, document_errors.DocumentLockedError),
    "cut.pdf": (_cut_pdf, document_errors.DocumentDamagedError),
    "cut.docx": (_bytes(b"PK\x03\x04" + bytes(99)), document_errors.DocumentDamagedError),
    "long.pdf": (lambda path: write_pdf(path, [""] * 4), document_errors.DocumentTooManyPagesError),
    "bomb.docx": (lambda path: _docx(path, b" " * 2**20, times=1024), document_errors.DocumentBombError),
    "laughs.docx": (_laughs, document_errors.DocumentBombError),
    "bomb.png": (_picture_bomb, document_errors.DocumentBombError),
    "broken.png": (_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50)), document_errors.DocumentDamagedError),
}


def test_paragraph_ids_count_through_the_document(tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", [shown(f"Seite mit Inhalt {n}", 60, 300) for n in "abc"])
    converted = convert_document(tmp_path / "a.pdf", tmp_path / "out")
    ids = [int(each.id[1:]) for each in converted.text.paragraphs]
    assert all(after == before + 1 for before, after in pairwise(ids))
