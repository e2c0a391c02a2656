"""The nouns of German speech: which words are nouns, their dictionary form, and how to write them alone.

Pure functions over text. Words are tagged by HanTa, a morphological hidden
Markov model (Wartena 2019, "A Probabilistic Morphology Model for German
Lemmatization"), in the tags of the Stuttgart-Tübingen tagset; how common a word
is in German at large says `wordfreq` (Speer 2022).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import takewhile

from HanTa.HanoverTagger import HanoverTagger

from transcripts.german.topic_words import FUNCTION_WORDS, LONGEST_WORD, vocabulary

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)*|[.,;:!?…–()\[\]„“\"]| - ")
_PLAIN_WORD = re.compile("[A-Za-zÄÖÜäöüß]+")
_NOUN_TAGS = frozenset({"NN", "NNA", "NE"})
_GENITIVE_ARTICLES = vocabulary("des eines dieses jenes seines ihres unseres")
_MOST_PIECES = 150
"""Words and marks of a stretch of speech; in 30 s nobody says more."""
_MOST_EFFORT = 3_600
"""For unknown words, each the square of its letters and something for any word: 17 words of 14 letters."""
_EFFORT_FOR_ANY_WORD = 12
_WORDS_REMEMBERED = 20_000
_OLD_SPELLING = str.maketrans({"ß": "ss"})
HONORIFICS = vocabulary(
    "herr herrn herren frau kollege kollegen kollegin dr prof professor professorin präsident präsidentin "
    "abgeordnete abgeordneten abgeordneter minister ministerin bürgermeister bürgermeisterin"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark: as written, its dictionary form, and its tag."""

    text: str
    lemma: str
    tag: str
    is_name_of_person: bool = False

    @property
    def is_noun(self) -> bool:
        return self.tag in _NOUN_TAGS and not self.is_name_of_person and len(self.lemma) > 2

    @property
    def is_mark(self) -> bool:
        return not self.text[0].isalnum()


@cache
def tagger() -> HanoverTagger:
    """The tagger, which remembers the words it took apart last, most of its work."""
    loaded = HanoverTagger("morphmodel_ger.pgz")
    loaded.analyze_forward = lru_cache(_WORDS_REMEMBERED)(loaded.analyze_forward)
    loaded.analyze_viterbi = lru_cache(_WORDS_REMEMBERED)(loaded.analyze_viterbi)
    return loaded


def pieces(text: str) -> list[str]:
    """The words, numbers and marks of a text, in order."""
    return [one.strip() for one in _TOKEN.findall(text)]


def beginning(text: str) -> str:
    """The text as far as `tag` reads it: all of it, if it is speech."""
    ends, effort = 0, 0
    seen: set[str] = set()
    for count, match in enumerate(_TOKEN.finditer(text)):
        word = match[0].strip().lower()
        if word not in seen and word not in tagger().cache:
            effort += len(word[-LONGEST_WORD:]) ** 2 + _EFFORT_FOR_ANY_WORD
            seen.add(word)
        if count == _MOST_PIECES or (count and effort > _MOST_EFFORT):
            return text[:ends]
        ends = match.end()
    return text


def tag(text: str) -> list[Token]:
    """The words and marks of one stretch of speech, in order.

    The tagger's time grows with the square of a word's length, so of what is no word any more only
    the end is looked at, which decides. Of what is longer than anything that is said in 30 s, or holds
    more unknown words, only the beginning is tagged.
    """
    found = pieces(beginning(text))
    if not found:
        return []
    tagged = tagger().tag_sent([word[-LONGEST_WORD:] for word in found])
    tokens = [
        Token(word, word[:-LONGEST_WORD] + _modern(end, str(lemma)), str(kind))
        for word, (end, lemma, kind) in zip(found, tagged, strict=True)
    ]
    return _without_names(_without_genitives(tokens))


