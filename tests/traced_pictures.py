"""Pictures with traces of persons in them."""

import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

GPS, ARTIST, ORIENTATION, MAKE = 0x8825, 0x013B, 0x0112, 0x010F


def drawing(width: int = 40, height: int = 20) -> Image.Image:
    """Left half red, right half blue, so that one sees how it is turned."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    return picture


def photo(kind: str, marker: str, turned: int = 1) -> bytes:
    """A picture of this kind of Pillow's that says in its Exif who took it, and where."""
    held = BytesIO()
    drawing().save(held, kind, exif=exif(marker, turned), **({"lossless": True} if kind == "WEBP" else {}))
    return held.getvalue()


def exif(marker: str, turned: int = 1) -> Image.Exif:
    """The artist is the marker; the place is in Germany."""
    said = Image.Exif()
    said[ARTIST], said[MAKE], said[ORIENTATION] = marker, "Kamera", turned
    said[GPS] = {1: "N", 2: (48.0, 35.0, 30.0), 3: "E", 4: (8.0, 52.0, 1.0), 29: marker}
    return said


def _xmp(marker: str) -> bytes:
    return (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        f"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' dc:creator='{marker}'/>"
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _plain(kind: str, **options: Any) -> bytes:
    held = BytesIO()
    drawing().save(held, kind, **options)
    return held.getvalue()


def _jpeg_with(content: bytes) -> bytes:
    plain = _plain("JPEG")
    return plain[:2] + content + plain[2:]


def _png_text(marker: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", marker)
    info.add_text("Comment", marker, zip=True)
    info.add_itxt("XML:com.adobe.xmp", _xmp(marker).decode())
    return _plain("PNG", pnginfo=info)


def _two_pages(marker: str) -> bytes:
    held = BytesIO()
    pages = [drawing(), drawing()]
    pages[0].save(held, "TIFF", save_all=True, append_images=pages[1:], tiffinfo={ARTIST: marker})
    return held.getvalue()


TRACED_PICTURES: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "JPEG's Exif": ("jpg", lambda marker: photo("JPEG", marker)),
    "JPEG's Exif, turned": ("jpg", lambda marker: photo("JPEG", marker, turned=6)),
    "JPEG's XMP": (
        "jpg",
        lambda marker: _jpeg_with(_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _xmp(marker))),
    ),
    "JPEG's comment": ("jpg", lambda marker: _jpeg_with(_segment(0xFE, marker.encode()))),
    "JPEG's Photoshop": (
        "jpg",
        lambda marker: _jpeg_with(_segment(0xED, b"Photoshop 3.0\0" + marker.encode())),
    ),
    "what phones append to a JPEG": ("jpg", lambda marker: _plain("JPEG") + photo("JPEG", marker)),
    "JPEG in passes": ("jpg", lambda marker: _plain("JPEG", progressive=True, exif=exif(marker))),
    "PNG's Exif": ("png", lambda marker: photo("PNG", marker)),
    "PNG's Exif, turned": ("png", lambda marker: photo("PNG", marker, turned=8)),
    "PNG's texts": ("png", _png_text),
    "what follows a PNG": ("png", lambda marker: _plain("PNG") + marker.encode()),
    "WebP's Exif": ("webp", lambda marker: photo("WEBP", marker)),
    "WebP's Exif, turned": ("webp", lambda marker: photo("WEBP", marker, turned=3)),
    "WebP's XMP": ("webp", lambda marker: _plain("WEBP", xmp=_xmp(marker))),
    "what follows a WebP": ("webp", lambda marker: _plain("WEBP") + marker.encode()),
    "TIFF's tags": ("tiff", lambda marker: _plain("TIFF", tiffinfo={ARTIST: marker})),
    "TIFF of pages": ("tiff", _two_pages),
}
