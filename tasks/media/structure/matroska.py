"""Matroska and WebM: elements that state their size, and live recordings whose segment and clusters do not.

RFC 9559, RFC 8794. An element of unknown size is entered, every other passed over: so one loop walks all.
"""

from dataclasses import dataclass

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

EBML, SEGMENT, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
MAY_BE_OF_UNKNOWN_SIZE = {SEGMENT, CLUSTER}
_GLOBAL = {0xEC, 0xBF}
_IN_A_SEGMENT = {0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367, CLUSTER}
_IN_A_CLUSTER = {0xE7, 0xA3, 0xA0, 0xA7, 0xAB, 0xAF, 0x5854}
KNOWN = {EBML, SEGMENT} | _GLOBAL | _IN_A_SEGMENT | _IN_A_CLUSTER
LONGEST_HEADER_BYTES = 12


@dataclass(frozen=True, slots=True)
class _Element:
    kind: int
    body: int
    end: int | None
    """None: of unknown size."""


def sign_in_matroska(file: FileBytes) -> Sign | None:
    """Whether the last element is whole. What follows on a segment and is no element is passed over."""
    position = 0
    while position < file.size:
        try:
            element = _element_at(file, position)
        except EOFError:
            return Sign.ELEMENT_CUT
        if element is None or element.kind not in KNOWN:
            return None
        if element.end is None:
            position = element.body
        elif element.end > file.size:
            return Sign.ELEMENT_CUT
        else:
            position = element.end
    return None


def _element_at(file: FileBytes, position: int) -> _Element | None:
    """None where no element begins. Raises EOFError where its header is cut off."""
    header = file.up_to(position, LONGEST_HEADER_BYTES)
    kind_bytes = _number_bytes(header)
    if kind_bytes > 4:
        return None
    kind = int.from_bytes(header[:kind_bytes], "big")
    size_bytes = _number_bytes(header[kind_bytes:])
    if size_bytes > 8:
        return None
    if len(header) < kind_bytes + size_bytes:
        raise EOFError
    body = position + kind_bytes + size_bytes
    without_marker = (1 << 7 * size_bytes) - 1
    size = int.from_bytes(header[kind_bytes : kind_bytes + size_bytes], "big") & without_marker
    if size != without_marker:
        return _Element(kind, body, body + size)
    return _Element(kind, body, None) if kind in MAY_BE_OF_UNKNOWN_SIZE else None


def _number_bytes(header: bytes) -> int:
    """How many bytes EBML's number has that begins there: its leading zero bits say so."""
    if not header:
        raise EOFError
    return 9 - header[0].bit_length()
