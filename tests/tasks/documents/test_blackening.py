"""What was made black is in none of the bytes, cannot be read again, and the original stays as it was."""

import re
import subprocess
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from tasks.documents.blackening import blacken_document
from tasks.documents.conversion import convert_document
from tasks.documents.document_requests import BlackBar
from tests.document_samples import shown, write_pdf
from transcripts.documents.converted_document import ConvertedDocument
from transcripts.documents.document_text import Box
from transcripts.media.media_values import LocalFile

SECRETS = ("Sonderfall", "Lindenstraße", "1234567")
FIRST = (
    shown("Rückmeldung zum Bürgerrat", 60, 100, 16, "F2")
    + shown("Wohnhaft Lindenstraße 12, 70173 Ulm, erreichbar unter", 60, 130)
    + shown("0711 1234567 oder erika.sonderfall@example.org und sonst", 60, 145)
    + shown("gez. Erika Sonderfall", 60, 300)
)
SECOND = shown("Die zweite Seite bleibt, wie sie ist.", 60, 100)


@pytest.fixture
def letter(tmp_path: Path) -> ConvertedDocument:
    write_pdf(tmp_path / "letter.pdf", [FIRST, SECOND], Title="Brief Sonderfall", Author="Erika Sonderfall")
    with pikepdf.open(tmp_path / "letter.pdf", allow_overwriting_input=True) as pdf:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Erika Sonderfall", 0))
        pdf.attachments["Sonderfall.txt"] = b"Erika Sonderfall"
        pdf.save()
    return convert_document(tmp_path / "letter.pdf", tmp_path / "out")


def blackened(letter: ConvertedDocument, target: Path) -> LocalFile:
    assert letter.pdf is not None
    return blacken_document(letter.pdf.path, target, letter.text, letter.personal_data)


def all_bytes(path: Path) -> bytes:
    """The file's own, and what its streams hold when they are unpacked."""
    with pikepdf.open(path) as pdf:
        streams = [each.read_bytes() for each in pdf.objects if is_packed(each)]
    return path.read_bytes() + b"".join(streams)


def is_packed(each: pikepdf.Object) -> bool:
    return isinstance(each, pikepdf.Stream) and each.get("/Filter") != pikepdf.Name.DCTDecode


def test_a_removed_word_is_in_none_of_the_bytes(letter: ConvertedDocument, tmp_path: Path) -> None:
    file = blackened(letter, tmp_path / "black.pdf")
    content = all_bytes(file.path)
    for secret in SECRETS:
        for encoding in ("latin-1", "utf-8", "utf-16-be", "utf-16-le"):
            assert secret.encode(encoding) not in content
            assert secret.encode(encoding).hex().encode() not in content.lower()


def test_what_stays_can_still_be_read_and_found(letter: ConvertedDocument, tmp_path: Path) -> None:
    file = blackened(letter, tmp_path / "black.pdf")
    again = convert_document(file.path, tmp_path / "again")
    text = again.text.plain_text
    assert "Rückmeldung zum Bürgerrat" in text
    assert re.search(r"Wohnhaft[ |]+erreichbar unter", text)
    assert "Die zweite Seite bleibt, wie sie ist." in text
    assert again.personal_data == ()
    before, after = letter.text.paragraphs[0].boxes[0], again.text.paragraphs[0].boxes[0]
    assert after.left == pytest.approx(before.left, abs=0.01)
    assert after.top == pytest.approx(before.top, abs=0.01)


def test_the_original_stays_and_metadata_and_attachments_do_not(
    letter: ConvertedDocument, tmp_path: Path
) -> None:
    file = blackened(letter, tmp_path / "black.pdf")
    assert letter.pdf is not None
    assert LocalFile.of(letter.pdf.path) == letter.pdf
    with pikepdf.open(file.path) as pdf:
        assert not pdf.attachments
        assert not list(pdf.open_outline().root)
        assert "/Metadata" not in pdf.Root
        assert not pdf.docinfo.keys() - {"/Producer"}


def test_the_place_is_black(letter: ConvertedDocument, tmp_path: Path) -> None:
    file = blackened(letter, tmp_path / "black.pdf")
    picture = pypdfium2.PdfDocument(file.path)[0].render(scale=1).to_pil().convert("L")
    assert picture.getpixel((120, 142)) < 40  # the telephone number's line; the paper is white
    assert picture.getpixel((400, 400)) > 250


@pytest.mark.ocr
def test_recognition_reads_nothing_there_again(letter: ConvertedDocument, tmp_path: Path) -> None:
    file = blackened(letter, tmp_path / "black.pdf")
    picture = tmp_path / "page.png"
    pypdfium2.PdfDocument(file.path)[0].render(scale=300 / 72).to_pil().save(picture)
    command = ["tesseract", str(picture), "-", "-l", "deu"]
    read = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    assert "erreichbar unter" in read
    assert not [secret for secret in SECRETS if secret in read]


def test_a_bar_can_be_drawn_by_hand(letter: ConvertedDocument, tmp_path: Path) -> None:
    assert letter.pdf is not None
    bar = BlackBar(page_number=2, box=Box(left=0.0, top=0.1, right=0.3, bottom=0.15))
    file = blacken_document(letter.pdf.path, tmp_path / "black.pdf", letter.text, bars=[bar])
    text = convert_document(file.path, tmp_path / "again").text
    assert "gez. Erika Sonderfall" in text.plain_text
    assert "Die zweite" not in text.plain_text
    assert text.plain_text.rstrip().endswith("ist.")
