"""Plans where a recording is cut for the recogniser: windows of minutes, chunks of seconds.

Pure arithmetic on stretches of speech. A window is what a task decodes and keeps;
a chunk is what the model hears at once. Both are cut only where nobody speaks,
unless somebody speaks without a pause for longer than the model can hear.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

MEAN_WINDOW_SECONDS = 450.0
LONGEST_WINDOW_SECONDS = 540.0
# How far a cut may move to a longer silence, as a share of a window.
LARGEST_SHIFT = 0.2
# Whisper hears 30 s. Longer chunks than this were no better in clear speech, and cost time and memory.
LONGEST_CHUNK_SECONDS = 22.0
LONGEST_SILENCE_INSIDE_SECONDS = 1.5
MARGIN_SECONDS = 0.3
# What a chunk costs: starting it, and attention in the encoder, which grows with the square of its length.
# In seconds of one core as once measured with Whisper base; it is cheaper now, but cheaper chunks in this
# reckoning, which are shorter, gave more wrong words.
CHUNK_COST = 0.3
ATTENTION_COST_PER_SQUARE_SECOND = 0.001
# A cut at a pause shorter than this parts what belongs together (a phrase, a sentence).
SENTENCE_PAUSE_SECONDS = 0.6
CUT_COST = 1.0


@dataclass(frozen=True, slots=True)
class SpeechSpan:
    """Someone speaks here, without a pause worth the name; half-open, in seconds."""

    start_seconds: float
    end_seconds: float

    @property
    def duration_seconds(self) -> float:
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the recording that is decoded as a unit, with the speech in it."""

    start_seconds: float
    end_seconds: float
    spans: tuple[SpeechSpan, ...]

    @property
    def duration_seconds(self) -> float:
        return self.end_seconds - self.start_seconds


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the model hears at once; `spans` is the speech in it."""

    start_seconds: float
    end_seconds: float
    spans: tuple[SpeechSpan, ...]

    @property
    def duration_seconds(self) -> float:
        return self.end_seconds - self.start_seconds

    @property
    def speech_seconds(self) -> float:
        return sum(span.duration_seconds for span in self.spans)


def speech_between(
    spans: Sequence[SpeechSpan], start_seconds: float, end_seconds: float
) -> tuple[SpeechSpan, ...]:
    """The parts of `spans` that lie between two times."""
    clipped = (
        SpeechSpan(max(span.start_seconds, start_seconds), min(span.end_seconds, end_seconds))
        for span in spans
    )
    return tuple(span for span in clipped if span.duration_seconds > 0)


def plan_windows(
    spans: Sequence[SpeechSpan],
    duration_seconds: float,
    most_mean_seconds: float = MEAN_WINDOW_SECONDS,
    longest_seconds: float = LONGEST_WINDOW_SECONDS,
) -> tuple[Window, ...]:
    """Windows that cover the recording without gap or overlap, of about equal length.

    On average they are at most `most_mean_seconds` long, and none is longer than
    `longest_seconds`. Each cut lies in the middle of the longest silence near its
    place; without any, right there.
    """
    count = max(1, math.ceil(duration_seconds / most_mean_seconds))
    step = duration_seconds / count
    slack = min(step * LARGEST_SHIFT, (longest_seconds - step) / 2)
    cuts = [
        _middle_of_longest_silence(spans, step * number - slack, step * number + slack)
        for number in range(1, count)
    ]
    edges = [0.0, *cuts, duration_seconds]
    return tuple(Window(start, end, speech_between(spans, start, end)) for start, end in pairwise(edges))


def _middle_of_longest_silence(
    spans: Sequence[SpeechSpan], earliest_seconds: float, latest_seconds: float
) -> float:
    silences = silences_between(spans, earliest_seconds, latest_seconds)
    if not silences:
        return (earliest_seconds + latest_seconds) / 2
    longest = max(silences, key=lambda silence: silence.duration_seconds)
    return (longest.start_seconds + longest.end_seconds) / 2


def silences_between(
    spans: Sequence[SpeechSpan], start_seconds: float, end_seconds: float
) -> tuple[SpeechSpan, ...]:
    """The stretches between two times in which nobody speaks."""
    inside = speech_between(spans, start_seconds, end_seconds)
    starts = [start_seconds, *(span.end_seconds for span in inside)]
    ends = [*(span.start_seconds for span in inside), end_seconds]
    return tuple(SpeechSpan(start, end) for start, end in zip(starts, ends, strict=True) if end > start)


def plan_chunks(window: Window, longest_seconds: float = LONGEST_CHUNK_SECONDS) -> tuple[Chunk, ...]:
    """The cheapest way to part a window's speech into chunks, by dynamic programming.

    It weighs what each chunk costs the model against the harm of cutting at a
    short pause, so that cuts fall on long pauses while chunks stay long enough
    to give the model its context. Silence of more than 1.5 s is never inside a chunk.
    """
    spans = _no_longer_than(window.spans, longest_seconds)
    cost = [0.0] + [math.inf] * len(spans)
    first_of = [0] * (len(spans) + 1)
    for end in range(1, len(spans) + 1):
        for start in range(end - 1, -1, -1):
            if start < end - 1 and not _may_be_joined(spans, start, end, longest_seconds):
                break
            candidate = cost[start] + _cost(spans, start, end)
            if candidate < cost[end]:
                cost[end], first_of[end] = candidate, start
    return tuple(_chunk(window, spans, start, end) for start, end in _backwards(first_of))


def halves(chunk: Chunk) -> tuple[Chunk, ...]:
    """The chunk parted at its longest inner pause; itself when there is none."""
    if len(chunk.spans) < 2:
        return (chunk,)
    pauses = [_pause_after(chunk.spans, index) for index in range(len(chunk.spans) - 1)]
    index = pauses.index(max(pauses))
    cut = (chunk.spans[index].end_seconds + chunk.spans[index + 1].start_seconds) / 2
    return (
        Chunk(chunk.start_seconds, cut, chunk.spans[: index + 1]),
        Chunk(cut, chunk.end_seconds, chunk.spans[index + 1 :]),
    )


def _no_longer_than(spans: Sequence[SpeechSpan], longest_seconds: float) -> tuple[SpeechSpan, ...]:
    """Spans without a pause for longer than the model can hear are cut into equal parts."""
    parts: list[SpeechSpan] = []
    for span in spans:
        count = max(1, math.ceil(span.duration_seconds / longest_seconds))
        step = span.duration_seconds / count
        edges = [span.start_seconds + step * index for index in range(count)] + [span.end_seconds]
        parts += [SpeechSpan(start, end) for start, end in pairwise(edges)]
    return tuple(parts)


def _pause_after(spans: Sequence[SpeechSpan], index: int) -> float:
    return spans[index + 1].start_seconds - spans[index].end_seconds


def _may_be_joined(spans: Sequence[SpeechSpan], start: int, end: int, longest_seconds: float) -> bool:
    """Whether `start` may join what follows it: called with ever earlier `start`, so one pause is new."""
    length = spans[end - 1].end_seconds - spans[start].start_seconds
    return length <= longest_seconds and _pause_after(spans, start) <= LONGEST_SILENCE_INSIDE_SECONDS


def _cost(spans: Sequence[SpeechSpan], start: int, end: int) -> float:
    length = spans[end - 1].end_seconds - spans[start].start_seconds
    pause = _pause_after(spans, end - 1) if end < len(spans) else math.inf
    harm = max(0.0, 1 - pause / SENTENCE_PAUSE_SECONDS)
    return CHUNK_COST + ATTENTION_COST_PER_SQUARE_SECOND * length**2 + CUT_COST * harm


def _backwards(first_of: Sequence[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    end = len(first_of) - 1
    while end > 0:
        ranges.append((first_of[end], end))
        end = first_of[end]
    return ranges[::-1]


def _chunk(window: Window, spans: Sequence[SpeechSpan], start: int, end: int) -> Chunk:
    """The speech with a margin, which ends half-way to the neighbour's."""
    first, last = spans[start], spans[end - 1]
    before = (spans[start - 1].end_seconds + first.start_seconds) / 2 if start else window.start_seconds
    after = (last.end_seconds + spans[end].start_seconds) / 2 if end < len(spans) else window.end_seconds
    return Chunk(
        max(before, first.start_seconds - MARGIN_SECONDS),
        min(after, last.end_seconds + MARGIN_SECONDS),
        tuple(spans[start:end]),
    )
