"""Turns speech into text, window by window: what shapes the text, and the recogniser that stays loaded.

A recording is read a window at a time, so memory does not grow with its length.
On processors of one kind, a window's words depend on its sound and the options alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import ctranslate2

from tasks.audio.speech_audio import duration_seconds, read_samples
from tasks.audio.voice_activity import find_speech_in_file
from tasks.recognition.decoder import DEFAULT_SEARCH
from tasks.recognition.freed_memory import return_freed_memory
from tasks.recognition.recogniser import Recogniser, Report, decode_window, load_recogniser
from transcripts.model import Engine, Note, StoredModel, Transcript, Word
from transcripts.speech.joined_stretches import joined, with_capital_at_the_start
from transcripts.speech.recognition_checks import NO_SPEECH, merged
from transcripts.speech.sentences import split_sentences
from transcripts.speech.windows import LONGEST_CHUNK_SECONDS, SpeechSpan, Window, plan_windows

# Raised when the same sound would give other words than before with the same settings.
DECODING_VERSION = 6


Timed = TypeVar("Timed", Word, Note)


@dataclass(frozen=True, slots=True)
class TranscriptionOptions:
    """Which model listens and how; `model` is a folder or a name known to faster-whisper.

    `short_inputs`: whether the encoder gets less than 30 s; None: where the model was measured so.
    """

    model: str
    language: str
    device: str
    compute_type: str
    threads: int
    terms: tuple[str, ...]
    short_inputs: bool | None = None

    def settings(self) -> dict[str, Any]:
        """What shapes the text (not: on how many threads), for manifest and cache."""
        return {
            "language": self.language,
            "device": resolved_device(self.device),
            "compute_type": resolved_compute_type(self.device, self.compute_type),
            "beam_size": DEFAULT_SEARCH.beam_size,
            "short_inputs": "auto" if self.short_inputs is None else self.short_inputs,
            "longest_chunk_seconds": LONGEST_CHUNK_SECONDS,
            "decoding_version": DECODING_VERSION,
            "glossary": list(self.terms),
        }


class WindowText(StoredModel):
    """The words of one window and what is doubtful about them, timed on the recording."""

    words: tuple[Word, ...]
    notes: tuple[Note, ...] = ()


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


def windows_of(speech: Path) -> tuple[Window, ...]:
    """The windows of a 16 kHz mono WAV in which someone speaks."""
    planned = plan_windows(find_speech_in_file(speech), duration_seconds(speech))
    return_freed_memory()
    return tuple(window for window in planned if window.spans)


def transcribe_window(
    speech: Path,
    window: Window,
    model_location: str,
    options: TranscriptionOptions,
    report: Report | None = None,
) -> WindowText:
    """The words spoken in a window. Raises what `tasks.recognition.recogniser.load_recogniser` raises.

    `report` hears what share of the window is done.
    """
    with _loading:
        recogniser = _loaded(
            model_location,
            resolved_device(options.device),
            resolved_compute_type(options.device, options.compute_type),
            options.threads,
            options.short_inputs,
        )
    start = window.start_seconds
    samples = read_samples(speech, start, window.end_seconds)
    spans = [SpeechSpan(span.start_seconds - start, span.end_seconds - start) for span in window.spans]
    decoded = decode_window(recogniser, samples, spans, options.language, ", ".join(options.terms), report)
    return_freed_memory()
    return WindowText(
        words=tuple(_moved(word, start) for word in decoded.words),
        notes=tuple(_moved(note, start) for note in decoded.notes),
    )


def transcript_of(
    windows: Sequence[WindowText], duration_seconds: float, options: TranscriptionOptions
) -> Transcript:
    """The transcript made of all windows; without any words it says that nobody speaks."""
    words = with_capital_at_the_start(joined(window.words for window in windows))
    segments = split_sentences(words)
    doubtful = merged(note for window in windows for note in window.notes)
    nobody_speaks = Note(cause=NO_SPEECH, start_seconds=0.0, end_seconds=duration_seconds)
    return Transcript(
        language=options.language,
        duration_seconds=duration_seconds,
        engine=Engine(name=engine_version(), model=options.model, settings=options.settings()),
        segments=segments,
        notes=doubtful if segments else (nobody_speaks, *doubtful),
    )


def _moved(timed: Timed, seconds: float) -> Timed:
    """A word or note on the recording's time line, to the hundredth of a second."""
    return timed.model_copy(
        update={
            "start_seconds": round(timed.start_seconds + seconds, 2),
            "end_seconds": round(timed.end_seconds + seconds, 2),
        }
    )


# Windows that run at once wait for one loading instead of loading several times.
_loading = Lock()


@cache
def _loaded(
    model_location: str, device: str, compute_type: str, threads: int, short_inputs: bool | None
) -> Recogniser:
    """Load once a process."""
    return load_recogniser(model_location, device, compute_type, threads, short_inputs)
