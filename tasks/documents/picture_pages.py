"""Makes a PDF of pictures of paper: one page a picture, or as many as a TIFF holds. Sandboxed."""

from pathlib import Path

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from transcripts.errors.document_errors import (
    DocumentBombError,
    DocumentDamagedError,
    DocumentTooManyPagesError,
)

# A sheet of A3 at 600 dots per inch, and some more.
MOST_PIXELS = 120_000_000
# Without a resolution, or with one that no scanner has, the picture is taken for a sheet of A4.
_LEAST_DPI, _MOST_DPI = 70, 1300
_A4_INCHES = 11.69
_JPEG_QUALITY = 85
_DAMAGES = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError)


def picture_pdf(source: Path, target: Path, most_pages: int) -> Path:
    """The pages. Raises DocumentDamagedError, DocumentBombError, DocumentTooManyPagesError (count, most)."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses what is twice as large
    try:
        with Image.open(source) as picture:
            count = getattr(picture, "n_frames", 1)
            if count > most_pages:
                raise DocumentTooManyPagesError(count=count, most=most_pages)
            for index, frame in enumerate(ImageSequence.Iterator(picture)):
                _write(frame, target, is_first=index == 0)
    except Image.DecompressionBombError as error:
        raise DocumentBombError() from error
    except _DAMAGES as error:
        raise DocumentDamagedError() from error
    return target


def _write(frame: Image.Image, target: Path, *, is_first: bool) -> None:
    dpi = _dpi(frame)
    page = _flat(ImageOps.exif_transpose(frame))
    page.save(target, "PDF", resolution=dpi, quality=_JPEG_QUALITY, append=not is_first, title="")


def _dpi(frame: Image.Image) -> float:
    said = frame.info.get("dpi", (0, 0))
    dpi = float(said[0]) if isinstance(said, tuple) and said else 0.0
    return dpi if _LEAST_DPI <= dpi <= _MOST_DPI else max(frame.size) / _A4_INCHES


def _flat(picture: Image.Image) -> Image.Image:
    """As on white paper, in colours that a PDF has."""
    if picture.mode in ("1", "L", "RGB"):
        return picture
    if "A" in picture.getbands() or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    return picture.convert("L" if picture.mode.startswith(("I", "F")) else "RGB")
