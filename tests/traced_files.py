"""Files with traces of persons in them, made for tests: each trace says a marker that stands nowhere else."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pikepdf

STREAM_LIMIT = 20_000_000


def contents_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and of all that is packed in it: members of ZIPs, streams of PDFs."""
    yield from contents_of_bytes(path.read_bytes())


def contents_of_bytes(content: bytes) -> Iterator[bytes]:
    """The same of bytes."""
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for info in archive.infolist():
                yield info.filename.encode() + info.comment + info.extra
                yield from contents_of_bytes(archive.read(info))
    if b"%PDF-" in content[:1024]:
        with pikepdf.open(BytesIO(content)) as pdf:
            for found in pdf.objects:
                if isinstance(found, pikepdf.Stream):
                    yield from _streams(found)
                yield repr(found).encode()
    if content.startswith(b"\x89PNG"):
        yield from _unpacked_text(content)


def _streams(found: pikepdf.Stream) -> Iterator[bytes]:
    raw = found.read_raw_bytes()
    yield raw
    with suppress(zlib.error):  # it may be packed otherwise
        yield zlib.decompressobj().decompress(raw, STREAM_LIMIT)
    try:
        yield found.read_bytes()
    except pikepdf.PdfError:
        return  # a picture


def _unpacked_text(content: bytes) -> Iterator[bytes]:
    at = content.find(b"zTXt")
    while at >= 0:
        packed = content[at + 4 :].partition(b"\0\0")[2]
        yield zlib.decompressobj().decompress(packed, STREAM_LIMIT)
        at = content.find(b"zTXt", at + 1)


def forms(marker: str) -> tuple[bytes, ...]:
    """How it may be written."""
    wide = marker.encode("utf-16-be")
    return (
        marker.encode(),
        wide,
        marker.encode("utf-16-le"),
        wide.hex().encode(),
        marker.encode().hex().encode(),
    )


def says(path: Path, marker: str) -> bool:
    """Whether it stands anywhere in a file."""
    return any(form in content for content in contents_of(path) for form in forms(marker))
