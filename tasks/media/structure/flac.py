"""FLAC: the samples that STREAMINFO states, and the checksum of the last frame. RFC 9639."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.tags import leading_tags_end, trailing_tags_start
from tasks.media.structure.truncation_sign import Sign

MARK = b"fLaC"
STREAMINFO_BYTES = 34
UNKNOWN_FRAME_BYTES = 65_536
MOST_FRAME_BYTES = 1_000_000
LEAST_HEADER_BYTES, LONGEST_HEADER_BYTES = 6, 16
CHECKSUM_BYTES = 2
MOST_CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class _Stream:
    frames_start: int
    block_samples: int
    largest_frame_bytes: int
    stated_samples: int


@dataclass(frozen=True, slots=True)
class _Frame:
    start: int
    end_sample: int


def sign_in_flac(file: FileBytes) -> Sign | None:
    """Whether the last frame is whole and reaches the stated sample."""
    end = _without_padding(file, trailing_tags_start(file))
    try:
        stream = _stream(file)
        candidates = list(_last_frames(file, stream, end))
    except EOFError:
        return Sign.ELEMENT_CUT
    last = next((frame for frame in candidates if _is_whole(file, frame, end)), None)
    if last is None:
        return Sign.ELEMENT_CUT
    return Sign.LESS_THAN_STATED if last.end_sample < stream.stated_samples else None


def _without_padding(file: FileBytes, end: int) -> int:
    """Where the zeros begin behind the last frame; its checksum may be zeros, too."""
    start = max(0, end - MOST_FRAME_BYTES)
    sound = file.at(start, end - start).rstrip(b"\0")
    return min(end, start + len(sound) + CHECKSUM_BYTES)


def _stream(file: FileBytes) -> _Stream:
    position = leading_tags_end(file) + len(MARK)
    info = file.at(position + 4, STREAMINFO_BYTES)
    is_last = False
    while not is_last:
        header = file.number(position, 4)
        is_last = bool(header >> 31)
        position += 4 + (header & 0xFFFFFF)
    return _Stream(
        frames_start=position,
        block_samples=int.from_bytes(info[:2], "big"),
        largest_frame_bytes=min(int.from_bytes(info[7:10], "big") or UNKNOWN_FRAME_BYTES, MOST_FRAME_BYTES),
        stated_samples=int.from_bytes(info[13:18], "big") & ((1 << 36) - 1),
    )


def _last_frames(file: FileBytes, stream: _Stream, end: int) -> Iterator[_Frame]:
    """What looks like a frame's header, the last one first; bytes of sound may look like one."""
    start = max(stream.frames_start, end - stream.largest_frame_bytes - CHECKSUM_BYTES)
    stretch = file.at(start, max(0, end - start))
    position, left = stretch.rfind(b"\xff"), MOST_CANDIDATES
    while position >= 0 and left:
        frame = _frame(stretch[position : position + LONGEST_HEADER_BYTES], start + position, stream)
        if frame is not None:
            left -= 1
            yield frame
        position = stretch.rfind(b"\xff", 0, position)


def _frame(header: bytes, start: int, stream: _Stream) -> _Frame | None:
    """The frame with this header; None where it is none, by its checksum."""
    if len(header) < LEAST_HEADER_BYTES or header[1] & 0xFE != 0xF8:
        return None
    number_bytes = max(1, 8 - (header[4] ^ 0xFF).bit_length())
    if number_bytes > 7:
        return None
    number = _coded_number(header[4 : 4 + number_bytes])
    size_code, rate_code = header[2] >> 4, header[2] & 15
    size_bytes = {6: 1, 7: 2}.get(size_code, 0)
    rate_bytes = {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    checksum_at = 4 + number_bytes + size_bytes + rate_bytes
    if len(header) <= checksum_at or _checksum(header[: checksum_at + 1], 8, 0x07):
        return None
    size_field = header[4 + number_bytes : 4 + number_bytes + size_bytes]
    samples = int.from_bytes(size_field, "big") + 1 if size_bytes else _samples(size_code)
    counts_samples = header[1] & 1
    return _Frame(start, (number if counts_samples else number * stream.block_samples) + samples)


def _samples(code: int) -> int:
    if code == 1:
        return 192
    return 576 << (code - 2) if code < 6 else 256 << (code - 8) if code >= 8 else 0


def _coded_number(coded: bytes) -> int:
    """FLAC's numbers are written as UTF-8 writes characters, but up to 36 bits."""
    first = coded[0] & (0x7F if len(coded) == 1 else 0x7F >> len(coded))
    return reduce(lambda number, byte: number << 6 | byte & 0x3F, coded[1:], first)


def _is_whole(file: FileBytes, frame: _Frame, end: int) -> bool:
    """A checksum over a frame with its checksum is zero, and stays so over zeros behind it."""
    return _checksum(file.at(frame.start, end - frame.start), 16, 0x8005) == 0


def _checksum(content: bytes, bits: int, polynomial: int) -> int:
    table, mask, value = _table(bits, polynomial), (1 << bits) - 1, 0
    for byte in content:
        value = (value << 8 & mask) ^ table[(value >> (bits - 8)) ^ byte]
    return value


@cache
def _table(bits: int, polynomial: int) -> list[int]:
    return [_divided(byte, bits, polynomial) for byte in range(256)]


def _divided(byte: int, bits: int, polynomial: int) -> int:
    value = byte << (bits - 8)
    for _ in range(8):
        value = value << 1 ^ (polynomial if value >> (bits - 1) else 0)
        value &= (1 << bits) - 1
    return value
