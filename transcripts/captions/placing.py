"""Puts the words of a source's captions where they were said: by the words that the recogniser heard there.

Pure. Captions say when a line is shown, not when a word is said. Block by block, their words are compared
with what was heard in that time; a word that is the same has the time of the heard one, the others share
what is left of their caption's time. How many are the same tells whether the captions are of this recording.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from transcripts.media.media_values import Cut
from transcripts.media.source_texts import GivenCue
from transcripts.model import Word
from transcripts.speech.alignment import opcodes

SLACK_SECONDS = 2.0
"""A caption may come and go so much before and after its words."""
LAGS_SECONDS = (0.0, 3.0, 6.0, 9.0)
CLEAR_AGREEMENT = 0.85
"""With so much, no other lag is tried."""
WORDS_OF_A_BLOCK, MOST_COMPARED = 60, 600
_WORDS_REMEMBERED = 10_000
_NO_LETTERS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Placed:
    """The captions' words with their times in the published media.

    `agreement` is the share of the captions' words that were heard at their time, `coverage` the share of
    the heard words at whose time there is a caption, `fullness` how many words there are for each heard one.
    """

    words: tuple[Word, ...]
    agreement: float
    coverage: float
    fullness: float


@dataclass(slots=True)
class _Said:
    """A word of a caption; its time is None until it is known."""

    text: str
    cue: GivenCue
    start_seconds: float | None = None
    end_seconds: float | None = None

    @property
    def core(self) -> str:
        return _core(self.text)

    def may_be_said_at(self, seconds: float) -> bool:
        return self.cue.start_seconds - SLACK_SECONDS <= seconds <= self.cue.end_seconds + SLACK_SECONDS


def place_late(cues: Sequence[GivenCue], heard: Sequence[Word], cut: Cut, duration_seconds: float) -> Placed:
    """The same as `place`, also for captions that somebody typed while listening, some seconds behind.

    Of several lags the one counts with which most words were heard at their time.
    """
    tried = (place(_earlier(cues, each), heard, cut, duration_seconds) for each in LAGS_SECONDS)
    best = next(tried)
    for placed in tried:
        if best.agreement >= CLEAR_AGREEMENT:
            break
        best = max(best, placed, key=lambda each: each.agreement)
    return best


def _earlier(cues: Sequence[GivenCue], seconds: float) -> list[GivenCue]:
    return [
        each.model_copy(
            update={
                "start_seconds": max(0.0, each.start_seconds - seconds),
                "end_seconds": max(0.0, each.end_seconds - seconds),
            }
        )
        for each in cues
    ]


def place(cues: Sequence[GivenCue], heard: Sequence[Word], cut: Cut, duration_seconds: float) -> Placed:
    """The words of captions on the source's clock, in media of so many seconds that the cut leaves.

    What the cut takes away is left out; what lies behind the source's end counts as never heard.
    """
    source_seconds = duration_seconds + cut.start_seconds + cut.end_seconds
    beyond = sum(len(each.text.split()) for each in cues if each.start_seconds >= source_seconds)
    kept = list(_kept(cues, cut, duration_seconds))
    said = [_Said(text, cue) for cue in kept for text in cue.text.split()]
    same = _give_heard_times(said, sorted(heard, key=_middle))
    _share_the_rest(said)
    return Placed(
        words=tuple(_in_order(said, duration_seconds)),
        agreement=same / max(1, len(said) + beyond),
        coverage=_coverage(kept, heard),
        fullness=len(said) / max(1, len(heard)),
    )


def _kept(cues: Sequence[GivenCue], cut: Cut, duration_seconds: float) -> Iterator[GivenCue]:
    """The cues on the clock of what is published."""
    for cue in cues:
        start, end = (each - cut.start_seconds for each in (cue.start_seconds, cue.end_seconds))
        if end > 0 and start < duration_seconds:
            times = {"start_seconds": max(0.0, start), "end_seconds": min(end, duration_seconds)}
            yield cue.model_copy(update=times)


def _give_heard_times(said: list[_Said], heard: Sequence[Word]) -> int:
    """Let words that were heard at their time have the heard ones' times; says how many were."""
    middles = [_middle(each) for each in heard]
    same = taken = 0
    for first in range(0, len(said), WORDS_OF_A_BLOCK):
        block = said[first : first + WORDS_OF_A_BLOCK]
        begin = bisect_left(middles, block[0].cue.start_seconds - SLACK_SECONDS)
        end = bisect_left(middles, block[-1].cue.end_seconds + SLACK_SECONDS)
        begin = max(taken, begin)
        near = heard[begin : min(max(begin, end), begin + MOST_COMPARED)]
        steps = opcodes([each.core for each in block], [_core(each.text) for each in near])
        for kind, own, own_end, other, other_end in steps:
            if kind == "delete" or own_end - own != other_end - other:
                continue
            for one, word in zip(block[own:own_end], near[other:other_end], strict=True):
                if one.may_be_said_at(_middle(word)):
                    one.start_seconds, one.end_seconds = word.start_seconds, word.end_seconds
                    same += kind == "equal"
            taken = begin + other_end
    return same


