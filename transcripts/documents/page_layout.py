"""Makes the text of a document out of the words on its pages: paragraphs with addresses, headings, boxes."""

from collections.abc import Sequence
from itertools import count

from transcripts.documents.document_text import (
    MOST_BOXES,
    MOST_PARAGRAPHS_A_PAGE,
    Box,
    DocumentText,
    PageText,
    Paragraph,
)
from transcripts.documents.hyphenation import known_words
from transcripts.documents.page_regions import regions_of
from transcripts.documents.page_words import PageContent, TextRow
from transcripts.documents.paragraph_building import BuiltParagraph, measured, paragraphs_of
from transcripts.documents.running_heads import without_running_heads
from transcripts.model import LONGEST_TEXT

_LOWEST_LEVEL = 6


def laid_out(pages: Sequence[PageContent]) -> DocumentText:
    """The text of the pages, in reading order. Paragraphs are numbered through the whole document."""
    bodies = without_running_heads(pages)
    regions = [regions_of(page.words, page.ruling) for page in bodies]
    usual = measured(region for each in regions for region in each)
    known = known_words(row.text for each in regions for region in each for row in region.rows)
    built = [
        list(paragraphs_of(each, usual, known, is_recognised=page.is_recognised))
        for each, page in zip(regions, bodies, strict=True)
    ]
    levels = _heading_levels([paragraph for page in built for paragraph in page])
    ids = (f"p{number:04}" for number in count(1))
    return DocumentText(
        pages=tuple(
            PageText(
                number=number,
                width_points=page.width,
                height_points=page.height,
                is_recognised=page.is_recognised,
                paragraphs=tuple(
                    _paragraph(next(ids), each, page, levels) for each in paragraphs[:MOST_PARAGRAPHS_A_PAGE]
                ),
            )
            for number, (page, paragraphs) in enumerate(zip(bodies, built, strict=True), start=1)
        )
    )


def _heading_levels(paragraphs: Sequence[BuiltParagraph]) -> dict[int, int]:
    """Size of headings, in whole points -> their level: the largest is 1."""
    sizes = sorted({round(each.size) for each in paragraphs if each.is_heading}, reverse=True)
    return {size: min(level, _LOWEST_LEVEL) for level, size in enumerate(sizes, start=1)}


def _paragraph(id: str, built: BuiltParagraph, page: PageContent, levels: dict[int, int]) -> Paragraph:
    return Paragraph(
        id=id,
        text=built.text[:LONGEST_TEXT],
        heading=levels[round(built.size)] if built.is_heading else 0,
        boxes=tuple(_box(line, page) for line in built.lines[:MOST_BOXES]),
    )


def _box(line: TextRow, page: PageContent) -> Box:
    return Box(
        left=_share(line.left, page.width),
        top=_share(line.top, page.height),
        right=_share(line.right, page.width),
        bottom=_share(line.bottom, page.height),
    )


def _share(points: float, whole: float) -> float:
    return round(min(max(points / whole, 0.0), 1.0), 5)
