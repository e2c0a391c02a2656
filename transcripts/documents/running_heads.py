"""Knows what is printed on page after page beside the text: running heads, running feet, page numbers."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from transcripts.documents.page_words import PageContent, PageWord, TextRow, rows_of

# The share of a page's height, at either end, in which they stand.
_ZONE = 0.12
_MOST_ROWS = 4
_LEAST_PAGES = 3
_SAME_PLACE_POINTS = 8.0
_PAGE_NUMBER = re.compile(
    r"(?:(?:Seite|Blatt|S\.)\s?)?[-–—|]?\s?(?:\d{1,4}|[ivxlc]{1,6})\s?(?:(?:/|von)\s?\d{1,4})?\s?[-–—|]?$"
)
_NUMBER = re.compile(r"\d{1,6}")


class _Printed(NamedTuple):
    """A row near an end of a page, its numbers apart."""

    page: int
    row: TextRow
    numbers: tuple[int, ...]


def without_running_heads(pages: Sequence[PageContent]) -> list[PageContent]:
    """The pages with only what belongs to their text."""
    marginal = [_marginal_rows(page) for page in pages]
    running = _running(pages, marginal)
    return [
        page._replace(words=_kept(page, [*running[number], *_page_numbers(marginal[number])]))
        for number, page in enumerate(pages)
    ]


def _marginal_rows(page: PageContent) -> list[TextRow]:
    """Those at the upper end, from the top; then those at the lower, from the bottom."""
    above = [word for word in page.words if word.bottom < _ZONE * page.height]
    below = [word for word in page.words if word.top > (1 - _ZONE) * page.height]
    return [*rows_of(above)[:_MOST_ROWS], *rows_of(below)[::-1][:_MOST_ROWS]]


def _page_numbers(rows: Sequence[TextRow]) -> list[TextRow]:
    return [row for row in rows if _PAGE_NUMBER.match(row.text)]


def _running(pages: Sequence[PageContent], marginal: Sequence[Sequence[TextRow]]) -> list[list[TextRow]]:
    """For each page the rows that others have in the same place, and that at most differ in a page number."""
    alike: dict[tuple[str, int], list[_Printed]] = defaultdict(list)
    for number, rows in enumerate(marginal):
        for row in rows:
            from_end = (
                row.middle if row.middle < pages[number].height / 2 else row.middle - pages[number].height
            )
            key = (_NUMBER.sub("#", row.text), round(from_end / _SAME_PLACE_POINTS))
            numbers = tuple(int(each) for each in _NUMBER.findall(row.text))
            alike[key].append(_Printed(number, row, numbers))
    found: list[list[TextRow]] = [[] for _ in pages]
    for printed in alike.values():
        if len(printed) >= min(_LEAST_PAGES, max(2, len(pages))) and _counts_pages(printed):
            for each in printed:
                found[each.page].append(each.row)
    return found


def _counts_pages(printed: Sequence[_Printed]) -> bool:
    """Whether the numbers are the same everywhere, or one of them goes with the pages."""
    if len({each.numbers for each in printed}) == 1:
        return True
    return any(
        len({each.numbers[place] - each.page for each in printed}) == 1
        for place in range(len(printed[0].numbers))
    )


def _kept(page: PageContent, dropped: Sequence[TextRow]) -> tuple[PageWord, ...]:
    gone = {id(word) for row in dropped for word in row.words}
    return tuple(word for word in page.words if id(word) not in gone)
