"""Puts the lines of a document together to paragraphs, and knows headings by their size and weight."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from transcripts.documents.hyphenation import joined
from transcripts.documents.page_regions import Region, TableRow
from transcripts.documents.page_words import TextRow

CELL_SEPARATOR = " | "
# How much more than the usual line spacing is a new paragraph; how much larger another size.
_WIDER, _OTHER_SIZE = 1.22, 1.12
_WIDER_RECOGNISED, _OTHER_SIZE_RECOGNISED = 1.35, 1.35
_INDENT = 0.7
_HEADING_SIZE = 1.12
_LONGEST_HEADING, _MOST_LINES_OF_A_HEADING = 200, 3
_USUAL_LEADING, _WIDEST_LEADING = 1.15, 2.4
_LIST_ITEM = re.compile(r"(?:[•·▪–—*]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\(\d{1,3}\))\s+\S")
_SENTENCE_END = (".", "!", "?", ";", ",")


class Measures(NamedTuple):
    """What is usual in a document: the height of its lines, and their distance in heights."""

    size: float
    leading: float


class BuiltParagraph(NamedTuple):
    """A paragraph before it has an address; `size` is the height of its lines."""

    text: str
    lines: tuple[TextRow, ...]
    size: float
    is_heading: bool = False


def measured(regions: Iterable[Region]) -> Measures:
    """What is usual in these regions."""
    sizes: Counter[float] = Counter()
    leadings: Counter[float] = Counter()
    for region in regions:
        for row in region.rows:
            sizes[round(row.size, 1)] += len(row.text)
        for before, after in zip(region.rows, region.rows[1:], strict=False):
            leading = round((after.middle - before.middle) / max(before.size, 0.1), 2)
            if 0.7 < leading < _WIDEST_LEADING:
                leadings[leading] += 1
    size = sizes.most_common(1)[0][0] if sizes else 0.0
    return Measures(size, _usual(leadings))


def _usual(leadings: Counter[float]) -> float:
    """The commonest, with those that are nearly the same."""
    if not leadings:
        return _USUAL_LEADING
    return max(
        leadings,
        key=lambda each: (sum(leadings[round(each + step / 100, 2)] for step in range(-3, 4)), -each),
    )


def paragraphs_of(
    regions: Sequence[Region], usual: Measures, known: frozenset[str], *, is_recognised: bool = False
) -> Iterator[BuiltParagraph]:
    """The paragraphs, headings and rows of tables, in reading order."""
    for part in _over_columns(_parts(regions, usual, is_recognised)):
        if isinstance(part, TableRow):
            yield _of_table(part, known)
        elif text := joined([line.text for line in part], known):
            size = median(line.size for line in part)
            is_heading = _is_heading(text, part, size, usual, is_recognised)
            yield BuiltParagraph(text, tuple(part), size, is_heading)


class _ColumnEnd(NamedTuple):
    """Where the lines of a column end that may go on in the next one."""


_Part = TableRow | list[TextRow] | _ColumnEnd


def _parts(regions: Sequence[Region], usual: Measures, is_recognised: bool) -> Iterator[_Part]:
    for region in regions:
        yield from region.table
        yield from _grouped(region.rows, usual, is_recognised)
        if region.is_column:
            yield _ColumnEnd()


def _over_columns(parts: Iterable[_Part]) -> Iterator[TableRow | list[TextRow]]:
    """With the paragraphs that were divided between columns put together."""
    held: TableRow | list[TextRow] | None = None
    is_at_end = False
    for part in parts:
        if isinstance(part, _ColumnEnd):
            is_at_end = True
            continue
        if is_at_end and isinstance(held, list) and isinstance(part, list) and _goes_on(held, part):
            held = [*held, *part]
        else:
            if held is not None:
                yield held
            held = part
        is_at_end = False
    if held is not None:
        yield held


def _goes_on(lines: Sequence[TextRow], following: Sequence[TextRow]) -> bool:
    """Whether a sentence of the last line ends in the next column."""
    first = following[0].text
    is_alike = lines[-1].is_bold == following[0].is_bold and not _LIST_ITEM.match(first)
    return is_alike and not lines[-1].text.endswith((".", "!", "?", ":", ";"))


def _of_table(row: TableRow, known: frozenset[str]) -> BuiltParagraph:
    text = CELL_SEPARATOR.join(joined([line.text for line in cell], known) for cell in row.cells)
    lines = tuple(line for cell in row.cells for line in cell)
    return BuiltParagraph(text, lines, median(line.size for line in lines))


def _grouped(rows: Sequence[TextRow], usual: Measures, is_recognised: bool) -> Iterator[list[TextRow]]:
    if not rows:
        return
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    group = [rows[0]]
    for row in rows[1:]:
        if _begins(row, group, usual, left, right, is_recognised):
            yield group
            group = []
        group.append(row)
    yield group


def _begins(
    row: TextRow, group: Sequence[TextRow], usual: Measures, left: float, right: float, is_recognised: bool
) -> bool:
    """Whether a paragraph begins with this row, after those of `group`."""
    before = group[-1]
    wider, other = (_WIDER_RECOGNISED, _OTHER_SIZE_RECOGNISED) if is_recognised else (_WIDER, _OTHER_SIZE)
    size = usual.size if is_recognised else max(before.size, row.size)
    if row.middle - before.middle > wider * usual.leading * size:
        return True
    if max(row.size, before.size) > other * min(row.size, before.size):
        return True
    if row.is_bold != before.is_bold and not is_recognised:
        return row.is_bold or (before.is_bold and _ends_early(before, row, right))
    if _LIST_ITEM.match(row.text):
        return True
    return _is_shifted(row, group, left) or _ends_early(before, row, right)


def _is_shifted(row: TextRow, group: Sequence[TextRow], left: float) -> bool:
    """Whether it stands further in than the lines before, or further out, as first lines do."""
    if _is_centred(row, group[-1]):
        return False
    least = _INDENT * row.size
    if len(group) == 1:
        is_hanging = _LIST_ITEM.match(group[0].text) is not None
        return row.left - group[0].left > least and not is_hanging and group[0].left - left < least
    return abs(row.left - group[-1].left) > least


def _is_centred(row: TextRow, before: TextRow) -> bool:
    offset = abs((row.left + row.right) - (before.left + before.right)) / 2
    return offset < 0.3 * row.size


def _ends_early(before: TextRow, row: TextRow, right: float) -> bool:
    """Whether the next line's first word would have had room: then the line was ended on purpose."""
    first = row.words[0]
    return before.right + (first.right - first.left) + 0.9 * row.size < right


def _is_heading(
    text: str, lines: Sequence[TextRow], size: float, usual: Measures, is_recognised: bool
) -> bool:
    if len(lines) > _MOST_LINES_OF_A_HEADING or len(text) > _LONGEST_HEADING or text.endswith(_SENTENCE_END):
        return False
    if not any(character.isalpha() for character in text):
        return False
    least = _OTHER_SIZE_RECOGNISED if is_recognised else _HEADING_SIZE
    if size >= least * usual.size:
        return True
    return not is_recognised and all(line.is_bold for line in lines) and size > 0.95 * usual.size
