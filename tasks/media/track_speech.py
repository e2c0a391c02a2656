"""Listens to the sound tracks of a file, to choose among them: how long someone speaks in each.

Only where there are several. Each is decoded once, block by block, and of long ones stretches spread
over all of it are heard; so neither memory nor time grow with the length.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.packet import Packet

from tasks.audio.speech_audio import SAMPLE_RATE_HZ, Samples
from tasks.audio.voice_activity import BLOCK_SAMPLES, find_speech_in_blocks
from tasks.media.downmix import Downmix, channels_of
from transcripts.media.track_choice import SoundTrack
from transcripts.speech.windows import SpeechSpan

# Time stamps may lie: no more than so many times what is to be heard is decoded, whatever they say.
MOST_DECODED = 2.0
PIECE_SAMPLES = SAMPLE_RATE_HZ // 2
# So long without sound, and the voice detector need not listen.
SHORTEST_SKIPPED_PIECES = 20
# -60 dB: what is fainter is no sound.
SILENT_ENERGY = 1e-6
# Octaves of a half second's spectrum, by which copies of one sound are known.
BAND_EDGES_HZ = (125, 250, 500, 1000, 2000, 4000, 8000)
FAINTEST_DB = -70.0
# Two tracks hold the same sound if their bands lie this near each other in so many half seconds.
ALIKE_DB, ALIKE_SHARE = 3.0, 0.9
SHORTEST_ALIKE_PIECES = 4

Bands = npt.NDArray[np.float32]


class StampedPacket(Protocol):
    """A packet of a track, and when it is heard on the source's clock (None: not known)."""

    @property
    def packet(self) -> "Packet[Any]": ...
    @property
    def shown_seconds(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Listening:
    """What of the source is listened to: the part that is published, or stretches of it.

    Of more than `most_seconds`, stretches are heard that come to about as much.
    """

    start_seconds: float
    end_seconds: float
    most_seconds: float = 1200.0
    stretch_seconds: float = 30.0

    @property
    def scale(self) -> float:
        """How many times as long all of it is as what is heard of it."""
        return max(1.0, (self.end_seconds - self.start_seconds) / self.most_seconds)

    def includes(self, seconds: float | None) -> bool:
        """Whether what sounds then is listened to."""
        if seconds is None:
            return True
        is_inside = self.start_seconds <= seconds < self.end_seconds
        in_period = (seconds - self.start_seconds) % (self.stretch_seconds * self.scale)
        return is_inside and in_period < self.stretch_seconds

    def estimated_seconds(self, spans: Iterable[SpeechSpan]) -> float:
        """How long someone speaks in what is published, judged by the same stretches as the tracks are.

        `spans` count from where that begins.
        """
        period_seconds = self.stretch_seconds * self.scale
        return self.scale * sum(
            _seconds_of(span.end_seconds, period_seconds, self.stretch_seconds)
            - _seconds_of(span.start_seconds, period_seconds, self.stretch_seconds)
            for span in spans
        )


def _seconds_of(until_seconds: float, period_seconds: float, stretch_seconds: float) -> float:
    """How much of the time before lies in stretches."""
    periods, rest_seconds = divmod(until_seconds, period_seconds)
    return periods * stretch_seconds + min(rest_seconds, stretch_seconds)


def listen_to_tracks(
    tracks: Sequence[SoundTrack],
    packets_of: Callable[[SoundTrack], Iterable[StampedPacket]],
    listening: Listening,
) -> tuple[SoundTrack, ...]:
    """The tracks with seconds of speech and of sound, and which of them are copies of an earlier one.

    A single track with packets needs no choice, and is not listened to. What cannot be decoded is
    passed over, and a track that cannot be read any further ends there.
    """
    if sum(track.has_packets for track in tracks) < 2:
        return tuple(tracks)
    heard: list[tuple[SoundTrack, Bands]] = []
    for track in tracks:
        sound = _Heard()
        if track.has_packets:
            sound.listen(_frames(packets_of(track), listening))
        bands = sound.all_bands
        known = replace(
            track,
            speech_seconds=sound.speech_seconds * listening.scale,
            sound_seconds=sound.sound_seconds * listening.scale,
            copy_of=next((other.number for other, of_other in heard if _are_alike(bands, of_other)), None),
        )
        heard.append((known, bands))
    return tuple(track for track, _ in heard)


def _frames(packets: Iterable[StampedPacket], listening: Listening) -> Iterator[AudioFrame]:
    decoded_seconds = 0.0
    try:
        for each in packets:
            if not listening.includes(each.shown_seconds):
                continue
            for frame in _decoded(each.packet):
                yield frame
                decoded_seconds += frame.samples / frame.sample_rate
            if decoded_seconds > MOST_DECODED * listening.most_seconds:
                return
    except av.error.FFmpegError:
        return


def _decoded(packet: "Packet[Any]") -> list[AudioFrame]:
    """Nothing of a packet that is damaged."""
    try:
        frames: list[Any] = packet.decode()
    except av.error.FFmpegError:
        return []
    return [frame for frame in frames if isinstance(frame, AudioFrame) and frame.samples]


@dataclass(slots=True)
class _Heard:
    """What was heard of one track."""

    speech_seconds: float = 0.0
    sounding_pieces: int = 0
    bands: list[Bands] = field(default_factory=list)

    @property
    def sound_seconds(self) -> float:
        return self.sounding_pieces * PIECE_SAMPLES / SAMPLE_RATE_HZ

    @property
    def all_bands(self) -> Bands:
        """One row for each half second."""
        return np.array(self.bands, np.float32).reshape(-1, len(BAND_EDGES_HZ) - 1)

    def listen(self, frames: Iterable[AudioFrame]) -> None:
        spans = find_speech_in_blocks(_in_blocks(self._without_silence(_pieces(_mono(frames)))))
        self.speech_seconds = sum(span.duration_seconds for span in spans)

    def _without_silence(self, pieces: Iterable[Samples]) -> Iterator[Samples]:
        """Notes each half second, and passes on what the voice detector has to hear."""
        silent_pieces = 0
        for piece in pieces:
            self.bands.append(_bands(piece))
            is_silent = float(np.dot(piece, piece)) < SILENT_ENERGY * piece.size
            silent_pieces = silent_pieces + 1 if is_silent else 0
            self.sounding_pieces += not is_silent
            if silent_pieces < SHORTEST_SKIPPED_PIECES and self.sounding_pieces:
                yield piece


def _mono(frames: Iterable[AudioFrame]) -> Iterator[Samples]:
    """As the recogniser would hear it. Another format, rate or layout begins another mix."""
    shape: tuple[str, str, int] | None = None
    resampler: AudioResampler | None = None
    mix: Downmix | None = None
    for frame in frames:
        now = (frame.format.name, frame.layout.name, frame.sample_rate)
        if resampler is None or mix is None or now != shape:
            if mix is not None:
                yield mix.flush().speech
            shape, names = now, [channel.name for channel in frame.layout.channels]
            resampler = AudioResampler("flt", frame.layout, SAMPLE_RATE_HZ)
            mix = Downmix(SAMPLE_RATE_HZ, len(names), names)
        frame.pts = None
        for each in resampler.resample(frame):
            yield mix.add(channels_of(each)).speech
    if mix is not None:
        yield mix.flush().speech


def _pieces(sound: Iterable[Samples]) -> Iterator[Samples]:
    """Half seconds; a rest that is shorter does not count."""
    return (piece for piece in _sized(sound, PIECE_SAMPLES) if piece.size == PIECE_SAMPLES)


def _in_blocks(pieces: Iterable[Samples]) -> Iterator[Samples]:
    return _sized(pieces, BLOCK_SAMPLES)


def _sized(sound: Iterable[Samples], size: int) -> Iterator[Samples]:
    """The same sound in blocks of `size`; the last may be shorter."""
    waiting: list[Samples] = []
    waiting_samples = 0
    for each in sound:
        waiting.append(each)
        waiting_samples += each.size
        if waiting_samples >= size:
            together = np.concatenate(waiting)
            whole = together.size - together.size % size
            yield from (together[at : at + size] for at in range(0, whole, size))
            waiting, waiting_samples = [together[whole:]], together.size - whole
    if waiting_samples:
        yield np.concatenate(waiting)


def _bands(piece: Samples) -> Bands:
    """The level in each octave, in dB."""
    energies = np.square(np.abs(np.fft.rfft(piece))) / piece.size**2
    edges = [round(edge * piece.size / SAMPLE_RATE_HZ) for edge in BAND_EDGES_HZ]
    sums = np.add.reduceat(energies, edges)[: len(edges) - 1]
    levels: Bands = np.maximum(10 * np.log10(sums + 1e-20), FAINTEST_DB).astype(np.float32)
    return levels


def _are_alike(one: Bands, other: Bands) -> bool:
    """Whether two tracks have the same sound, each in its own loudness and quality."""
    count = min(len(one), len(other))
    if max(len(one), len(other)) - count > count / 10:
        return False
    is_heard = np.maximum(one[:count], other[:count]).max(axis=1) > FAINTEST_DB
    differences = (one[:count] - other[:count])[is_heard]
    if len(differences) < SHORTEST_ALIKE_PIECES:
        return False
    differences -= np.median(differences, axis=0)
    is_alike = np.abs(differences).mean(axis=1) < ALIKE_DB
    return bool(is_alike.mean() >= ALIKE_SHARE)
