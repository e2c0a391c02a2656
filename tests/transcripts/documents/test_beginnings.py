"""How a document begins."""

from tests.sample_documents import model_motion
from transcripts.documents.beginnings import MOST_CHARACTERS, beginning_of
from transcripts.documents.document_text import DocumentText, PageText, Paragraph


def text_of(*paragraphs: str) -> DocumentText:
    numbered = enumerate(paragraphs, start=1)
    some = tuple(Paragraph(id=f"p{number:04}", text=text) for number, text in numbered)
    return DocumentText(pages=(PageText(number=1, paragraphs=some),))


def test_headings_are_left_out() -> None:
    assert beginning_of(model_motion().text).startswith("Der Stadtrat möge die Einsetzung")


def test_a_long_beginning_is_cut_between_words() -> None:
    beginning = beginning_of(text_of("Das Losverfahren ist gerecht.\nEs " * 20, "Ende."))
    assert len(beginning) <= MOST_CHARACTERS + 2
    assert beginning.endswith(" …")
    assert set(beginning.split()) == {"Das", "Losverfahren", "ist", "gerecht.", "Es", "…"}
    assert len(beginning_of(text_of("x" * 1_000))) == MOST_CHARACTERS + 2


def test_nothing_begins_with_nothing() -> None:
    assert beginning_of(DocumentText()) == ""