def _without_genitives(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, where the model left the s of a genitive on a noun it does not know, without it."""
    found = list(tokens)
    for index, token in enumerate(tokens):
        is_genitive = article_before(tokens, index) in _GENITIVE_ARTICLES
        if is_genitive and token.tag == "NN" and token.lemma == token.text and token.text.endswith("s"):
            found[index] = replace(token, lemma=token.text.removesuffix("s").removesuffix("e"))
    return found


def article_before(tokens: Sequence[Token], index: int) -> str:
    """The word before a noun and its adjectives, in lower case; empty at the beginning."""
    before = index - 1
    while before >= 0 and tokens[before].tag == "ADJ(A)":
        before -= 1
    return tokens[before].text.lower() if before >= 0 else ""


def _modern(word: str, lemma: str) -> str:
    """The dictionary form in the word's spelling: the model's own is that of before 1996."""
    if "ß" in lemma and "ß" not in word:
        lemma = lemma.translate(_OLD_SPELLING)
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(word.lower(), lemma.lower(), strict=False))
    shared = len(list(alike))
    lemma = word[:shared] + lemma[shared:] if word[:1].isupper() else lemma
    if lemma == word and len(word) > 6 and word.endswith("es") and not commonness(word):
        return word.removesuffix("es")
    return lemma


def _without_names(tokens: Sequence[Token]) -> list[Token]:
    """Marks what follows "Frau" or "Dr.", and first names with their last names, as names of people."""
    persons: set[int] = set()
    for index, token in enumerate(tokens):
        if token.text.lower() in HONORIFICS:
            persons.add(index)
            persons |= set(_name_after(tokens, index + 1))
        elif index + 1 < len(tokens) and _is_full_name(token, tokens[index + 1]):
            persons |= {index, index + 1}
    return [
        replace(token, is_name_of_person=True) if index in persons else token
        for index, token in enumerate(tokens)
    ]


def _is_full_name(first: Token, last: Token) -> bool:
    """Whether two words are a first and a last name; the first may look like a noun if both are rare."""
    is_rare = first.tag == "NN" and not commonness(first.lemma) and not commonness(last.lemma)
    return last.tag == "NE" and (first.tag == "NE" or is_rare)


def _name_after(tokens: Sequence[Token], start: int) -> Iterable[int]:
    """Where the capitalised words right after a form of address are, at most three, over dots and "von"."""
    capitals = 0
    for index in range(start, min(len(tokens), start + 6)):
        text = tokens[index].text
        if text[0].isupper() and capitals < 3:
            capitals += 1
            yield index
        elif text not in (".", "von", "van", "de", "zu", "der", "den") or capitals == 3:
            return


@lru_cache(maxsize=50_000)
def commonness(word: str) -> float:
    """How common a word is in German, on the Zipf scale: 7 "die", 5 "Frage", 0 unknown."""
    # Loaded by the first word: commands that look at none begin sooner.
    from wordfreq import get_frequency_dict, zipf_frequency

    if _PLAIN_WORD.fullmatch(word) and word.casefold() not in get_frequency_dict("de", wordlist="small"):
        return 0.0  # what else is not known is taken apart first, which takes long
    return float(zipf_frequency(word, "de", wordlist="small"))


def is_singular(form: str, lemma: str) -> bool:
    """Whether a written form is the noun's singular, in any case."""
    return form in (lemma, f"{lemma}s", f"{lemma}es")


def capitalised(word: str) -> str:
    """The word with a capital letter in front."""
    return word[:1].upper() + word[1:]


def with_capitals(texts: Sequence[str]) -> list[str]:
    """The texts; of a transcript without capitals, words that German knows as nouns get theirs back."""
    letters = "".join(texts)
    if any(letter.isupper() for letter in letters):
        return list(texts)
    return [" ".join(_recapitalised(word) for word in text.split()) for text in texts]


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _recapitalised(word: str) -> str:
    if len(word) < 4 or word in FUNCTION_WORDS:
        return word
    as_noun, as_said = _kinds(f"das {word.capitalize()}"), _kinds(f"wir {word}")
    is_noun = len(as_noun) == 2 and as_noun[1] == "NN" and as_said[-1] in ("NN", "NE", "XY", "ADJ(D)")
    return word.capitalize() if is_noun else word


def _kinds(text: str) -> list[str]:
    """The tags alone, for which the tagger needs half the time."""
    return [
        str(kind) for kind in tagger().tag_sent([one[-LONGEST_WORD:] for one in pieces(text)], taglevel=0)
    ]
