"""Ogg: pages, and the mark on the last one of each stream. RFC 3533."""

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

CAPTURE = b"OggS"
HEADER_BYTES = 27
BEGINS, ENDS = 2, 4
RESYNC_BYTES = 65_536


def sign_in_ogg(file: FileBytes) -> Sign | None:
    """Whether the last page is whole, and one stream at least of the last group ends with its mark."""
    position, any_ends, in_beginnings = 0, False, False
    while position < file.size:
        header = file.up_to(position, HEADER_BYTES)
        if header[:4] != CAPTURE[: len(header)]:
            found = file.up_to(position, RESYNC_BYTES).find(CAPTURE)
            if found < 0:
                break
            position += found
            continue
        try:
            end = _page_end(file, position)
        except EOFError:
            return Sign.ELEMENT_CUT
        if end > file.size:
            return Sign.ELEMENT_CUT
        begins = bool(header[5] & BEGINS)
        any_ends = bool(header[5] & ENDS) or (any_ends and not (begins and not in_beginnings))
        in_beginnings = begins
        position = end
    return None if any_ends else Sign.NO_END_MARK


def _page_end(file: FileBytes, position: int) -> int:
    segments = file.number(position + HEADER_BYTES - 1, 1)
    table = position + HEADER_BYTES
    return table + segments + sum(file.at(table, segments))
