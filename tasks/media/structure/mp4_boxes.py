"""The boxes that MP4 files are made of. ISO/IEC 14496-12, 4.2."""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.media.structure.file_bytes import FileBytes

HEADER_BYTES = 8
KIND_BYTES = 4


@dataclass(frozen=True, slots=True)
class Box:
    """One box by its positions in the file; the last one may end behind the file's end."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes_in(file: FileBytes, start: int, end: int) -> Iterator[Box]:
    """All from `start` to `end`, up to what is no box; a header that is cut off is a box without a kind."""
    position = start
    while position < end:
        header = file.up_to(position, HEADER_BYTES)
        if len(header) < HEADER_BYTES:
            if any(header):
                yield Box(b"", position, position, position + HEADER_BYTES)
            return
        box = _box(file, position, header, end)
        if box is None:
            return
        yield box
        position = box.end


def _box(file: FileBytes, position: int, header: bytes, end: int) -> Box | None:
    kind, size, header_bytes = header[KIND_BYTES:], int.from_bytes(header[:KIND_BYTES], "big"), HEADER_BYTES
    if size == 0:
        return Box(kind, position, position + HEADER_BYTES, end) if any(kind) else None
    if size == 1:
        header_bytes += 8
        if position + header_bytes > file.size:
            return Box(kind, position, position, position + header_bytes)
        size = file.number(position + HEADER_BYTES, 8)
    return Box(kind, position, position + header_bytes, position + size) if size >= header_bytes else None


def find_box(file: FileBytes, parent: Box, *path: bytes) -> Box | None:
    """The first box by its path inside of another; None if there is none."""
    box: Box | None = parent
    for kind in path:
        if box is None:
            return None
        box = next((each for each in boxes_in(file, box.body, box.end) if each.kind == kind), None)
    return box
