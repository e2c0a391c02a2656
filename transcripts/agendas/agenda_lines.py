"""Pasted text as lines: umlauts in one piece, unseen marks and emphasis gone, quotation counted. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from transcripts.agendas.agenda_markup import is_markup, markup_as_text

LONGEST_LINE = 300
_READ_CHARACTERS = 600
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_STACKED = re.compile("([\u0300-\u036f]{4})[\u0300-\u036f]+")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_KEPT_UNSEEN = "\t\u200d"
_UNSEEN_CATEGORIES = frozenset(["Cf", "Cc", "Cs"])
_QUOTES = re.compile(r"(?:>[ \t]?){1,20}")
_HEADING_MARKS = re.compile(r"(#{1,6}[ \t]+|={1,6}[ \t]*(?=[^=\s]))(.*)", re.DOTALL)
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*]{1,200})(?<=\S)\*(?![\w*])|"
    r"(?<![\w_])_(?=[^\s_])([^_]{1,200})(?<=\S)_(?![\w_])"
)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]{1,200})\]\((https?://[^()\s]{1,500})\)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank; `number` counts from 1 as it was pasted."""

    number: int
    text: str
    indent: int = 0
    quoted: int = 0
    is_after_blank: bool = False
    is_heading: bool = False

    @property
    def is_too_long(self) -> bool:
        """Whether this is no item of any agenda."""
        return (
            len(self.text) > LONGEST_LINE
            and len(self.text) - sum(len(each) for each in self.text.split() if "://" in each) > LONGEST_LINE
        )


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines that are not blank."""
    return tuple(_lines(markup_as_text(text) if is_markup(text) else text))


def _lines(text: str) -> Iterator[Line]:
    is_after_blank = True
    for number, raw in enumerate(_BREAKS.sub("\n", text).split("\n"), start=1):
        line = _line(number, _seen(raw), is_after_blank)
        if line.text:
            yield line
        is_after_blank = not line.text


def _seen(raw: str) -> str:
    """The line without what cannot be seen; letters and their marks in one piece."""
    shown = _SPACES.sub(" ", _STACKED.sub(r"\1", raw))
    if shown.isascii() and shown.isprintable():
        return shown
    parts = (shown[at : at + _READ_CHARACTERS] for at in range(0, len(shown), _READ_CHARACTERS))
    whole = "".join(unicodedata.normalize("NFC", part) for part in parts)
    return "".join(
        each for each in whole if each in _KEPT_UNSEEN or unicodedata.category(each) not in _UNSEEN_CATEGORIES
    )


def _line(number: int, text: str, is_after_blank: bool) -> Line:
    marks = _QUOTES.match(text)
    quoted = marks[0].count(">") if marks else 0
    text = text[marks.end() :] if marks else text
    expanded = len(text) - len(text.lstrip())
    indent = len(text[:expanded].expandtabs(4))
    is_heading, plain = False, text.strip(" ") if text.strip() else ""
    if heading := _HEADING_MARKS.match(plain):
        is_heading, plain = True, heading[2].rstrip("=# ")
    if len(plain) <= _READ_CHARACTERS:
        plain = _without_emphasis(plain)
    return Line(number, _unspaced(plain.strip(" ")), indent, quoted, is_after_blank, is_heading)


def _unspaced(text: str) -> str:
    """ "T a g e s o r d n u n g" as one word."""
    letters = text.rstrip(":").split(" ") if 9 <= len(text) <= 40 else []
    return "".join(letters) if len(letters) >= 5 and all(len(each) == 1 for each in letters) else text


def _without_emphasis(text: str) -> str:
    """The text without marks for bold and the like; a link of Markdown as its words and the address."""
    if "](" in text:
        text = _MARKDOWN_LINK.sub(r"\1 \2 ", text)
    if "http" in text:
        return text.replace("**", "")
    if any(each.isalnum() for each in text):
        text = text.replace("**", "")
    for mark in ("__", "~~", "`"):
        if text.count(mark) >= 2 and text.strip(mark[0]):
            text = text.replace(mark, "")
    return _EMPHASIS.sub(lambda found: found[1] or found[2], text)
