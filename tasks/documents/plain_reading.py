"""Makes the text of files without pages: text, Markdown, web pages, office files by themselves. Sandboxed."""

from collections.abc import Sequence
from typing import NamedTuple

from tasks.documents.document_requests import ReadDocument, ReadPlain
from tasks.documents.office_text import office_text
from tasks.documents.packed_parts import PackedParts
from tasks.documents.pdf_facts import facts_of_office
from tasks.documents.written_text import WebText, decoded, paragraphs_of_markdown, paragraphs_of_text
from tasks.sandbox.resource_limits import MEGABYTE
from transcripts.documents.converted_document import ConversionNote
from transcripts.documents.details_guess import FileFacts, guessed_details
from transcripts.documents.file_kinds import FileKind
from transcripts.documents.pageless_text import PlainParagraph, pageless_text
from transcripts.documents.personal_data import findings_in

MOST_TEXT_BYTES = 20 * MEGABYTE


class _Read(NamedTuple):
    parts: Sequence[Sequence[PlainParagraph]]
    facts: FileFacts
    notes: tuple[ConversionNote, ...] = ()


def read_plain(request: ReadPlain) -> ReadDocument:
    """The text. Raises DocumentKindUnknownError, DocumentDamagedError, DocumentBombError."""
    read = _office(request) if request.kind.is_office else _written(request)
    text = pageless_text(read.parts)
    return ReadDocument(
        text=text,
        guessed=guessed_details(text, read.facts, request.name),
        personal_data=findings_in(text),
        notes=read.notes if text.paragraphs else (*read.notes, ConversionNote.NO_TEXT),
    )


def _office(request: ReadPlain) -> _Read:
    with PackedParts.opened(request.path) as parts:
        return _Read(office_text(parts, request.kind), facts_of_office(parts))


def _written(request: ReadPlain) -> _Read:
    with request.path.open("rb") as stream:
        content = stream.read(MOST_TEXT_BYTES)
        is_cut = bool(stream.read(1))
    found = decoded(content, is_cut=is_cut)
    notes = (ConversionNote.CHARSET_GUESSED,) if found.is_guessed else ()
    if is_cut:
        notes = (*notes, ConversionNote.CUT_OFF)
    if request.kind is FileKind.HTML:
        page = WebText()
        page.feed(found.text)
        page.close()
        page.end()
        facts = FileFacts(" ".join(page.title.split()), None, page.language, page.licence)
        return _Read([page.found], facts, notes)
    reader = paragraphs_of_markdown if request.kind is FileKind.MARKDOWN else paragraphs_of_text
    return _Read([list(reader(found.text))], FileFacts(), notes)
