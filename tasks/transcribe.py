"""Turns speech into text with faster-whisper: words with times, only where someone speaks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ctranslate2
from faster_whisper import WhisperModel

from transcripts.errors import PermanentError, TemporaryError
from transcripts.model import Engine, Note, Transcript, Word
from transcripts.sentences import split_sentences

BEAM_SIZE = 5


@dataclass(frozen=True, slots=True)
class TranscriptionOptions:
    """Which model listens and how; `model` is a folder or a name known to faster-whisper."""

    model: str
    language: str
    device: str
    compute_type: str
    threads: int
    terms: tuple[str, ...]

    def settings(self) -> dict[str, Any]:
        """What shapes the text (not: on how many threads), for manifest and cache."""
        return {
            "language": self.language,
            "device": resolved_device(self.device),
            "compute_type": resolved_compute_type(self.device, self.compute_type),
            "beam_size": BEAM_SIZE,
            "voice_activity_filter": True,
            "glossary": list(self.terms),
        }


def engine_version() -> str:
    """Name and version of the recogniser, for manifest and cache."""
    return f"faster-whisper {version('faster-whisper')}"


def resolved_device(device: str) -> str:
    """`auto` becomes `cuda` where there is such a device, else `cpu`."""
    if device != "auto":
        return device
    return "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"


def resolved_compute_type(device: str, compute_type: str) -> str:
    """`auto` becomes half precision on a GPU and 8-bit integers on a CPU."""
    if compute_type != "auto":
        return compute_type
    return "float16" if resolved_device(device) == "cuda" else "int8"


def transcribe(
    speech: Path,
    duration_seconds: float,
    model_location: str,
    options: TranscriptionOptions,
    on_seconds: Callable[[float], None],
) -> Transcript:
    """The transcript of a 16 kHz mono file; empty where nobody speaks.

    Raises PermanentError `model_unknown`; TemporaryError `model_unreachable`.
    """
    model = _loaded(
        model_location,
        resolved_device(options.device),
        resolved_compute_type(options.device, options.compute_type),
        options.threads,
    )
    found, _ = model.transcribe(
        str(speech),
        language=options.language,
        beam_size=BEAM_SIZE,
        vad_filter=True,
        word_timestamps=True,
        hotwords=", ".join(options.terms) or None,
    )
    segments = split_sentences(list(_words(found, on_seconds)))
    nobody_speaks = Note(cause="no_speech", start_seconds=0.0, end_seconds=duration_seconds)
    return Transcript(
        language=options.language,
        duration_seconds=duration_seconds,
        engine=Engine(name=engine_version(), model=options.model, settings=options.settings()),
        segments=segments,
        notes=() if segments else (nobody_speaks,),
    )


def _words(segments: Iterable[Any], on_seconds: Callable[[float], None]) -> Iterable[Word]:
    for segment in segments:
        on_seconds(float(segment.end))
        for word in segment.words or ():
            yield Word(
                text=word.word.strip(),
                start_seconds=round(float(word.start), 2),
                end_seconds=round(float(word.end), 2),
                probability=round(float(word.probability), 3),
            )


@cache
def _loaded(model_location: str, device: str, compute_type: str, threads: int) -> WhisperModel:
    """Load once a process. 0 threads: as many as there are cores."""
    try:
        return WhisperModel(model_location, device=device, compute_type=compute_type, cpu_threads=threads)
    except ValueError as error:
        raise PermanentError("model_unknown", model=model_location) from error
    except OSError as error:
        raise TemporaryError("model_unreachable", model=model_location) from error
