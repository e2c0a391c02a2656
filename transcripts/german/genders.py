"""The gender of German nouns, learned from the articles they are said with in one meeting.

Pure functions over tagged words. No dictionary of genders is at hand; the
articles of a meeting and the endings that settle a gender tell most of them
(Duden, Die Grammatik, "Genus"). What neither tells stays unknown.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from transcripts.german.nouns import Token, article_before, is_singular


class Gender(StrEnum):
    """A gender, as the ending it gives an adjective without an article in the nominative."""

    MASCULINE = "er"
    FEMININE = "e"
    NEUTER = "es"


_M, _F, _N = Gender
_EITHER = {_M: 0.3, _N: 0.3}
_ARTICLES = {
    **{article: {_N: 1.0} for article in ("das", "dieses", "ins", "jedes")},
    **{article: {_F: 1.0} for article in ("die", "eine", "keine", "diese", "jede", "unsere")},
    **{article: {_F: 1.0} for article in ("zur", "einer", "dieser", "unserer")},
    **{article: {_M: 1.0} for article in ("den", "einen", "keinen", "diesen", "jeden", "unseren")},
    "der": {_F: 0.5, _M: 0.5},
    **dict.fromkeys(("dem", "zum", "im", "am", "beim", "vom", "einem", "diesem"), _EITHER),
    **dict.fromkeys(("des", "eines", "ein", "kein", "unser"), _EITHER),
}
"""How surely an article that stands before a noun in the singular tells its gender."""
_WITH_ADJECTIVE = {
    **{(article, "en"): {_F: 1.0} for article in ("der", "dieser")},
    **{(article, "e"): {_M: 1.0} for article in ("der", "dieser")},
    **{(article, "er"): {_M: 1.0} for article in ("ein", "kein", "unser")},
    **{(article, "es"): {_N: 1.0} for article in ("ein", "kein", "unser")},
}
"""How surely it tells it together with the ending of the adjective before the noun."""
ABSTRACT = ("ung", "heit", "keit", "schaft", "tät", "ion", "enz", "anz", "ik", "ur")
_ENDINGS = {
    _F: (*ABSTRACT, "in"),
    _M: ("ismus", "ling", "eur", "ant", "ist"),
    _N: ("chen", "lein", "ment", "tum"),
}
_STRONG_ROOTS = ("schwung", "sprung", "dung")
_ENDING = re.compile(r"e[nmrs]?$")
_LEAST_EVIDENCE = 1.0
_LEAST_SHARE = 0.6


class Genders:
    """The genders of the nouns of one meeting."""

    def __init__(self, texts: Iterable[Sequence[Token]]) -> None:
        self._votes: dict[str, dict[Gender, float]] = {}
        for tokens in texts:
            for at, token in enumerate(tokens):
                if token.is_noun and is_singular(token.text, token.lemma):
                    self._vote(token, article_before(tokens, at), tokens[at - 1] if at else token)

    def _vote(self, token: Token, article: str, before: Token) -> None:
        votes = self._votes.setdefault(token.lemma, dict.fromkeys(Gender, 0.0))
        ending = before.text.removeprefix(without_ending(before.text)) if before.tag == "ADJ(A)" else ""
        for gender, weight in (_WITH_ADJECTIVE.get((article, ending)) or _ARTICLES.get(article, {})).items():
            votes[gender] += weight
        if token.text != token.lemma:  # a genitive with its s, which no feminine has
            votes[_M] += 0.5
            votes[_N] += 0.5

    def of(self, lemma: str) -> Gender | None:
        """The noun's gender, as far as its articles or its ending tell it."""
        votes = self._votes.get(lemma, {})
        best = max(votes, key=votes.__getitem__, default=None)
        evidence = sum(votes.values())
        if best and evidence >= _LEAST_EVIDENCE and votes[best] >= _LEAST_SHARE * evidence:
            return best
        if lemma.lower().endswith(_STRONG_ROOTS):
            return None
        return next((gender for gender, ends in _ENDINGS.items() if lemma.endswith(ends)), None)


def without_ending(adjective: str) -> str:
    """The adjective without the ending that tells its case: "europäischen" is "europäisch"."""
    return _ENDING.sub("", adjective)
