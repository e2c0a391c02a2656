"""Takes out of pictures what they say beside what they show: Exif, places, XMP, comments. Sandboxed.

The pixels stay as they are, bit by bit, unless the picture has to be turned, or is a TIFF.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence

from tasks.documents.picture_pages import MOST_PIXELS
from transcripts.documents.file_traces import Trace, TraceKind, trace
from transcripts.errors.document_errors import DocumentBombError, DocumentDamagedError

_JPEG, _PNG, _RIFF, _GIF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8"
_TIFF = (b"II*\0", b"MM\0*")
# Segments of JPEG that a decoder needs: APP0 (JFIF), APP2 with colours, APP14 (Adobe's colours).
_APP0, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
_SCAN, _END = 0xDA, 0xD9
_COLOURS = b"ICC_PROFILE\0"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT pHYs bKGD hIST sPLT acTL fcTL fdAT".split()
)
_WEBP_DROPPED = frozenset((b"EXIF", b"XMP "))
_WEBP_FLAGS = 0x08 | 0x04
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_GPS, _ORIENTATION, _ARTIST, _OWNER = 0x8825, 0x0112, 0x013B, 0xA430
_TELLING = {_ARTIST: TraceKind.AUTHOR, _OWNER: TraceKind.AUTHOR}
# Maker, model, software, times, host, description, rights, and what cameras add.
_DETAILS = {0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013C, 0x8298, 0x8769}
# Exif that says how a picture is turned, and nothing else.
_TURNED = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"
_QUALITY = 92
_DAMAGES = (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, struct.error)


def traces_of_picture(content: bytes) -> tuple[Trace, ...]:
    """Of a picture that Pillow reads; none of one that it does not. Raises DocumentBombError."""
    try:
        with _opened(content) as picture:
            return tuple(_traces(picture))
    except Image.DecompressionBombError as error:
        raise DocumentBombError() from error
    except _DAMAGES:
        return ()


def _traces(picture: Image.Image) -> Iterator[Trace]:
    exif = picture.getexif()
    if exif.get_ifd(_GPS):
        yield trace(TraceKind.PHOTO_PLACE)
    for tag, kind in _TELLING.items():
        if exif.get(tag):
            yield trace(kind, str(exif[tag]))
    says_more = {"xmp", "XML:com.adobe.xmp", "comment", "photoshop"} & set(picture.info)
    texts = getattr(picture, "text", None)
    if _DETAILS & set(exif) or says_more or texts:
        yield trace(TraceKind.PHOTO_DETAILS)


def stripped(content: bytes) -> bytes | None:
    """The same picture without them, which looks as before wherever it is; None for a kind not known here.

    Raises DocumentDamagedError, DocumentBombError.
    """
    try:
        if content.startswith(_JPEG):
            return _jpeg(content, orientation(content))
        if content.startswith(_PNG):
            return _png(content)
        if content.startswith(_RIFF) and content[8:12] == b"WEBP":
            return _webp(content)
        if content.startswith(_GIF):
            return _gif(content)
        return _tiff(content) if content.startswith(_TIFF) else None
    except Image.DecompressionBombError as error:
        raise DocumentBombError() from error
    except (IndexError, *_DAMAGES) as error:
        raise DocumentDamagedError() from error


def write_stripped(source: Path, target: Path) -> None:
    """A picture that stands for itself, put upright. Raises DocumentDamagedError, DocumentBombError."""
    content = source.read_bytes()
    cleaned = stripped(content)
    if cleaned is None:
        raise DocumentDamagedError()
    if orientation(content) != 1 and not content.startswith(_TIFF):
        cleaned = stripped(_upright(content))
    target.write_bytes(cleaned or b"")


def stripped_jpeg(content: bytes) -> bytes:
    """For places where nobody looks at how it says that it is turned. Raises DocumentDamagedError."""
    try:
        return _jpeg(content, 1)
    except (IndexError, *_DAMAGES) as error:
        raise DocumentDamagedError() from error


def orientation(content: bytes) -> int:
    """How the picture says that it is turned: 1 to 8, as Exif counts."""
    try:
        with _opened(content) as picture:
            said = picture.getexif().get(_ORIENTATION, 1)
    except (*_DAMAGES, Image.DecompressionBombError):
        return 1
    return said if isinstance(said, int) and 1 <= said <= 8 else 1


def _opened(content: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    return Image.open(BytesIO(content))


def _upright(content: bytes) -> bytes:
    held = BytesIO()
    with _opened(content) as picture:
        kind = picture.format or "PNG"
        turned = ImageOps.exif_transpose(picture)
        kept = {name: picture.info[name] for name in ("icc_profile", "dpi") if name in picture.info}
        quality = {"lossless": True} if kind == "WEBP" else {"quality": _QUALITY} if kind == "JPEG" else {}
        turned.save(held, kind, exif=b"", **kept, **quality)
    return held.getvalue()


def _jpeg(content: bytes, turned: int) -> bytes:
    """Segment by segment, up to the end of the picture: phones append further ones."""
    kept = [content[:2]]
    if turned != 1:
        exif = _TURNED % turned
        kept.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _END:
            return b"".join([*kept, b"\xff\xd9"])
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if marker == _SCAN:
            end = _end_of_scan(content, end)
        if _is_needed(marker, content[at + 4 : at + 4 + len(_COLOURS)]):
            kept.append(content[at:end])
        if end >= len(content):  # cut off: decoders show what there is
            return b"".join(kept)
        at = end


def _is_needed(marker: int, beginning: bytes) -> bool:
    if marker == _APP2:
        return beginning == _COLOURS
    if marker == _APP0:  # what extends it is a thumbnail
        return beginning.startswith(b"JFIF\0")
    return marker == _APP14 or not (_APP0 <= marker <= _APP15 or marker == _COMMENT)


def _end_of_scan(content: bytes, start: int) -> int:
    """Where the next marker stands that is none of the picture's own data."""
    at = content.find(b"\xff", start)
    while at >= 0 and at + 1 < len(content):
        following = content[at + 1]
        if following and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return at
        at = content.find(b"\xff", at + (1 if following == 0xFF else 2))
    return len(content)


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if kind in _PNG_KEPT:
            kept.append(content[at:end])
        if kind == b"IEND":
            break
        at = end
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    kept, at = [], 12
    last = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at + 8 <= last:
        kind, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + length % 2
        chunk = content[at : min(end, last)]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            kept.append(chunk)
        at = end
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _gif(content: bytes) -> bytes:
    at = 13 + _table_bytes(content[10])
    kept = [content[:at]]
    while content[at] != 0x3B:
        start = at
        if content[at] == 0x2C:
            at = _end_of_blocks(content, at + 11 + _table_bytes(content[at + 9]))
            kept.append(content[start:at])
            continue
        if content[at] != 0x21:
            raise ValueError("no block")
        label = content[at + 1]
        at = _end_of_blocks(content, at + 2)
        if label in (0xF9, 0x01) or content[start + 3 : start + 14] in _GIF_LOOPS:
            kept.append(content[start:at])
    return b"".join([*kept, b"\x3b"])


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(content: bytes, at: int) -> int:
    while content[at]:
        at += content[at] + 1
    return at + 1


def _tiff(content: bytes) -> bytes:
    """Drawn anew: its tags lie all over the file. Pages stay pages, upright, without loss."""
    held = BytesIO()
    with _opened(content) as picture:
        dpi = picture.info.get("dpi")
        clean = [_bare(ImageOps.exif_transpose(frame)) for frame in ImageSequence.Iterator(picture)]
    options = {"dpi": dpi} if dpi else {}
    clean[0].save(held, "TIFF", save_all=True, append_images=clean[1:], compression="tiff_deflate", **options)
    return held.getvalue()


def _bare(page: Image.Image) -> Image.Image:
    """The pixels and nothing else."""
    bare = Image.new(page.mode, page.size)
    if page.mode == "P" and page.palette:
        bare.putpalette(page.palette)
    bare.paste(page)
    return bare
