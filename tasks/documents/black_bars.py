"""Makes places of a PDF black so that nothing lies under them. In the sandboxed process.

The pages concerned become pictures with black boxes, under which the words that stay lie as invisible text;
the others are taken over. Everything beside the pages is left behind: metadata, outline, attachments, forms.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw

from tasks.documents.document_requests import Blacken
from tasks.documents.file_recognition import opened
from tasks.documents.pdf_reading import content_of
from transcripts.documents.black_places import places_of
from transcripts.documents.document_text import Box
from transcripts.documents.page_words import PageWord
from transcripts.media.media_values import LocalFile

DPI = 200
_JPEG_QUALITY = 80
_MARGIN_POINTS = 1.0
# A word goes where a bar covers so much of its width, and so much of its height.
_COVERED_WIDTH, _COVERED_HEIGHT = 0.02, 0.25
_FONT_WIDTH = 0.5
_ESCAPED = re.compile(rb"([()\\])")
# What pages may carry besides what they show.
_BESIDES = ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/Thumb", "/StructParents", "/B", "/SeparationInfo")


def blacken(request: Blacken) -> LocalFile:
    """The new PDF. Raises DocumentDamagedError, DocumentLockedError."""
    document = opened(request.path)
    boxes = _boxes(request, document)
    made = pikepdf.new()
    with pikepdf.open(request.path) as source:
        for index, page in enumerate(source.pages):
            if index + 1 in boxes:
                _add_picture(made, document[index], boxes[index + 1])
            else:
                for name in _BESIDES:
                    if name in page.obj:
                        del page.obj[name]
                made.pages.append(page)
        made.save(request.target, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return LocalFile.of(request.target)


def _boxes(request: Blacken, document: pypdfium2.PdfDocument) -> dict[int, list[Box]]:
    """Page, counted from 1 -> what becomes black on it."""
    found: defaultdict[int, list[Box]] = defaultdict(list)
    for bar in request.bars:
        found[bar.page_number].append(bar.box)
    for page in request.text.pages:
        ids = {each.id for each in page.paragraphs}
        findings = [each for each in request.findings if each.paragraph_id in ids]
        if findings:
            content = content_of(document[page.number - 1])
            found[page.number] += places_of(page, findings, content)
    return dict(found)


def _add_picture(made: pikepdf.Pdf, page: pypdfium2.PdfPage, boxes: Sequence[Box]) -> None:
    content = content_of(page)
    width, height = content.width, content.height
    bars = [_rectangle(box, width, height) for box in boxes]
    picture = _picture(page, bars)
    kept = [word for word in content.words if not any(_covers(bar, word) for bar in bars)]
    new = made.add_blank_page(page_size=(width, height))
    new.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Im0=_image(made, picture)), Font=pikepdf.Dictionary(F0=_font(made))
    )
    shown = f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Im0 Do Q\n".encode()
    new.Contents = made.make_stream(shown + _invisible(kept, height))


def _rectangle(box: Box, width: float, height: float) -> tuple[float, float, float, float]:
    return (
        box.left * width - _MARGIN_POINTS,
        box.top * height - _MARGIN_POINTS,
        box.right * width + _MARGIN_POINTS,
        box.bottom * height + _MARGIN_POINTS,
    )


def _picture(page: pypdfium2.PdfPage, bars: Iterable[tuple[float, float, float, float]]) -> Image.Image:
    scale = DPI / 72
    picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    pencil = ImageDraw.Draw(picture)
    for bar in bars:
        pencil.rectangle(tuple(each * scale for each in bar), fill="black")
    return picture


def _covers(bar: tuple[float, float, float, float], word: PageWord) -> bool:
    left, top, right, bottom = bar
    wide = min(right, word.right) - max(left, word.left)
    high = min(bottom, word.bottom) - max(top, word.top)
    return wide > _COVERED_WIDTH * (word.right - word.left) and high > _COVERED_HEIGHT * word.size


def _image(made: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Object:
    held = BytesIO()
    picture.save(held, "JPEG", quality=_JPEG_QUALITY)
    return made.make_stream(
        held.getvalue(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )


def _font(made: pikepdf.Pdf) -> pikepdf.Object:
    return made.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )


def _invisible(words: Iterable[PageWord], height: float) -> bytes:
    """The operators for text that can be found and marked, but is not seen."""
    lines = [b"BT 3 Tr"]
    for word in words:
        text = word.text.encode("cp1252", errors="ignore")
        if text:
            size = word.size / 1.15
            stretch = 100 * (word.right - word.left) / (_FONT_WIDTH * size * len(text))
            base = height - word.bottom + 0.25 * size
            place = f"/F0 {size:.2f} Tf {max(stretch, 1):.1f} Tz 1 0 0 1 {word.left:.2f} {base:.2f} Tm ("
            lines.append(place.encode() + _ESCAPED.sub(rb"\\\1", text) + b" ) Tj")
    return b"\n".join([*lines, b"ET"])
