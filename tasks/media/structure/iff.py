"""AIFF and CAF: what chunks state against what is there."""

from tasks.media.structure.chunks import chunks_in
from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

FORM_HEADER_BYTES = 12
CAF_HEADER_BYTES, CAF_CHUNK_BYTES = 8, 12
CAF_PACKET_BYTES_OFFSET = 16
TO_THE_END = (1 << 64) - 1


def sign_in_aiff(file: FileBytes) -> Sign | None:
    """Whether the samples (`SSND`) and all before them are there."""
    for chunk in chunks_in(file, FORM_HEADER_BYTES, file.size, "big"):
        is_sound = chunk.kind == b"SSND"
        if chunk.end > file.size and chunk.states_its_size:
            return Sign.LESS_THAN_STATED if is_sound else Sign.ELEMENT_CUT
        if is_sound:
            return None
    return Sign.NO_INDEX


def sign_in_caf(file: FileBytes) -> Sign | None:
    """Whether all chunks are there, with the table that packets of various sizes need (`pakt`)."""
    position, needs_table, has_table, has_sound = CAF_HEADER_BYTES, False, False, False
    while position + CAF_CHUNK_BYTES <= file.size:
        kind, size = file.at(position, 4), file.number(position + 4, 8)
        body = position + CAF_CHUNK_BYTES
        if kind == b"desc":
            needs_table = file.number(body + CAF_PACKET_BYTES_OFFSET, 4) == 0
        has_table, has_sound = has_table or kind == b"pakt", has_sound or kind == b"data"
        if size == TO_THE_END and kind == b"data":
            break
        if body + size > file.size:
            return Sign.LESS_THAN_STATED if kind == b"data" else Sign.ELEMENT_CUT
        position = body + size
    return Sign.NO_INDEX if not has_sound or (needs_table and not has_table) else None
