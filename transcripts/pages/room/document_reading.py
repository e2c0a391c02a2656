"""The page of a document as members read it: its text with permanent anchors, its pictures, its files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from transcripts.archive import layout
from transcripts.archive.document_files import file_for_members
from transcripts.archive.manifest import Manifest
from transcripts.documents.document_record import DocumentRecord
from transcripts.documents.document_text import Box, DocumentText, PageText, Paragraph
from transcripts.pages.room.reading_page import TakeAway
from transcripts.pages.room.search_results import Piece, pieces
from transcripts.search.passages import one_line
from transcripts.search.search_answer import Passage

WHOLE = 1000
"""Width and height of a page's picture, as the places on it are given."""
TEMPLATE_ENDINGS = ("docx", "odt", "dotx", "ott", "rtf")
"""Of files that people write on in."""
DEEPEST_HEADING = 6
_BULLET = re.compile(r"[•‣◦▪·*–-] ")
_NUMBER = re.compile(r"(?:\d{1,3}|[a-z])[.)] ")


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on a page's picture, in thousandths of its width and height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def address(self) -> str:
        """As the page's script reads it."""
        return f"{self.x} {self.y} {self.width} {self.height}"


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A paragraph of the page; `tag` is the element it is, `li` in a list."""

    id: str
    tag: str
    text: str
    pieces: tuple[Piece, ...]
    frames: tuple[Frame, ...]
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """Passages that stand together: the items of one list, or one paragraph alone."""

    passages: tuple[ReadPassage, ...]

    @property
    def is_list(self) -> bool:
        """Whether they are items."""
        return self.passages[0].tag == "li"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the document; `picture` is its address below the document's, "" where there is none."""

    number: int
    blocks: tuple[ReadBlock, ...]
    picture: str
    width: int
    height: int
    is_recognised: bool

    @property
    def found(self) -> tuple[Frame, ...]:
        """Where on the picture something was found."""
        passages = (each for block in self.blocks for each in block.passages if each.is_found)
        return tuple(frame for each in passages for frame in each.frames)


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """All that a document's page says."""

    record: DocumentRecord
    language: str
    sheets: tuple[Sheet, ...]
    downloads: tuple[TakeAway, ...]

    @property
    def path(self) -> str:
        """The page's address from the root of the reading room."""
        return f"/{self.record.id}/"

    @property
    def has_text(self) -> bool:
        """Whether anything could be read."""
        return any(sheet.blocks for sheet in self.sheets)

    @property
    def is_recognised(self) -> bool:
        """Whether some of the text was read from pictures, by a machine."""
        return any(sheet.is_recognised for sheet in self.sheets)

    def with_finds(self, passages: Sequence[Passage]) -> "DocumentReading":
        """The same page with what a search found in it marked."""
        found = {each.spot.paragraph: each for each in passages if each.spot}
        return replace(self, sheets=tuple(_marked_sheet(each, found) for each in self.sheets))


def document_reading(record: DocumentRecord, text: DocumentText, manifest: Manifest) -> DocumentReading:
    """The page of a document that has the objects of a manifest."""
    return DocumentReading(
        record=record,
        language=text.language,
        sheets=tuple(_sheets(text, manifest.names)),
        downloads=tuple(_downloads(record, manifest.names)),
    )


def _sheets(text: DocumentText, names: frozenset[str]) -> Iterator[Sheet]:
    depth = 1
    for page in text.pages:
        passages = []
        for paragraph in page.paragraphs:
            passage, depth = _passage(paragraph, depth)
            passages.append(passage)
        yield _sheet(page, passages, names)


def _sheet(page: PageText, passages: Sequence[ReadPassage], names: frozenset[str]) -> Sheet:
    picture = layout.page_image_name(page.number)
    return Sheet(
        number=page.number,
        blocks=tuple(_blocks(passages)),
        picture=picture if picture in names else "",
        width=round(page.width_points or WHOLE),
        height=round(page.height_points or WHOLE),
        is_recognised=page.is_recognised,
    )


def _blocks(passages: Sequence[ReadPassage]) -> Iterator[ReadBlock]:
    for is_list, together in groupby(passages, lambda each: each.tag == "li"):
        if is_list:
            yield ReadBlock(tuple(together))
        else:
            yield from (ReadBlock((each,)) for each in together)


def _passage(paragraph: Paragraph, depth: int) -> tuple[ReadPassage, int]:
    """A passage, and how deep the last heading is now: a heading is at most one level below it."""
    text = one_line(paragraph.text)
    if paragraph.heading:
        depth = min(paragraph.heading + 1, depth + 1, DEEPEST_HEADING)
        tag = f"h{depth}"
    else:
        tag = "li" if _BULLET.match(text) or _NUMBER.match(text) else "p"
    frames = tuple(map(_frame, paragraph.boxes))
    return ReadPassage(paragraph.id, tag, text, (Piece(text, is_marked=False),), frames), depth


def _frame(box: Box) -> Frame:
    left, top, right, bottom = (round(WHOLE * each) for each in (box.left, box.top, box.right, box.bottom))
    return Frame(left, top, max(right - left, 1), max(bottom - top, 1))


def _marked_sheet(sheet: Sheet, found: Mapping[str, Passage]) -> Sheet:
    return replace(sheet, blocks=tuple(_marked_block(each, found) for each in sheet.blocks))


def _marked_block(block: ReadBlock, found: Mapping[str, Passage]) -> ReadBlock:
    if not any(each.id in found for each in block.passages):
        return block
    return ReadBlock(tuple(_marked(each, found.get(each.id)) for each in block.passages))


def _marked(passage: ReadPassage, found: Passage | None) -> ReadPassage:
    """The index may be a moment behind the archive: then the paragraph is found, and no word marked."""
    if found is None:
        return passage
    shown = tuple(pieces(found)) if found.text == passage.text else passage.pieces
    return replace(passage, pieces=shown, is_found=True)


def _downloads(record: DocumentRecord, names: frozenset[str]) -> Iterator[TakeAway]:
    if layout.DOCUMENT_PDF in names:
        yield TakeAway("PDF", layout.DOCUMENT_PDF)
    file = file_for_members(record, names)
    if file:
        ending = file.rpartition(".")[2]
        is_template = ending in TEMPLATE_ENDINGS
        other = "Original herunterladen" if record.gives_original else "Datei herunterladen"
        label = "Als Vorlage herunterladen" if is_template else other
        yield TakeAway(f"{label} ({ending.upper()})", file)
    if layout.DOCUMENT_PLAIN_TEXT in names:
        yield TakeAway("Text (TXT)", layout.DOCUMENT_PLAIN_TEXT)
