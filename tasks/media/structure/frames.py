"""Sound that is nothing but frames, each of which says how long it is: MP3, ADTS, AMR."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.media.structure.file_bytes import FileBytes

RESYNC_BYTES = 65_536

FrameLength = Callable[[bytes], int]
"""Of a frame's header the frame's bytes with its header; 0 where this is no header."""


@dataclass(frozen=True, slots=True)
class FrameKind:
    """How frames of a format are known."""

    header_bytes: int
    length: FrameLength
    sync: bytes
    """With what each frame begins; empty where nothing tells, so that a lost frame loses the rest."""


def last_frame_is_cut(
    file: FileBytes, start: int, end: int, kind: FrameKind, on_frame: Callable[[int], None] = lambda _: None
) -> bool:
    """Whether the sound ends within a frame; `on_frame` is told where each whole one begins.

    Goes from frame to frame, also over damaged places.
    """
    position = start
    while end - position >= kind.header_bytes:
        length = kind.length(file.at(position, kind.header_bytes))
        if not length:
            found = next_frame(file, position + 1, end, kind)
            if found is None:
                return False
            position = found
            continue
        if position + length > end:
            return True
        on_frame(position)
        position += length
    rest = file.at(position, end - position)
    return rest[:1] == kind.sync != b""


def next_frame(file: FileBytes, start: int, end: int, kind: FrameKind) -> int | None:
    """Where the next two frames in a row begin (or one that ends with the file); None if not nearby."""
    if not kind.sync:
        return None
    stretch = file.at(start, max(0, min(RESYNC_BYTES, end - start)))
    candidate = stretch.find(kind.sync)
    while candidate >= 0:
        if is_followed(file, start + candidate, end, kind):
            return start + candidate
        candidate = stretch.find(kind.sync, candidate + 1)
    return None


def is_followed(file: FileBytes, position: int, end: int, kind: FrameKind) -> bool:
    """Whether a frame begins there, and behind it another, or the end."""
    following = position + _length_at(file, position, end, kind)
    return following > position and (following == end or _length_at(file, following, end, kind) > 0)


def _length_at(file: FileBytes, position: int, end: int, kind: FrameKind) -> int:
    fits = position + kind.header_bytes <= end
    return kind.length(file.at(position, kind.header_bytes)) if fits else 0
