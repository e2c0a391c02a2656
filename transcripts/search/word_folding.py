"""Words as search compares them: cut from text, folded, stemmed.

Pure functions over strings, used alike on what was said and on what is asked, so
that both meet whatever their spelling: case, ß/ss, ä/ae, inflection, feminine and gendered
forms ("Expert:innen", "ÄrztInnen", "Bürger/-in", "Bürger*innenrat"), and grouped numbers
("1.250", "1'250"). Where a plain space groups, only a query can tell: `number_groups`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from transcripts.german.feminine_forms import without_feminine_ending
from transcripts.german.topic_words import stem as snowball_stem

LONGEST_WORD = 64
"""Letters after which a word is cut; the longest in German dictionaries has 67, in speech about 40."""

_INNEN = r"innen(?!minist|polit|stadt|städt|raum|räum|hof|höf|archit|einricht|senat|ressort)[^\W_]*"
_GENDERED = (
    r"(?<!ußen)(?<!ussen)(?:"  # "außen/innen" are two directions
    rf"(?:[*_·]|/[-‐‑]?)(?i:{_INNEN}|in(?![^\W_]))"
    rf"|:(?:{_INNEN}|I{_INNEN[1:]}|INNEN[^\W_]*|(?:in|IN)(?![^\W_]))"
    r"|[.'’]innen(?![^\W_])"
    r"|\((?i:innen|in)\)[^\W_]*)"
)
"""What follows a word in gendered writing: ":innen", "/-in", "(innen)", and the rest of a compound."""
_FIXED_SPACES = "\u00a0\u2007\u2009\u202f"
_GROUPED = "|".join(rf"(?:[{sign}][0-9]{{3}})+(?![{sign}]?[0-9])" for sign in (r"\.", "'’", _FIXED_SPACES))
_NUMBER = rf"(?<![^\W_])(?<![0-9][.'’,{_FIXED_SPACES}])[1-9][0-9]{{0,2}}(?:{_GROUPED})[^\W\d_]*"
"""Thousands in groups of three, all parted by one sign; a date or a decimal is none."""
WORD = re.compile(rf"(?:{_NUMBER}|[^\W_]+(?:{_GENDERED})?)")
SPACED_NUMBER = re.compile(
    r"(?<![^\W_])(?<![0-9][ .,'’])[1-9][0-9]{0,2}(?: [0-9]{3})+(?![ .'’]?[0-9])(?![^\W_])"
)
"""A number in groups that are parted by plain spaces, as a person types it."""
_PLAIN_NUMBER = re.compile("[1-9][0-9]{3,11}")
_UE = re.compile("(?<!q)ue")
_SIGN = re.compile(rf"[:*_·/().'’‐‑ {_FIXED_SPACES}-]")
# "Klimas", "Autos": Snowball leaves an s behind a vowel; "arbeitslos" keeps it.
_S_AFTER_VOWEL = re.compile(r"(?:(?<=\w{3}a)|(?<=\w{2}[^\Wl]o))s$")
_UMLAUT_PAIRS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


_NO_DOTS = str.maketrans("äöü", "aou")


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of a text, folded, with the half-open range of characters it stands in."""

    word: str
    start: int
    end: int


def find_words(text: str) -> Iterator[FoundWord]:
    """The words of a text in order; parts joined by a hyphen are words of their own."""
    for match in WORD.finditer(text):
        yield FoundWord(fold(match[0]), match.start(), match.end())


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Lower case, composed, ß as ss, no signs within: "BÜRGER:INNEN" -> "bürgerinnen", "1.250" -> "1250"."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return _SIGN.sub("", folded)[:LONGEST_WORD]


def stem(word: str) -> str:
    """The Snowball stem of a folded word, which also joins ä, ae and a: "bürgerräten" -> "burgerrat"."""
    return snowball_stem(_S_AFTER_VOWEL.sub("", without_feminine_ending(word)))


def number_groups(word: str) -> tuple[str, ...]:
    """A whole number from 1000 on in the groups it may be written in, "1250" as "1", "250"; else nothing."""
    if not _PLAIN_NUMBER.fullmatch(word):
        return ()
    first = len(word) % 3 or 3
    return (word[:first], *(word[at : at + 3] for at in range(first, len(word), 3)))


def same_spelling(one: str, other: str) -> bool:
    """Whether two folded words differ at most in how their umlauts are written."""
    return one == other or one.translate(_UMLAUT_PAIRS) == other.translate(_UMLAUT_PAIRS)


def without_umlauts(word: str) -> str:
    """A folded word with its dots left out: "bürger" -> "burger"."""
    return word.translate(_NO_DOTS)


def with_umlauts(word: str) -> str:
    """A folded word with ae, oe and ue read as umlauts: "buergerr" -> "bürgerr"."""
    return _UE.sub("ü", word.replace("ae", "ä").replace("oe", "ö"))
