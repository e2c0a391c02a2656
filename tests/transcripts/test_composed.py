"""Text is composed (NFC) whichever door it came through: a Mac's umlauts are found, and corrected."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.captions.reading import read_captions
from transcripts.composed_text import MOST_MARKS, composed
from transcripts.corrections.editing import Sought
from transcripts.documents.document_text import Paragraph
from transcripts.model import Segment, StoredModel, Word
from transcripts.search.query import parse_query
from transcripts.sources.bigbluebutton_files import plain_text
from transcripts.speech.glossary import parse_glossary

TEXT = "Bürgerräte für Österreich: große Übung"
APART = unicodedata.normalize("NFD", TEXT)


def test_what_is_stored_is_composed() -> None:
    assert Segment(start_seconds=0, end_seconds=1, text=APART).text == TEXT
    assert Word(start_seconds=0, end_seconds=1, text=APART).text == TEXT
    assert Paragraph(id="p0001", text=APART).text == TEXT
    stored = f'{{"start_seconds": 0, "end_seconds": 1, "text": "{APART}", "newer": "x"}}'
    assert Segment.model_validate_json(stored).text == TEXT


def subclasses(kind: type[StoredModel]) -> list[type[StoredModel]]:
    return [kind, *(below for each in kind.__subclasses__() for below in subclasses(each))]


@pytest.mark.parametrize("kind", subclasses(StoredModel))
def test_no_text_of_any_stored_model_escapes(kind: type[StoredModel]) -> None:
    bare = [
        name for name, field in kind.model_fields.items() if field.annotation is str and not field.metadata
    ]
    assert not bare, "use Line or Text"


def test_captions_slides_glossary_and_questions_are_composed() -> None:
    cues = read_captions(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{APART}\n".encode()).cues
    assert [each.text for each in cues] == [TEXT]
    assert plain_text(APART) == TEXT
    assert parse_glossary(APART) == (TEXT,)
    assert parse_query(APART) == parse_query(TEXT)


def test_a_name_typed_in_either_way_is_replaced() -> None:
    sought = Sought(unicodedata.normalize("NFD", "Bürgerräte"), unicodedata.normalize("NFD", "Bürgerräten"))
    assert sought.replaced(TEXT) == TEXT.replace("räte", "räten")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=MOST_MARKS))
def test_composing_is_unicodes_own_and_done_once(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)
    assert composed(composed(text)) == composed(text)


def test_of_marks_without_end_thirty_stay() -> None:
    marks = "\u0323\u0301" * 50_000
    assert composed(f"„a{marks}b“") == unicodedata.normalize("NFC", f"„a{marks[:MOST_MARKS]}b“")


def test_below_the_first_mark_nothing_has_another_form() -> None:
    below = "".join(map(chr, range(0x300)))
    assert unicodedata.normalize("NFC", below) == below
    assert not any(unicodedata.combining(chr(each)) for each in (*range(0x300), *range(0x1E950, 0x110000)))
