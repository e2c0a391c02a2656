"""German titles for chapters, made from what is said in them.

Pure functions over the sentences of each chapter. A title is, in this order:
what the meeting does there (greeting, break, questions, parting), what the
moderator calls the topic or a heading that is read out (`headings`), or the
nouns and phrases that tell this chapter from the others (`telling`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from transcripts.chapters.headings import heading, named_topic
from transcripts.chapters.keyness import LONGEST_TITLE_WORDS, Meeting, is_akin
from transcripts.chapters.moderator_phrases import (
    Opening,
    is_break,
    is_election,
    is_farewell,
    is_greeting,
    is_question_round,
    is_vote,
)
from transcripts.german.noun_forms import NounForms
from transcripts.german.nouns import beginning, capitalised, with_capitals

FALLBACK_TITLE = "Weiteres Gespräch"
LIST_TITLE = "Verschiedene Punkte"
MORE_OF_A_LIST_TITLE = "Weitere Punkte"

_OPENING_SENTENCES = 4
_SHORT_SECONDS = 180.0
_STRETCHES = 6
_STRETCHES_OF_VOTES = 4
_FEWEST_VOTES = 4
_VOTE_ON = re.compile(
    r"\bAbstimmung(?:en)?\s+(?P<subject>über\s+(?:den|die|das|unsere[ns]?)\s+[^,.:;!?–]{1,200}+)(?=[.!,:])"
)
_NEXT_MEETING = re.compile(
    r"\bnächste[nsr]?\s+(?:\w*treffen|\w*sitzung|termin|mal|versammlung|veranstaltung)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ChapterText:
    """What is said in one chapter, segment by segment, how long it lasts, and its share of the meeting."""

    texts: tuple[str, ...]
    turn: Opening
    share: float
    has_overview: bool = False
    seconds: float = 600.0


def make_titles(chapters: Sequence[ChapterText]) -> list[str]:
    """A title of at most seven words for each chapter, no two alike."""
    chapters = [replace(one, texts=tuple(with_capitals(list(map(beginning, one.texts))))) for one in chapters]
    meeting = Meeting([chapter.texts for chapter in chapters])
    titles: list[str] = []
    for index, chapter in enumerate(chapters):
        is_last = index == len(chapters) - 1 > 0
        title = capitalised(
            _role_title(meeting, index, chapter, is_last) or _topic_title(meeting, index, chapter)
        )
        if title == LIST_TITLE and title in titles:
            title = MORE_OF_A_LIST_TITLE
        if title in titles:
            title = _shortened(f"{title}: {_joined(meeting.telling_nouns(index)[:2])}") or title
        titles.append(title if title not in titles else _numbered(title, titles))
    return titles


def _numbered(title: str, taken: Sequence[str]) -> str:
    number = 2
    while f"{title} ({number})" in taken:
        number += 1
    return f"{title} ({number})"


def _role_title(meeting: Meeting, index: int, chapter: ChapterText, is_last: bool) -> str:
    """What the meeting does in this chapter, where that says more than what it speaks of; else empty."""
    opening = chapter.texts[:_OPENING_SENTENCES]
    if index == 0 and any(map(is_greeting, opening)):
        return _greeting_title(chapter, meeting.telling_nouns(index))
    if is_last and _is_farewell(chapter, meeting.forms):
        return _farewell_title(chapter)
    if any(map(is_break, chapter.texts[:2])) and chapter.seconds > 2.0 * len(" ".join(chapter.texts).split()):
        return "Pause"
    questions = sum(text.rstrip().endswith("?") for text in chapter.texts)
    if questions > 1 and any(map(is_question_round, chapter.texts[:2])):
        return "Fragen und Diskussion"
    return ""


def _greeting_title(chapter: ChapterText, nouns: Sequence[str]) -> str:
    if chapter.share > 0.3 and chapter.seconds > _SHORT_SECONDS / 2:
        return _joined(["Begrüßung", *nouns[:1]])
    return "Begrüßung und Ablauf" if chapter.has_overview else "Begrüßung und Einführung"


def _is_farewell(chapter: ChapterText, forms: NounForms) -> bool:
    """Whether a short last chapter only says goodbye: a topic that is turned to outlasts its last words."""
    is_short = chapter.seconds < _SHORT_SECONDS and any(map(is_farewell, chapter.texts))
    return is_short and not named_topic(chapter.texts[:1], chapter.turn, forms)


def _farewell_title(chapter: ChapterText) -> str:
    has_next = any(map(_NEXT_MEETING.search, chapter.texts))
    return "Nächstes Treffen und Verabschiedung" if has_next else "Verabschiedung"


def _voting_title(texts: Sequence[str], *, is_formal: bool) -> str:
    """The title of a chapter in which votes are taken from its beginning to its end; else empty."""
    votes = [at for at, text in enumerate(texts) if is_vote(text) or is_election(text)]
    stretches = {at * _STRETCHES // len(texts) for at in votes}
    fewest = 2 if is_formal else _FEWEST_VOTES
    if len(votes) < fewest or len(stretches) < min(fewest, _STRETCHES_OF_VOTES):
        return ""
    if sum(map(is_election, texts)) > 1:
        return "Wahlen"
    matches = (_VOTE_ON.search(text) for text in texts[:_OPENING_SENTENCES])
    subject = next((match["subject"] for match in matches if match), "")
    is_short = 0 < len(subject.split()) < LONGEST_TITLE_WORDS
    return f"Abstimmung {subject}" if is_short else "Abstimmungen"


def _topic_title(meeting: Meeting, index: int, chapter: ChapterText) -> str:
    nouns = meeting.telling_nouns(index)
    named = named_topic(chapter.texts, chapter.turn, meeting.forms)
    if not named and (
        plain := _voting_title(chapter.texts, is_formal=meeting.is_formal(index))
        or _list_title(meeting, index)
    ):
        return plain
    if read_out := "" if named else heading(meeting, index):
        return read_out
    subject = named or meeting.best_phrase(index)
    if not subject:
        return _of_nouns(nouns) or FALLBACK_TITLE
    more = [noun for noun in nouns if not is_akin(noun, subject.replace("-", " ").split())]
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


def _list_title(meeting: Meeting, index: int) -> str:
    return LIST_TITLE if meeting.is_list(index) or meeting.is_formal(index) else ""


def _of_nouns(nouns: Sequence[str]) -> str:
    """ "Altersarmut: Rente und Beitrag": what it is about, and what is said of it."""
    if len(nouns) == 1:
        return f"Thema {nouns[0]}"
    first, *more = nouns or [""]
    return f"{first}: {_joined(more[:2])}" if len(more) > 1 else _joined(nouns)


def _holds(phrase: str, nouns: Sequence[str]) -> bool:
    return any(is_akin(noun, phrase.replace("-", " ").split()) for noun in nouns)


def _shortened(title: str) -> str:
    """The title, without what follows its colon where it would be longer than a title may be."""
    return title if len(title.split()) <= LONGEST_TITLE_WORDS else title.split(":")[0]


def _joined(nouns: Sequence[str]) -> str:
    *most, last = nouns or [""]
    return f"{', '.join(most)} und {last}" if most else last
