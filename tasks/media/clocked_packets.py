"""The packets of one track, part by part, each with what brings its time stamps onto the source's clock."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from tasks.media.parts import opened
from transcripts.media.timeline import Kind, Part, Shift, SurveyedFile, Track

# In types only: at run time PyAV's packets are not generic.
if TYPE_CHECKING:
    AnyPacket = Packet[Any]
else:
    AnyPacket = Packet


@dataclass(frozen=True, slots=True)
class ClockedPacket:
    """A packet and how many seconds are added to its stamps.

    `time_base` is that of its stream: to ask each packet for it costs more than all the rest.
    `is_new_clock`: what comes before was stamped otherwise, or decoded by another decoder.
    """

    packet: AnyPacket
    stream: AudioStream | VideoStream
    time_base: Fraction
    shift_seconds: float
    is_new_clock: bool

    @property
    def shown_seconds(self) -> float | None:
        """When it is shown or heard; None where it bears no time stamp."""
        stamp = self.packet.pts
        if stamp is None:
            stamp = self.packet.dts
        return None if stamp is None else in_seconds(stamp, self.time_base) + self.shift_seconds


def in_seconds(stamp: int, time_base: Fraction) -> float:
    """A time stamp as seconds; what `float(stamp * time_base)` is, in a tenth of the time."""
    return stamp * time_base.numerator / time_base.denominator


def time_base_of(stream: AudioStream | VideoStream) -> Fraction:
    """That of all packets of a stream; 0 where it has none, and thus no times."""
    return stream.time_base or Fraction(0)


def is_stamped(packet: AnyPacket) -> bool:
    """Whether a packet counts: shifts name packets by their number among these."""
    return bool(packet.size) and (packet.pts is not None or packet.dts is not None)


def readable_packets(
    container: InputContainer, streams: Sequence[AudioStream | VideoStream]
) -> Iterator[AnyPacket]:
    """All packets that hold anything, up to where the file cannot be read any further."""
    with suppress(av.error.FFmpegError):
        yield from (packet for packet in container.demux(*streams) if packet.size)


def clocked_packets(path: Path, file: SurveyedFile, track: Track) -> Iterator[ClockedPacket]:
    """All packets of a track that hold anything. Raises av.error.FFmpegError where a part is not readable."""
    for piece in track.pieces:
        with opened(path, file.parts[piece.part]) as container:
            stream = container.streams[piece.stream]
            if not isinstance(stream, AudioStream | VideoStream):
                continue
            time_base = time_base_of(stream)
            upcoming = list(piece.shifts)
            shift = Shift(packet=0, seconds=0.0)
            number = 0
            for packet in readable_packets(container, [stream]):
                is_new_clock = bool(upcoming) and number >= upcoming[0].packet
                if is_new_clock:
                    shift = upcoming.pop(0)
                number += is_stamped(packet)
                yield ClockedPacket(packet, stream, time_base, shift.seconds, is_new_clock)


def made_packets(path: Path, kind: Kind) -> Iterator[ClockedPacket]:
    """The packets of the picture or the sound of a file that we made: it has one clock, which is right."""
    with opened(path, Part()) as container:
        streams = container.streams.video if kind == "picture" else container.streams.audio
        stream: AudioStream | VideoStream = streams[0]
        time_base = time_base_of(stream)
        is_first = True
        for packet in readable_packets(container, [stream]):
            yield ClockedPacket(packet, stream, time_base, 0.0, is_first)
            is_first = False
