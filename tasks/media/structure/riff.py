"""WAV with its large relatives RF64 and W64, and AVI: what chunks state against what is there."""

from tasks.media.structure.chunks import Chunk, chunks_in
from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

RIFF_HEADER_BYTES = 12
W64_GUID_BYTES, W64_HEADER_BYTES = 16, 24
W64_ROOT_BYTES = 40
LARGEST_SIZE = 1 << 60
LARGE_ROOTS = (b"RF64", b"BW64")
W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"


def sign_in_wav(file: FileBytes) -> Sign | None:
    """Whether the samples are as many as stated; streamed files state nothing."""
    large_bytes = 0
    for chunk in chunks_in(file, RIFF_HEADER_BYTES, file.size):
        if chunk.kind == b"ds64":
            large_bytes = file.little_number(chunk.body + 8, 8)
        if chunk.kind == b"data":
            return _sign_in_samples(file, chunk, large_bytes)
        if chunk.end > file.size:
            return Sign.ELEMENT_CUT
    return Sign.NO_INDEX


def _sign_in_samples(file: FileBytes, chunk: Chunk, large_bytes: int) -> Sign | None:
    is_large = file.at(0, 4) in LARGE_ROOTS
    stated_bytes = large_bytes if is_large else chunk.size if chunk.states_its_size else 0
    is_less = file.size < chunk.body + stated_bytes <= LARGEST_SIZE
    return Sign.LESS_THAN_STATED if is_less else None


def sign_in_w64(file: FileBytes) -> Sign | None:
    """The same of Sony's Wave64: its chunks have GUIDs, sizes with their header, and steps of eight bytes."""
    position = W64_ROOT_BYTES
    while position + W64_HEADER_BYTES <= file.size:
        size = file.little_number(position + W64_GUID_BYTES, 8)
        is_data = file.at(position, W64_GUID_BYTES) == W64_DATA
        if not W64_HEADER_BYTES <= size <= LARGEST_SIZE:
            return None
        if position + size > file.size:
            return Sign.LESS_THAN_STATED if is_data else Sign.ELEMENT_CUT
        if is_data:
            return None
        position += size + -size % 8
    return Sign.NO_INDEX


def sign_in_avi(file: FileBytes) -> Sign | None:
    """Whether all RIFF parts, and all chunks in them, are there; a live one is followed chunk by chunk."""
    for part in chunks_in(file, 0, file.size):
        if part.kind != b"RIFF":
            return None
        part_end = part.end if part.states_its_size else file.size
        if part_end > file.size + RIFF_HEADER_BYTES:
            return Sign.LESS_THAN_STATED
        sign = _sign_in_avi_chunks(file, part.body + 4, part_end)
        if sign or not part.states_its_size:
            return sign
    return None


def _sign_in_avi_chunks(file: FileBytes, start: int, end: int) -> Sign | None:
    inside: int | None = start
    while inside is not None:
        position, inside = inside, None
        for chunk in chunks_in(file, position, end):
            if chunk.kind == b"LIST" and not chunk.states_its_size:
                inside = chunk.body + 4
                break
            if chunk.end > file.size:
                return Sign.ELEMENT_CUT
    return None
