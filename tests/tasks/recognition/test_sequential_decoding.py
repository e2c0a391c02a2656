"""A hard voice in sequence: where that fails, the chunks' words stand; elsewhere it keeps what it heard."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from faster_whisper import WhisperModel

from tasks.recognition import recogniser as recognising
from tasks.recognition.recogniser import Recogniser
from tasks.recognition.redecoding import Decoding
from tasks.recognition.sequential_decoding import in_sequence
from transcripts.model import Word
from transcripts.speech.windows import SpeechSpan

SPANS = (SpeechSpan(0.0, 6.0),)
CHUNKS = "Wir rosen heute dreißig Menschen"
HEARD = "Wir losen heute dreißig Menschen"
SILENCE = np.zeros(6 * 16_000, np.float32)


def segment(text: str, start: float, avg_logprob: float = -0.3) -> Any:
    """A segment as faster-whisper gives it, a word each half second."""
    words = [
        SimpleNamespace(word=f" {word}", start=start + at / 2, end=start + at / 2 + 0.4, probability=0.8)
        for at, word in enumerate(text.split())
    ]
    end = words[-1].end
    return SimpleNamespace(words=words, start=start, end=end, avg_logprob=avg_logprob, compression_ratio=1.2)


class Model:
    """Stands for a loaded model: what it hears is given, for a failure cannot be ordered from a real one."""

    def __init__(self, *segments: Any) -> None:
        self._segments = segments

    def transcribe(self, *_: object, **__: object) -> tuple[Sequence[Any], None]:
        return self._segments, None


def merged(model: Model, chunks: Sequence[Word]) -> str:
    loaded = Recogniser(cast("Any", None), 1, cast("WhisperModel", model))
    otherwise = Decoding((), tuple(chunks), ())
    hearing = recognising._in_sequence(loaded, SILENCE, SPANS, "de", "", otherwise)
    return " ".join(word.text for word in hearing.words)


def chunk_words(text: str) -> list[Word]:
    return [
        Word(text=word, start_seconds=at / 2, end_seconds=at / 2 + 0.4, probability=0.7)
        for at, word in enumerate(text.split())
    ]


def test_where_the_sequence_failed_is_told_and_gives_no_words() -> None:
    model = Model(segment("Wir losen heute.", 0.0), segment("Untertitel im", 1.5, avg_logprob=-1.4))
    words, failed = in_sequence(cast("WhisperModel", model), SILENCE, SPANS, "de", "")
    assert [word.text for word in words] == ["Wir", "losen", "heute."]
    assert [(span.start_seconds, span.end_seconds) for span in failed] == [(1.5, 2.4)]


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (
            (segment("Wir losen heute", 0.0), segment("Blah blah", 1.5, -1.4)),
            "Wir losen heute dreißig Menschen",
        ),
        (
            (segment("Wir loben heute", 0.0), segment("dreißig Menschen", 1.5)),
            "Wir loben heute dreißig Menschen",
        ),
        ((segment("Wir", 0.0),), CHUNKS),
    ],
    ids=["failed in part", "as sure", "passed over most"],
)
def test_the_chunks_stand_where_the_sequence_failed_or_passed_over_speech(
    segments: tuple[Any, ...], expected: str
) -> None:
    assert merged(Model(*segments), chunk_words(CHUNKS)) == expected
