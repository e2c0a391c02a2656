"""Single places of a file of any size, and a bound on how many of them are read."""

from typing import BinaryIO

BLOCK_BYTES = 16_384
MOST_READS = 4_000_000  # more than the packets of eight hours of meeting
MOST_BYTES_AT_ONCE = 16_000_000  # an index of four million samples


class FileBytes:
    """The bytes of a file by their positions. What lies outside of the file is EOFError."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._block = b""
        self._block_start = 0
        self._reads_left = MOST_READS
        self.size = file.seek(0, 2)

    def at(self, position: int, count: int) -> bytes:
        """`count` bytes from `position`.

        Raises EOFError where the file has fewer; ValueError where this asks for too much, or too often.
        """
        self._reads_left -= 1
        if self._reads_left < 0:
            raise ValueError("too many places")
        if not 0 <= count <= MOST_BYTES_AT_ONCE:
            raise ValueError("too much at once")
        if position < 0 or position + count > self.size:
            raise EOFError
        start = position - self._block_start
        if start < 0 or start + count > len(self._block):
            self._file.seek(position)
            self._block, self._block_start, start = self._file.read(max(count, BLOCK_BYTES)), position, 0
        return self._block[start : start + count]

    def up_to(self, position: int, count: int) -> bytes:
        """`count` bytes from `position`, or as many as the file has from there on."""
        return self.at(position, max(0, min(count, self.size - position)))

    def number(self, position: int, count: int) -> int:
        """A big-endian number of `count` bytes. Raises what `at` raises."""
        return int.from_bytes(self.at(position, count), "big")

    def little_number(self, position: int, count: int) -> int:
        """A little-endian number of `count` bytes. Raises what `at` raises."""
        return int.from_bytes(self.at(position, count), "little")
