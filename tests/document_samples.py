"""Documents for tests and measurements: by LibreOffice where it is there, and by a PDF writer of our own."""

import subprocess
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pikepdf
import pypdfium2
from PIL import Image

from tests.document_texts import Part

_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office", "style": "style", "text": "text", "table": "table",
        "fo": "xsl-fo-compatible", "draw": "drawing", "svg": "svg-compatible",
    }.items()
)  # fmt: skip
_STYLES = """<office:styles>
<style:default-style style:family="paragraph"><style:text-properties fo:font-family="Liberation Serif"
 fo:font-size="11pt" fo:language="de" fo:country="DE" fo:hyphenate="true"/></style:default-style>
<style:style style:name="p" style:family="paragraph"><style:paragraph-properties fo:text-align="{align}"
 fo:margin-bottom="{gap}" fo:text-indent="{indent}" style:auto-text-indent="false"/></style:style>
<style:style style:name="h1" style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.4cm"/>
<style:text-properties fo:font-size="18pt" fo:font-weight="bold" fo:hyphenate="false"/></style:style>
<style:style style:name="h2" style:family="paragraph"><style:paragraph-properties fo:margin-top="0.4cm"
 fo:margin-bottom="0.2cm" fo:keep-with-next="always"/>
<style:text-properties fo:font-size="13pt" fo:font-weight="bold" fo:hyphenate="false"/></style:style>
</office:styles>
<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties
 fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="2cm"
 fo:margin-left="2.5cm" fo:margin-right="2cm"/><style:header-style/><style:footer-style/></style:page-layout>
<style:style style:name="two" style:family="section"><style:section-properties>
<style:columns fo:column-count="2" fo:column-gap="0.7cm"/></style:section-properties></style:style>
<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties
 fo:border="0.5pt solid #000000" fo:padding="0.1cm"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4">
<style:header><text:p>Stadt Musterhausen – Vorlage 17/2025</text:p></style:header>
<style:footer><text:p>Seite <text:page-number/> von <text:page-count/></text:p></style:footer>
</style:master-page></office:master-styles>"""


def write_flat_odt(
    path: Path,
    parts: Sequence[Part],
    *,
    columns: int = 1,
    justified: bool = False,
    indented: bool = False,
) -> None:
    """A document as LibreOffice reads it from one file of XML, with running head and foot."""
    styles = _STYLES.format(
        align="justify" if justified else "start",
        gap="0cm" if indented else "0.25cm",
        indent="0.6cm" if indented else "0cm",
    )
    body = "".join(_element(part) for part in parts[1:])
    if columns > 1:
        body = f'<text:section text:style-name="two" text:name="s">{body}</text:section>'
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_NAMES} office:version="1.2" '
        f'office:mimetype="application/vnd.oasis.opendocument.text">{styles}<office:body><office:text>'
        f"{_element(parts[0])}{body}</office:text></office:body></office:document>",
        encoding="utf-8",
    )


def _element(part: Part) -> str:
    if part.rows:
        rows = "".join(f"<table:table-row>{_cells(row)}</table:table-row>" for row in part.rows)
        column = f'<table:table-column table:number-columns-repeated="{len(part.rows[0])}"/>'
        return f'<table:table table:name="t">{column}{rows}</table:table>'
    text = escape(part.text)
    if part.kind in ("h1", "h2"):
        return f'<text:h text:style-name="{part.kind}" text:outline-level="{part.kind[1]}">{text}</text:h>'
    if part.kind == "li":
        return f"<text:list><text:list-item><text:p>{text}</text:p></text:list-item></text:list>"
    return f'<text:p text:style-name="p">{text}</text:p>'


def _cells(row: Sequence[str]) -> str:
    start = '<table:table-cell table:style-name="cell" office:value-type="string"><text:p>'
    return "".join(f"{start}{escape(cell)}</text:p></table:table-cell>" for cell in row)


def by_office(source: Path, kind: str, folder: Path) -> Path:
    """What LibreOffice makes of a file: "pdf", "docx", "odt" and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", kind]
        subprocess.run(
            [*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=300
        )
    return folder / f"{source.stem}.{kind.split(':')[0]}"


def scanned(
    pdf: Path, dpi: int, *, degrees: float = 0.0, noise: float = 0.0, seed: int = 1
) -> list[Image.Image]:
    """The pages as a scanner sees them: turned a little, with noise of so many grey values."""
    chosen = np.random.default_rng(seed)
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    for page in document:
        drawn = page.render(scale=dpi / 72).to_pil().convert("L")
        turned = drawn.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
        grey = np.asarray(turned, np.float32)
        if noise:
            grey = grey * 0.92 + 8 + chosen.normal(0, noise, grey.shape).astype(np.float32)
        pages.append(Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)))
    document.close()
    return pages


def write_scan(path: Path, pages: Sequence[Image.Image], dpi: int) -> None:
    """Pictures of pages as a PDF without text, or as a TIFF of several pages."""
    if path.suffix in (".tif", ".tiff"):
        pages[0].save(
            path, save_all=True, append_images=list(pages[1:]), dpi=(dpi, dpi), compression="tiff_deflate"
        )
        return
    pages[0].save(path, "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi, quality=80)


def write_pdf(path: Path, pages: Sequence[str], *, password: str = "", **info: str) -> None:
    """A PDF of these content streams, with the fonts F1 (Helvetica) and F2 (bold), on A4."""
    pdf = pikepdf.new()
    fonts = pikepdf.Dictionary(F1=_font(pdf, "Helvetica"), F2=_font(pdf, "Helvetica-Bold"))
    for content in pages:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=fonts)
        page.Contents = pdf.make_stream(content.encode("cp1252"))
    for name, value in info.items():
        pdf.docinfo[pikepdf.Name("/" + name)] = value
    locked = pikepdf.Encryption(user=password, owner=password) if password else None
    pdf.save(path, encryption=locked if locked else False)


def _font(pdf: pikepdf.Pdf, name: str) -> pikepdf.Object:
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name("/" + name),
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )


def shown(text: str, left: float, top: float, size: float = 11, font: str = "F1") -> str:
    """The operators that put a line of text so far below and right of the upper left corner of A4."""
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{font} {size} Tf {left} {842 - top} Td ({escaped}) Tj ET\n"


def picture_bytes(image: Image.Image, kind: str) -> bytes:
    """The picture as a file of this kind of Pillow's."""
    held = BytesIO()
    image.save(held, kind)
    return held.getvalue()
