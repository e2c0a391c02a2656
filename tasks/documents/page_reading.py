"""Makes text and pictures of a PDF's pages. In the sandboxed process."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from tasks.documents.document_requests import PicturePages, ReadDocument, ReadPages
from tasks.documents.file_recognition import opened
from tasks.documents.pdf_facts import facts_of
from tasks.documents.pdf_reading import content_of
from transcripts.documents.converted_document import ConversionNote, ConversionProgress, ConversionStep
from transcripts.documents.details_guess import guessed_details
from transcripts.documents.document_text import DocumentText
from transcripts.documents.page_layout import laid_out
from transcripts.documents.page_words import PageContent, with_bullets
from transcripts.documents.personal_data import findings_in
from transcripts.documents.text_quality import is_garbage
from transcripts.media.media_values import LocalFile

PREVIEW_WIDTH, COVER_WIDTH = 1_000, 300
PREVIEW_QUALITY, PREVIEW_METHOD = 60, 1
# No page is drawn higher than so many times its width.
_MOST_HEIGHT = 4
# A picture that covers so much of a page with so little text on it is a scan with a stamp.
_SCAN_SHARE, _STAMP_CHARACTERS = 0.5, 60

Tell = Callable[[ConversionProgress], None]


def read_pages(request: ReadPages, tell: Tell) -> ReadDocument:
    """The text and the pictures of all pages, or which of them have to be recognised first."""
    document = opened(request.path)
    recognised = opened(request.recognised_path) if request.recognised_path else document
    facts = facts_of(request.facts_path)
    pages = _contents(document, recognised, frozenset(request.recognised))
    pictures = PicturePages() if recognised is not document else _pictures(document, pages)
    if pictures.all_pages and not request.is_final:
        return ReadDocument(guessed=guessed_details(DocumentText(), facts, request.name), pictures=pictures)
    text = laid_out(pages)
    request.directory.mkdir(exist_ok=True)
    previews = _previews(recognised, request.directory, tell)
    return ReadDocument(
        text=text,
        previews=previews,
        cover=_drawn(recognised, 0, request.directory / "cover.webp", COVER_WIDTH),
        guessed=guessed_details(text, facts, request.name),
        personal_data=findings_in(text),
        notes=() if text.paragraphs else (ConversionNote.NO_TEXT,),
        pictures=pictures,
    )


def _contents(
    document: pypdfium2.PdfDocument, recognised: pypdfium2.PdfDocument, numbers: frozenset[int]
) -> list[PageContent]:
    contents: list[PageContent] = []
    for index in range(len(document)):
        is_recognised = index + 1 in numbers
        page = (recognised if is_recognised else document)[index]
        content = content_of(page)
        if is_recognised and content.words:
            content = content._replace(words=with_bullets(content.words), is_recognised=True)
        contents.append(content)
        page.close()
    return contents


def _pictures(document: pypdfium2.PdfDocument, pages: list[PageContent]) -> PicturePages:
    without: list[int] = []
    bad: list[int] = []
    for number, content in enumerate(pages, start=1):
        text = " ".join(word.text for word in content.words)
        if is_garbage(text):
            bad.append(number)
        elif len(text) < _STAMP_CHARACTERS and _covered(document[number - 1]) >= _SCAN_SHARE:
            (bad if text else without).append(number)
    return PicturePages(without_text=tuple(without), with_bad_text=tuple(bad))


def _covered(page: pypdfium2.PdfPage) -> float:
    """The share of the page that pictures cover, at most."""
    width, height = page.get_size()
    area: float = 0.0
    for picture in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=4):
        left, bottom, right, top = picture.get_bounds()
        area += (right - left) * (top - bottom)
    return float(area / (width * height))


def _previews(document: pypdfium2.PdfDocument, directory: Path, tell: Tell) -> tuple[LocalFile, ...]:
    drawn: list[LocalFile] = []
    for index in range(len(document)):
        drawn.append(_drawn(document, index, directory / f"page-{index + 1:04}.webp", PREVIEW_WIDTH))
        tell(ConversionProgress(step=ConversionStep.TEXT, done_pages=index + 1, pages=len(document)))
    return tuple(drawn)


def _drawn(document: pypdfium2.PdfDocument, index: int, target: Path, width: int) -> LocalFile:
    page = document[index]
    points_wide, points_high = page.get_size()
    scale = width / max(points_wide, points_high / _MOST_HEIGHT)
    bitmap = page.render(scale=scale, may_draw_forms=False)
    bitmap.to_pil().save(target, quality=PREVIEW_QUALITY, method=PREVIEW_METHOD)
    bitmap.close()
    page.close()
    return LocalFile.of(target)
