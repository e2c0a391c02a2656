"""German titles for chapters, made from what is said in them.

Pure functions over the sentences of each chapter. A title is, in this order:
what the meeting does there (greeting, break, questions, parting), what the
moderator calls the topic, a heading that is read out, or the nouns and phrases
that tell this chapter from the others. A noun tells by weighted log-odds with
the whole meeting as prior (Monroe, Colaresi & Quinn 2008), the more the more
evenly it is said through the chapter, the fewer chapters share it, and the rarer
it is in German at large.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp, log, sqrt

from transcripts.german_words import FUNCTION_WORDS, STOP_WORDS, kinship, stem
from transcripts.moderation import (
    Opening,
    is_break,
    is_farewell,
    is_greeting,
    is_question_round,
)
from transcripts.nouns import NounForms, Token, capitalised, commonness, tag
from transcripts.sentences import vocabulary
from transcripts.title_phrases import Phrase, noun_phrase, phrases

LONGEST_TITLE_WORDS = 7
FALLBACK_TITLE = "Weiteres Gespräch"

_OPENING_SENTENCES = 4
_HEADING_SENTENCES = 8
_PRIOR = 0.5
_BLOCKS = 6
_SPREAD_OF_A_NAME = 0.5
"""A name is a topic ("Haiti") when it is said throughout; else it is somebody who is mentioned."""
_SHORT_SECONDS = 180.0
_FEWEST_IN_A_LIST = 3
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
_NAMED = re.compile(
    r"\b(?:punkt|thema|top|tagesordnungspunkt|vortrag|block|teil|beitrag)(?:\s+(?:\d+|eins|zwei|drei|vier|fünf|sechs|"
    r"sieben|acht|neun|zehn))?\s*[,:–-]?\s+(?:und\s+zwar\s+|nämlich\s+|das\s+ist\s+|das\s+sind\s+)?"
    r"(?P<topic>[^,.:;!?–]+)",
    re.IGNORECASE,
)
_TURNED_TO = re.compile(
    r"\b(?:kommen|gehen|wechseln|starten|beginnen|fangen|machen|weiter)\b.{0,40}?\b"
    r"(?P<topic>(?:zu[mr]?|mit)\s+[^,.:;!?–]+)",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[^.!?…]+\?")
_ITEM_WORD = re.compile(
    r"\b(?:punkte?s?|thema|themen|top|tagesordnungspunkte?|zusatzpunkte?|teil|block|vortrag|an|über|weiter|ein)\b",
    re.IGNORECASE,
)
_NEXT_MEETING = re.compile(
    r"\bnächste[nsr]?\s+(?:\w*treffen|\w*sitzung|termin|mal|versammlung|veranstaltung)\b", re.IGNORECASE
)
_HEADING_BREAK = re.compile(r"\s+[-–—]\s+|[:;]\s+|[.!]$")
_VERBLESS = frozenset({"NN", "NNA", "NE", "ADJ(A)", "ART", "APPR", "APPRART", "KON", "ADJ(D)", "$,"})


@dataclass(frozen=True, slots=True)
class ChapterText:
    """What is said in one chapter, segment by segment, how long it lasts, and its share of the meeting."""

    texts: tuple[str, ...]
    turn: Opening
    share: float
    has_overview: bool = False
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class _Telling:
    """What tells a chapter from the others: its nouns' lemmas with scores, best first, and its phrases."""

    scores: dict[str, float]
    phrases: tuple[tuple[Phrase, float], ...]
    best_alone: float
    """The highest score of a noun that is not helped by the parts it is made of."""

    @property
    def best(self) -> float:
        return max(self.scores.values(), default=0.0)


def make_titles(chapters: Sequence[ChapterText]) -> list[str]:
    """A title of at most seven words for each chapter, no two alike."""
    meeting = _Meeting(chapters)
    titles: list[str] = []
    for index in range(len(chapters)):
        title = capitalised(_title(meeting, index, is_last=index == len(chapters) - 1 > 0))
        if title in titles:
            title = _shortened(f"{title}: {_joined(meeting.telling_nouns(index)[:2])}") or title
        titles.append(title if title not in titles else _numbered(title, titles))
    return titles


