"""The glossary: names and terms the recogniser should expect to hear."""

import re
from collections.abc import Sequence

from transcripts.composed_text import composed
from transcripts.german.topic_words import stem

MAX_TERMS, LONGEST_TERM = 40, 80
_SEPARATOR = re.compile("[,;]")
_WORD = re.compile(r"\w{3,}")


def parse_glossary(text: str) -> tuple[str, ...]:
    """The terms of a glossary file: one a line or separated by commas, `#` starts a comment."""
    lines = (line.split("#", 1)[0] for line in composed(text).splitlines())
    terms = (term.strip() for line in lines for term in _SEPARATOR.split(line))
    return tuple(dict.fromkeys(term for term in terms if term))


def relevant_terms(terms: Sequence[str], about: str, most: int = MAX_TERMS) -> tuple[str, ...]:
    """At most 40 terms, for longer lists make the recogniser worse; in the glossary's order.

    Of more, those are chosen that share a word with `about` (title and agenda),
    whatever its ending, then the first of the rest.
    """
    if len(terms) <= most:
        return tuple(terms)
    topic = _stems(about)
    by_relevance = sorted(terms, key=lambda term: not _stems(term) & topic)
    chosen = set(by_relevance[:most])
    return tuple(term for term in terms if term in chosen)


def _stems(text: str) -> set[str]:
    return {stem(word.lower()) for word in _WORD.findall(text)}
