"""Decodes a window the slow way: faster-whisper's own, each 30 s with the text before it as context."""

from collections.abc import Sequence
from typing import Any

from faster_whisper import WhisperModel

from tasks.audio.speech_audio import Samples
from tasks.recognition.decoder import joined_words
from tasks.recognition.redecoding import HIGHEST_COMPRESSION_RATIO, LOWEST_LOGPROB
from transcripts.model import Word
from transcripts.speech.windows import SpeechSpan, speech_between


def in_sequence(
    model: WhisperModel,
    samples: Samples,
    spans: Sequence[SpeechSpan],
    language: str,
    hotwords: str,
) -> tuple[list[Word], list[SpeechSpan]]:
    """The words of a window decoded in sequence, and where that failed: there it gives none.

    At temperature 0 only, for a higher one draws lots, and the same sound must give the same words.
    """
    found, _ = model.transcribe(
        samples, language=language, temperature=0.0, word_timestamps=True, hotwords=hotwords or None
    )
    segments = [each for each in found if speech_between(spans, each.start, each.end)]
    failed = [SpeechSpan(each.start, each.end) for each in segments if _is_failed(each)]
    good = [each for each in segments if not _is_failed(each)]
    return [word for each in good for word in joined_words(_timings(each), language)], failed


def _timings(segment: Any) -> list[dict[str, Any]]:
    return [
        {"word": word.word, "start": word.start, "end": word.end, "probability": word.probability}
        for word in segment.words or ()
    ]


def _is_failed(segment: Any) -> bool:
    improbable = segment.avg_logprob < LOWEST_LOGPROB
    return bool(improbable or segment.compression_ratio > HIGHEST_COMPRESSION_RATIO)
