"""What tells one chapter of a meeting from the others: its nouns and phrases, the most telling first.

Pure functions over the sentences of each chapter. A noun tells by weighted
log-odds with the whole meeting as prior (Monroe, Colaresi & Quinn 2008), the
more the more evenly it is said through the chapter, the fewer chapters share it,
and the rarer it is in German at large. Lists that are read out do not count, nor
what stands in brackets, names of people and those called before each speech.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile
from math import exp, log, sqrt

from transcripts.chapters.title_phrases import Phrase, phrases
from transcripts.german.noun_forms import NounForms
from transcripts.german.nouns import Token, commonness, tag
from transcripts.german.topic_words import SHORTEST_PART, STOP_WORDS, kinship, stem, vocabulary

LONGEST_TITLE_WORDS = 7
FEWEST_IN_A_LIST = 3
FEWEST_LABELS = 3

_CLOSING = {"(": ")", "[": "]"}
_PRIOR = 0.5
_BLOCKS = 6
_SPREAD_OF_A_NAME = 0.5
"""A name is a topic ("Haiti") when it is said throughout; else it is somebody who is mentioned."""
_LEADING_NOUNS = 40
_AKIN = 0.5
_SHARED_LETTERS = 8
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
    "überblick bezug bürger bürgerin drittel hälfte nächste redebeitrag wortmeldung aussprache "
    "ereignis konsequenz perspektive sachverhalt vorgang gerede getue buchstabe ziffer "
    "linke grüne bündnis fraktion koalition opposition"
)
"""Nouns that are said under any topic, and sides that speak on any."""
_OFFICES = (
    "minister",
    "ministerin",
    "kanzler",
    "kanzlerin",
    "vizepräsident",
    "vizepräsidentin",
    "vorsitzende",
    "bürgermeister",
    "bürgermeisterin",
    "sekretär",
    "sekretärin",
)
"""Endings of nouns that tell who is spoken to or of."""
_FORMAL = vocabulary(
    "beratung beschlussfassung protokoll stimme stimmverhältnis überweisung vereinbarung widerspruch "
    "antrag ausschuss änderung maßnahme beschluss empfehlung vorlage entwurf abstimmung regelung handzeichen"
)
_FORMAL_ENDINGS = (
    "ausschuss",
    "fassung",
    "stimmenverhältnis",
    "tagesordnungspunkt",
    "zusatzpunkt",
    "entwurf",
    "beschlussempfehlung",
    "enthaltung",
    "gegenstimme",
    "fraktion",
    "abstimmung",
)
_WORTH_OF_FORM = 0.3
"""What a meeting deals with in form ("Antrag") tells less than what it is about."""
_ADDRESSES = vocabulary("lieber liebe hallo danke dank")
_WORTH_OF_A_NOUN = 0.9
"""A phrase may say a little less than the best noun alone: it reads better."""
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
        times = Counter(text for texts in chapters for text in texts)
        tagged = [[tag(text) for text in texts] for texts in chapters]
        self._lists = [_places_in_lists(texts) for texts in tagged]
        self.tokens = [
            [
                []
                if at in places or (times[text] >= FEWEST_LABELS and _is_label(tokens))
                else _without_brackets(tokens)
                for at, (text, tokens) in enumerate(zip(texts, texts_tagged, strict=True))
            ]
            for texts, texts_tagged, places in zip(chapters, tagged, self._lists, strict=True)
        ]
        spoken = [tokens for chapter in self.tokens for tokens in chapter]
        self.forms = NounForms(spoken)
        self._counts = [
            Counter(one.lemma for tokens in chapter for one in _without_pairs(tokens) if _can_title(one))
            for chapter in self.tokens
        ]
        self._all: Counter[str] = sum(self._counts, Counter())
        self._no_topics = _persons(spoken) | _labels(spoken)
        self._companions = _companions(spoken, self.forms)
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
        return len(self._lists[index]) > _LISTED_SHARE * len(self.tokens[index])

    def is_formal(self, index: int) -> bool:
        """Whether nothing tells the chapter better than what a meeting does in form."""
        return any(_is_formal(lemma.lower()) for lemma in list(self.telling[index].scores)[:1])

    def best_phrase(self, index: int) -> str:
        """The phrase that says most about the chapter, if it says more than its best noun alone."""
        telling = self.telling[index]
        phrase, score = max(telling.phrases, key=lambda pair: pair[1], default=(None, 0.0))
        is_alone = len(self.telling_nouns(index)) < 2
        return phrase.text if phrase and (is_alone or score > _WORTH_OF_A_NOUN * telling.best_alone) else ""

    def _telling_of(self, index: int) -> Telling:
        counts, chapter = self._counts[index], self.tokens[index]
        total, everything = counts.total(), max(1, self._all.total())
        spread = _spread(chapter)
        names = _names(chapter)
        scores = {
            lemma: max(0.0, _log_odds(times, total, self._all[lemma], everything))
            * (0.1 + spread[lemma])
            * self._ownness(lemma)
            * _rarity(lemma)
            * (_WORTH_OF_FORM if _is_formal(lemma.lower()) else 1.0)
            for lemma, times in counts.items()
            if (times > 1 or total < 60)
            and lemma not in self._no_topics
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
    return any(_are_akin(stem(noun), stem(other)) for other in others if len(other) > 2)


def _are_akin(one: str, other: str) -> bool:
    """Also where most of the shorter is the beginning of the longer, or all of it its end."""
    short, long = sorted((one, other), key=len)
    shared = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    is_part = len(short) >= SHORTEST_PART and long.endswith(short)
    return is_part or (shared >= _SHARED_LETTERS and 2 * shared > len(short)) or kinship(one, other) >= _AKIN


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


def _companions(texts: Sequence[Sequence[Token]], forms: NounForms) -> dict[str, str]:
    """Nouns mostly said with one adjective or number, with it: "Erneuerbare Energien", "Agenda 2030"."""
    alone: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for tokens in texts:
        alone.update(token.lemma for token in tokens if token.is_noun)
        together.update((one.nouns[0], one.text) for one in phrases(tokens, forms) if len(one.nouns) == 1)
    for lemma, numbers in _numbers_after(texts).items():
        together.update({(lemma, f"{lemma} {number}"): times for number, times in numbers.items()})
    return {
        lemma: text
        for (lemma, text), times in sorted(together.items(), key=lambda pair: (pair[1], pair[0]))
        if times > 1 and 2 * times >= alone[lemma]
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
    return addressed | {
        lemma for lemma, times in titled.items() if _times_alone(lemma) * times >= alone[lemma]
    }


def _names(texts: Sequence[Sequence[Token]]) -> set[str]:
    """Names, and what is mostly said right behind one: a last name that looks like a noun."""
    names = {token.lemma for tokens in texts for token in tokens if token.tag == "NE"}
    everything = Counter(token.lemma for tokens in texts for token in tokens)
    behind = Counter(
        second.lemma
        for tokens in texts
        for first, second in pairwise(tokens)
        if first.tag == "NE" and second.is_noun
    )
    return names | {lemma for lemma, times in behind.items() if 2 * times > everything[lemma]}


def _times_alone(lemma: str) -> int:
    """How often a name may be said without "Frau" for each time with it: a rare word is no topic sooner."""
    return 2 if commonness(lemma) else 6


def _labels(texts: Sequence[Sequence[Token]]) -> set[str]:
    """Words that refer by number ("Artikel 3") or are counted ("neun Franken"), and abbreviations."""
    everything = Counter(token.lemma for tokens in texts for token in tokens if token.is_noun)
    numbers = _numbers_after(texts)
    cut = Counter(
        one.lemma
        for tokens in texts
        for one, mark, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if mark.text == "." and not after.is_mark and not commonness(one.text)
    )
    labels = {lemma for lemma, times in cut.items() if 3 * times >= everything[lemma]}
    counted = Counter(
        unit.lemma for tokens in texts for number, unit in pairwise(tokens) if number.tag == "CARD"
    )
    labels |= {lemma for lemma, times in counted.items() if 2 * times >= everything[lemma] > 0}
    for lemma, found in numbers.items():
        if len(found) > 1 and 3 * found.total() >= everything[lemma]:
            labels.add(lemma)
    return labels


def _numbers_after(texts: Iterable[Sequence[Token]]) -> dict[str, Counter[str]]:
    """The numbers that each noun is said with, each as long as it goes on ("17/1230")."""
    numbers: dict[str, Counter[str]] = {}
    for tokens in texts:
        for at, token in enumerate(tokens):
            number = takewhile(lambda one: one.tag == "CARD", tokens[at + 1 :]) if token.is_noun else ()
            if said := "/".join(one.text for one in number):
                numbers.setdefault(token.lemma, Counter())[said] += 1
    return numbers


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


def _places_in_lists(texts: Sequence[Sequence[Token]]) -> set[int]:
    """Which texts are of a list read out: three or more short ones without a verb that follow each other."""
    found: set[int] = set()
    for is_line, run in groupby(range(len(texts)), key=lambda at: _is_line_of_a_list(texts[at])):
        places = list(run)
        if is_line and len(places) >= FEWEST_IN_A_LIST:
            found.update(places)
    return found


def _is_line_of_a_list(tokens: Sequence[Token]) -> bool:
    return any(token.is_noun for token in tokens) and _is_short_and_verbless(tokens)


def _is_label(tokens: Sequence[Token]) -> bool:
    """Whether a text that is said again and again only calls a name: who speaks next."""
    is_name = any(token.is_name_of_person or token.tag == "NE" for token in tokens)
    return is_name and _is_short_and_verbless(tokens)


def _is_short_and_verbless(tokens: Sequence[Token]) -> bool:
    return len(tokens) <= 14 and all(token.tag[:1] not in "VP" for token in tokens)


def _without_brackets(tokens: Sequence[Token]) -> list[Token]:
    """What stands in brackets is not said: "[Beifall]", "Kurth (Quedlinburg)"."""
    marks = [token.text for token in tokens]
    found, at = [], 0
    while at < len(tokens):
        closing = _CLOSING.get(marks[at])
        if closing in marks[at:]:
            at = marks.index(closing, at)
        else:
            found.append(tokens[at])
        at += 1
    return found


def _spread(chapter: Sequence[Sequence[Token]]) -> dict[str, float]:
    """In which share of the chapter's stretches each lemma is said, 0 to 1."""
    blocks: dict[str, set[int]] = {}
    for at, tokens in enumerate(chapter):
        for token in tokens:
            blocks.setdefault(token.lemma, set()).add(at * _BLOCKS // len(chapter))
    possible = min(_BLOCKS, len(chapter))
    return {lemma: len(where) / possible for lemma, where in blocks.items()}


def _rarity(lemma: str) -> float:
    """How much a noun says by being rare in German: 1 from one in two hundred thousand words on."""
    return min(1.0, max(0.15, (6.1 - commonness(lemma)) / 2.5))


def _log_odds(times: int, total: int, times_in_all: float, total_in_all: float) -> float:
    """How much more often a word is said here than elsewhere, weighed by how sure that is."""
    elsewhere = max(0.0, times_in_all - times)
    odds_here = (times + _PRIOR) / (total + _PRIOR)
    odds_elsewhere = (elsewhere + _PRIOR) / (max(1.0, total_in_all - total) + _PRIOR)
    return log(odds_here / odds_elsewhere) / sqrt(1 / (times + _PRIOR) + 1 / (elsewhere + _PRIOR))
