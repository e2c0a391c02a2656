"""Finds what words changed in a sentence, and puts such a change into another transcription.

A change is anchored on its words, its neighbours and its time. In another transcription the
words are looked for nearby; where they differ there, the neighbours tell the place. What was heard
right this time needs no change. Pure.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcripts.composed_text import composed
from transcripts.corrections.correction_log import WordChange
from transcripts.model import Segment, Word
from transcripts.speech.alignment import opcodes

SLACK_SECONDS = 3.0
"""So far apart two transcriptions may put the same word."""
SURE_SECONDS = 0.6
"""So near a word is the one that is meant, whatever stands beside it."""
NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word, and the segment (by position) that holds it."""

    word: Word
    segment: int


@dataclass(frozen=True, slots=True)
class _Run:
    """Words from `first` to `end` (not included), and how well they fit as a place."""

    first: int
    end: int
    neighbours: int
    distance_seconds: float

    @property
    def is_sure(self) -> bool:
        """Whether this can be no other place."""
        return self.distance_seconds <= SLACK_SECONDS and (
            self.neighbours > 0 or self.distance_seconds <= SURE_SECONDS
        )

    @property
    def rank(self) -> tuple[int, float]:
        """The greater the better."""
        return (self.neighbours, -self.distance_seconds)


def plain(text: str) -> str:
    """A text with single spaces, composed."""
    return " ".join(composed(text).split())


def timed(segment: Segment) -> tuple[Word, ...]:
    """The words of the segment's text; those the recogniser did not write share the time they stand in."""
    texts = segment.text.split()
    heard = [word for word in segment.words if word.text.strip()]
    if [word.text.strip() for word in heard] == texts:
        return tuple(word.model_copy(update={"text": word.text.strip()}) for word in heard)
    if not heard:
        return tuple(_spread(texts, segment.start_seconds, segment.end_seconds))
    return tuple(_aligned(texts, heard))


def reworded(segment: Segment, text: str) -> Segment:
    """The segment with another text: words that stayed keep their times, new ones share the others'."""
    changed = segment.model_copy(update={"text": plain(text), "words": timed(segment)})
    return changed.model_copy(update={"words": timed(changed)})


def changes_between(segment: Segment, after: str) -> tuple[WordChange, ...]:
    """What has to be changed in the segment's words to get the text `after`."""
    words, wanted = timed(segment), after.split()
    texts = [word.text for word in words]
    return tuple(
        WordChange(
            before=" ".join(texts[first:end]),
            after=" ".join(wanted[start:until]),
            left=" ".join(texts[max(0, first - NEIGHBOURS) : first]),
            right=" ".join(texts[end : end + NEIGHBOURS]),
            start_seconds=round(words[first].start_seconds if first < len(words) else segment.end_seconds, 2),
            end_seconds=round(words[end - 1].end_seconds if end else segment.start_seconds, 2),
        )
        for kind, first, end, start, until in opcodes(texts, wanted)
        if kind != "equal"
    )


def apply_change(change: WordChange, segments: list[Segment]) -> bool:
    """Change these segments in place; False, and nothing changed, where the change fits nowhere."""
    near = [
        at
        for at, segment in enumerate(segments)
        if segment.end_seconds > change.start_seconds - SLACK_SECONDS
        and segment.start_seconds < change.end_seconds + SLACK_SECONDS
    ]
    words = [_Placed(word, at) for at in near for word in timed(segments[at])]
    found = _place_of(change, words)
    if found is None:
        return not change.after and not _is_mostly_there(change, words)
    run, is_right_already = found
    if not is_right_already:
        _put(change, words, run, segments)
    return True


def _place_of(change: WordChange, words: Sequence[_Placed]) -> tuple[_Run, bool] | None:
    """Where the change belongs, and whether the text there is right already."""
    for write in (str, _key):
        old = _best(change, words, change.before, write)
        new = _best(change, words, change.after, write)
        if old and new:
            return (old, False) if _is_rather(old, new) else (new, True)
        if old or new:
            return (old, False) if old else (new, True) if new else None
    between = _between_neighbours(change, words) if change.after else None
    return (between, False) if between else None


def _is_rather(one: _Run, other: _Run) -> bool:
    """Whether `one` is the place rather than `other`: the longer of two that overlap, else the better."""
    if one.first < other.end and other.first < one.end:
        return one.end - one.first >= other.end - other.first
    return one.rank >= other.rank


def _best(
    change: WordChange, words: Sequence[_Placed], text: str, write: Callable[[str], str]
) -> _Run | None:
    """The place where these words stand as `write` writes them."""
    tokens, texts = [write(each) for each in text.split()], [write(each.word.text) for each in words]
    if not tokens:
        return None
    runs = (
        _run(change, words, at, at + len(tokens))
        for at in range(len(texts) - len(tokens) + 1)
        if texts[at : at + len(tokens)] == tokens
    )
    return max((each for each in runs if each.is_sure), key=lambda each: each.rank, default=None)


