"""Reads the words of a PDF's pages with PDFium, and where they stand. In the sandboxed process."""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium

from transcripts.documents.page_words import Bar, PageContent, PageWord, Rule, Ruling, clean_text

# PDFium's sign for a hyphen at the end of a line.
_LINE_END_HYPHEN = 2
_SPACES = frozenset({0, 9, 10, 13, 32, 160})
_BOLD_WEIGHT = 600
# Of the font's size, as most fonts have it.
_ASCENT, _DESCENT = 0.9, 0.25
# Characters that are further apart than these shares of their height are not of one word.
_BREAK, _OTHER_LINE = 0.6, 0.5
MOST_CHARACTERS_A_PAGE = 200_000
_MOST_PATHS_A_PAGE = 5_000
_THICKEST_LINE, _LEAST_LINE = 2.5, 20.0


class _Character(NamedTuple):
    text: str
    left: float
    top: float
    right: float
    bottom: float
    is_bold: bool


_SPACE = _Character(" ", 0.0, 0.0, 0.0, 0.0, False)


class PagePlan:
    """Where points of a page's own coordinates are seen: it may be turned, or a part of a larger sheet."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.left, self.bottom, self.right, self.top = page.get_bbox()
        self.rotation = page.get_rotation()
        self.width, self.height = page.get_size()

    def seen(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle as left, top, right, bottom, from the upper left corner."""
        (x1, y1), (x2, y2) = self.point(left, top), self.point(right, bottom)
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is seen, from the upper left corner."""
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y


def content_of(page: pypdfium2.PdfPage, *, is_recognised: bool = False) -> PageContent:
    """The words and ruled lines of a page."""
    plan = PagePlan(page)
    text_page = page.get_textpage()
    try:
        words = tuple(_words(list(_characters(text_page, plan))))
    finally:
        text_page.close()
    return PageContent(plan.width, plan.height, words, _ruling(page, plan), is_recognised)


def _characters(text_page: pypdfium2.PdfTextPage, plan: PagePlan) -> Iterator[_Character]:
    measure = _Measure(text_page, plan)
    for index in range(min(text_page.count_chars(), MOST_CHARACTERS_A_PAGE)):
        code = pdfium.FPDFText_GetUnicode(text_page, index)
        if code in _SPACES:
            yield _SPACE
        else:
            seen = measure.box(index)
            text = "-" if code == _LINE_END_HYPHEN else chr(code)
            yield _Character(text, *seen, pdfium.FPDFText_GetFontWeight(text_page, index) >= _BOLD_WEIGHT)


class _Measure:
    """Where characters stand. Their height is that of their font, whatever their own shape."""

    def __init__(self, text_page: pypdfium2.PdfTextPage, plan: PagePlan) -> None:
        self._page, self._plan = text_page, plan
        self._box, self._matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def box(self, index: int) -> tuple[float, float, float, float]:
        """Of a character: left, top, right, bottom, as it is seen."""
        pdfium.FPDFText_GetLooseCharBox(self._page, index, ctypes.byref(self._box))
        pdfium.FPDFText_GetCharOrigin(self._page, index, ctypes.byref(self._x), ctypes.byref(self._y))
        pdfium.FPDFText_GetMatrix(self._page, index, ctypes.byref(self._matrix))
        size = pdfium.FPDFText_GetFontSize(self._page, index)
        box, x, y = self._box, self._x.value, self._y.value
        left, top, right, bottom = self._plan.seen(box.left, box.bottom, box.right, box.top)
        base = self._plan.point(x, y)
        above = self._plan.point(x + size * self._matrix.c, y + size * self._matrix.d)
        height = base[1] - above[1]
        if height <= abs(base[0] - above[0]):
            return left, top, right, bottom  # it runs upwards, or stands on its head
        return left, base[1] - _ASCENT * height, right, base[1] + _DESCENT * height


def _words(characters: Sequence[_Character]) -> Iterator[PageWord]:
    word: list[_Character] = []
    for character in characters:
        if word and (character.text == " " or _is_elsewhere(character, word[-1])):
            yield from _word(word)
            word = []
        if character.text != " ":
            word.append(character)
    yield from _word(word)


def _is_elsewhere(character: _Character, before: _Character) -> bool:
    size = max(character.bottom - character.top, before.bottom - before.top)
    offset = abs((character.top + character.bottom) - (before.top + before.bottom)) / 2
    distance = character.left - before.right
    return offset > _OTHER_LINE * size or distance > _BREAK * size or distance < -2 * size


def _word(characters: Sequence[_Character]) -> Iterator[PageWord]:
    text = clean_text("".join(each.text for each in characters)).strip()
    if text:
        yield PageWord(
            text,
            min(each.left for each in characters),
            min(each.top for each in characters),
            max(each.right for each in characters),
            max(each.bottom for each in characters),
            sum(each.is_bold for each in characters) * 2 > len(characters),
        )


def _ruling(page: pypdfium2.PdfPage, plan: PagePlan) -> Ruling:
    """Flat and upright paths, and the edges of boxes."""
    rules: list[Rule] = []
    bars: list[Bar] = []
    paths = page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=4)
    for part in islice(paths, _MOST_PATHS_A_PAGE):
        left, top, right, bottom = plan.seen(*part.get_bounds())
        if right - left >= _LEAST_LINE:
            rules += [Rule(left, right, y) for y in _edges(top, bottom)]
        if bottom - top >= _LEAST_LINE / 2:
            bars += [Bar(x, top, bottom) for x in _edges(left, right)]
    return Ruling(tuple(rules), tuple(bars))


def _edges(start: float, end: float) -> tuple[float, ...]:
    """Where a path is a line: in its middle, or at both edges of a box."""
    return ((start + end) / 2,) if end - start <= _THICKEST_LINE else (start, end)
