"""What tells one chapter of a meeting from the others: its nouns and phrases, the most telling first.

Pure functions over the sentences of each chapter. A noun tells by weighted
log-odds with the whole meeting as prior (Monroe, Colaresi & Quinn 2008), the
more the more evenly it is said through the chapter, the fewer chapters share it,
and the rarer it is in German at large. Lists that are read out do not count, nor
names of people.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp, log, sqrt

from transcripts.german_words import STOP_WORDS, kinship, stem
from transcripts.nouns import NounForms, Token, commonness, tag, with_capitals
from transcripts.sentences import vocabulary
from transcripts.title_phrases import Phrase, phrases

LONGEST_TITLE_WORDS = 7
FEWEST_IN_A_LIST = 3

_PRIOR = 0.5
_BLOCKS = 6
_SPREAD_OF_A_NAME = 0.5
"""A name is a topic ("Haiti") when it is said throughout; else it is somebody who is mentioned."""
_LEADING_NOUNS = 40
_AKIN = 0.5
_WORTH_OF_KIN = 0.2
_TELLING_SHARE = 0.35
"""A noun is worth a place in a title from this share of the most telling noun's score."""
_LEAST_SHARE = 0.2
"""This is enough for the second: a title of one word says little."""
_PALE = vocabulary(
    "abend abschnitt aktuelle allgemeine anfang angelegenheit anliegen ansicht art artikel aufgabe auge "
    "augenblick beginn beispiel beitrag bereich bitte blick chance dame dank ding ebene einladung ende "
    "ergebnis euro fall folge form frage gast geld gespräch grund grundlage gruppe hand haus herr "
    "hinblick hinsicht hintergrund idee jahr kollege kollegin lage leute mal mensch milliarde million "
    "minute mitte mittel moment monat morgen möglichkeit nachmittag name nummer ordnung person problem "
    "prozent punkt rahmen raum rede redner rednerin referent referentin reihe richtung rolle runde sache "
    "satz schluss schritt seite sicht sinn situation stelle stück stunde tag tagesordnung "
    "tagesordnungspunkt teil thema titel treffen uhr umstand verfügung vergangenheit viele voraussetzung "
    "vortrag weg weile weise welt wert woche wort zahl zeit zeitpunkt ziel zukunft zusammenhang zweck "
    "überblick bezug bürger bürgerin drittel hälfte nächste redebeitrag wortmeldung aussprache"
)
"""Nouns that are said under any topic."""
_OFFICES = (
    "minister",
    "ministerin",
    "kanzler",
    "kanzlerin",
    "bürgermeister",
    "bürgermeisterin",
    "sekretär",
    "sekretärin",
)
"""Endings of nouns that tell who is spoken to or of."""
_FORMAL = vocabulary(
    "antrag ausschuss änderung maßnahme beschluss empfehlung vorlage entwurf abstimmung regelung handzeichen"
)
_FORMAL_ENDINGS = ("entwurf", "beschlussempfehlung", "enthaltung", "gegenstimme", "fraktion", "abstimmung")
_WORTH_OF_FORM = 0.3
"""What a meeting deals with in form ("Antrag") tells less than what it is about."""
_ADDRESSES = vocabulary("lieber liebe hallo danke dank")
_LISTED_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Telling:
    """What tells a chapter from the others: its nouns' lemmas with scores, best first, and its phrases."""

    scores: dict[str, float]
    phrases: tuple[tuple[Phrase, float], ...]
    best_alone: float
    """The highest score of a noun that is not helped by the parts it is made of."""

    @property
    def best(self) -> float:
        return max(self.scores.values(), default=0.0)


