"""Compresses a page whose longest part was compressed before.

A deflate stream (RFC 1951) may be cut where it was flushed: the record's text is deflated
once, and each page around it costs only its own few kilobytes.
"""

import zlib
from dataclasses import dataclass

_HEAD = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])  # RFC 1952: deflate, no name, no time
_RAW = -zlib.MAX_WBITS
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class PackedText:
    """A text, and the same deflated so that it can stand anywhere in a stream."""

    text: bytes
    deflated: bytes

    @classmethod
    def of(cls, text: str) -> "PackedText":
        """Compress a text once and for all."""
        plain = text.encode()
        return cls(plain, _deflated(plain, zlib.Z_FULL_FLUSH, level=9))

    def gzip_between(self, before: str, after: str) -> bytes:
        """`before`, the text and `after` as one gzip file."""
        head, tail = before.encode(), after.encode()
        check = zlib.crc32(tail, zlib.crc32(self.text, zlib.crc32(head)))
        size = len(head) + len(self.text) + len(tail)
        return b"".join(
            (
                _HEAD,
                _deflated(head, zlib.Z_FULL_FLUSH),
                self.deflated,
                _deflated(tail, zlib.Z_FINISH),
                check.to_bytes(4, "little"),
                (size & 0xFFFFFFFF).to_bytes(4, "little"),
            )
        )


def _deflated(plain: bytes, ending: int, level: int = _LEVEL) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, _RAW)
    return packer.compress(plain) + packer.flush(ending)
