"""Where speech changes its topic: the segments that open a new one.

Pure functions over segments. A topic is a stretch of speech with its own
vocabulary; the best division of a meeting is found by dynamic programming over
all divisions (Utiyama & Isahara 2001), each stretch being judged as one draw
from a Dirichlet compound multinomial (Eisenstein & Barzilay 2008), so that a
word costs less where it has been used before. What moderators say, pauses and a
customary length of chapters speak for or against each start.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from transcripts.chapters.moderator_phrases import Opening, ends_sentence
from transcripts.german.topic_words import content_stems, with_parts
from transcripts.model import Segment

Vector = npt.NDArray[np.float64]

SHORTEST_CHAPTER_SECONDS = 60.0
SHORTEST_ANNOUNCED_SECONDS = 25.0
"""A topic the moderator turns to may be dealt with quickly."""
USUAL_CHAPTER_SECONDS = 450.0
SHORTEST_USUAL_SECONDS = 90.0
CHAPTERS_OF_A_SHORT_MEETING = 5

_PRIOR_SHARE = 0.45
"""Weight of the whole meeting's vocabulary in the model of one topic, as a share of its words."""
_FLATTENING = 0.75
"""Exponent on word frequencies in the prior: below 1, rare words count a little less."""
_COST_OF_A_START = 0.25
_COST_WITHOUT_A_TURN = 20.0
_WORTH_OF_A_TURN = 60.0
_WORTH_OF_A_PAUSE = 3.0
_WORTH_OF_ANOTHER_SPEAKER = 2.0
_COST_MID_SENTENCE = 10.0
_WEIGHT_OF_LENGTH = 1.5
_FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class _Division:
    """The best way to divide the segments before a point, found step by step."""

    scores: Vector
    last_starts: npt.NDArray[np.int64]

    def starts(self) -> list[int]:
        found: list[int] = []
        end = len(self.scores) - 1
        while end > 0:
            end = int(self.last_starts[end])
            found.append(end)
        return found[::-1]


def topic_starts(segments: Sequence[Segment], turns: Sequence[Opening]) -> list[int]:
    """Indices of the segments that open a topic, the first one always among them; none of no segments."""
    if not segments:
        return []
    clock = np.array([*(segment.start_seconds for segment in segments), segments[-1].end_seconds])
    shortest = np.where(_strengths(turns) >= 0.6, SHORTEST_ANNOUNCED_SECONDS, SHORTEST_CHAPTER_SECONDS)
    vocabulary = _Vocabulary(with_parts(content_stems(segment.text) for segment in segments))
    evidence = _evidence(segments, turns, clock) - _COST_OF_A_START * vocabulary.size**0.5
    evidence[0] = 0.0
    return _divide(vocabulary, clock, evidence, shortest).starts()


class _Vocabulary:
    """Words said more than once, and how well each stretch up to a moving end holds together."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        said_in = Counter(word for text in texts for word in set(text))
        rows = {word: row for row, word in enumerate(w for w, count in said_in.items() if count > 1)}
        self.texts = [np.unique([rows[word] for word in text if word in rows]).astype(int) for text in texts]
        weights = np.array([said_in[word] for word in rows], dtype=float) ** _FLATTENING
        self.shares = weights / max(1.0, weights.sum())
        self.size = sum(map(len, self.texts))
        self.prior_words = _PRIOR_SHARE * self.size
        self.counts = np.zeros((len(rows), len(texts)), dtype=np.float32)
        self.totals = np.zeros(len(texts))
        self.cohesion = np.zeros(len(texts))

    def append(self, index: int) -> Vector:
        """How well the stretches from each start to this text hold together; texts come in order."""
        until, rows = index + 1, self.texts[index]
        for row in rows:
            expected = (self.counts[row, :until] + self.prior_words * self.shares[row]) / (
                (self.totals[:until] + self.prior_words) * self.shares[row]
            )
            self.cohesion[:until] += np.log(expected)
        self.counts[rows, :until] += 1
        self.totals[:until] += len(rows)
        return self.cohesion[:until]


def _divide(vocabulary: _Vocabulary, clock: Vector, evidence: Vector, shortest: Vector) -> _Division:
    count = len(evidence)
    division = _Division(np.zeros(count + 1), np.zeros(count + 1, dtype=np.int64))
    usual = usual_chapter_seconds(clock[-1] - clock[0])
    for index in range(count):
        lengths = clock[index + 1] - clock[: index + 1]
        value = division.scores[: index + 1] + vocabulary.append(index) + evidence[: index + 1]
        value += _WEIGHT_OF_LENGTH * _length_fit(lengths, usual)
        next_shortest = shortest[index + 1] if index + 1 < count else SHORTEST_ANNOUNCED_SECONDS
        value -= _FORBIDDEN * (lengths < np.minimum(shortest[: index + 1], next_shortest))
        best = int(np.argmax(value))
        division.scores[index + 1] = value[best]
        division.last_starts[index + 1] = best
    return division


def usual_chapter_seconds(duration_seconds: float) -> float:
    """How long a chapter of a meeting this long tends to be."""
    usual = duration_seconds / CHAPTERS_OF_A_SHORT_MEETING
    return min(USUAL_CHAPTER_SECONDS, max(SHORTEST_USUAL_SECONDS, usual))


def _length_fit(lengths: Vector, usual: float) -> Vector:
    """The cost of a length by how many times it is longer or shorter than usual."""
    distance: Vector = np.log(np.maximum(lengths, 1.0) / usual)
    return -(distance**2)


def _evidence(segments: Sequence[Segment], turns: Sequence[Opening], clock: Vector) -> Vector:
    """What speaks for a topic to start at each segment, beside the words of the topic itself."""
    strengths = _strengths(turns)
    expected = (clock[-1] - clock[0]) / usual_chapter_seconds(clock[-1] - clock[0])
    announced = min(1.0, float((strengths >= 0.8).sum()) / max(1.0, expected - 1))
    evidence = _WORTH_OF_A_TURN * strengths**3
    evidence -= _COST_WITHOUT_A_TURN * announced * (strengths < 0.6)
    evidence += _WORTH_OF_A_PAUSE * pauses(segments) - _COST_MID_SENTENCE * mid_sentence(segments)
    evidence += _WORTH_OF_ANOTHER_SPEAKER * _new_speakers(segments)
    evidence[[turn.is_read_out for turn in turns]] -= _FORBIDDEN
    return evidence


def _strengths(turns: Sequence[Opening]) -> Vector:
    return np.array([turn.strength for turn in turns])


def pauses(segments: Sequence[Segment]) -> Vector:
    """How long the silence before each segment is beside what is usual here, 0 to 1."""
    gaps = np.array([0.0, *(b.start_seconds - a.end_seconds for a, b in pairwise(segments))])
    usual = max(0.3, float(np.median(gaps)))
    excess: Vector = np.clip((gaps - usual) / 3.0, 0.0, 1.0)
    return excess


def _new_speakers(segments: Sequence[Segment]) -> npt.NDArray[np.bool_]:
    """Where someone else begins to speak, as far as the transcript knows who does."""
    changes = [bool(b.speaker and a.speaker and b.speaker != a.speaker) for a, b in pairwise(segments)]
    return np.array([False, *changes])


def mid_sentence(segments: Sequence[Segment]) -> npt.NDArray[np.bool_]:
    """Which segments go on with a sentence; none where the transcript has no punctuation to tell by."""
    ended = np.array([True, *(ends_sentence(segment.text) for segment in segments[:-1])])
    return ~ended if ended.mean() > 0.5 else np.zeros(len(segments), dtype=bool)