class Meeting:
    """The chapters' words, tagged, and what tells each chapter from the others."""

    def __init__(self, chapters: Sequence[Sequence[str]]) -> None:
        self.chapters = chapters
        self.tokens = [_without_lists([tag(text) for text in with_capitals(texts)]) for texts in chapters]
        self.forms = NounForms(tokens for chapter in self.tokens for tokens in chapter)
        self._counts = [
            Counter(one.lemma for tokens in chapter for one in _without_pairs(tokens) if _can_title(one))
            for chapter in self.tokens
        ]
        self._all: Counter[str] = sum(self._counts, Counter())
        self._persons = _persons([tokens for chapter in self.tokens for tokens in chapter])
        self._companions = _companions(tokens for chapter in self.tokens for tokens in chapter)
        self.telling = [self._telling_of(index) for index in range(len(chapters))]

    def telling_nouns(self, index: int, count: int = 4) -> list[str]:
        """The nouns of this chapter as a title writes them, the most telling first, no two of one family."""
        telling = self.telling[index]
        chosen: list[str] = []
        for lemma, score in telling.scores.items():
            written = self._companions.get(lemma) or self.forms.written(lemma)
            least = _LEAST_SHARE if len(chosen) == 1 else _TELLING_SHARE
            before = [word for one in chosen for word in one.split()]
            if score >= least * telling.best and not any(is_akin(word, before) for word in written.split()):
                chosen.append(written)
            if len(chosen) == count:
                break
        return chosen

    def is_list(self, index: int) -> bool:
        """Whether most of what is said in the chapter is a list read out."""
        chapter = self.tokens[index]
        return sum(not tokens for tokens in chapter) > _LISTED_SHARE * len(chapter)

    def best_phrase(self, index: int) -> str:
        """The phrase that says most about the chapter, if it says more than its best noun alone."""
        telling = self.telling[index]
        phrase, score = max(telling.phrases, key=lambda pair: pair[1], default=(None, 0.0))
        is_alone = len(self.telling_nouns(index)) < 2
        return phrase.text if phrase and (is_alone or score > telling.best_alone) else ""

    def _telling_of(self, index: int) -> Telling:
        counts, chapter = self._counts[index], self.tokens[index]
        total, everything = counts.total(), max(1, self._all.total())
        spread = _spread(chapter)
        names = {token.lemma for tokens in chapter for token in tokens if token.tag == "NE"}
        scores = {
            lemma: max(0.0, _log_odds(times, total, self._all[lemma], everything))
            * (0.1 + spread[lemma])
            * self._ownness(lemma)
            * _rarity(lemma)
            * (_WORTH_OF_FORM if _is_formal(lemma.lower()) else 1.0)
            for lemma, times in counts.items()
            if (times > 1 or total < 60)
            and lemma not in self._persons
            and not (lemma in names and spread[lemma] < _SPREAD_OF_A_NAME)
        }
        ordered = _sorted(_with_families(_sorted(scores)))
        return Telling(
            ordered, tuple(self._scored_phrases(chapter, scores)), max(scores.values(), default=0.0)
        )

    def _ownness(self, lemma: str) -> float:
        """1 for a noun said in one chapter alone, less the more evenly the chapters share it."""
        rates = [counts[lemma] / max(1, counts.total()) for counts in self._counts]
        shares = [rate / sum(rates) for rate in rates if rate]
        effective = exp(-sum(share * log(share) for share in shares))
        return float((1.0 - (effective - 1.0) / max(1, len(rates))) ** 2)

    def _scored_phrases(
        self, chapter: Sequence[Sequence[Token]], scores: dict[str, float]
    ) -> Iterable[tuple[Phrase, float]]:
        said = Counter(phrase for tokens in chapter for phrase in phrases(tokens, self.forms))
        for phrase, times in said.items():
            if times < 2 or len(phrase.text.split()) > LONGEST_TITLE_WORDS:
                continue
            parts = sorted((scores.get(lemma, 0.0) for lemma in phrase.nouns), reverse=True)
            if len(parts) < 2 or parts[1] < 0.35 * parts[0]:
                continue
            yield phrase, (parts[0] + 0.5 * parts[1]) * phrase.firmness * min(1.0, 0.6 + 0.2 * times)


def is_akin(noun: str, others: Iterable[str]) -> bool:
    """Whether a word is of the family of one of the others: the same, or a compound of it."""
    return any(kinship(stem(noun), stem(other)) >= _AKIN for other in others if len(other) > 2)


def _sorted(scores: dict[str, float]) -> dict[str, float]:
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))


def _with_families(scores: dict[str, float]) -> dict[str, float]:
    """The scores, higher for a compound whose parts tell too: "Energieversorgung" where "Energie" does."""
    leading = [(lemma, stem(lemma), score) for lemma, score in scores.items()][:_LEADING_NOUNS]
    kin = {
        lemma: sum(
            score for _, part, score in leading if len(part) < len(one) and kinship(one, part) >= _AKIN
        )
        for lemma, one, _ in leading
    }
    return {lemma: score + _WORTH_OF_KIN * kin.get(lemma, 0.0) for lemma, score in scores.items()}


