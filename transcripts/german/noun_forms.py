"""How the nouns of one meeting are written where they stand alone, as in a title.

Pure functions over tagged words. A noun is written in the number it is mostly
used in, in the nominative; what was never said is not made up.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from transcripts.german.genders import ABSTRACT, Gender, Genders
from transcripts.german.nouns import Token, article_before, capitalised, commonness, is_singular
from transcripts.german.topic_words import vocabulary

_SINGULAR_ARTICLES = vocabulary("dem des zum beim vom im am ein einen einem eines")


class NounForms:
    """How the nouns of one meeting are written, and which gender they have."""

    def __init__(self, texts: Iterable[Sequence[Token]]) -> None:
        self._forms: dict[str, Counter[str]] = {}
        self._singular: Counter[str] = Counter()
        self._adjectival: set[str] = set()
        self._own_s: set[str] = set()
        spoken = list(texts)
        self._genders = Genders(spoken)
        for tokens in spoken:
            for at, token in enumerate(tokens):
                if token.is_noun:
                    self._add(token, article_before(tokens, at), tokens[at - 1].tag if at else "")

    def gender(self, lemma: str) -> Gender | None:
        """The noun's gender, as far as this meeting or the noun's ending tells it."""
        return self._genders.of(lemma)

    def _add(self, token: Token, article: str, tag_before: str) -> None:
        self._forms.setdefault(token.lemma, Counter())[token.text] += 1
        self._singular[token.lemma] += article in _SINGULAR_ARTICLES or is_singular(token.text, token.lemma)
        if tag_before.startswith("APPR"):
            self._own_s.add(token.text)
        if token.tag == "NNA":
            self._adjectival.add(token.lemma)

    def written(self, lemma: str) -> str:
        """The noun as it stands alone in a title."""
        forms = self._forms.get(lemma, Counter())
        if not forms or lemma in self._adjectival:
            return capitalised(lemma)
        plurals = Counter({form: n for form, n in forms.items() if not is_singular(form, lemma)})
        if plurals and forms.total() - self._singular[lemma] > _share_of_plurals(lemma) * forms.total():
            return capitalised(self._plural(plurals, lemma))
        said = forms.most_common(1)[0][0]
        if lemma not in forms and said in self._own_s:
            return capitalised(said)  # "in Belarus": the s is no ending
        if lemma in forms or commonness(lemma) > 0:
            return capitalised(lemma)
        if (f"{lemma}s" in forms or f"{lemma}es" in forms) and not commonness(said):
            return capitalised(lemma)
        return capitalised(said)  # the model made up a dictionary form

    @staticmethod
    def _plural(said: Counter[str], lemma: str) -> str:
        """The plural in the nominative: as it was said without the n of the dative, if it was."""
        form = said.most_common(1)[0][0]
        return form[:-1] if form.endswith("n") and form[:-1] in said else nominative_plural(form, lemma)


def nominative_plural(form: str, lemma: str) -> str:
    """A plural without the n of its dative: "Bürgerräten" is "Bürgerräte", "Frauen" stays."""
    shorter = form.removesuffix("n")
    if shorter == lemma and lemma.endswith(("er", "el")):
        return lemma
    if shorter in (form, lemma):
        return form
    if form in (f"{lemma}en", f"{lemma}nen") or commonness(form) > 0:
        return shorter if commonness(shorter) > commonness(form) else form
    return shorter if shorter.endswith(("e", "er", "el")) else form


def _share_of_plurals(lemma: str) -> float:
    """From which share on a title speaks of many: sooner of things ("Patienten") than of what is abstract."""
    return 0.5 if lemma.endswith(ABSTRACT) else 0.34
