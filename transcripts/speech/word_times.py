"""Mends the times of words with what is known about speech: nobody speaks a word in silence.

Whisper's word times come from cross-attention and dynamic time warping (Radford
et al. 2022; `openai/whisper`, `timing.py`). The warping path must spend the
frames of a pause on some word, and it spends them on the one after the pause:
first words come about 0.3 s early (0.5 s with faster-whisper's own rules). A
detector of voice activity knows the edges of speech to some hundredths of a second.
"""

from collections.abc import Sequence

from transcripts.model import Word
from transcripts.speech.windows import SpeechSpan

# A word reaching no further than this back over a pause belongs behind it.
REACH_BEFORE_PAUSE_SECONDS = 0.15
SHORTEST_WORD_SECONDS = 0.02


def within_speech(words: Sequence[Word], spans: Sequence[SpeechSpan]) -> tuple[Word, ...]:
    """The words with their times clipped to speech: each to the side of a pause where more of it lies."""
    pauses = _pauses(spans)
    mended = [_clipped(word, pauses) for word in words]
    return _in_order(mended)


def _pauses(spans: Sequence[SpeechSpan]) -> tuple[SpeechSpan, ...]:
    """What lies between spans, and before the first."""
    ends = [0.0, *(span.end_seconds for span in spans)]
    return tuple(
        SpeechSpan(end, span.start_seconds)
        for end, span in zip(ends, spans, strict=False)
        if span.start_seconds > end
    )


def _clipped(word: Word, pauses: Sequence[SpeechSpan]) -> Word:
    start, end = word.start_seconds, word.end_seconds
    for pause in pauses:
        if pause.start_seconds >= end or pause.end_seconds <= start:
            continue
        before = max(0.0, pause.start_seconds - start)
        behind = max(0.0, end - pause.end_seconds)
        if behind > before or (behind > 0 and before < REACH_BEFORE_PAUSE_SECONDS):
            start = max(start, pause.end_seconds)
        elif before > 0:
            end = min(end, pause.start_seconds)
    return word.model_copy(
        update={
            "start_seconds": round(start, 2),
            "end_seconds": round(max(end, start + SHORTEST_WORD_SECONDS), 2),
        }
    )


def _in_order(words: Sequence[Word]) -> tuple[Word, ...]:
    """No word starts before the one in front of it, and none ends after the next one starts."""
    ordered: list[Word] = []
    for word in words:
        start = max(word.start_seconds, ordered[-1].start_seconds if ordered else 0.0)
        end = max(word.end_seconds, round(start + SHORTEST_WORD_SECONDS, 2))
        if ordered and ordered[-1].end_seconds > start:
            ordered[-1] = ordered[-1].model_copy(update={"end_seconds": start})
        ordered.append(word.model_copy(update={"start_seconds": start, "end_seconds": end}))
    return tuple(ordered)
