"""German titles for chapters, made from what is said in them.

Pure functions over the sentences of each chapter. A title is, in this order:
what the meeting does there (greeting, parting), what the moderator calls the
topic, or the nouns said here more than elsewhere (weighted log-odds with the
whole meeting as prior, Monroe, Colaresi & Quinn 2008), in the form most often
said. Nouns are told by their capitals; a transcript without capitals lends any word.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

from transcripts.german_words import FUNCTION_WORDS, STOP_WORDS, kinship, stem
from transcripts.moderation import Opening, is_farewell, is_greeting

LONGEST_TITLE_WORDS = 7
FALLBACK_TITLE = "Gespräch"

_OPENING_SENTENCES = 4
_PRIOR = 0.5
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[.!?:…]")
_HONORIFIC = {
    "herr",
    "herrn",
    "frau",
    "kollege",
    "kollegen",
    "kollegin",
    "dr",
    "prof",
    "professor",
    "präsident",
    "präsidentin",
}
_PALE = """
    art anfang augenblick bereich beitrag bitte chance dame damen ding dinge ende euro fall fälle form
    gäste geld grund hand herren idee kolleginnen leute mal mensch menschen milliarde milliarden million
    millionen minute minuten mitte moment monat monate monaten möglichkeit name person personen problem
    probleme prozent raum referent referentin richtung rolle runde sachen schluss schritt seite sinn
    stelle stunde stunden tag tage tagen teil uhr weg weise welt wert woche wochen ziel zahl zeit
    zusammenhang zweck
