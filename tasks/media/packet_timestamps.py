"""Gives packets their time stamps on the source's clock, as muxers want them."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from tasks.media.clocked_packets import AnyPacket, ClockedPacket

TICKS_PER_SECOND = 90_000
TICK = Fraction(1, TICKS_PER_SECOND)
USUAL_FRAME_TICKS = 3_600
# So many packets at most lie between two that say when they are decoded.
MOST_WAITING = 64


def stamped_packet(each: ClockedPacket) -> AnyPacket:
    """The packet itself with its times on the clock, in ticks."""
    return stamp(each.packet, each.time_base, each.shift_seconds)


def stamp(packet: AnyPacket, time_base: Fraction, shift_seconds: float) -> AnyPacket:
    """The packet itself with its times, which are of `time_base`, shifted, in ticks."""
    shift = round(shift_seconds * TICKS_PER_SECOND)
    shown, decoded = packet.pts, packet.dts
    packet.pts = None if shown is None else in_ticks(shown, time_base) + shift
    packet.dts = None if decoded is None else in_ticks(decoded, time_base) + shift
    packet.duration = in_ticks(packet.duration or 0, time_base)
    packet.time_base = TICK
    return packet


def in_ticks(stamp: int, time_base: Fraction) -> int:
    """A time stamp in ticks, rounded; whole numbers only, so that none is ever inexact."""
    doubled = 2 * stamp * time_base.numerator * TICKS_PER_SECOND
    return (doubled + time_base.denominator) // (2 * time_base.denominator)


def in_decoding_order(packets: Iterable[AnyPacket]) -> Iterator[AnyPacket]:
    """Each is decoded after the one before, and not after it is shown."""
    last_ticks: int | None = None
    for packet in _with_decoding_times(packets):
        shown = packet.pts
        decoded = packet.dts if packet.dts is not None else shown or 0
        if last_ticks is not None:
            decoded = max(decoded, last_ticks + 1)
        packet.dts, packet.pts = decoded, decoded if shown is None else max(shown, decoded)
        last_ticks = decoded
        yield packet


def _with_decoding_times(packets: Iterable[AnyPacket]) -> Iterator[AnyPacket]:
    """Some do not say when they are decoded: as much before the next that does as they last."""
    waiting: list[AnyPacket] = []
    for packet in packets:
        waiting.append(packet)
        if packet.dts is not None or len(waiting) > MOST_WAITING:
            yield from _led_up_to(waiting)
            waiting = []
    yield from waiting


def _led_up_to(waiting: list[AnyPacket]) -> list[AnyPacket]:
    decoded = waiting[-1].dts
    if decoded is None:
        return waiting
    for packet in reversed(waiting[:-1]):
        decoded -= packet.duration or USUAL_FRAME_TICKS
        packet.dts = decoded
    return waiting
