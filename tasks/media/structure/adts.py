"""AAC as a stream of ADTS frames. ISO/IEC 14496-3, annex 1.A."""

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.frames import FrameKind, last_frame_is_cut
from tasks.media.structure.tags import leading_tags_end, trailing_tags_start
from tasks.media.structure.truncation_sign import Sign

HEADER_BYTES = 7


def _length(header: bytes) -> int:
    if header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length >= HEADER_BYTES else 0


ADTS = FrameKind(HEADER_BYTES, _length, b"\xff")


def sign_in_adts(file: FileBytes) -> Sign | None:
    """Whether the last frame is whole; the stream states nothing."""
    is_cut = last_frame_is_cut(file, leading_tags_end(file), trailing_tags_start(file), ADTS)
    return Sign.ELEMENT_CUT if is_cut else None
