"""Opens fetched files with PyAV: whole, or by the parts that were joined in them.

A second recording that was simply appended (to an MP4, WebM, Ogg, FLV, WAV and others) is passed over by
demuxers, or read on a wrong clock. So each is opened as a file of its own. Only known media formats are
opened and no other file is followed from them: a playlist that pretends to be a video must not read this
machine's files.
"""

import io
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import av
from av.container import InputContainer
from av.stream import Stream

from transcripts.media.timeline import Part

# The demuxers that may open a fetched file; playlists and scripts are not among them.
FORMATS = "mov,matroska,webm,avi,flv,asf,mpegts,mpeg,ogg,mp3,aac,wav,w64,flac,aiff,caf,amr"
PROTOCOLS = "file"
# A track may come late in a stream; so far it is looked for, but only if the file names it.
LOOKED_FOR = {"analyzeduration": "60000000", "probesize": "50000000"}
DEMUXER_OPTIONS = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS, **LOOKED_FOR}
# A picture of 8K; one of 16,000 by 16,000, which a few bytes can announce, fills half a gigabyte.
MOST_PIXELS = 8192 * 4352
DECODER_OPTIONS = {"max_pixels": str(MOST_PIXELS)}
# More parts than any recording has: a file made to exhaust us is read as one.
MOST_PARTS = 2000

