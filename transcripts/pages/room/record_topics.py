"""What records are about: the nouns of their titles, chapters and agendas.

Nouns are known by their capital letter, which every first word of a title has as
well; so a first word counts only if it stands capitalised inside some title too.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from transcripts.german.topic_words import STOP_WORDS, stem

SHORTEST_TOPIC = 4
MOST_TOPICS_A_RECORD = 8

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SENTENCE_MARKS = (".", ":", "?", "!", "–", "„", "(")
_TITLE_WORDS = """
abschied abschluss ablauf anfang anliegen anregungen aufzeichnung ausblick austausch begrüßung beginn beitrag
beiträge bericht berichte besprechung diskussion einführung einleitung einladung ende ergebnisse fazit folge
fortsetzung frage fragen gespräch gruppe hinweise impuls information informationen kleingruppen meldungen
mitschnitt mittagspause netzwerktreffen organisatorisches pause plenum programm protokoll rückblick rückfragen
runde schluss schlusswort sitzung sonstiges stand team teil thema themen themensammlung treffen termin termine
überblick veranstaltung verabschiedung verschiedenes vorschau vorstellung vorstellungsrunde vortrag webinar
wortmeldungen zeit ziel ziele zusammenfassung januar februar märz april mai juni juli august september oktober
november dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
"""
_NO_TOPICS = frozenset(map(stem, _TITLE_WORDS.split()))


@dataclass(frozen=True, slots=True)
class Topic:
    """Something records are about; `key` is the same for all inflected forms of `label`."""

    key: str
    label: str


def topics_of(texts: Mapping[str, Sequence[str]]) -> dict[str, tuple[Topic, ...]]:
    """The topics of each record, those that most records share first; at most `MOST_TOPICS_A_RECORD`."""
    found = {record: list(_nouns(titles)) for record, titles in texts.items()}
    within = {stem(noun.word) for nouns in found.values() for noun in nouns if not noun.is_first}
    keys = {
        record: list(dict.fromkeys(stem(noun.word) for noun in nouns if stem(noun.word) in within))
        for record, nouns in found.items()
    }
    shared = Counter(key for each in keys.values() for key in each)
    labels = _labels(noun.word for nouns in found.values() for noun in nouns)
    return {
        record: tuple(
            Topic(key, labels[key])
            for key in sorted(each, key=lambda key: -shared[key])[:MOST_TOPICS_A_RECORD]
        )
        for record, each in keys.items()
    }


@dataclass(frozen=True, slots=True)
class _Noun:
    word: str
    is_first: bool


def _nouns(titles: Sequence[str]) -> Iterator[_Noun]:
    for title in titles:
        end = 0
        for match in _WORD.finditer(title):
            word, before, end = match[0], title[end : match.start()], match.end()
            if word[0].isupper() and len(word) >= SHORTEST_TOPIC and _says_something(word):
                yield _Noun(word, match.start() == 0 or before.rstrip().endswith(_SENTENCE_MARKS))


def _says_something(word: str) -> bool:
    return word.lower() not in STOP_WORDS and stem(word) not in _NO_TOPICS


def _labels(words: Iterator[str]) -> dict[str, str]:
    """The form to show for each stem: the most frequent, of equals the shortest."""
    counts = Counter(words)
    labels: dict[str, str] = {}
    for word in sorted(counts, key=lambda word: (-counts[word], len(word), word)):
        labels.setdefault(stem(word), word)
    return labels
