"""Words as search compares them: cut from text, folded, stemmed.

Pure functions over strings, used alike on what was said and on what is asked, so
that both meet whatever their spelling: case, ß/ss, ä/ae, inflection, and the
feminine and gendered forms ("Bürger:innen", "BürgerInnen", "Bürgerin") of a word in -er.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from transcripts.german.topic_words import stem as snowball_stem

LONGEST_WORD = 64
"""Letters after which a word is cut; the longest in German dictionaries has 67, in speech about 40."""

WORD = re.compile(r"[^\W_]+(?:[:*_·/](?:innen|in)(?![^\W_]))?")
_UE = re.compile("(?<!q)ue")
_GENDER_SIGN = re.compile(r"[:*_·/]")
_FEMININE = re.compile(r"(?<=[^\W\d_]{3}er)in(?:nen)?$")
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
    """Lower case, composed, ß as ss, without the sign of a gendered form: "BÜRGER:INNEN" -> "bürgerinnen"."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return _GENDER_SIGN.sub("", folded)[:LONGEST_WORD]


def stem(word: str) -> str:
    """The Snowball stem of a folded word, which also joins ä, ae and a: "bürgerräten" -> "burgerrat"."""
    return snowball_stem(_S_AFTER_VOWEL.sub("", _FEMININE.sub("", word)))


def same_spelling(one: str, other: str) -> bool:
    """Whether two folded words differ at most in how their umlauts are written."""
    return one == other or one.translate(_UMLAUT_PAIRS) == other.translate(_UMLAUT_PAIRS)


def without_umlauts(word: str) -> str:
    """A folded word with its dots left out: "bürger" -> "burger"."""
    return word.translate(_NO_DOTS)


def with_umlauts(word: str) -> str:
    """A folded word with ae, oe and ue read as umlauts: "buergerr" -> "bürgerr"."""
    return _UE.sub("ü", word.replace("ae", "ä").replace("oe", "ö"))