_EBML, _DOCTYPES, _EBML_HEADER_BYTES = re.compile(rb"\x1aE\xdf\xa3"), (b"webm", b"matroska"), 64
_OGG_BEGINNING, _OGG_HEADER_BYTES = re.compile(rb"OggS\x00\x02"), 27
_BLOCK_BYTES, _LONGEST_SIGNATURE_BYTES = 64 * 2**20, 64
_LARGE_BOX, _TO_THE_END = 1, 0
# What a file begins with, long enough not to come up by chance.
_SIGNATURES = {
    "flv": re.compile(rb"FLV\x01[\x00-\x05]\x00\x00\x00\x09\x00\x00\x00\x00"),
    "flac": re.compile(rb"fLaC[\x00\x80]\x00\x00\x22"),
    "asf": re.compile(re.escape(bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"))),
    "caf": re.compile(rb"caff\x00\x01\x00\x00desc"),
    "amr": re.compile(rb"#!AMR(?:-WB)?\n"),
}
# Chunks that say how long they are: their name, and whether the highest byte of the length comes first.
_CHUNKED: dict[str, tuple[bytes, bytes, Literal["little", "big"]]] = {
    "wav": (b"RIFF", b"WAVE", "little"),
    "avi": (b"RIFF", b"AVI ", "little"),
    "aiff": (b"FORM", b"AIF", "big"),
}


@contextmanager
def opened(path: Path, part: Part) -> Iterator[InputContainer]:
    """A part of a file as PyAV opens it. Raises av.error.FFmpegError."""
    options = dict(DEMUXER_OPTIONS)
    if part.is_whole_file:
        with av.open(str(path), options=options) as container:
            yield _bounded(container)
        return
    with path.open("rb") as file:
        size_bytes = path.stat().st_size
        piece = _Slice(file, part.start_byte, size_bytes if part.end_byte is None else part.end_byte)
        with av.open(piece, "r", options=options) as container:
            yield _bounded(container)


def is_decodable(stream: Stream) -> bool:
    """Whether there is a decoder for it; PyAV has no context then."""
    return stream.codec_context is not None


def _bounded(container: InputContainer) -> InputContainer:
    """Its decoders refuse pictures that are too large, also where those only come midway."""
    for each in container.streams.video:
        if is_decodable(each):
            each.codec_context.options = {**each.codec_context.options, **DECODER_OPTIONS}
    return container


def parts_of(path: Path, format_name: str) -> tuple[Part, ...]:
    """What was joined in a file of this format; one part where nothing was."""
    beginnings: list[int] = []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if "mp4" in format_name:
            beginnings = _mp4_beginnings(content)
        elif "matroska" in format_name:
            beginnings = _matroska_beginnings(content)
        elif format_name == "ogg":
            beginnings = _ogg_beginnings(content)
        elif format_name in _CHUNKED:
            beginnings = _chunked_beginnings(content, *_CHUNKED[format_name])
        elif format_name in _SIGNATURES:
            beginnings = _places_of(content, _SIGNATURES[format_name])
    if len(beginnings) < 2 or len(beginnings) > MOST_PARTS:
        return (Part(),)
    ends = [*beginnings[1:], None]
    return tuple(
        Part(start_byte=start, end_byte=end) for start, end in zip([0, *beginnings[1:]], ends, strict=True)
    )


def _mp4_beginnings(content: mmap.mmap) -> list[int]:
    """Where a file type box, or else a movie box, begins another movie (ISO/IEC 14496-12, 4.2)."""
    beginnings: list[int] = []
    type_at: int | None = None
    at = 0
    while at + 8 <= len(content):
        size_bytes, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size_bytes == _LARGE_BOX:
            size_bytes = int.from_bytes(content[at + 8 : at + 16], "big")
        if kind == b"ftyp":
            type_at = at
        elif kind == b"moov":
            beginnings.append(at if type_at is None else type_at)
            type_at = None
        if size_bytes == _TO_THE_END or size_bytes < 8:
            break
        at += size_bytes
    return beginnings


def _matroska_beginnings(content: mmap.mmap) -> list[int]:
    beginnings: list[int] = []
    for at in _places_of(content, _EBML):
        header = content[at : at + _EBML_HEADER_BYTES]
        if any(name in header for name in _DOCTYPES):
            beginnings.append(at)
    return beginnings


def _places_of(content: mmap.mmap, signature: re.Pattern[bytes]) -> list[int]:
    """Where it begins, each time. What was looked through is let go of, else all of it counts as memory."""
    places: list[int] = []
    for start in range(0, len(content), _BLOCK_BYTES):
        behind = start + _BLOCK_BYTES
        found = signature.finditer(content, start, min(len(content), behind + _LONGEST_SIGNATURE_BYTES))
        places += [each.start() for each in found if each.start() < behind]
        content.madvise(mmap.MADV_DONTNEED, start, min(_BLOCK_BYTES, len(content) - start))
    return places


def _chunked_beginnings(
    content: mmap.mmap, name: bytes, kind: bytes, order: Literal["little", "big"]
) -> list[int]:
    beginnings: list[int] = []
    at = 0
    while content[at : at + 4] == name:
        if content[at + 8 : at + 12].startswith(kind):
            beginnings.append(at)
        size_bytes = int.from_bytes(content[at + 4 : at + 8], order)
        at += 8 + size_bytes + size_bytes % 2
    return beginnings


def _ogg_beginnings(content: mmap.mmap) -> list[int]:
    """Where pages begin streams; those that follow each other begin the streams of one part (RFC 3533, 4)."""
    beginnings: list[int] = []
    end_of_last = -1
    for at in _places_of(content, _OGG_BEGINNING):
        if at != end_of_last:
            beginnings.append(at)
        end_of_last = at + _ogg_page_bytes(content, at)
    return beginnings


def _ogg_page_bytes(content: mmap.mmap, at: int) -> int:
    header = content[at : at + _OGG_HEADER_BYTES]
    if len(header) < _OGG_HEADER_BYTES:
        return len(header)
    lacings = content[at + _OGG_HEADER_BYTES : at + _OGG_HEADER_BYTES + header[-1]]
    return _OGG_HEADER_BYTES + len(lacings) + sum(lacings)


class _Slice(io.RawIOBase):
    """A stretch of an open file, as a file."""

    def __init__(self, file: io.BufferedReader, start_byte: int, end_byte: int) -> None:
        self._file, self._start, self._size = file, start_byte, end_byte - start_byte
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._at)
        self._file.seek(self._start + self._at)
        content = self._file.read(left if size < 0 else min(size, left))
        self._at += len(content)
        return content
