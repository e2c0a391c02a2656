"""AMR and AMR-WB as phones record them. RFC 4867, section 5."""

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.frames import FrameKind, last_frame_is_cut
from tasks.media.structure.truncation_sign import Sign

NARROW_BAND, WIDE_BAND = b"#!AMR\n", b"#!AMR-WB\n"
# Bytes of a frame with its header, by the frame's type; 0 where the type is not in use.
_NARROW_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1)
_WIDE_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1)


def sign_in_amr(file: FileBytes) -> Sign | None:
    """Whether the last frame is whole; the format states nothing."""
    is_wide = file.up_to(0, len(WIDE_BAND)) == WIDE_BAND
    lengths = _WIDE_BYTES if is_wide else _NARROW_BYTES
    kind = FrameKind(1, lambda header: lengths[header[0] >> 3 & 15] if header[0] else 0, b"")
    is_cut = last_frame_is_cut(file, len(WIDE_BAND if is_wide else NARROW_BAND), file.size, kind)
    return Sign.ELEMENT_CUT if is_cut else None
