"""Small files that would become large, long or slow, and files that lie about themselves."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import av

from bench.attack.material import made, sample

Write = Callable[[Path], None]

_SOUND = ("-f", "lavfi", "-i", "anoisesrc=amplitude=0.2:sample_rate=16000:duration=1:seed=7")
_CODECS = {
    "webm": ("webm", "-c:a", "libopus"),
    "mkv": ("matroska", "-c:a", "aac"),
    "mp4": ("mp4", "-c:a", "aac"),
    "flv": ("flv", "-c:a", "aac"),
    "ts": ("mpegts", "-c:a", "aac"),
}
_GAPS_SECONDS = {"20 minutes": 1200, "9 hours": 9 * 3600, "29 hours": 29 * 3600, "40 days": 40 * 86400}
_LARGEST_SIDE = 16383


def media_bombs() -> Iterator[tuple[str, Write]]:
    """Each by its name, and what writes it."""
    for kind in _CODECS:
        for name, seconds in _GAPS_SECONDS.items():
            yield f"{kind} with a gap of {name}", partial(_with_gap, kind=kind, gap_seconds=seconds)
    yield "a pause behind each second", partial(_with_gap, kind="mkv", gap_seconds=1, times=1500)
    yield "huge pictures in VP8", partial(_huge_vp8, keeps_first=False)
    yield "huge pictures in VP8 midway", partial(_huge_vp8, keeps_first=True)
    yield "a huge picture in JPEG", _huge_jpeg
    yield "a huge picture in PNG", _huge_png
    yield "a picture of 67 megapixels", _large_h264
    for count in (100, 400):
        yield f"{count} sounds", partial(_many_sounds, count=count)
    yield "1,500 recordings in one", partial(_joined, name="webm", count=1500)
    yield "1,500 recordings in one, FLV", partial(_joined, name="flv", count=1500)
    yield "a file of three gigabytes with nothing in it", _hollow
    yield "a zip of zeros", _zip
    for name, place, number in _LIES:
        yield (
            f"{place.decode('latin-1')} of {name} lies",
            partial(_lying, name=name, place=place, number=number),
        )


# Format, what the lie follows, and the lie.
_LIES = (
    ("mp4", b"mvhd", b"\x01" + bytes(19) + b"\x00\x00\x00\x01" + b"\xff" * 8),
    ("mp4", b"stts", bytes(4) + b"\x00\x00\x00\x01" + b"\x7f\xff\xff\xff" * 2),
    ("mp4", b"stsz", bytes(4) + b"\x00\x00\x00\x01" + b"\x7f\xff\xff\xff"),
    ("mp4", b"mp4a", bytes(24) + b"\xff\xff"),
    ("wav", b"data", b"\xff\xff\xff\xff"),
    ("wav", b"fmt ", b"\x10\x00\x00\x00\x01\x00\xff\xff\xff\xff\xff\x7f"),
    ("flac", b"fLaC", b"\x00\x00\x00\x22\xff\xff\xff\xff" + b"\xff" * 18),
    ("mkv", b"\x2a\xd7\xb1", b"\x87\x00\x00\x00\xff\xff\xff\xff"),
    ("avi", b"avih", b"\x38\x00\x00\x00\x01\x00\x00\x00" + b"\xff" * 40),
    ("mp3", b"Info", b"\x00\x00\x00\x0f\xff\xff\xff\xff\xff\xff\xff\xff"),
)


def _with_gap(path: Path, *, kind: str, gap_seconds: int, times: int = 1) -> None:
    """The same second of sound before and behind each gap."""
    muxer, *codec = _CODECS[kind]
    source = io.BytesIO(made(*_SOUND, *codec, "-f", muxer))
    with av.open(source, "r") as read, av.open(str(path), "w", format=muxer) as written:
        stream = written.add_stream_from_template(read.streams.audio[0])
        packets = [
            (bytes(packet), packet.pts or 0, packet.time_base or Fraction(1, 1000))
            for packet in read.demux(read.streams.audio[0])
            if packet.size
        ]
        for turn in range(times + 1):
            for content, pts, time_base in packets:
                packet = av.Packet(content)
                packet.stream, packet.time_base = stream, time_base
                packet.pts = packet.dts = pts + round((gap_seconds + 1) * turn / time_base)
                written.mux(packet)


def _huge_vp8(path: Path, *, keeps_first: bool) -> None:
    """The size stands behind the start code of each key frame (RFC 6386, 9.1)."""
    content, start = bytearray(sample("webm")), b"\x9d\x01\x2a"
    at = content.find(start, content.find(start) + 1 if keeps_first else 0)
    while at >= 0:
        content[at + 3 : at + 7] = struct.pack("<HH", _LARGEST_SIDE, _LARGEST_SIDE)
        at = content.find(start, at + 1)
    path.write_bytes(content)


def _huge_jpeg(path: Path) -> None:
    content = bytearray(_pictures("mjpeg", "avi"))
    at = content.find(b"\xff\xc0")
    while at >= 0:
        content[at + 5 : at + 9] = struct.pack(">HH", 65500, 65500)
        at = content.find(b"\xff\xc0", at + 1)
    path.write_bytes(content)


def _huge_png(path: Path) -> None:
    content = bytearray(_pictures("png", "matroska"))
    at = content.find(b"IHDR")
    while at >= 0:
        content[at + 4 : at + 12] = struct.pack(">II", 30000, 30000)
        content[at + 17 : at + 21] = struct.pack(">I", zlib.crc32(content[at : at + 17]))
        at = content.find(b"IHDR", at + 1)
    path.write_bytes(content)


def _pictures(codec: str, muxer: str) -> bytes:
    picture = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1")
    return made(*picture, *_SOUND, "-c:v", codec, "-c:a", "libmp3lame", "-f", muxer)


def _large_h264(path: Path) -> None:
    picture = ("-f", "lavfi", "-i", "color=black:size=8192x8192:rate=1:duration=1")
    fast = ("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-c:a", "aac")
    path.write_bytes(made(*picture, *_SOUND, *fast, "-f", "mp4"))


def _many_sounds(path: Path, *, count: int) -> None:
    maps = [word for _ in range(count) for word in ("-map", "0:a")]
    path.write_bytes(made(*_SOUND, *maps, "-c:a", "libopus", "-f", "matroska"))


def _joined(path: Path, *, name: str, count: int) -> None:
    path.write_bytes(sample(name) * count)


def _hollow(path: Path) -> None:
    path.write_bytes(sample("mkv"))
    with path.open("r+b") as file:
        file.truncate(3 * 10**9)


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("video.mp4", bytes(50_000_000))


def _lying(path: Path, *, name: str, place: bytes, number: bytes) -> None:
    content = bytearray(sample(name))
    at = content.find(place)
    if at < 0:
        raise AssertionError(f"{name} has no {place!r}")
    at += len(place)
    content[at : at + len(number)] = number
    path.write_bytes(content)
