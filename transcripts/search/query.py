"""What a person asks: words, "phrases", -exclusions and beginnings*. Any text can be read as such."""

import re
from dataclasses import dataclass
from enum import StrEnum

from transcripts.composed_text import composed
from transcripts.german.topic_words import FUNCTION_WORDS
from transcripts.search.word_folding import SPACED_NUMBER, WORD, find_words

MOST_CHARACTERS = 1_000
MOST_TERMS = 16
"""What goes beyond is not read: a question is not a document."""

_QUOTES = str.maketrans(dict.fromkeys("„“”«»‟〝〞＂", '"'))
_TERM = re.compile(
    r"(?P<minus>(?<!\S)[-−–])?"
    rf'(?:"(?P<phrase>[^"]*)"|(?P<words>{WORD.pattern}(?:[-‐‑]{WORD.pattern})*)(?P<star>\*)?)'
)


class Kind(StrEnum):
    """How a term is to be found."""

    WORD = "word"
    PHRASE = "phrase"  # these words, inflected or not, one after the other
    BEGINNING = "beginning"  # words that begin so
    HYPHENATED = "hyphenated"  # as a phrase, or written as one word


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for; `words` are folded and never empty."""

    kind: Kind
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What must be there, and what must not. Without `wanted` nothing is asked."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]


def parse_query(text: str) -> Query:
    """Read a query; whatever is not understood is read as plain words or left out.

    Function words ("wie", "der") are looked for only in phrases, or when there is nothing else.
    """
    wanted: dict[Term, None] = {}
    unwanted: dict[Term, None] = {}
    asked = SPACED_NUMBER.sub(_joined, composed(text[:MOST_CHARACTERS]).translate(_QUOTES))
    for match in _TERM.finditer(asked):
        term = _term(match)
        if term and len(wanted) + len(unwanted) < MOST_TERMS:
            (unwanted if match["minus"] else wanted)[term] = None
    telling = tuple(term for term in wanted if not _is_function_word(term))
    return Query(telling or tuple(wanted), tuple(unwanted))


def _joined(number: re.Match[str]) -> str:
    """A number without the spaces between its groups: "1 250" is one thing to look for."""
    return number[0].replace(" ", "")


def _term(match: re.Match[str]) -> Term | None:
    words = tuple(found.word for found in find_words(match["phrase"] or match["words"] or ""))
    if not words:
        return None
    if match["star"]:
        return Term(Kind.BEGINNING, words[-1:]) if len(words) == 1 else Term(Kind.HYPHENATED, words)
    if len(words) == 1:
        return Term(Kind.WORD, words)
    return Term(Kind.PHRASE if match["words"] is None else Kind.HYPHENATED, words)


def _is_function_word(term: Term) -> bool:
    return term.kind is Kind.WORD and term.words[0] in FUNCTION_WORDS