def _numbered(title: str, taken: Sequence[str]) -> str:
    number = 2
    while f"{title} ({number})" in taken:
        number += 1
    return f"{title} ({number})"


def _title(meeting: "_Meeting", index: int, *, is_last: bool) -> str:
    chapter = meeting.chapters[index]
    opening = chapter.texts[:_OPENING_SENTENCES]
    if index == 0 and any(map(is_greeting, opening)):
        return _greeting_title(chapter, meeting.telling_nouns(index))
    if is_last and chapter.seconds < _SHORT_SECONDS and any(map(is_farewell, chapter.texts)):
        return _farewell_title(chapter)
    if any(map(is_break, chapter.texts[:2])) and chapter.seconds > 2.0 * len(" ".join(chapter.texts).split()):
        return "Pause"
    questions = sum(text.rstrip().endswith("?") for text in chapter.texts)
    if questions > 1 and any(map(is_question_round, chapter.texts[:2])):
        return "Fragen und Diskussion"
    return _topic_title(meeting, index)


def _greeting_title(chapter: ChapterText, nouns: Sequence[str]) -> str:
    if chapter.share > 0.3 and chapter.seconds > _SHORT_SECONDS / 2:
        return _joined(["Begrüßung", *nouns[:2]])
    return "Begrüßung und Ablauf" if chapter.has_overview else "Begrüßung und Einführung"


def _farewell_title(chapter: ChapterText) -> str:
    has_next = any(map(_NEXT_MEETING.search, chapter.texts))
    return "Nächstes Treffen und Verabschiedung" if has_next else "Verabschiedung"


def _topic_title(meeting: "_Meeting", index: int) -> str:
    chapter = meeting.chapters[index]
    nouns = meeting.telling_nouns(index)
    named = meeting.named_topic(index) if chapter.turn.strength >= 0.4 else ""
    if heading := "" if named else meeting.heading(index):
        return heading
    subject = named or meeting.best_phrase(index)
    if not subject:
        return _of_nouns(nouns) or FALLBACK_TITLE
    more = [noun for noun in nouns if not _is_akin(noun, subject.replace("-", " ").split())]
    if subject.endswith("?") or (len(subject.split()) > 2 and (named or _holds(subject, nouns[:1]))):
        return subject
    if len(subject.split()) == 1 and not more:
        return f"Thema {subject}"
    if len(subject.split()) == 1 and len(more) == 1:
        return f"{subject} und {more[0]}"
    if len(subject.split()) == 1:
        return _shortened(f"{subject}: {_joined(more[:2])}")
    if nouns and not _holds(subject, nouns[:1]) and not named:
        return _shortened(f"{nouns[0]}: {subject}")
    return _shortened(f"{subject}: {_joined(more[:2])}") if more and len(subject.split()) == 2 else subject


def _of_nouns(nouns: Sequence[str]) -> str:
    """ "Altersarmut: Rente und Beitrag": what it is about, and what is said of it."""
    if len(nouns) == 1:
        return f"Thema {nouns[0]}"
    first, *more = nouns or [""]
    return f"{first}: {_joined(more[:2])}" if len(more) > 1 else _joined(nouns)


def _holds(phrase: str, nouns: Sequence[str]) -> bool:
    return any(_is_akin(noun, phrase.replace("-", " ").split()) for noun in nouns)


def _shortened(title: str) -> str:
    """The title, without what follows its colon where it would be longer than a title may be."""
    return title if len(title.split()) <= LONGEST_TITLE_WORDS else title.split(":")[0]


def _is_title(phrase: str) -> bool:
    said = phrase.strip(" ?").split()
    has_noun = any(word[:1].isupper() and word.lower() not in STOP_WORDS for word in said[-4:])
    return 0 < len(said) <= LONGEST_TITLE_WORDS and has_noun and said[-1].lower() not in FUNCTION_WORDS


