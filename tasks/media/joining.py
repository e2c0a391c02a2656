"""Writes MP4 files of packets that are there already, without encoding anything."""

import errno
import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import av
from av.container import OutputContainer

from tasks.media.clocked_packets import AnyPacket, ClockedPacket, made_packets
from tasks.media.packet_timestamps import TICK, in_decoding_order, stamped_packet
from transcripts.errors.machine_errors import DiskFullError
from transcripts.errors.media_errors import EncodeFailedError


def join(tracks: Sequence[Iterable[ClockedPacket]], target: Path) -> None:
    """Write tracks into an MP4 file whose index comes first; the same packets give the same bytes.

    Raises EncodeFailedError where there is nothing to write, or it makes no file;
    DiskFullError.
    """
    options = {"movflags": "+faststart"}
    try:
        with av.open(str(target), "w", format="mp4", options=options) as container:
            restamped = [_restamped(container, packets) for packets in tracks]
            for packet in heapq.merge(*restamped, key=_decoded_ticks):
                container.mux(packet)
    except (av.error.ArgumentError, av.error.InvalidDataError) as error:
        raise EncodeFailedError(reason=str(error.strerror)) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFullError(path="work") from error
        raise


def copy_sound(path: Path, target: Path) -> None:
    """Write the sound of a file that we made into one of its own. Raises what `join` raises."""
    join([made_packets(path, "sound")], target)


def _restamped(container: OutputContainer, packets: Iterable[ClockedPacket]) -> Iterator[AnyPacket]:
    """The packets in a new stream of `container`, which is there at once, with their times on the clock."""
    rest = iter(packets)
    first = next(rest, None)
    if first is None:
        raise EncodeFailedError(reason="no packets")
    stream = container.add_stream_from_template(first.stream)
    stream.time_base = TICK

    def stamped() -> Iterator[AnyPacket]:
        for packet in in_decoding_order(map(stamped_packet, chain([first], rest))):
            packet.stream = stream
            yield packet

    return stamped()


def _decoded_ticks(packet: AnyPacket) -> int:
    return packet.dts or 0
