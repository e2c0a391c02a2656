"""Makes the text of a document that has no pages: a web page, Markdown, the parts of an office file."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from transcripts.documents.document_text import (
    MOST_PAGES,
    MOST_PARAGRAPHS_A_PAGE,
    DocumentText,
    PageText,
    Paragraph,
)
from transcripts.model import LONGEST_TEXT

_DEEPEST_HEADING = 6


class PlainParagraph(NamedTuple):
    """A paragraph before it has an address; `heading` is its level, 0 for plain text."""

    text: str
    heading: int = 0


def pageless_text(parts: Iterable[Sequence[PlainParagraph]]) -> DocumentText:
    """The text; each part (a slide, a sheet) begins a page of its own. Empty paragraphs are left out."""
    ids = (f"p{number:04}" for number in count(1))
    sheets = [sheet for part in parts for sheet in _sheets([each for each in part if each.text])]
    return DocumentText(
        pages=tuple(
            PageText(
                number=number,
                paragraphs=tuple(
                    Paragraph(
                        id=next(ids),
                        text=each.text[:LONGEST_TEXT],
                        heading=min(each.heading, _DEEPEST_HEADING),
                    )
                    for each in sheet
                ),
            )
            for number, sheet in enumerate(sheets[:MOST_PAGES], start=1)
        )
    )


def _sheets(paragraphs: Sequence[PlainParagraph]) -> Iterator[Sequence[PlainParagraph]]:
    """What is too long for one page goes on on the next."""
    for start in range(0, max(1, len(paragraphs)), MOST_PARAGRAPHS_A_PAGE):
        yield paragraphs[start : start + MOST_PARAGRAPHS_A_PAGE]
