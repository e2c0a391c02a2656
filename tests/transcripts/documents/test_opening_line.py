"""The line a document begins with says something, is short, and names no private person."""

import pytest

from tests.archive_documents import small_text
from transcripts.documents.document_text import DocumentText, PageText, Paragraph
from transcripts.documents.kept_findings import PersonalData
from transcripts.documents.opening_line import LONGEST_LETTERS, opening_line
from transcripts.documents.personal_finding import Finding, PersonalDataKind

NOTHING = PersonalData()
SENTENCE = "Der Rat beschließt, einen Bürgerrat aus vierzig ausgelosten Menschen einzurichten."


def test_titles_dates_and_headings_are_no_beginning() -> None:
    heading = Paragraph(id="p0001", text=SENTENCE.replace("Rat", "Kreistag"), heading=1)
    texts = ("Vorlage 12/2025", "Herrenberg, den 3. Mai", SENTENCE)
    paragraphs = [Paragraph(id=f"p{number:04}", text=each) for number, each in enumerate(texts, start=2)]
    text = DocumentText(pages=(PageText(number=1, paragraphs=(heading, *paragraphs)),))
    assert opening_line(text, NOTHING) == SENTENCE


def test_a_paragraph_that_may_speak_of_somebody_is_passed_over() -> None:
    text = small_text("Frau Erika Beispiel wohnt in der Gartenstraße 12 in Herrenberg.", SENTENCE)
    found = Finding(paragraph_id="p0001", kind=PersonalDataKind.PHONE, start=0, end=4)
    assert opening_line(text, PersonalData(findings=(found,))) == SENTENCE


@pytest.mark.parametrize("text", [DocumentText(), small_text("Kurz."), small_text("\n \t")])
def test_where_nothing_reads_as_a_sentence_there_is_none(text: DocumentText) -> None:
    assert opening_line(text, NOTHING) == ""


def test_a_long_one_ends_at_a_word() -> None:
    line = opening_line(small_text("Losverfahren, Beteiligung\nund Beschluss; " * 30), NOTHING)
    assert line.endswith(" …")
    assert len(line) <= LONGEST_LETTERS + 2
    assert "\n" not in line
    assert set(line.rstrip(" …").split()) <= {
        "Losverfahren,",
        "Beteiligung",
        "und",
        "Beschluss;",
        "Beschluss",
    }


def test_a_long_word_alone_is_cut() -> None:
    assert len(opening_line(small_text("x" * 1000), NOTHING)) <= LONGEST_LETTERS + 2
