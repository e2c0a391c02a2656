"""Phrases of speech that could stand as a title: nouns with what belongs to them, as a heading writes them.

Pure functions over tagged words. A phrase is a noun with its adjectives and with
one attribute behind it ("Bekämpfung des Menschenhandels", "Rettungsschirm für
Kommunen"), after the patterns of Justeson & Katz 1995 carried over to German.
Without its article an adjective needs the ending of the noun's gender ("der Europäischen
Kommission" is "Europäische Kommission"); where the sentence does not tell which,
the phrase is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transcripts.german.genders import Gender, without_ending
from transcripts.german.noun_forms import NounForms, nominative_plural
from transcripts.german.nouns import Token, is_singular
from transcripts.german.topic_words import vocabulary

_FIRMNESS = {
    **dict.fromkeys(("des", "der", "eines", "einer"), 1.0),
    **dict.fromkeys(("für", "gegen", "zur", "zum", "statt", "ohne"), 0.9),
    **dict.fromkeys(("von", "in", "im", "mit"), 0.6),
}
"""How surely an attribute belongs to the noun before it, and not to the verb of the sentence."""
_GENITIVES = frozenset(["des", "der", "eines", "einer"])
_DEFINITE = vocabulary("der die das dem den des diese dieser dieses diesem diesen")
_LEADING_TAGS = frozenset({"APPR", "APPRART", "ART", "PPOSAT"})
_ARTICLES = _DEFINITE | vocabulary("ein eine einem einen einer eines kein keine")
_FUSED = {"zur": "der", "zum": "dem", "im": "dem", "am": "dem", "beim": "dem", "vom": "dem", "ins": "das"}
_PALE_ADJECTIVES = vocabulary(
    "ander besonder bestimmt eigen einzig einzeln entsprechend erst ganz genannt gewiss groß gut heutig "
    "jeweilig jetzig klar klein letzt möglich neu nächst richtig schön sogenannt unterschiedlich "
    "verschieden viel vorliegend weit weiter wenig wichtig zweit dritt viert vorgesehen folgend"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """One place where a phrase is said: its written form for a title, and the lemmas of its nouns."""

    text: str
    nouns: tuple[str, ...]
    adjectives: tuple[str, ...] = ()
    firmness: float = 1.0


def phrases(tokens: Sequence[Token], forms: NounForms) -> Iterator[Phrase]:
    """Every noun phrase of more than one word, at its longest, and its head without the attribute."""
    index = 0
    while index < len(tokens):
        if not (tokens[index].is_noun or _is_adjective(tokens[index])):
            index += 1
            continue
        head = _head_at(tokens, index, forms)
        if head is None:
            index += 1
            continue
        phrase, end = head
        if phrase.adjectives:
            yield phrase
        if longer := _with_attribute(phrase, tokens, end):
            yield longer
        index = end


def noun_phrase(tokens: Sequence[Token], forms: NounForms) -> str:
    """Tokens that are one noun phrase, after a preposition or not, as a title; empty where they are none."""
    start = 0
    while start < len(tokens) and (tokens[start].tag in _LEADING_TAGS or tokens[start].text in _ARTICLES):
        start += 1
    head = _head_at(tokens, start, forms) if start < len(tokens) else None
    if head is None:
        return ""
    phrase, end = head
    return " ".join([phrase.text, *(token.text for token in tokens[end:])])


def _head_at(tokens: Sequence[Token], start: int, forms: NounForms) -> tuple[Phrase, int] | None:
    """The adjectives and the noun that start here, written in the nominative, and where they end."""
    end = start
    while end < len(tokens) and _is_adjective(tokens[end]):
        end += 1
    if end == len(tokens) or not tokens[end].is_noun or (start > 0 and tokens[start - 1].tag == "CARD"):
        return None
    noun, adjectives = tokens[end], tokens[start:end]
    if not adjectives:
        return Phrase(forms.written(noun.lemma), (noun.lemma,)), end + 1
    article = tokens[start - 1].text.lower() if start else ""
    article = _FUSED.get(article, article)
    if any(adjective.lemma in _PALE_ADJECTIVES for adjective in adjectives):
        return Phrase(forms.written(noun.lemma), (noun.lemma,)), end + 1
    written = [_strong(adjective.text, article, noun, forms.gender(noun.lemma)) for adjective in adjectives]
    if not all(written):
        return None
    text = " ".join([*written, _noun_alone(noun)])
    names = tuple(adjective.lemma for adjective in adjectives)
    return Phrase(text, (noun.lemma,), names), end + 1


def _is_adjective(token: Token) -> bool:
    return token.tag == "ADJ(A)" and token.text.lower() not in _ARTICLES


def _noun_alone(noun: Token) -> str:
    if noun.tag == "NNA" or is_singular(noun.text, noun.lemma):
        return noun.lemma if noun.lemma[0].isupper() else noun.text
    return nominative_plural(noun.text, noun.lemma)


def _strong(adjective: str, article: str, noun: Token, gender: Gender | None) -> str:
    """The adjective as it stands without an article in the nominative; empty where the case is unknown."""
    singular = is_singular(noun.text, noun.lemma)
    stem = without_ending(adjective)
    if not singular:
        return f"{stem}e" if adjective.endswith(("e", "en", "er")) else ""
    if gender and noun.tag != "NNA":
        return stem + gender
    if article in ("die", "eine", "diese", "keine") and adjective.endswith("e"):
        return adjective
    if article in ("der", "einer", "dieser") and adjective.endswith("en"):
        return f"{stem}e"
    if article in ("der", "dieser") and adjective.endswith("e"):
        return f"{stem}er"
    if article in ("das", "dieses") and adjective.endswith("e"):
        return f"{stem}es"
    if article not in _ARTICLES and adjective.endswith("e"):
        return adjective
    return adjective if article in ("ein", "kein") and adjective.endswith(("er", "es")) else ""


def _with_attribute(head: Phrase, tokens: Sequence[Token], start: int) -> Phrase | None:
    """The head with a genitive or a preposition's phrase that follows it at once."""
    if start >= len(tokens):
        return None
    first = tokens[start]
    words, at = [first.text], start + 1
    if first.text not in _FIRMNESS:
        return None
    if first.text not in _GENITIVES and at < len(tokens) and tokens[at].text in _ARTICLES:
        words.append(tokens[at].text)
        at += 1
    adjectives = []
    while at < len(tokens) and _is_adjective(tokens[at]):
        adjectives.append(tokens[at])
        at += 1
    if at >= len(tokens) or not tokens[at].is_noun or _goes_on(tokens, at + 1):
        return None
    noun = tokens[at]
    text = " ".join([head.text, *words, *(adjective.text for adjective in adjectives), noun.text])
    names = (*head.adjectives, *(adjective.lemma for adjective in adjectives))
    return Phrase(text, (*head.nouns, noun.lemma), names, _FIRMNESS[first.text])


def _goes_on(tokens: Sequence[Token], start: int) -> bool:
    """Whether the attribute is cut here: "und" with a noun, or a name that belongs to it."""
    if start >= len(tokens):
        return False
    if tokens[start].text in ("und", "oder", "sowie") and start + 1 < len(tokens):
        return tokens[start + 1].is_noun or _is_adjective(tokens[start + 1])
    return tokens[start].tag == "NE"