def _run(change: WordChange, words: Sequence[_Placed], first: int, end: int) -> _Run:
    left, right = _keys(change.left), _keys(change.right)
    before, behind = words[max(0, first - len(left)) : first], words[end : end + len(right)]
    neighbours = _shared([_key(each.word.text) for each in reversed(before)], left[::-1])
    neighbours += _shared([_key(each.word.text) for each in behind], right)
    start = words[first].word.start_seconds if first < len(words) else words[-1].word.end_seconds
    return _Run(first, end, neighbours, abs(start - change.start_seconds))


def _between_neighbours(change: WordChange, words: Sequence[_Placed]) -> _Run | None:
    """What stands between the words that stood on both sides, where something else was heard there.

    At a sentence's end only one side is known; then as many words count as there were.
    """
    keys, left, right = [_key(each.word.text) for each in words], _keys(change.left), _keys(change.right)
    count = len(change.before.split())
    most = max(4, 2 * count)
    runs = (
        _run(change, words, first, end)
        for first in range(len(keys) + 1)
        if not left or (first and keys[first - 1] == left[-1])
        for end in range(first, min(first + most, len(keys)) + 1)
        if (end < len(keys) and keys[end] == right[0] if right else True)
        and (end - first == count or (left and right))
    )
    return max(
        (each for each in runs if each.is_sure and each.neighbours), key=lambda each: each.rank, default=None
    )


def _is_mostly_there(change: WordChange, words: Sequence[_Placed]) -> bool:
    """Whether half of what was taken out is heard again at its time, only not in the same words."""
    start, end = change.start_seconds - SURE_SECONDS, change.end_seconds + SURE_SECONDS
    heard = {_key(each.word.text) for each in words if start <= each.word.start_seconds <= end}
    gone = _keys(change.before)
    return 2 * sum(each in heard for each in gone) >= len(gone)


def _texts_at(change: WordChange, run: Sequence[_Placed]) -> list[str]:
    """The new words; the mark behind the old ones stays where the change left marks alone."""
    texts = change.after.split()
    mark, own = _mark(run[-1].word.text) if run else "", _mark(change.before)
    if texts and run and mark != own and _mark(change.after) == own:
        texts[-1] = texts[-1].removesuffix(own) + mark
    return texts


def _mark(text: str) -> str:
    """What stands behind the last letter."""
    letters = [at for at, each in enumerate(text) if each.isalnum()]
    return text[letters[-1] + 1 :] if letters else ""


def _put(change: WordChange, words: Sequence[_Placed], run: _Run, segments: list[Segment]) -> None:
    """Put the new words where the run is; they belong to the segment of the first word that goes."""
    home = words[min(run.first if run.first < run.end else max(0, run.first - 1), len(words) - 1)].segment
    start = words[run.first].word.start_seconds if run.first < len(words) else words[-1].word.end_seconds
    until = words[run.end - 1].word.end_seconds if run.end > run.first else start
    texts = _texts_at(change, words[run.first : run.end])
    new = [_Placed(word, home) for word in _spread(texts, start, until)]
    whole = [*words[: run.first], *new, *words[run.end :]]
    for at in {home, *(each.segment for each in words[run.first : run.end])}:
        kept = tuple(each.word for each in whole if each.segment == at)
        text = " ".join(word.text for word in kept)
        segments[at] = segments[at].model_copy(update={"text": text, "words": kept})


def _aligned(texts: Sequence[str], heard: Sequence[Word]) -> Iterator[Word]:
    """The words of a text, timed by the heard ones that they are or stand in for."""
    for kind, first, end, start, until in opcodes([word.text.strip() for word in heard], texts):
        if kind == "equal":
            yield from (word.model_copy(update={"text": word.text.strip()}) for word in heard[first:end])
            continue
        begin = heard[first].start_seconds if first < len(heard) else heard[-1].end_seconds
        stop = heard[end - 1].end_seconds if end > first else begin
        yield from _spread(texts[start:until], begin, stop)


def _spread(texts: Sequence[str], start_seconds: float, end_seconds: float) -> Iterator[Word]:
    """The words over the time, each by its share of the letters."""
    ends = list(accumulate((len(text) + 1 for text in texts), initial=0))
    share = max(0.0, end_seconds - start_seconds) / max(1, ends[-1])
    for text, first, end in zip(texts, ends, ends[1:], strict=False):
        begin, stop = start_seconds + first * share, start_seconds + end * share
        yield Word(text=text, start_seconds=round(begin, 3), end_seconds=round(stop, 3))


def _keys(text: str) -> list[str]:
    return [_key(each) for each in text.split()]


def _key(text: str) -> str:
    """A word as it is compared: without case and punctuation."""
    return "".join(each for each in text.casefold() if each.isalnum()) or text


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words from the start are the same."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
