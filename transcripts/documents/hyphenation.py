"""Joins the lines of a paragraph: what was hyphenated for the line's sake alone becomes one word again."""

import re
from collections.abc import Iterable, Sequence

SOFT_HYPHEN = "\xad"
_HYPHENS = ("-", "\u2010")
# "Haupt- und Ehrenamt": the hyphen stands for the rest of a word.
_ELLIPTIC = {
    "und",
    "oder",
    "bzw.",
    "sowie",
    "bis",
    "als",
    "statt",
    "noch",
    "und/oder",
    "beziehungsweise",
    "wie",
}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LONGEST_WORD = 80
_LAST_LETTERS = re.compile(r"[^\W\d_]{1,80}$")
_FIRST_LETTERS = re.compile(r"[^\W\d_]+")
_SPACES = re.compile(r"\s+")


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """The words within the lines: how the document itself writes them. Those at their ends may be halves."""
    return frozenset(
        word for text in texts for word in _WORD.findall(text.partition(" ")[2].rpartition(" ")[0])
    )


def joined(lines: Sequence[str], known: frozenset[str] = frozenset()) -> str:
    """One text of the lines, with single spaces and without soft hyphens."""
    text = ""
    for line in lines:
        text = _with(text, _SPACES.sub(" ", line).strip(), known)
    return text.replace(SOFT_HYPHEN, "")


def _with(text: str, line: str, known: frozenset[str]) -> str:
    if not text or not line:
        return text or line
    if text.endswith(SOFT_HYPHEN):
        return text[:-1] + line
    if text.endswith("/") and not text.endswith(" /"):
        return text + line
    if not text.endswith(_HYPHENS) or not text[-2:-1].isalnum():
        return f"{text} {line}"
    if line.split(" ", 1)[0].lower() in _ELLIPTIC:
        return f"{text} {line}"
    return (text if _keeps_hyphen(text[:-1], line, known) else text[:-1]) + line


def _keeps_hyphen(before: str, after: str, known: frozenset[str]) -> bool:
    """Whether the hyphen between the two belongs to the word."""
    start, rest = _LAST_LETTERS.search(before[-_LONGEST_WORD:]), _FIRST_LETTERS.match(after)
    if start is None or rest is None:
        return True  # numbers and signs: "2025-2026", "A-7"
    whole, hyphenated = start[0] + rest[0], f"{start[0]}-{rest[0]}"
    if (whole in known) != (hyphenated in known):
        return hyphenated in known
    if len(start[0]) == 1 or (start[0].isupper() and not rest[0].isupper()):
        return True  # "E-Mail", "EU-weit"
    return rest[0][0].isupper() and not (len(rest[0]) > 1 and whole.isupper())
