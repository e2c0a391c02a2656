"""The text of a document, page by page: paragraphs, and where on the page each of them stands.

Stored as `text/text.json`; plain text, page and index are made from it. A paragraph's id is its permanent
address within the document.
"""

from typing import Annotated, Literal

from pydantic import Field

from transcripts.model import Line, StoredModel, Text

MOST_PAGES = 5_000
MOST_PARAGRAPHS_A_PAGE = 5_000
MOST_BOXES = 1_000

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Points = Annotated[float, Field(gt=0.0, le=20_000.0)]


class Box(StoredModel):
    """A rectangle on a page, in shares of its width and height, from the upper left corner."""

    left: Share
    top: Share
    right: Share
    bottom: Share


class Paragraph(StoredModel):
    """A paragraph, heading, list item or row of a table; `boxes` has one for each of its lines.

    Text without pages (a web page, Markdown) has no boxes. `heading` is the level, 0 for plain text.
    """

    id: str = Field(max_length=100, pattern=r"^p\d{4,7}$")
    text: Text
    heading: Annotated[int, Field(ge=0, le=6)] = 0
    boxes: tuple[Box, ...] = Field(default=(), max_length=MOST_BOXES)


class PageText(StoredModel):
    """One page, counted from 1; width and height in points. `is_recognised`: read from its picture."""

    number: Annotated[int, Field(ge=1, le=MOST_PAGES)]
    width_points: Points | None = None
    height_points: Points | None = None
    is_recognised: bool = False
    paragraphs: tuple[Paragraph, ...] = Field(default=(), max_length=MOST_PARAGRAPHS_A_PAGE)


class DocumentText(StoredModel):
    """`text/text.json`. `language` is a tag such as "de"; "und" where it was not found."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    language: Line = "de"
    pages: tuple[PageText, ...] = Field(default=(), max_length=MOST_PAGES)

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All of them, in reading order."""
        return tuple(each for page in self.pages for each in page.paragraphs)

    @property
    def plain_text(self) -> str:
        """One line a paragraph, an empty line between paragraphs, a form feed between pages."""
        return "\f".join("\n\n".join(each.text for each in page.paragraphs) for page in self.pages) + "\n"