"""
_PALE_STEMS = frozenset(stem(word) for word in _PALE.split())
_ADJECTIVE = re.compile(r"(?:isch|lich|deutsch|bar|ig)e[nrms]?$", re.IGNORECASE)
"""Capitalised in names ("Europäische Union"), but no name by itself."""
_NAMED = re.compile(
    r"\b(?:punkt|thema|top|tagesordnungspunkt|vortrag|block|teil|beitrag)(?:\s+\w+)?\s*[,:–-]\s*"
    r"(?:und\s+zwar\s+|nämlich\s+|das\s+ist\s+|das\s+sind\s+)?(?P<topic>[^,.:;!?–]+)",
    re.IGNORECASE,
)
_TURNED_TO = re.compile(
    r"\b(?:kommen|gehen|wechseln|starten|beginnen|fangen|machen)\b.{0,30}?\b(?:zu[mr]?|mit)\s+(?P<topic>[^,.:;!?–]+)",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[^.!?…]+\?")
_ARTICLE = re.compile(r"^(?:de[mnrs]|die|das|eine[mnrs]?|ein|unsere[mnrs]?|unser)\s+", re.IGNORECASE)
_ITEM_WORD = re.compile(
    r"\b(?:punkte?|thema|themen|top|tagesordnungspunkte?|zusatzpunkte?|teil|block|vortrag|an|über|weiter)\b",
    re.IGNORECASE,
)
_NEXT_MEETING = re.compile(
    r"\bnächste[nsr]?\s+(?:\w*treffen|\w*sitzung|termin|mal|versammlung|veranstaltung)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ChapterText:
    """What is said in one chapter, segment by segment, and how much of the meeting it takes, 0 to 1."""

    texts: tuple[str, ...]
    turn: Opening
    share: float
    has_overview: bool = False


def make_titles(chapters: Sequence[ChapterText]) -> list[str]:
    """A title of at most seven words for each chapter, no two alike."""
    nouns = _Nouns(text for chapter in chapters for text in chapter.texts)
    titles: list[str] = []
    for index, chapter in enumerate(chapters):
        found = nouns.distinctive(chapter.texts)
        title = _title(chapter, found, is_first=index == 0, is_last=index == len(chapters) - 1 > 0)
        titles.append(title if title not in titles else _joined(found) or title)
    return titles


def _title(chapter: ChapterText, found: Sequence[str], *, is_first: bool, is_last: bool) -> str:
    if is_first and any(is_greeting(text) for text in chapter.texts[:_OPENING_SENTENCES]):
        return _greeting_title(chapter, found)
    if is_last and any(is_farewell(text) for text in chapter.texts[-_OPENING_SENTENCES:]):
        return _farewell_title(chapter, found)
    named = _named_topic(chapter) if chapter.turn.strength >= 0.4 else ""
    if not named:
        return _joined(found[:3]) or FALLBACK_TITLE
    more = [noun for noun in found if not _is_akin(noun, named.split())][:2]
    return f"{named}: {_joined(more)}" if len(named.split()) == 1 and more else named


def _greeting_title(chapter: ChapterText, found: Sequence[str]) -> str:
    if chapter.share > 0.3:
        return _joined(["Begrüßung", *found[:2]])
    return "Begrüßung und Ablauf" if chapter.has_overview else "Begrüßung und Einführung"


def _farewell_title(chapter: ChapterText, found: Sequence[str]) -> str:
    if any(_NEXT_MEETING.search(text) for text in chapter.texts[:_OPENING_SENTENCES]):
        return "Nächstes Treffen und Verabschiedung"
    return _joined([*found[:2], "Verabschiedung"]) if chapter.share > 0.1 or found else "Verabschiedung"


def _named_topic(chapter: ChapterText) -> str:
    """What the moderator calls the topic on turning to it, or the question it is opened with."""
    for pattern in (_NAMED, _TURNED_TO):
        if match := pattern.search(chapter.texts[0]):
            topic = _ARTICLE.sub("", match["topic"].strip())
            if _is_title(topic) and not _ITEM_WORD.search(topic):
                return topic[:1].upper() + topic[1:]
    for text in chapter.texts[:2]:
        for match in _QUESTION.finditer(text):
            if len(match[0].split()) >= 3 and _is_title(match[0]):
                return match[0].strip()
    return ""


def _is_title(phrase: str) -> bool:
    said = phrase.strip(" ?").split()
    has_noun = any(word[:1].isupper() and word.lower() not in STOP_WORDS for word in said[-4:])
    return 0 < len(said) <= LONGEST_TITLE_WORDS and has_noun and said[-1].lower() not in FUNCTION_WORDS


def _joined(nouns: Sequence[str]) -> str:
    *most, last = nouns or [""]
    return f"{', '.join(most)} und {last}" if most else last


def _is_akin(noun: str, others: Iterable[str]) -> bool:
    return any(kinship(stem(noun), stem(other)) >= 0.7 for other in others)


class _Nouns:
    """The nouns of a meeting: how often each is said, and how it is written."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.capitals: dict[str, Counter[str]] = defaultdict(Counter)
        self.small: Counter[str] = Counter()
        for text in texts:
            for word, starts_sentence in _tokens(text):
                if word[0].isupper():
                    self.capitals[stem(word)][word] += 1 if starts_sentence else 3
                elif not starts_sentence:
                    self.small[stem(word)] += 3
        self.has_capitals = sum(map(len, self.capitals.values())) > 0.05 * len(self.small)
        self.said = Counter({one: sum(forms.values()) for one, forms in self.capitals.items()})
        if not self.has_capitals:
            self.said.update(self.small)

    def is_noun(self, one: str) -> bool:
        return not self.has_capitals or (self.said[one] >= 3 and self.said[one] > self.small[one])

    def written(self, one: str, texts: Sequence[str]) -> str:
        """The form most often said here, without a case ending where it is also said so."""
        forms = Counter(word for text in texts for word, _ in _tokens(text) if stem(word) == one)
        form = max(forms, key=forms.__getitem__)
        known = self.capitals.get(one, Counter())
        plain = next(
            (form.removesuffix(end) for end in ("es", "s", "n") if form.removesuffix(end) in known), form
        )
        return plain[:1].upper() + plain[1:]

    def distinctive(self, texts: Sequence[str], count: int = 4) -> list[str]:
        """The nouns said here rather than elsewhere, the most telling first, no two of one family."""
        here: Counter[str] = Counter(
            stem(word) for text in texts for word, _ in _tokens(text) if _can_title(word)
        )
        nouns = {one: times for one, times in here.items() if self.is_noun(one) and one not in _PALE_STEMS}
        total, everything = sum(nouns.values()), max(1, sum(self.said.values()) // 3)
        scores = {
            one: _log_odds(times, total, self.said[one] / 3, everything) * min(1.0, 0.5 + len(one) / 20)
            for one, times in nouns.items()
        }
        chosen: list[str] = []
        for one in sorted(scores, key=lambda one: (-scores[one], one)):
            written = self.written(one, texts)
            if not _is_akin(written, chosen):
                chosen.append(written)
            if len(chosen) == count:
                break
        return chosen


def _log_odds(times: int, total: int, times_in_all: float, total_in_all: float) -> float:
    """How much more often a word is said here than elsewhere, weighed by how sure that is."""
    elsewhere = max(0.0, times_in_all - times)
    odds_here = (times + _PRIOR) / (total + _PRIOR)
    odds_elsewhere = (elsewhere + _PRIOR) / (max(1.0, total_in_all - total) + _PRIOR)
    return log(odds_here / odds_elsewhere) / sqrt(1 / (times + _PRIOR) + 1 / (elsewhere + _PRIOR))


def _can_title(word: str) -> bool:
    return len(word) > 3 and word.lower() not in STOP_WORDS and not _ADJECTIVE.search(word)


def _tokens(text: str) -> list[tuple[str, bool]]:
    """The words, each with whether it starts a sentence; names after "Frau" or "Dr." are left out."""
    found: list[tuple[str, bool]] = []
    before = "."
    for token in _TOKEN.findall(text):
        if token[0].isalpha():
            if before.lower() not in _HONORIFIC and token.lower() not in _HONORIFIC:
                found.append((token, not before[0].isalpha()))
            before = token
        elif before.lower() not in _HONORIFIC:
            before = token
    return found
