"""Chunks: four letters and a size, as RIFF (little-endian) and IFF (big-endian) files are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tasks.media.structure.file_bytes import FileBytes

HEADER_BYTES = 8
# What writers put, beside 0, where they could not go back to state a size; some take a header's bytes off.
PLACEHOLDERS = (0x7FFFFFFF, 0xFFFFFFFF)
PLACEHOLDER_SLACK = 8192


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk by its positions; `end` without the byte that pads it to an even size."""

    kind: bytes
    body: int
    size: int

    @property
    def end(self) -> int:
        return self.body + self.size

    @property
    def states_its_size(self) -> bool:
        """Whether the size is one, and not the placeholder of a stream."""
        return self.size > 0 and all(abs(self.size - each) > PLACEHOLDER_SLACK for each in PLACEHOLDERS)


def chunks_in(
    file: FileBytes, start: int, end: int, order: Literal["big", "little"] = "little"
) -> Iterator[Chunk]:
    """All from `start` that begin before `end`; the last one may be longer than the file.

    A header that is cut off is a chunk without a kind.
    """
    position = start
    while position < min(end, file.size):
        header = file.up_to(position, HEADER_BYTES)
        if not header[:4].isascii() or not any(header[:4]):
            return
        if len(header) < HEADER_BYTES:
            yield Chunk(b"", position, HEADER_BYTES)
            return
        chunk = Chunk(header[:4], position + HEADER_BYTES, int.from_bytes(header[4:], order))
        yield chunk
        position = chunk.end + chunk.size % 2
