"""MP4, MOV and their relatives: boxes, and where the samples lie.

ISO/IEC 14496-12; Apple's "QuickTime File Format".
A plain file is whole if its index (`moov`) is there and every sample that it names lies in the file. A
fragmented one states its samples bit by bit (`moof`), and often the size of all that follows (`sidx`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.mp4_boxes import Box, boxes_in, find_box
from tasks.media.structure.mp4_samples import last_sample_end
from tasks.media.structure.truncation_sign import Sign

# What may stand at the end of a fragmented file; a header that is cut off has no kind.
IN_FRAGMENTS = {b"moov", b"moof", b"mdat", b"sidx", b"ssix", b"styp", b"emsg", b"prft", b"mfra", b"uuid", b""}
SIDX_REFERENCE_BYTES = 12


@dataclass(slots=True)
class _Part:
    """What follows on one `ftyp`: files joined one behind the other have several."""

    start: int
    index: Box | None = None
    last_in_fragments: Box | None = None
    indexed_end: int = 0
    """Up to where the sizes reach that segment indexes state."""


def sign_in_mp4(file: FileBytes) -> Sign | None:
    """Whether the index and all that it names are there."""
    signs = (_sign_in_part(file, part) for part in _parts(file))
    return next((sign for sign in signs if sign), None)


def _parts(file: FileBytes) -> Iterator[_Part]:
    part = _Part(0)
    for box in boxes_in(file, 0, file.size):
        if box.kind == b"ftyp" and box.start > 0:
            yield part
            part = _Part(box.start)
        if box.kind == b"moov":
            part.index = part.index or box
        if box.kind in IN_FRAGMENTS:
            part.last_in_fragments = box
        if box.kind == b"sidx" and box.end <= file.size:
            part.indexed_end = max(part.indexed_end, _indexed_end(file, box))
    yield part


def _sign_in_part(file: FileBytes, part: _Part) -> Sign | None:
    if part.index is None:
        return Sign.NO_INDEX
    if part.index.end > file.size:
        return Sign.ELEMENT_CUT
    if last_sample_end(file, part.index, part.start) > file.size:
        return Sign.LESS_THAN_STATED
    return _sign_in_fragments(file, part) if find_box(file, part.index, b"mvex") else None


def _sign_in_fragments(file: FileBytes, part: _Part) -> Sign | None:
    last = part.last_in_fragments
    if last and (last.end > file.size or last.kind == b"moof"):
        return Sign.ELEMENT_CUT
    return Sign.LESS_THAN_STATED if part.indexed_end > file.size else None


def _indexed_end(file: FileBytes, index: Box) -> int:
    """Where that ends whose sizes a segment index states."""
    number_bytes = 8 if file.number(index.body, 1) else 4
    position = index.body + 12 + number_bytes
    end = index.end + file.number(position, number_bytes)
    position += number_bytes + 2
    count, position = file.number(position, 2), position + 2
    references = range(position, position + count * SIDX_REFERENCE_BYTES, SIDX_REFERENCE_BYTES)
    return end + sum(file.number(each, 4) & 0x7FFFFFFF for each in references)
