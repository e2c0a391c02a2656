"""Reads the recogniser's input, 16 kHz mono 16-bit WAV, by stretches, so that memory stays flat."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 16_000

Samples = npt.NDArray[np.float32]


def duration_seconds(path: Path) -> float:
    """How long the file plays."""
    with wave.open(str(path), "rb") as stream:
        return stream.getnframes() / SAMPLE_RATE_HZ


def read_samples(path: Path, start_seconds: float, end_seconds: float) -> Samples:
    """The sound between two times, as numbers from -1 to 1."""
    first, last = round(start_seconds * SAMPLE_RATE_HZ), round(end_seconds * SAMPLE_RATE_HZ)
    with wave.open(str(path), "rb") as stream:
        stream.setpos(min(first, stream.getnframes()))
        return _as_numbers(stream.readframes(max(0, last - first)))


def read_blocks(path: Path, samples_per_block: int) -> Iterator[Samples]:
    """The whole file in blocks of equal size; the last may be shorter."""
    with wave.open(str(path), "rb") as stream:
        while frames := stream.readframes(samples_per_block):
            yield _as_numbers(frames)


def _as_numbers(frames: bytes) -> Samples:
    return np.frombuffer(frames, dtype="<i2").astype(np.float32) / np.float32(32768)
