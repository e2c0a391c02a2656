"""Texts that make a pattern or a parser slow if anything does: long runs, spoiled at their end."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

_WORDS = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}")
_WITH_ENDINGS = re.compile(r"([A-Za-zÄÖÜäöüß]{2,})\(\?:([A-Za-zÄÖÜäöüß]+)")
_LITERAL = re.compile(r"[A-Za-z<:=/ ]+")
AnyPattern = re.Pattern[str] | re.Pattern[bytes]

_LOOK = re.compile(r"\(\?<?[=!][^()]*\)")
_CHOICE = re.compile(r"\((?:\?:|\?>|\?P<\w+>)?([^()|]*)(?:\|[^()]*)?\)([?*])?")
_BLANKS = re.compile(r"\\s[+*]*")
_NO_LETTERS = re.compile(r"\\[a-zA-Z]|\{[^}]*\}|[^\w ]")
_ESCAPES = re.compile(r"\\[a-zA-Z]")
_LETTERS_AND_DIGITS = (
    "a",
    "A",
    "ä",
    "u\u0308",
    "\u0301",
    "\u0301\u0323",
    "1",
    "1 ",
    "a ",
    "A ",
    "a1",
    "x_",
    "I",
    "🙂",
)
_SPACES = (" ", "\t", "\n", "\r\n", "\u00a0")
_MARKS = tuple(".,:;-–_/\\|?!…@#&=%*+'\"„()[]{}<>~^$")
_LISTS = (
    "1:",
    "1.",
    "1)",
    "1,",
    "1-",
    "a.",
    "a-",
    "a, ",
    "a@",
    "- ",
    "– ",
    ". ",
    "? ",
    ", ",
    "* ",
    "?a",
    "&a=",
)
_PEOPLE = ("Anna Huber, ", "(Anna Huber ", "AundA", "Dr.", "Anna ")
_TIMES = ("1:00 ", "01:00", "12.30 bis ", "10 min ", "10:00 Uhr ", "00:00:01 a\n")
_ADDRESSES = ("http://", "a://", "//", "<a", "a@b.", "\x1b[", "\x1b[1;", "%25", "bytes=1-")
CLASSES = ("1", "a", "A", "a ", "A ", "1 ", " ", "\t", ".", ",", "-", "–")
"""Pieces of which patterns take as many as there are."""
ANYTHING = (*_LETTERS_AND_DIGITS, *_SPACES, *_MARKS, *_LISTS, *_PEOPLE, *_TIMES, *_ADDRESSES)
"""Pieces to repeat that any text may hold."""
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöü"
BEFORE, BEHIND = ("", "x", "("), ("", "\0")


def source_of(pattern: AnyPattern) -> str:
    """The pattern as it is written, also one for bytes."""
    return pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern


def pieces_of(pattern: AnyPattern) -> tuple[str, ...]:
    """What to repeat for one pattern: anything, its own words, and each of them with the next."""
    source = _ESCAPES.sub(" ", source_of(pattern))
    words = list(dict.fromkeys([*_WORDS.findall(source), *map("".join, _WITH_ENDINGS.findall(source))]))
    apart = [f"{word} " for word in words]
    pairs = [f"{one} {other} " for one, other in pairwise(words)]
    return (*ANYTHING, *words, *apart, *pairs, *dict.fromkeys(sayings_of(pattern)))


def sayings_of(pattern: AnyPattern) -> Iterator[str]:
    """What the pattern's alternatives begin with, word for word: of each group its first choice."""
    source, before = source_of(pattern), ""
    while source != before:
        before = source
        source = _CHOICE.sub(lambda group: "" if group[2] else group[1], _LOOK.sub("", source))
    for alternative in source.split("|"):
        words = _NO_LETTERS.sub("", _BLANKS.sub(" ", alternative)).split()
        yield from (" ".join(words[:count]) + " " for count in range(2, min(len(words), 6) + 1))


def beginnings_of(pattern: AnyPattern) -> tuple[str, ...]:
    """What may stand before a run so that the pattern begins to match: its words, and what it starts with."""
    source = _ESCAPES.sub(" ", source_of(pattern))
    words = dict.fromkeys(_WORDS.findall(source))
    opening = _LITERAL.match(source_of(pattern))
    return tuple(
        {form for word in words for form in (word, f"{word} ")} | ({opening[0]} if opening else set())
    )


@dataclass(frozen=True, slots=True)
class Run:
    """A piece repeated, between a beginning and an end."""

    before: str
    piece: str
    behind: str
    line: int | None = None

    def text(self, characters: int) -> str:
        """The run with so many characters between beginning and end, in lines if it has any."""
        text = self.before + self.repeated(characters) + self.behind
        if self.line is None:
            return text
        return "\n".join(text[at : at + self.line] for at in range(0, len(text), self.line))

    def repeated(self, characters: int) -> str:
        """What stands between beginning and end."""
        return (self.piece * (characters // len(self.piece) + 1))[:characters]

    def folded(self, line: int) -> "Run":
        """The same in lines of so many characters."""
        return replace(self, line=line)


@dataclass(frozen=True, slots=True)
class DifferentWords(Run):
    """Words that no dictionary has, hardly two of them alike, each as long and as large as the piece."""

    def repeated(self, characters: int) -> str:
        """The words; the same ones each time."""
        chance = Random(len(self.piece))  # noqa: S311 - the same words each time, nothing secret
        count = characters // len(self.piece) + 1
        words = ("".join(chance.choices(_LETTERS, k=len(self.piece.rstrip(" .,")))) for _ in range(count))
        written = (word.capitalize() if self.piece[0].isupper() else word for word in words)
        return "".join(word + self.piece[len(word) :] for word in written)[:characters]


def different_words() -> Iterator[Run]:
    """Short and long ones, written small and large, with and without marks."""
    for letters in (2, 5, 8, 12, 40):
        for piece in ("a" * letters, "A" * letters):
            for between in (" ", ", ", ". "):
                yield DifferentWords("", piece + between, "")


def runs(pieces: Iterable[str], beginnings: Iterable[str] = BEFORE) -> Iterator[Run]:
    """Every piece between every beginning and end."""
    return (Run(before, piece, behind) for before in beginnings for piece in pieces for behind in BEHIND)
