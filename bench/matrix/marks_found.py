"""Reads the marks in a media file: when which flash is seen and which beep is heard.

Files are read as a player reads them: with their edit lists and their rotation.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from bench.matrix.marks import BITS, LOWEST_HZ, OTHER_HZ, STEP_HZ

READ_HEIGHT = 180
BRIGHT, WHITE = 100, 185
LEAST_SHARE = 0.2  # of the picture that a flash fills; the rest is black bars
READ_RATE_HZ = 16_000
HOP, WINDOW = 80, 400
LOUD_SHARE, PURE_SHARE, LEAST_BEEP_SECONDS = 0.3, 0.6, 0.04
QUIETEST_BEEP = 0.003
PITCH_TOLERANCE_HZ = 18

Samples = NDArray[np.float32]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Mark:
    """One flash or beep: its number, or None and what it is instead."""

    code: int | None
    at_seconds: float
    what: str = ""


@dataclass(frozen=True, slots=True)
class PictureReading:
    """What the pictures of a file show. `aspects` are those of the flashes as shown, width by height."""

    flashes: tuple[Mark, ...]
    first_seconds: float
    last_seconds: float
    aspects: tuple[float, ...]
    sizes: frozenset[tuple[int, int]]
    pixel_formats: frozenset[str]
    codec: str
    combs: float


@dataclass(frozen=True, slots=True)
class SoundReading:
    """What is heard in a file. `left_share` is the left ear's part of the beeps' energy, None in mono."""

    beeps: tuple[Mark, ...]
    seconds: float
    codec: str
    channels: int
    left_share: float | None
    samples: Samples


def read_pictures(path: Path) -> PictureReading:
    """All pictures of a file's first video track."""
    flashes: list[Mark] = []
    aspects: list[float] = []
    sizes, formats, times, combs = set(), set(), [], [0.0]
    was_bright = False
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        for frame in container.decode(stream):
            times.append(float(frame.time or 0.0))
            sizes.add((frame.width, frame.height))
            formats.add(frame.format.name)
            picture, pixel_aspect = _upright(frame, float(stream.sample_aspect_ratio or 1))
            seen = _flash(picture)
            if seen is None:
                combs.append(_combs(picture))
            elif not was_bright:
                flashes.append(Mark(seen.code, times[-1], seen.what))
                aspects.append(seen.aspect * pixel_aspect)
            was_bright = seen is not None
        codec = stream.codec_context.name
    found = (min(times, default=0.0), max(times, default=0.0), tuple(aspects), frozenset(sizes))
    return PictureReading(tuple(flashes), *found, frozenset(formats), codec, float(np.percentile(combs, 90)))


@dataclass(frozen=True, slots=True)
class _Seen:
    code: int | None
    aspect: float
    what: str = ""


def _upright(frame: av.VideoFrame, sample_aspect: float) -> tuple[Picture, float]:
    """The picture in grey, small and turned as its file asks for, and how wide one of its pixels is shown."""
    height = min(frame.height, READ_HEIGHT)
    width = max(1, round(frame.width * height / frame.height))
    grey = frame.reformat(width=width, height=height, format="gray").to_ndarray()
    shrunk = (frame.width / width) / (frame.height / height)
    turns = round(frame.rotation / 90) % 4
    pixel_aspect = sample_aspect * shrunk
    return np.rot90(grey, turns), 1 / pixel_aspect if turns % 2 else pixel_aspect


def _flash(picture: Picture) -> _Seen | None:
    """What a picture says if it is bright."""
    bright = picture > BRIGHT
    rows = np.flatnonzero(bright.mean(axis=1) > 0.3)
    if not rows.size:
        return None
    columns = np.flatnonzero(bright[rows[0] : rows[-1] + 1].mean(axis=0) > 0.5)
    if not columns.size:
        return None
    lit = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if lit.size < LEAST_SHARE * picture.size or (lit > BRIGHT).mean() < 0.9:
        return None
    aspect = lit.shape[1] / lit.shape[0]
    code = _code(lit)
    if code is not None:
        return _Seen(code, aspect)
    turned = next((name for name, view in _other_views(lit) if _code(view) is not None), "unreadable")
    return _Seen(None, aspect, turned)


def _other_views(lit: Picture) -> Iterator[tuple[str, Picture]]:
    yield from ((f"turned by {90 * turns} degrees", np.rot90(lit, turns)) for turns in (1, 2, 3))
    yield "mirrored", np.fliplr(lit)


