"""Puts a track of sound onto the source's clock: sample by sample, whatever changes midway.

Each decoded frame belongs where its time stamp says. What is missing there becomes silence, what
overlaps is dropped; rate and channels may change at any frame. Sound leaves as raw samples, and memory
is flat over any length and any pause.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from tasks.media.clocked_packets import ClockedPacket, clocked_packets, in_seconds
from tasks.media.downmix import Downmix, Mixed, channels_of
from transcripts.media.timeline import Span, SurveyedFile, Track

Samples = npt.NDArray[np.float32]

# What AAC can have and every browser plays.
RATES_HZ = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
# Time stamps waver by so much; correcting each would be heard.
TOLERANCE_SECONDS = 0.04
# Decoders need some packets to get going.
RUN_UP_SECONDS = 1.0
SILENCE_BLOCK_SECONDS = 1.0
WRITTEN_AT_ONCE_SECONDS = 0.5
LONGEST_PACKET_SECONDS = 0.2  # of a packet that does not say how long it is
USUAL_PACKET_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class SoundShape:
    """Rate and channels of the published sound: never more than the source's."""

    rate_hz: int
    channels: int

    @property
    def written_channels(self) -> int:
        """The published ones, and behind two of them what the recogniser hears."""
        return 1 if self.channels == 1 else 3


@dataclass(slots=True)
class WrittenSound:
    """What was written, and what could not be decoded: how much, and from where on the source's clock.

    `reached_seconds` is the end of what was decoded, on the source's clock.
    """

    seconds: float = 0.0
    lost_seconds: float = 0.0
    first_lost_seconds: float | None = None
    reached_seconds: float = 0.0

    def lose(self, each: ClockedPacket) -> None:
        """Note a packet that cannot be decoded."""
        packet = each.packet
        stated = in_seconds(packet.duration or 0, each.time_base)
        self.lost_seconds += stated if 0 < stated < LONGEST_PACKET_SECONDS else USUAL_PACKET_SECONDS
        if self.first_lost_seconds is None:
            self.first_lost_seconds = each.shown_seconds


def shape_of(track: Track) -> SoundShape:
    """Mono stays mono, everything else becomes stereo; at most 48 kHz."""
    known_hz = track.rate_hz or RATES_HZ[0]
    rate_hz = next((rate for rate in RATES_HZ if rate <= known_hz), RATES_HZ[-1])
    return SoundShape(rate_hz, 1 if track.channels == 1 else 2)


def write_sound(
    path: Path,
    file: SurveyedFile,
    track: Track,
    span: Span,
    write: Callable[[bytes], object],
    on_seconds: Callable[[float], None],
) -> WrittenSound:
    """Write a track as interleaved 32-bit floats of its `shape_of`, from the beginning of `span` on.

    `on_seconds` hears how much is written. Raises what `write` raises, and av.error.FFmpegError where
    the file is not readable.
    """
    written = WrittenSound()
    placed = _Placed(shape_of(track), span.length_seconds, write, on_seconds)
    for each, frame in _frames(path, file, track, span, written):
        seconds = _seconds_of(frame, each) if file.is_clocked else None
        if seconds is not None:
            written.reached_seconds = max(
                written.reached_seconds, seconds + frame.samples / frame.sample_rate
            )
        elif not placed.has_begun:
            seconds = track.first_seconds
        placed.add(frame, None if seconds is None else seconds - span.start_seconds)
        if placed.is_full:
            break
    placed.finish()
    written.seconds = placed.seconds
    written.reached_seconds = max(written.reached_seconds, span.start_seconds + placed.seconds)
    return written


def _frames(
    path: Path, file: SurveyedFile, track: Track, span: Span, written: WrittenSound
) -> Iterator[tuple[ClockedPacket, AudioFrame]]:
    """Decoded frames, each with the packet whose clock its time stamp is of."""
    last: ClockedPacket | None = None
    is_cut_off = False
    for each in clocked_packets(path, file, track):
        if each.is_new_clock and last is not None:
            yield from _rest_of(last)
        last = each
        if each.shown_seconds is not None:  # one without time stamp comes right behind the one before
            is_cut_off = file.is_clocked and each.shown_seconds < span.start_seconds - RUN_UP_SECONDS
        if is_cut_off:
            continue
        try:
            frames = each.packet.decode()
        except av.error.FFmpegError:
            written.lose(each)
            continue
        for frame in frames:
            if isinstance(frame, AudioFrame) and frame.samples:
                yield each, frame
    if last is not None:
        yield from _rest_of(last)


def _rest_of(last: ClockedPacket) -> Iterator[tuple[ClockedPacket, AudioFrame]]:
    """What a decoder still holds; it can begin anew afterwards."""
    if not isinstance(last.stream, AudioStream):
        return
    try:
        frames = last.stream.codec_context.decode(None)
    except av.error.FFmpegError:
        frames = []
    last.stream.codec_context.flush_buffers()
    yield from ((last, frame) for frame in frames if isinstance(frame, AudioFrame) and frame.samples)