def _joined(nouns: Sequence[str]) -> str:
    *most, last = nouns or [""]
    return f"{', '.join(most)} und {last}" if most else last


def _is_akin(noun: str, others: Iterable[str]) -> bool:
    """Whether a word is of the family of one of the others: the same, or a compound of it."""
    return any(kinship(stem(noun), stem(other)) >= _AKIN for other in others if len(other) > 2)


class _Meeting:
    """The chapters' words, tagged, and what tells each chapter from the others."""

    def __init__(self, chapters: Sequence[ChapterText]) -> None:
        self.chapters = chapters
        self.tokens = [
            _without_lists([tag(text) for text in _with_capitals(chapter.texts)]) for chapter in chapters
        ]
        self.forms = NounForms(tokens for chapter in self.tokens for tokens in chapter)
        self._counts = [
            Counter(one.lemma for tokens in chapter for one in _without_pairs(tokens) if _can_title(one))
            for chapter in self.tokens
        ]
        self._all: Counter[str] = sum(self._counts, Counter())
        self._later = [
            {one.lemma for tokens in chapter[max(_HEADING_SENTENCES, len(chapter) // 5) :] for one in tokens}
            for chapter in self.tokens
        ]
        self._companions = _companions(tokens for chapter in self.tokens for tokens in chapter)
        self._telling = [self._telling_of(index) for index in range(len(chapters))]

    def telling_nouns(self, index: int, count: int = 4) -> list[str]:
        """The nouns of this chapter as a title writes them, the most telling first, no two of one family."""
        telling = self._telling[index]
        chosen: list[str] = []
        for lemma, score in telling.scores.items():
            written = self._companions.get(lemma) or self.forms.written(lemma)
            least = _LEAST_SHARE if len(chosen) == 1 else _TELLING_SHARE
            if score >= least * telling.best and not _is_akin(written, chosen):
                chosen.append(written)
            if len(chosen) == count:
                break
        return chosen

    def best_phrase(self, index: int) -> str:
        """The phrase that says most about the chapter, if it says more than its best noun alone."""
        telling = self._telling[index]
        phrase, score = max(telling.phrases, key=lambda pair: pair[1], default=(None, 0.0))
        is_alone = len(self.telling_nouns(index)) < 2
        return phrase.text if phrase and (is_alone or score > telling.best_alone) else ""

    def heading(self, index: int) -> str:
        """A heading read out at the chapter's beginning, whose words the chapter then takes up.

        Lines that begin alike are a list, and none of them the heading.
        """
        candidates = [
            candidate
            for text in self.chapters[index].texts[:_HEADING_SENTENCES]
            for candidate in _heading_candidates(text)
        ]
        first_words = Counter(candidate.split()[0] for candidate in dict.fromkeys(candidates))
        found = {
            candidate: worth
            for candidate in candidates
            if first_words[candidate.split()[0]] < _FEWEST_IN_A_LIST
            and (worth := self._worth_of_heading(index, candidate))
        }
        return max(found, key=found.__getitem__, default="")

    def _worth_of_heading(self, index: int, candidate: str) -> float:
        telling, later = self._telling[index], self._later[index]
        nouns = [token.lemma for token in tag(candidate) if token.is_noun]
        scores = [telling.scores.get(lemma, 0.0) for lemma in nouns]
        taken_up = sum(lemma in later for lemma in nouns)
        if not scores or max(scores) < 0.4 * telling.best or 2 * taken_up < len(nouns):
            return 0.0
        return sum(scores) / (len(scores) + 1) * sqrt(min(2, len(scores)))

    def named_topic(self, index: int) -> str:
        """What the moderator calls the topic on turning to it, or the question it is opened with."""
        texts = self.chapters[index].texts
        for pattern in (_NAMED, _TURNED_TO):
            if match := pattern.search(texts[0]):
                topic = noun_phrase(tag(match["topic"]), self.forms)
                if _is_title(topic) and not _ITEM_WORD.search(topic):
                    return capitalised(topic)
        for text in texts[:2]:
            for match in _QUESTION.finditer(text):
                if len(match[0].split()) >= 3 and _is_title(match[0]):
                    return match[0].strip()
        return ""

    def _telling_of(self, index: int) -> _Telling:
        counts, chapter = self._counts[index], self.tokens[index]
        total, everything = counts.total(), max(1, self._all.total())
        spread = _spread(chapter)
        names = {token.lemma for tokens in chapter for token in tokens if token.tag == "NE"}
        scores = {
            lemma: max(0.0, _log_odds(times, total, self._all[lemma], everything))
            * (0.1 + spread[lemma])
            * self._ownness(lemma)
            * _rarity(lemma)
            for lemma, times in counts.items()
            if (times > 1 or total < 60) and not (lemma in names and spread[lemma] < _SPREAD_OF_A_NAME)
        }
        ordered = _sorted(_with_families(_sorted(scores)))
        return _Telling(
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


def _can_title(token: Token) -> bool:
    lower = token.lemma.lower()
    return token.is_noun and len(lower) > 3 and lower not in _PALE and lower not in STOP_WORDS


def _without_lists(texts: Sequence[list[Token]]) -> list[list[Token]]:
    """The texts, emptied where three or more short ones without a verb follow each other: a list read out."""
    found = list(texts)
    for is_line, run in groupby(range(len(texts)), key=lambda at: _is_line_of_a_list(texts[at])):
        places = list(run)
        if is_line and len(places) >= _FEWEST_IN_A_LIST:
            for at in places:
                found[at] = []
    return found


def _is_line_of_a_list(tokens: Sequence[Token]) -> bool:
    return 0 < len(tokens) <= 14 and all(token.tag[:1] not in "VP" for token in tokens)


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


def _heading_candidates(text: str) -> Iterable[str]:
    """The text, and its parts between dashes, where they are short and say something without a verb."""
    whole = text.strip().rstrip(".!")
    for part in dict.fromkeys([whole, *_HEADING_BREAK.split(whole)]):
        if 2 <= len(part.split()) <= LONGEST_TITLE_WORDS and part[:1].isupper() and _is_heading(part):
            yield part.replace(" - ", " – ").strip(" ,")


def _is_heading(part: str) -> bool:
    """Whether the words are a heading: no verb but infinitives that end a part, no pronoun, no name."""
    for piece in _HEADING_BREAK.split(part):
        tokens = [token for token in tag(piece) if token.text != ","]
        if not tokens or any(token.is_name_of_person for token in tokens):
            return False
        *most, last = tokens
        most = most[1:] if tokens[0].tag == "CARD" else most
        if any(token.tag not in _VERBLESS for token in most) or tokens[0].tag in ("APPR", "APPRART", "KON"):
            return False
        ends_well = last.is_noun or (last.tag in ("VV(INF)", "VV(FIN)") and last.text.endswith("n"))
        if not ends_well or not any(token.is_noun for token in tokens):
            return False
    return True


def _with_capitals(texts: Sequence[str]) -> list[str]:
    """The texts; of a transcript without capitals, words that German knows as nouns get theirs back."""
    letters = "".join(texts)
    if any(letter.isupper() for letter in letters):
        return list(texts)
    return [" ".join(_recapitalised(word) for word in text.split()) for text in texts]


def _recapitalised(word: str) -> str:
    if len(word) < 4 or word in FUNCTION_WORDS:
        return word
    as_noun, as_said = tag(f"das {word.capitalize()}"), tag(f"wir {word}")
    is_noun = len(as_noun) == 2 and as_noun[1].tag == "NN" and as_said[-1].tag in ("NN", "NE", "XY", "ADJ(D)")
    return word.capitalize() if is_noun else word