def _code(lit: Picture) -> int | None:
    height, width = lit.shape
    if height < 20 or width < 20:
        return None
    below = lit[int(0.68 * height) : int(0.92 * height), width // 10 : -width // 10]
    edges = np.linspace(0, width, BITS + 2)
    columns = [
        lit[
            int(0.12 * height) : int(0.48 * height),
            int(left + (right - left) * 0.3) : int(right - (right - left) * 0.3),
        ]
        for left, right in pairwise(edges)
    ]
    white = [bool(column.mean() > WHITE) for column in columns]
    if not white[0] or below.mean() > WHITE or below.std() > 25:
        return None
    return sum(1 << bit for bit, is_white in enumerate(white[1:]) if is_white)


def _combs(picture: Picture) -> float:
    """How much neighbouring lines differ beyond lines that are two apart: high where fields are woven."""
    lines = picture.astype(np.float32)
    near = np.abs(lines[1:-1] - (lines[:-2] + lines[2:]) / 2)
    far = np.abs(lines[:-2] - lines[2:])
    return float(np.maximum(near - far, 0).mean())


def read_sound(path: Path, track: int = 0) -> SoundReading:
    """All sound of a file's track, at 16 kHz; a file without that track says nothing."""
    with av.open(str(path)) as container:
        if len(container.streams.audio) <= track:
            return SoundReading((), 0.0, "nothing", 0, None, np.zeros(0, np.float32))
        stream = container.streams.audio[track]
        ears = _decoded(container.decode(stream))
        codec, channels = stream.codec_context.name, stream.codec_context.channels
    samples = ears.mean(axis=0)
    beeps, loud = _beeps(samples)
    left_share = None
    if channels == 2:
        energy = (ears[:, loud] ** 2).sum(axis=1) if loud.any() else np.ones(2)
        left_share = float(energy[0] / max(energy.sum(), 1e-12))
    return SoundReading(beeps, samples.size / READ_RATE_HZ, codec, channels, left_share, samples)


def _decoded(frames: Iterable[av.AudioFrame]) -> Samples:
    """Left and right at 16 kHz; what is late comes after silence, as in a player."""
    parts: list[Samples] = []
    resampler, form = _resampler(), None
    for frame in frames:
        if form not in (None, _form(frame)):
            parts += [_ears(each) for each in resampler.resample(None)]
            resampler = _resampler()
        form = _form(frame)
        if not parts and frame.time and frame.time > 0:
            parts.append(np.zeros((2, round(frame.time * READ_RATE_HZ)), np.float32))
        parts += [_ears(each) for each in resampler.resample(frame)]
    parts += [_ears(each) for each in resampler.resample(None)]
    return np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), np.float32)


def _resampler() -> av.AudioResampler:
    return av.AudioResampler("fltp", "stereo", READ_RATE_HZ)


def _form(frame: av.AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _ears(frame: av.AudioFrame) -> Samples:
    return frame.to_ndarray().astype(np.float32, copy=False)


def _beeps(samples: Samples) -> tuple[tuple[Mark, ...], NDArray[np.bool_]]:
    """The beeps, and which samples belong to them."""
    is_beep = np.zeros(samples.size, bool)
    if samples.size < WINDOW:
        return (), is_beep
    peaks, purity, loudness = _spectra(samples)
    pure = purity > PURE_SHARE
    loudest = float(np.max(loudness[pure], initial=0.0))
    active = pure & (loudness > LOUD_SHARE * loudest) if loudest > QUIETEST_BEEP else np.zeros_like(pure)
    marks = []
    for start, end in _runs(active, peaks):
        if (end - start) * HOP < LEAST_BEEP_SECONDS * READ_RATE_HZ:
            continue
        first, last = start * HOP, min(samples.size, (end - 1) * HOP + WINDOW)
        is_beep[first:last] = True
        marks.append(_beep(samples, first, last))
    return tuple(marks), is_beep


def _spectra(samples: Samples) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each window: the highest peak, its share of the energy, and the loudness."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    peaks, purity, loudness = [], [], []
    for begin in range(0, len(windows), 4096):
        block = windows[begin : begin + 4096]
        power = np.abs(np.fft.rfft(block * np.hanning(WINDOW), axis=1)) ** 2
        power[:, :5] = 0  # below 200 Hz
        peak = power.argmax(axis=1)
        near = sum(
            np.take_along_axis(power, np.clip(peak + offset, 0, power.shape[1] - 1)[:, None], 1)[:, 0]
            for offset in (-2, -1, 0, 1, 2)
        )
        peaks.append(peak)
        purity.append(near / np.maximum(power.sum(axis=1), 1e-12))
        loudness.append(np.sqrt((block**2).mean(axis=1)))
    return np.concatenate(peaks), np.concatenate(purity), np.concatenate(loudness)


def _runs(active: NDArray[np.bool_], peaks: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Stretches of active windows whose pitch stays the same."""
    runs: list[tuple[int, int]] = []
    for index in np.flatnonzero(active):
        if runs and runs[-1][1] == index and abs(int(peaks[index]) - int(peaks[index - 1])) <= 1:
            runs[-1] = (runs[-1][0], int(index) + 1)
        else:
            runs.append((int(index), int(index) + 1))
    return runs


def _beep(samples: Samples, first: int, last: int) -> Mark:
    """When it begins, by its loudness, and which one it is, by its pitch."""
    steps = samples[first:last]
    steps = steps[: steps.size // 16 * 16].reshape(-1, 16)
    envelope = np.sqrt((steps**2).mean(axis=1))
    begin = int(np.argmax(envelope > 0.4 * np.percentile(envelope, 80)))
    length = int(np.count_nonzero(envelope > 0.4 * np.percentile(envelope, 80)))
    tone = samples[first + 16 * begin : first + 16 * (begin + length)]
    at_seconds = (first + 16 * begin) / READ_RATE_HZ
    return _named(float(np.abs(np.fft.rfft(tone * np.hanning(tone.size), READ_RATE_HZ)).argmax()), at_seconds)


def _named(pitch_hz: float, at_seconds: float) -> Mark:
    code = round((pitch_hz - LOWEST_HZ) / STEP_HZ)
    off_hz = pitch_hz - LOWEST_HZ - STEP_HZ * code
    if abs(off_hz) <= PITCH_TOLERANCE_HZ:
        return Mark(code, at_seconds)
    is_other = abs(abs(off_hz) - OTHER_HZ) <= PITCH_TOLERANCE_HZ
    return Mark(None, at_seconds, "of another track" if is_other else f"at {pitch_hz:.0f} Hz")