def _seconds_of(frame: AudioFrame, each: ClockedPacket) -> float | None:
    """Where a frame begins on the source's clock; None: behind the one before."""
    if frame.pts is None or frame.time_base is None:
        return None
    return in_seconds(frame.pts, frame.time_base) + each.shift_seconds


@dataclass(slots=True)
class _Placed:
    """The sound as it grows: each frame at its place, mixed, as raw samples of one shape.

    `_count` are the samples so far, `_lands` is where on the time line the next frame comes to lie, and
    `_overlap` how much of it is dropped, since something lies there already.
    """

    shape: SoundShape
    length_seconds: float
    write: Callable[[bytes], object]
    on_seconds: Callable[[float], None]
    has_begun: bool = False
    _count: int = 0
    _lands: float = 0.0
    _overlap: int = 0
    _format: tuple[str, AudioLayout, int] | None = None
    _resampler: AudioResampler | None = None
    _mix: Downmix | None = None
    _waiting: list[Samples] = field(default_factory=list)
    _waiting_samples: int = 0

    @property
    def seconds(self) -> float:
        return self._count / self.shape.rate_hz

    @property
    def is_full(self) -> bool:
        return self._left == 0

    @property
    def _left(self) -> int:
        """How many samples may still come."""
        return max(0, round(self.length_seconds * self.shape.rate_hz) - self._count)

    def add(self, frame: AudioFrame, seconds: float | None) -> None:
        """A frame that begins at a time on the time line; None: right behind the one before."""
        self.has_begun = True
        self._observe_format(frame)
        if seconds is not None:
            self._move_to(seconds * self.shape.rate_hz)
        self._lands += frame.samples * self.shape.rate_hz / frame.sample_rate
        frame.pts = None
        self._take(frame)

    def finish(self) -> None:
        """Write out all that is still held."""
        self._take(None)
        self._end_mix()
        self._write_out()

    def _observe_format(self, frame: AudioFrame) -> None:
        """A change of format, rate or channels begins a new resampler, one of channels a new mix."""
        before, now = self._format, (frame.format.name, frame.layout, frame.sample_rate)
        if before is not None and (before[0], before[1].name, before[2]) == (now[0], now[1].name, now[2]):
            return
        self._take(None)
        self._format = now
        self._begin_resampler()
        if before is None or before[1].name != now[1].name:
            self._end_mix()
            names = [channel.name for channel in frame.layout.channels]
            self._mix = Downmix(self.shape.rate_hz, len(names), names)

    def _begin_resampler(self) -> None:
        if self._format is not None:
            self._resampler = AudioResampler("flt", self._format[1], self.shape.rate_hz)

    def _move_to(self, target: float) -> None:
        if abs(target - self._lands) <= TOLERANCE_SECONDS * self.shape.rate_hz:
            return
        self._take(None)
        self._begin_resampler()
        self._lands = target
        missing = round(target) - self._count
        self._overlap = max(0, -missing)
        self._be_silent(missing)

    def _be_silent(self, samples: int) -> None:
        block = round(SILENCE_BLOCK_SECONDS * self.shape.rate_hz)
        while samples > 0 and self._format is not None and not self.is_full:
            self._keep(np.zeros((len(self._format[1].channels), min(samples, block)), np.float32))
            samples -= block

    def _take(self, frame: AudioFrame | None) -> None:
        """Resample a frame, or what is still held, and drop what overlaps."""
        if self._resampler is None:
            return
        for each in self._resampler.resample(frame):
            block = channels_of(each)
            dropped = min(self._overlap, block.shape[1])
            self._overlap -= dropped
            self._keep(block[:, dropped:])

    def _keep(self, block: Samples) -> None:
        """Mix what still belongs to the published sound."""
        kept = block[:, : self._left]
        self._count += kept.shape[1]
        if self._mix is not None and kept.shape[1]:
            self._put(self._mix.add(kept))

    def _end_mix(self) -> None:
        if self._mix is not None:
            self._put(self._mix.flush())
            self._mix = None

    def _put(self, mixed: Mixed) -> None:
        """As few writes as there are half seconds."""
        if not mixed.speech.size:
            return
        speech = mixed.speech[np.newaxis]
        if self.shape.channels == 1:
            rows = speech
        else:
            rows = np.concatenate([np.broadcast_to(mixed.published, (2, speech.shape[1])), speech])
        self._waiting.append(rows)
        self._waiting_samples += rows.shape[1]
        if self._waiting_samples >= WRITTEN_AT_ONCE_SECONDS * self.shape.rate_hz:
            self._write_out()

    def _write_out(self) -> None:
        if self._waiting:
            together = np.concatenate(self._waiting, axis=1)
            self.write(np.ascontiguousarray(together.T, dtype="<f4").tobytes())
        self._waiting, self._waiting_samples = [], 0
        self.on_seconds(self.seconds)
