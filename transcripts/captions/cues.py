"""Makes captions: cuts a transcript into cues, each with its lines and times.

The rules are those of the German-speaking broadcasters, "Untertitel-Standards
von ARD, ORF, SRF, ZDF" (daserste.de/specials/service/untertitel-standards100.html):
at most two lines, shown for at least one second and in step with the speech,
long enough to read, one thought a cue, one frame between two cues. Their 37
characters a line and 13 to 15 a second are teletext's; on the web 42 a line hold,
and up to 20 a second where somebody speaks fast, since words are never left out;
into a silence a cue stays until 15 a second are reached. Where words come faster
than that, a cue comes up to half a second ahead of them and goes as late. Where to break is chosen
for the whole transcript at once: the least total cost over all cuttings, by
dynamic programming, as Knuth and Plass break paragraphs (1981). Which breaks read
well is for `line_breaks` to say, how cues are written for `formats`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf

from transcripts.captions.caption_words import SpokenWord, spoken_words
from transcripts.captions.line_breaks import break_cost
from transcripts.model import Segment, Transcript

MAX_LINES = 2
MAX_LINE_CHARACTERS = 42
MIN_CUE_SECONDS = 1.0
MAX_CUE_SECONDS = 7.0
MAX_CHARACTERS_PER_SECOND = 20.0
COMFORTABLE_CHARACTERS_PER_SECOND = 15.0
FRAME_GAP_SECONDS = 0.04
CLOSED_GAP_SECONDS = 0.5
LINGER_SECONDS = 0.3
# So far from its words a cue may stand where they come too fast to be read.
MOST_AHEAD_SECONDS = 0.5
MOST_BEHIND_SECONDS = 0.5

# Costs are in one made-up unit: 10 is a break between two words that nothing
# holds together and nothing separates. A broken rule outweighs any wording.
_BROKEN_RULE = 1000.0
_PER_CUE = 6.0
_SHARED_CUE = 8.0
_BREAK_BETWEEN_CUES = 1.5


@dataclass(frozen=True, slots=True)
class Cue:
    """What a caption shows at once; `segment_ids` are the sentences it shows, whole or in part."""

    start_seconds: float
    end_seconds: float
    lines: tuple[str, ...]
    segment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    id: str
    speaker: str | None
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _Speech:
    """All words in order, with what the search asks for again and again.

    `breaks[i]` is the cost of a break before word i, `offsets[i]` the place of
    word i in the text, `rests[i]` the cost of all pauses before it; `until_seconds`
    is the end of the recording, infinite where it is not known.
    """

    words: tuple[SpokenWord, ...]
    sentences: tuple[_Sentence, ...]
    sentence_of: tuple[int, ...]
    breaks: tuple[float, ...]
    offsets: tuple[int, ...]
    rests: tuple[float, ...]
    until_seconds: float

    def characters(self, first: int, end: int) -> int:
        """The length of the words `first` to `end` (not included) on one line."""
        return self.offsets[end] - self.offsets[first] - 1

    def text(self, first: int, end: int) -> str:
        return " ".join(word.text for word in self.words[first:end])

    def room_seconds(self, first: int, end: int) -> float:
        """How long a cue of these words could stand before the next must come."""
        is_last = end == len(self.words)
        until = self.until_seconds if is_last else self.words[end].start_seconds - FRAME_GAP_SECONDS
        return until - self.words[first].start_seconds


@dataclass(frozen=True, slots=True)
class _Layout:
    """How words fall into lines: the second line starts at word `second`, if there is one."""

    cost: float
    second: int | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    """The words of one cue."""

    first: int
    end: int
    second: int | None


def make_cues(transcript: Transcript) -> tuple[Cue, ...]:
    """The cues of the transcript, in order and without overlap.

    Each has one or two lines of at most 42 characters and stands for 1 to 7 s.
    All words of the segments' texts appear, in order; a word longer than a line is
    hyphenated. Words without times get theirs by their share of the segment's
    characters. Where words come too fast to be shown for a second, cues run late.
    """
    speech = _speech(transcript.segments, transcript.duration_seconds)
    return tuple(_timed(speech, _best_spans(speech)))


def _speech(segments: Sequence[Segment], duration_seconds: float) -> _Speech:
    words: list[SpokenWord] = []
    sentences: list[_Sentence] = []
    sentence_of: list[int] = []
    heard_until = 0.0
    for segment in segments:
        heard = spoken_words(segment, MAX_LINE_CHARACTERS, heard_until)
        if not heard:
            continue
        sentence_of += [len(sentences)] * len(heard)
        sentences.append(_Sentence(segment.id, segment.speaker, len(words), len(words) + len(heard)))
        words += heard
        heard_until = heard[-1].start_seconds
    return _Speech(
        words=tuple(words),
        sentences=tuple(sentences),
        sentence_of=tuple(sentence_of),
        breaks=tuple(_break_costs(words, sentence_of)),
        offsets=tuple(accumulate((len(word.text) + 1 for word in words), initial=0)),
        rests=tuple(accumulate((_rest_cost(one, two) for one, two in pairwise(words)), initial=0.0)),
        until_seconds=duration_seconds if duration_seconds > heard_until else inf,
    )


def _break_costs(words: Sequence[SpokenWord], sentence_of: Sequence[int]) -> Iterator[float]:
    yield 0.0
    for index, (last, following) in enumerate(pairwise(words), start=1):
        if sentence_of[index - 1] != sentence_of[index]:
            yield 0.0
            continue
        pause = following.start_seconds - last.end_seconds
        starts_sentence = index < 2 or sentence_of[index - 2] != sentence_of[index - 1]
        yield break_cost(last.text, following.text, pause, is_first=starts_sentence)
    yield 0.0


def _rest_cost(last: SpokenWord, following: SpokenWord) -> float:
    """Words on both sides of a long rest should not stand in one cue."""
    return 8 * max(0.0, following.start_seconds - last.end_seconds - 0.8)


def _best_spans(speech: _Speech) -> list[_Span]:
    """The cheapest way to cut all words into cues."""
    count = len(speech.words)
    costs = [0.0] + [inf] * count
    best: list[_Span] = [_Span(0, 0, None)] * (count + 1)
    for end in range(1, count + 1):
        for first in range(end - 1, -1, -1):
            if speech.characters(first, end) > MAX_LINES * MAX_LINE_CHARACTERS + 1:
                break
            layout = _best_layout(speech, first, end)
            if layout.cost == inf:
                continue
            cost = costs[first] + layout.cost + _cue_cost(speech, first, end)
            if cost < costs[end]:
                costs[end], best[end] = cost, _Span(first, end, layout.second)
    spans = []
    while count:
        spans.append(best[count])
        count = best[count].first
    return spans[::-1]


def _best_layout(speech: _Speech, first: int, end: int) -> _Layout:
    if speech.characters(first, end) <= MAX_LINE_CHARACTERS:
        return _Layout(0.0)
    layouts = (
        _two_lines(speech, first, second, end)
        for second in range(first + 1, end)
        if speech.characters(first, second) <= MAX_LINE_CHARACTERS >= speech.characters(second, end)
    )
    return min(layouts, key=lambda layout: layout.cost, default=_Layout(inf))


def _two_lines(speech: _Speech, first: int, second: int, end: int) -> _Layout:
    """The bottom line is rather the longer one, and none is a single short word."""
    top, bottom = speech.characters(first, second), speech.characters(second, end)
    balance = 0.3 * max(0, top - bottom, bottom - top - 8)
    orphans = (second - first == 1 and top < 12) + (end - second == 1 and bottom < 12)
    return _Layout(speech.breaks[second] + balance + 10 * orphans, second)


def _cue_cost(speech: _Speech, first: int, end: int) -> float:
    return (
        _PER_CUE
        + _BREAK_BETWEEN_CUES * speech.breaks[end]
        + speech.rests[end - 1]
        - speech.rests[first]
        + _time_cost(speech, first, end)
        + _size_cost(speech, first, end)
        + _crossing_cost(speech, first, end)
    )


def _time_cost(speech: _Speech, first: int, end: int) -> float:
    spoken = speech.words[end - 1].end_seconds - speech.words[first].start_seconds
    longest = min(MAX_CUE_SECONDS, speech.room_seconds(first, end))
    too_long = max(0.0, spoken - MAX_CUE_SECONDS) if end - first > 1 else 0.0
    too_short = max(0.0, MIN_CUE_SECONDS - longest)
    speed = speech.characters(first, end) / max(longest, MIN_CUE_SECONDS)
    return (
        _BROKEN_RULE * (too_long + too_short)
        + 8 * max(0.0, 1.5 - longest)
        + 3 * max(0.0, speed - MAX_CHARACTERS_PER_SECOND)
        + 0.5 * max(0.0, speed - COMFORTABLE_CHARACTERS_PER_SECOND)
    )


def _size_cost(speech: _Speech, first: int, end: int) -> float:
    """Cues of like size read best; a scrap of a sentence reads worst."""
    characters = speech.characters(first, end)
    share = characters / (MAX_LINES * MAX_LINE_CHARACTERS)
    sentence = speech.sentences[speech.sentence_of[first]]
    is_whole = sentence.first == first and sentence.end <= end
    scrap = 0.0 if is_whole else 0.6 * max(0, 22 - characters) + (8 if end - first == 1 else 0)
    return 4 * share**2 + scrap


def _crossing_cost(speech: _Speech, first: int, end: int) -> float:
    """Only short sentences, whole and of one speaker, may share a cue."""
    held = speech.sentences[speech.sentence_of[first] : speech.sentence_of[end - 1] + 1]
    if len(held) == 1:
        return 0.0
    are_whole = held[0].first == first and held[-1].end == end
    are_short = all(speech.characters(one.first, one.end) <= MAX_LINE_CHARACTERS for one in held)
    is_one_voice = len({one.speaker for one in held}) == 1
    return _SHARED_CUE + _BROKEN_RULE * (0.3 * (not are_whole or not are_short) + 0.4 * (not is_one_voice))


def _timed(speech: _Speech, spans: Sequence[_Span]) -> Iterator[Cue]:
    starts = _starts(speech, spans)
    earliest = 0.0
    for span, start, following in zip(spans, starts, (*starts[1:], speech.until_seconds), strict=False):
        start = round(max(earliest, start), 3)
        end = round(_end_seconds(speech, span, start, following), 3)
        yield Cue(start, end, _lines(speech, span), _segment_ids(speech, span))
        earliest = end + FRAME_GAP_SECONDS


def _starts(speech: _Speech, spans: Sequence[_Span]) -> list[float]:
    """When each cue comes: with its first word; earlier where it could not be read otherwise.

    Earlier it comes by what is missing, into a rest of the speaker before it; never by so much that it
    is out of step with the speech.
    """
    starts = [speech.words[span.first].start_seconds for span in spans]
    for index in range(len(spans) - 1, 0, -1):
        until = starts[index + 1] - FRAME_GAP_SECONDS if index + 1 < len(spans) else speech.until_seconds
        missing = starts[index] + _least_seconds(speech, spans[index]) - until
        rest = starts[index] - speech.words[spans[index].first - 1].end_seconds - FRAME_GAP_SECONDS
        starts[index] -= max(0.0, min(missing, rest, MOST_AHEAD_SECONDS))
    return starts


def _end_seconds(speech: _Speech, span: _Span, start: float, following: float) -> float:
    """When the cue goes: after the speech, once it could be read, or when the next one comes.

    Where somebody speaks too fast to be read, the next one comes a little late.
    """
    is_last = span.end == len(speech.words)
    latest = following - (0.0 if is_last else FRAME_GAP_SECONDS)
    spoken_until = speech.words[span.end - 1].end_seconds
    reading_seconds = speech.characters(span.first, span.end) / COMFORTABLE_CHARACTERS_PER_SECOND
    wanted = max(spoken_until + LINGER_SECONDS, start + reading_seconds)
    if latest - wanted < CLOSED_GAP_SECONDS:
        late = 0.0 if is_last else MOST_BEHIND_SECONDS
        wanted = max(latest, min(start + _least_seconds(speech, span), latest + late))
    return min(max(wanted, start + MIN_CUE_SECONDS), start + MAX_CUE_SECONDS)


def _least_seconds(speech: _Speech, span: _Span) -> float:
    """How long the cue must stand to be read at all."""
    return speech.characters(span.first, span.end) / MAX_CHARACTERS_PER_SECOND


def _lines(speech: _Speech, span: _Span) -> tuple[str, ...]:
    if span.second is None:
        return (speech.text(span.first, span.end),)
    return speech.text(span.first, span.second), speech.text(span.second, span.end)


def _segment_ids(speech: _Speech, span: _Span) -> tuple[str, ...]:
    held = speech.sentences[speech.sentence_of[span.first] : speech.sentence_of[span.end - 1] + 1]
    return tuple(sentence.id for sentence in held if sentence.id)