def _share_the_rest(said: Sequence[_Said]) -> None:
    """Spread words without a time over what is left of their caption's time between those with one."""
    after = 0.0
    for first, end in _untimed(said):
        run, cue = said[first:end], said[first].cue
        if first:
            after = said[first - 1].end_seconds or 0.0
        following = said[end].start_seconds if end < len(said) else None
        until = cue.end_seconds if following is None else min(cue.end_seconds, following)
        start = min(max(after, cue.start_seconds), max(after, until))
        _spread(run, start, max(start, until))


def _untimed(said: Sequence[_Said]) -> Iterator[tuple[int, int]]:
    """First and behind the last of each row of words of one caption that have no time yet."""
    first = 0
    while first < len(said):
        end = first
        while end < len(said) and said[end].start_seconds is None and said[end].cue is said[first].cue:
            end += 1
        if end > first:
            yield first, end
        first = max(end, first + 1)


def _spread(run: Sequence[_Said], start_seconds: float, end_seconds: float) -> None:
    """Each word by its share of the characters."""
    ends = list(accumulate((len(each.text) + 1 for each in run), initial=0))
    for each, first, end in zip(run, ends, ends[1:], strict=False):
        each.start_seconds = start_seconds + (end_seconds - start_seconds) * first / ends[-1]
        each.end_seconds = start_seconds + (end_seconds - start_seconds) * end / ends[-1]


def _in_order(said: Sequence[_Said], duration_seconds: float) -> list[Word]:
    """None begins before the one in front of it, and none ends behind the next one's beginning."""
    starts, latest = [], 0.0
    for each in said:
        latest = max(latest, min(each.start_seconds or 0.0, duration_seconds))
        starts.append(round(latest, 2))
    following = [*starts, round(duration_seconds, 2)][1:] if starts else []
    return [
        Word(text=each.text, start_seconds=start, end_seconds=_end(each, start, after))
        for each, start, after in zip(said, starts, following, strict=True)
    ]


def _end(each: _Said, start: float, after: float) -> float:
    return max(start, min(round(each.end_seconds or 0.0, 2), after))


def _coverage(cues: Sequence[GivenCue], heard: Sequence[Word]) -> float:
    """The share of what was heard at whose time there is a caption; the cues are in order."""
    starts = [each.start_seconds - SLACK_SECONDS for each in cues]
    latest = list(accumulate((each.end_seconds + SLACK_SECONDS for each in cues), max))
    inside = 0
    for word in heard:
        before = bisect_left(starts, _middle(word))
        inside += before > 0 and _middle(word) <= latest[before - 1]
    return inside / max(1, len(heard))


def _middle(word: Word) -> float:
    return (word.start_seconds + word.end_seconds) / 2


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _core(text: str) -> str:
    return _NO_LETTERS.sub("", text.casefold())
