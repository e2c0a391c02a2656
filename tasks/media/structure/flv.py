"""FLV: tags that state their size, and what `onMetaData` states of the whole. Adobe's Flash Video 10.1."""

import struct

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.truncation_sign import Sign

SCRIPT = 18
KINDS = {8, 9, SCRIPT}
TAG_HEADER_BYTES = 11
SIZE_BEHIND_BYTES = 4
METADATA_BYTES = 65_536
DOUBLE = b"\x00"
TOLERATED_SECONDS = 1.0


def sign_in_flv(file: FileBytes) -> Sign | None:
    """Whether the last tag is whole, and size and duration are as stated."""
    position = file.number(5, 4) + SIZE_BEHIND_BYTES
    metadata, last_seconds = b"", 0.0
    while position < file.size:
        header = file.up_to(position, TAG_HEADER_BYTES)
        if header[0] & 0x1F not in KINDS:
            return None
        if len(header) < TAG_HEADER_BYTES:
            return Sign.ELEMENT_CUT
        end = position + TAG_HEADER_BYTES + int.from_bytes(header[1:4], "big")
        if end > file.size or end < file.size < end + SIZE_BEHIND_BYTES:
            return Sign.ELEMENT_CUT
        if header[0] & 0x1F == SCRIPT:
            metadata = metadata or file.up_to(position, METADATA_BYTES)
        else:
            last_seconds = int.from_bytes(header[7:8] + header[4:7], "big") / 1000
        position = end + SIZE_BEHIND_BYTES
    is_short = _stated(metadata, b"duration") > last_seconds + TOLERATED_SECONDS
    return Sign.LESS_THAN_STATED if is_short and _stated(metadata, b"filesize") > file.size else None


def _stated(metadata: bytes, name: bytes) -> float:
    """A number of the metadata; 0 where it is not stated."""
    _, found, value = metadata.partition(len(name).to_bytes(2, "big") + name + DOUBLE)
    return float(struct.unpack(">d", value[:8])[0]) if found and len(value) >= 8 else 0.0