def _companions(texts: Iterable[Sequence[Token]]) -> dict[str, str]:
    """Nouns that are mostly said with one and the same adjective, with it: "Erneuerbare Energien"."""
    alone: Counter[str] = Counter()
    together: Counter[Phrase] = Counter()
    silent = NounForms(())
    for tokens in texts:
        alone.update(token.lemma for token in tokens if token.is_noun)
        together.update(one for one in phrases(tokens, silent) if len(one.nouns) == 1)
    return {
        phrase.nouns[0]: phrase.text
        for phrase, times in sorted(together.items(), key=lambda pair: (pair[1], pair[0].text))
        if times > 1 and 2 * times >= alone[phrase.nouns[0]]
    }


def _without_pairs(tokens: Sequence[Token]) -> Iterable[Token]:
    """The tokens, but of "Lehrerinnen und Lehrer" only the last: both say one thing."""
    for at, token in enumerate(tokens):
        if not (token.text.endswith("innen") and [one.text for one in tokens[at + 1 : at + 2]] == ["und"]):
            yield token


def _persons(texts: Sequence[Sequence[Token]]) -> set[str]:
    """Words that are mostly said of or to a person: "Herr Vizepräsident", "Danke, Lisa"."""
    addressed = {one for tokens in texts for one in _addressed(tokens)}
    titled = Counter(token.lemma for tokens in texts for token in tokens if token.is_name_of_person)
    alone = Counter(token.lemma for tokens in texts for token in tokens if not token.is_name_of_person)
    return addressed | {lemma for lemma, times in titled.items() if 2 * times >= alone[lemma]}


def _addressed(tokens: Sequence[Token]) -> Iterable[str]:
    """Names by which somebody is spoken to: "Horst, kommst du?", "Danke, Lisa"."""
    for at, token in enumerate(tokens):
        before = [one.text.lower() for one in tokens[:at] if not one.is_mark][-1:]
        opens = at == 0 and [one.text for one in tokens[1:2]] == [","]
        if token.tag == "NE" and (opens or (before and before[0] in _ADDRESSES)):
            yield token.lemma


def _is_formal(lower: str) -> bool:
    return lower in _FORMAL or lower.endswith(_FORMAL_ENDINGS)


def _can_title(token: Token) -> bool:
    lower = token.lemma.lower()
    is_pale = lower in _PALE or lower in STOP_WORDS or lower.endswith(_OFFICES)
    return token.is_noun and len(lower) > 3 and not is_pale


def _without_lists(texts: Sequence[list[Token]]) -> list[list[Token]]:
    """The texts, emptied where three or more short ones without a verb follow each other: a list read out."""
    found = list(texts)
    for is_line, run in groupby(range(len(texts)), key=lambda at: _is_line_of_a_list(texts[at])):
        places = list(run)
        if is_line and len(places) >= FEWEST_IN_A_LIST:
            for at in places:
                found[at] = []
    return found


def _is_line_of_a_list(tokens: Sequence[Token]) -> bool:
    has_noun = any(token.is_noun for token in tokens)
    return has_noun and len(tokens) <= 14 and all(token.tag[:1] not in "VP" for token in tokens)


def _spread(chapter: Sequence[Sequence[Token]]) -> dict[str, float]:
    """In which share of the chapter's stretches each lemma is said, 0 to 1."""
    blocks: dict[str, set[int]] = {}
    for at, tokens in enumerate(chapter):
        for token in tokens:
            blocks.setdefault(token.lemma, set()).add(at * _BLOCKS // len(chapter))
    possible = min(_BLOCKS, len(chapter))
    return {lemma: len(where) / possible for lemma, where in blocks.items()}


def _rarity(lemma: str) -> float:
    """How much a noun says by being rare in German: 1 from one in a hundred thousand words on."""
    return min(1.0, max(0.2, (6.2 - commonness(lemma)) / 2.2))


def _log_odds(times: int, total: int, times_in_all: float, total_in_all: float) -> float:
    """How much more often a word is said here than elsewhere, weighed by how sure that is."""
    elsewhere = max(0.0, times_in_all - times)
    odds_here = (times + _PRIOR) / (total + _PRIOR)
    odds_elsewhere = (elsewhere + _PRIOR) / (max(1.0, total_in_all - total) + _PRIOR)
    return log(odds_here / odds_elsewhere) / sqrt(1 / (times + _PRIOR) + 1 / (elsewhere + _PRIOR))
