"""Which bytes of an object a request asks for (RFC 9110, sections 13.1.5 and 14). Pure."""

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=\s*+(\d{0,18})\s*+-\s*+(\d{0,18})\s*+")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from `start` up to `end`, which is not among them; `size_bytes` is the whole."""

    start: int
    end: int
    size_bytes: int

    @property
    def header(self) -> str:
        """As `Content-Range` says it."""
        return f"bytes {self.start}-{self.end - 1}/{self.size_bytes}"


class UnsatisfiableError(Exception):
    """None of the bytes that were asked for exist."""


def requested_range(text: str | None, if_range: str | None, tag: str, size_bytes: int) -> ByteRange | None:
    """The one range that is asked for; None where the whole is to be sent.

    That is so if there is no range, if it cannot be read, if there are several (a server may
    ignore them), and if the object is not the one with the tag `if_range`. Raises UnsatisfiableError.
    """
    match = _SINGLE.fullmatch(text or "")
    if match is None or (if_range is not None and if_range != tag):
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size_bytes - int(last))
    end = min(int(last) + 1, size_bytes) if first and last else size_bytes
    if start >= end:
        raise UnsatisfiableError
    return ByteRange(start, end, size_bytes)
