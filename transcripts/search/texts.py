"""Texts as the index stores them: blocks of some sentences, compressed, so that one can be read alone."""

import zlib
from collections.abc import Iterator, Sequence

SENTENCES_A_BLOCK = 16
"""Fewer are unpacked faster, more pack better."""


def pack(texts: Sequence[str]) -> Iterator[bytes]:
    """The blocks of a record's texts; a text must be on one line."""
    for first in range(0, len(texts), SENTENCES_A_BLOCK):
        yield zlib.compress("\n".join(texts[first : first + SENTENCES_A_BLOCK]).encode())


def unpack(block: bytes) -> list[str]:
    """The texts of a block."""
    return zlib.decompress(block).decode().split("\n")
