"""What lies on a page before it is read: words and ruled lines, in points from the upper left corner."""

import re
import unicodedata
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from transcripts.composed_text import composed

# Bullets, also those of symbol fonts, which have no code that means anything elsewhere.
_BULLETS = dict.fromkeys(map(chr, (*range(0xE000, 0xF8FF), 0x25CF, 0x25AA, 0x25A0, 0x25E6)), "•")
_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_INVISIBLE = dict.fromkeys(map(chr, (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF)), "")
_SPACES = dict.fromkeys(map(chr, (0xA0, 0x2007, 0x2009, 0x202F, 0x2002, 0x2003, 0x3000)), " ")
_AS_READ = str.maketrans({**_BULLETS, **_LIGATURES, **_INVISIBLE, **_SPACES})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class PageWord(NamedTuple):
    """A word. `size` is the height of its font's lines."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    is_bold: bool = False

    @property
    def size(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class Rule(NamedTuple):
    """A horizontal ruled line, as tables have them between their rows."""

    left: float
    right: float
    y: float


class Bar(NamedTuple):
    """A vertical ruled line, as tables have them between their columns."""

    x: float
    top: float
    bottom: float


class Ruling(NamedTuple):
    """All ruled lines of a page."""

    rules: tuple[Rule, ...] = ()
    bars: tuple[Bar, ...] = ()


class PageContent(NamedTuple):
    """All of a page that its text is made of."""

    width: float
    height: float
    words: tuple[PageWord, ...] = ()
    ruling: Ruling = Ruling()
    is_recognised: bool = False


class TextRow(NamedTuple):
    """Words side by side, from left to right; there is at least one."""

    words: tuple[PageWord, ...]

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return max(word.right for word in self.words)

    @property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @property
    def size(self) -> float:
        return median(word.size for word in self.words)

    @property
    def middle(self) -> float:
        return median(word.middle for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def is_bold(self) -> bool:
        return all(word.is_bold for word in self.words)


# Words whose middles are nearer to each other than this share of their height stand in one row.
_ROW_SHARE = 0.4


def rows_of(words: Sequence[PageWord]) -> list[TextRow]:
    """The words by rows, from top to bottom."""
    rows: list[list[PageWord]] = []
    for word in sorted(words, key=lambda each: each.middle):
        if rows and _is_beside(word, rows[-1][0]):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [TextRow(tuple(sorted(row, key=lambda each: each.left))) for row in rows]


def _is_beside(word: PageWord, first: PageWord) -> bool:
    return word.middle - first.middle < _ROW_SHARE * max(word.size, first.size)


# What text recognition takes a bullet for, and how far from it the text begins, in heights of the line.
_READ_AS_BULLET = re.compile(r"[•°«»·*¢©®><]{1,2}e?$|[eo]$")
_BULLET_DISTANCE = 0.5


def with_bullets(words: Sequence[PageWord]) -> tuple[PageWord, ...]:
    """The words of a recognised page, with signs that stand apart at the beginning of a line as bullets."""
    bullets = {
        id(row.words[0])
        for row in rows_of(words)
        if len(row.words) > 1
        and _READ_AS_BULLET.match(row.words[0].text)
        and row.words[1].left - row.words[0].right > _BULLET_DISTANCE * row.size
    }
    return tuple(word._replace(text="•") if id(word) in bullets else word for word in words)


def clean_text(text: str) -> str:
    """As it is read: composed, ligatures resolved, without what cannot be seen. Soft hyphens stay."""
    return composed(_CONTROL.sub("", text.translate(_AS_READ)))
