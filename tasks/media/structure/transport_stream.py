"""MPEG transport streams (TS, M2TS): packets of one size, and PES packets that state their length.

ISO/IEC 13818-1. A picture's PES packets state none: a cut between two packets may show in the sound only.
"""

from dataclasses import dataclass

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

SYNC = 0x47
PACKET_BYTES = 188
# How long packets are on the disk, and what stands before each: M2TS has a time stamp, 204 adds parity.
LAYOUTS = ((188, 0), (192, 4), (204, 0))
SEARCHED_BYTES = 2048
JUDGED_BYTES = 4_000_000
PES_HEADER_BYTES = 6
PES_START = b"\x00\x00\x01"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the first packet begins, what stands before its sync byte, and how far apart packets are."""

    start: int
    before: int
    stride: int


@dataclass(slots=True)
class _Pes:
    stated_bytes: int
    bytes: int = 0


def layout_of(file: FileBytes) -> Layout | None:
    """None where this is no transport stream."""
    head = file.up_to(0, SEARCHED_BYTES)
    for stride, before in LAYOUTS:
        for start in range(min(stride, len(head))):
            marks = head[start + before :: stride]
            if len(marks) >= 3 and set(marks) == {SYNC}:
                return Layout(start, before, stride)
    return None


def sign_in_transport_stream(file: FileBytes) -> Sign | None:
    """Whether the last packet is whole, and the last PES packet of each stream that states its length."""
    layout = layout_of(file)
    if layout is None:
        return None
    packets, rest = divmod(file.size - layout.start, layout.stride)
    if any(file.at(file.size - rest, rest)):
        return Sign.ELEMENT_CUT
    first = max(0, packets - JUDGED_BYTES // layout.stride)
    last: dict[int, _Pes] = {}
    for index in range(first, packets):
        _follow(last, file.at(layout.start + index * layout.stride + layout.before, PACKET_BYTES))
    return Sign.ELEMENT_CUT if any(pes.bytes < pes.stated_bytes for pes in last.values()) else None


def _follow(last: dict[int, _Pes], packet: bytes) -> None:
    """Count what a packet adds to its stream's present PES packet."""
    if packet[0] != SYNC:
        return
    identifier, adaptation = int.from_bytes(packet[1:3], "big") & 0x1FFF, packet[3] >> 4 & 3
    start = 4 + (1 + packet[4] if adaptation & 2 else 0)
    payload = packet[start:] if adaptation & 1 else b""
    begins = packet[1] & 0x40
    if begins and payload[:3] == PES_START:
        length = int.from_bytes(payload[4:6], "big")
        last[identifier] = _Pes(length + PES_HEADER_BYTES if length else 0, len(payload))
    elif identifier in last:
        last[identifier].bytes += len(payload)
