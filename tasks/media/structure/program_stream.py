"""MPEG program streams (MPG, VOB): PES packets that state their length. ISO/IEC 13818-1, 2.5."""

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

PACK, SYSTEM_END = b"\x00\x00\x01\xba", b"\x00\x00\x01\xb9"
START = b"\x00\x00\x01"
JUDGED_BYTES = 1_000_000


def sign_in_program_stream(file: FileBytes) -> Sign | None:
    """Whether the last packet is whole."""
    start = max(0, file.size - JUDGED_BYTES)
    pack = file.at(start, file.size - start).find(PACK)
    if pack < 0:
        return None
    position, in_a_pack = start + pack, False
    while position < file.size:
        header = file.up_to(position, 14)
        if header[:3] != START[: len(header)]:
            return None
        try:
            position += _length(header)
            in_a_pack = header[3] == PACK[3]
        except IndexError:
            return Sign.ELEMENT_CUT
    return Sign.ELEMENT_CUT if position > file.size or in_a_pack else None


def _length(header: bytes) -> int:
    """Of what begins with this header. Raises IndexError where the header is cut off."""
    if header[3] == SYSTEM_END[3]:
        return len(SYSTEM_END)
    if header[3] == PACK[3]:
        is_mpeg_2 = header[4] >> 6 == 1
        return 14 + (header[13] & 7) if is_mpeg_2 else 12
    return 6 + (header[4] << 8 | header[5])
