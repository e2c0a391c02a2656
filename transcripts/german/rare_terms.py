"""Runs of capitalised words that are rare in German at large: names, places, terms of a field. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator

from transcripts.german.nouns import commonness

_OPENING = ("(", "[", "„", "“", '"', "»", "«")
_EDGES = re.compile(r"^\W+|(?<!\W)\W+$")
_END = re.compile(r"(?<!\W)(?>\W*?[.,;!?:])\W*+$")


def runs_of(words: Iterable[str], is_wanted: Callable[[str], bool]) -> Iterator[list[str]]:
    """Wanted words that follow each other with no mark between them, without the marks around them."""
    run: list[str] = []
    for word in words:
        bare = bare_word(word)
        if run and word.startswith(_OPENING):
            yield run
            run = []
        is_one = is_wanted(bare)
        if is_one:
            run.append(bare)
        if run and (not is_one or _END.search(word)):
            yield run
            run = []
    if run:
        yield run


def is_rare_term(word: str, rarer_than: float) -> bool:
    """Capitalised, and rarer than this on the Zipf scale; "Der" or "Gemeinde" is expected anyway."""
    return len(word) > 1 and word[:1].isupper() and commonness(word) < rarer_than


def bare_word(text: str) -> str:
    """Without the marks around it."""
    return _EDGES.sub("", text)
