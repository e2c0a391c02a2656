"""Words of a sentence and what people change about them: finds the difference, and the place for it.

A change is anchored on the words it replaces and on when they were heard, so it finds its
place in another transcript of the same recording. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto

from transcripts.corrections import WordChange
from transcripts.model import Segment, Word

# Two transcripts of one recording differ by less than this about when a word is heard.
REACH_SECONDS = 4.0
_EDGES = re.compile(r"^\W+|\W+$")
_END = re.compile(r"\W*$")


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word, and the position of its sentence."""

    sentence: int
    word: Word


class Fit(Enum):
    """What became of a change: made, already so in this text, or its words are not here."""

    MADE = auto()
    THERE_ALREADY = auto()
    NOT_FOUND = auto()


def plain(text: str) -> str:
    """A text with single spaces, as edits compare it."""
    return " ".join(text.split())


def words_of(segment: Segment) -> tuple[Word, ...]:
    """A word for each that spaces part in the segment's text, with its time.

    Where the recognised words are not those of the text, they share the segment's time by letters.
    """
    recognised = [(word, word.text.split()) for word in segment.words]
    if [part for _, parts in recognised for part in parts] == segment.text.split():
        return tuple(timed for word, parts in recognised for timed in _shared(word, parts))
    whole = Word(text="", start_seconds=segment.start_seconds, end_seconds=segment.end_seconds)
    return tuple(_shared(whole, segment.text.split()))


def changes_between(segment: Segment, text: str) -> tuple[WordChange, ...]:
    """What has to be changed in a sentence so that it reads `text`, each on the words it replaces."""
    words, wanted = words_of(segment), text.split()
    if not words:
        return (_change(segment, "", plain(text)),) if wanted else ()
    return tuple(
        WordChange(
            start_seconds=words[first].start_seconds,
            end_seconds=words[end - 1].end_seconds,
            before=" ".join(word.text for word in words[first:end]),
            after=" ".join(wanted[other:other_end]),
        )
        for first, end, other, other_end in _differences(words, wanted)
    )


def reworded(segment: Segment, text: str) -> Segment:
    """The sentence with another text: words that stay keep their times, new ones share those they replace."""
    words, wanted = words_of(segment), text.split()
    if not words:
        return rewritten(segment, _shared(_span(segment), wanted))
    made: list[Word] = []
    done = 0
    for first, end, other, other_end in _differences(words, wanted):
        made += words[done:first]
        made += replacing(words[first:end], wanted[other:other_end])
        done = end
    return rewritten(segment, [*made, *words[done:]])


def rewritten(segment: Segment, words: Sequence[Word] | Iterator[Word]) -> Segment:
    """The sentence of these words; one whose words have no times gets none."""
    made = tuple(words)
    text = " ".join(word.text for word in made)
    return segment.model_copy(update={"text": text, "words": made if segment.words else ()})


def replacing(words: Sequence[Word], texts: Sequence[str]) -> Iterator[Word]:
    """New words in the time of those they replace; no machine doubts what a person wrote."""
    whole = Word(text="", start_seconds=words[0].start_seconds, end_seconds=words[-1].end_seconds)
    return _shared(whole, texts)


def find_place(change: WordChange, words: Sequence[PlacedWord]) -> tuple[Fit, int]:
    """Where in `words` the change belongs: the first word it replaces, if it is to be made."""
    if not change.before:
        return (Fit.THERE_ALREADY if _nearest(change.after, change, words) is not None else Fit.NOT_FOUND), 0
    place = _nearest(change.before, change, words)
    if _is_longer(change) and _nearest(change.after, change, words) is not None:
        return Fit.THERE_ALREADY, 0
    if place is not None:
        return Fit.MADE, place
    is_there = change.after and _nearest(change.after, change, words) is not None
    return (Fit.THERE_ALREADY if is_there else Fit.NOT_FOUND), 0


def new_texts(change: WordChange, found: Sequence[PlacedWord]) -> list[str]:
    """The words to put there; the mark behind the found ones stays if the change left it alone."""
    texts = change.after.split()
    mark, own = _mark(found[-1].word.text), _mark(change.before)
    if texts and mark != own and _mark(change.after) == own:
        texts[-1] = texts[-1][: len(texts[-1]) - len(own)] + mark
    return texts


def normal(word: str) -> str:
    """A word as it is compared: without marks at its edges, lower case."""
    return _EDGES.sub("", word).casefold()


def _differences(words: Sequence[Word], wanted: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs that differ, as in difflib; what is only inserted takes the word beside it along."""
    matcher = SequenceMatcher(None, [word.text for word in words], wanted, autojunk=False)
    for kind, first, end, other, other_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        if first == end and first > 0:
            yield first - 1, end, other - 1, other_end
        elif first == end:
            yield first, end + 1, other, other_end + 1
        else:
            yield first, end, other, other_end


def _nearest(text: str, change: WordChange, words: Sequence[PlacedWord]) -> int | None:
    """Where these words are said nearest to the change's time, within reach."""
    wanted = [normal(word) for word in text.split()]
    said = [normal(each.word.text) for each in words]
    places = [
        (abs(words[place].word.start_seconds - change.start_seconds), place)
        for place in range(len(said) - len(wanted) + 1)
        if said[place : place + len(wanted)] == wanted
    ]
    distance, place = min(places, default=(REACH_SECONDS + 1, 0))
    return place if distance <= REACH_SECONDS else None


def _is_longer(change: WordChange) -> bool:
    """Whether the new words hold the old ones, which therefore are found in either text."""
    before, after = ([normal(word) for word in text.split()] for text in (change.before, change.after))
    starts = range(len(after) - len(before) + 1)
    return before != after and any(after[at : at + len(before)] == before for at in starts)


def _change(segment: Segment, before: str, after: str) -> WordChange:
    start, end = segment.start_seconds, segment.end_seconds
    return WordChange(start_seconds=start, end_seconds=end, before=before, after=after)


def _span(segment: Segment) -> Word:
    return Word(text="", start_seconds=segment.start_seconds, end_seconds=segment.end_seconds)


def _shared(word: Word, parts: Sequence[str]) -> Iterator[Word]:
    """The parts of a word, each with its share of the time by letters."""
    letters, before = sum(map(len, parts)), 0
    duration = word.end_seconds - word.start_seconds
    for part in parts:
        start = word.start_seconds + duration * before / letters
        before += len(part)
        end = word.start_seconds + duration * before / letters
        yield Word(
            text=part,
            start_seconds=round(start, 2),
            end_seconds=round(end, 2),
            probability=word.probability,
        )


def _mark(text: str) -> str:
    found = _END.search(text)
    return found[0].strip() if found else ""
