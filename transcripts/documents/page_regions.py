"""Divides a page into what is read one after the other: columns of lines, and tables.

Looks for gutters: stretches that stay free over several rows, with words on both sides. Between columns of
prose a column is read to its end; in a table row by row.
"""

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from transcripts.documents.page_words import Bar, PageWord, Ruling, TextRow, rows_of

# A gutter is at least so wide, in heights of the font's lines; spaces between words are a quarter of one.
_LEAST_GUTTER = 0.75
_LEAST_ROWS, _LEAST_ROWS_OF_PROSE = 2, 4
_FAR_BELOW = 2.2
_MOST_COLUMNS_OF_PROSE = 4
_PROSE_CHARACTERS, _PROSE_FILL = 18, 0.6
_DEEPEST = 6
# Beyond that it is no page that people read: its rows come as they lie.
_MOST_ROWS = 600
NO_RULING = Ruling()
# A free stretch of a table that is narrower is a column's border if a ruled line goes through it.
_LEAST_RULED_GUTTER = 0.5
_MARKER = re.compile(
    r"(?:[•·▪–—*o-]|\(?[0-9]{1,3}[.)]?|\(?[a-zA-Z][.)]|[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}\.?|\([0-9a-z]{1,4}\))$"
)


class Gap(NamedTuple):
    """A free stretch between two words, or of a page."""

    left: float
    right: float

    def meets(self, other: "Gap") -> "Gap":
        return Gap(max(self.left, other.left), min(self.right, other.right))

    @property
    def width(self) -> float:
        return self.right - self.left


class TableRow(NamedTuple):
    """The cells of a row, each with its lines."""

    cells: tuple[tuple[TextRow, ...], ...]


class Region(NamedTuple):
    """Lines to be read from top to bottom, or the rows of a table. A column may go on in the next."""

    rows: tuple[TextRow, ...]
    table: tuple[TableRow, ...] = ()
    is_column: bool = False


class _Run(NamedTuple):
    """Rows from `first` to before `last` between which a gutter goes through."""

    first: int
    last: int
    gutter: Gap


def regions_of(words: Sequence[PageWord], ruling: Ruling = NO_RULING, depth: int = 0) -> list[Region]:
    """The page in reading order."""
    rows = rows_of(words)
    run = _longest_run(rows, ruling.bars) if depth < _DEEPEST and len(rows) <= _MOST_ROWS else None
    if run is None:
        return [Region(tuple(rows))] if rows else []
    return [
        *regions_of(_words(rows[: run.first]), ruling, depth + 1),
        *_split(rows[run.first : run.last], run.gutter, ruling, depth),
        *regions_of(_words(rows[run.last :]), ruling, depth + 1),
    ]


def _words(rows: Sequence[TextRow]) -> list[PageWord]:
    return [word for row in rows for word in row.words]


def _gaps(row: TextRow, bars: Sequence[Bar]) -> Iterator[Gap]:
    """Those within a row that are wide enough, or ruled, and do not just set off a number or bullet."""
    for count, (before, after) in enumerate(zip(row.words, row.words[1:], strict=False)):
        gap = Gap(before.right, after.left)
        is_marker = count == 0 and _MARKER.match(before.text)
        if (gap.width >= _least_gutter(row) and not is_marker) or _is_ruled(
            gap, row.middle, row.middle, bars
        ):
            yield gap


def _is_ruled(gap: Gap, top: float, bottom: float, bars: Sequence[Bar]) -> bool:
    """Whether a ruled line goes down through it, at least through its middle."""
    middle = (top + bottom) / 2
    return gap.width > _LEAST_RULED_GUTTER and any(
        gap.left <= bar.x <= gap.right and bar.top <= middle <= bar.bottom for bar in bars
    )


def _least_gutter(row: TextRow) -> float:
    return _LEAST_GUTTER * row.size


def _free(row: TextRow, gap: Gap) -> Gap:
    """The widest part of the gap that the row leaves free."""
    edge, best = gap.left, Gap(0.0, 0.0)
    for word in row.words:
        if word.left - edge > best.width and edge < gap.right:
            best = Gap(edge, min(word.left, gap.right))
        edge = max(edge, word.right)
    return max(best, Gap(edge, gap.right), key=lambda each: each.width)


def _longest_run(rows: Sequence[TextRow], bars: Sequence[Bar]) -> _Run | None:
    """Of all gutters the one that goes through most rows; None where none divides anything."""
    best: _Run | None = None
    for index, row in enumerate(rows):
        for gap in _gaps(row, bars):
            if _is_within(index, gap, best):
                continue
            run = _grown(rows, index, gap, bars)
            if _divides(rows, run) and (best is None or run.last - run.first > best.last - best.first):
                best = run
    return best


def _is_within(index: int, gap: Gap, run: _Run | None) -> bool:
    return run is not None and run.first <= index < run.last and gap.meets(run.gutter).width > 0


def _grown(rows: Sequence[TextRow], index: int, gap: Gap, bars: Sequence[Bar]) -> _Run:
    first, gap = _edge(rows, index, -1, gap, bars)
    last, gap = _edge(rows, index, 1, gap, bars)
    return _Run(first, last + 1, gap)


def _edge(rows: Sequence[TextRow], index: int, step: int, gap: Gap, bars: Sequence[Bar]) -> tuple[int, Gap]:
    """How far the gap goes through in one direction, and what stays of it."""
    end = index
    while 0 <= (following := end + step) < len(rows):
        row = rows[following]
        free = _free(row, gap)
        is_wide = free.width >= _least_gutter(row) or _is_ruled(free, row.middle, row.middle, bars)
        if not is_wide or _is_apart(row, rows[end], free):
            break
        end, gap = following, free
    return end, gap


def _is_apart(row: TextRow, beside: TextRow, gap: Gap) -> bool:
    """Whether a row that stands on one side alone is so far off that it need not belong to it."""
    is_one_sided = row.right <= gap.left or row.left >= gap.right
    return is_one_sided and abs(row.middle - beside.middle) > _FAR_BELOW * max(row.size, beside.size)


def _divides(rows: Sequence[TextRow], run: _Run) -> bool:
    """Whether enough of its rows have words on both sides."""
    both = [row for row in rows[run.first : run.last] if row.left < run.gutter.left < row.right]
    return len(both) >= _LEAST_ROWS


def _split(rows: Sequence[TextRow], gutter: Gap, ruling: Ruling, depth: int) -> list[Region]:
    gutters = _gutters(rows, ruling.bars)
    columns = _columns(_words(rows), gutters)
    if _is_prose(columns, gutters, rows, ruling):
        regions = [region for column in columns for region in regions_of(column, ruling, depth + 1)]
        return [region._replace(is_column=True) for region in regions]
    first, last = _table_ends(rows, gutter, ruling)
    table = rows[first:last]
    cells = tuple(_table_rows(table, _gutters(table, ruling.bars), ruling))
    return [
        *regions_of(_words(rows[:first]), ruling, depth + 1),
        Region((), cells),
        *regions_of(_words(rows[last:]), ruling, depth + 1),
    ]


def _table_ends(rows: Sequence[TextRow], gutter: Gap, ruling: Ruling) -> tuple[int, int]:
    """From the first to the last row with words on both sides, and on to the ruled lines around them."""
    both = [index for index, row in enumerate(rows) if row.left < gutter.left < row.right]
    first, last = both[0], both[-1]
    lines = [rule.y for rule in ruling.rules if rule.left < gutter.left and rule.right > gutter.right]
    above = max((y for y in lines if y < rows[first].middle), default=rows[first].top)
    below = min((y for y in lines if y > rows[last].middle), default=rows[last].bottom)
    inside = [index for index, row in enumerate(rows) if above < row.middle < below]
    return min(first, *inside), max(last, *inside) + 1


def _gutters(rows: Sequence[TextRow], bars: Sequence[Bar]) -> list[Gap]:
    """All stretches that every row leaves free and that are wide or ruled, from left to right."""
    words = sorted(_words(rows), key=lambda word: word.left)
    least = _LEAST_GUTTER * median(row.size for row in rows)
    found: list[Gap] = []
    edge = words[0].right
    for word in words[1:]:
        gap = Gap(edge, word.left)
        if gap.width >= least or _is_ruled(gap, rows[0].middle, rows[-1].middle, bars):
            found.append(gap)
        edge = max(edge, word.right)
    return found


def _columns(words: Sequence[PageWord], gutters: Sequence[Gap]) -> list[list[PageWord]]:
    columns: list[list[PageWord]] = [[] for _ in range(len(gutters) + 1)]
    for word in words:
        columns[sum(word.left >= gutter.right for gutter in gutters)].append(word)
    return columns


def _is_prose(
    columns: Sequence[Sequence[PageWord]],
    gutters: Sequence[Gap],
    rows: Sequence[TextRow],
    ruling: Ruling,
) -> bool:
    """Whether the columns are lines of prose, and not cells."""
    if not 2 <= len(columns) <= _MOST_COLUMNS_OF_PROSE or len(rows) < _LEAST_ROWS_OF_PROSE:
        return False
    if _rules_within(rows, gutters, ruling):
        return False
    return all(_is_filled(rows_of(column)) for column in columns)


def _is_filled(lines: Sequence[TextRow]) -> bool:
    width = max(line.right for line in lines) - min(line.left for line in lines)
    fill = median((line.right - line.left) / width for line in lines) if width else 0.0
    return fill >= _PROSE_FILL and median(len(line.text) for line in lines) >= _PROSE_CHARACTERS


def _rules_within(rows: Sequence[TextRow], gutters: Sequence[Gap], ruling: Ruling) -> list[float]:
    """Where ruled lines cross a gutter between the rows, from the top."""
    top, bottom = rows[0].middle, rows[-1].middle
    return sorted(
        {
            round(rule.y, 1)
            for rule in ruling.rules
            if top < rule.y < bottom
            and any(rule.left < gap.left and rule.right > gap.right for gap in gutters)
        }
    )


def _table_rows(rows: Sequence[TextRow], gutters: Sequence[Gap], ruling: Ruling) -> Iterator[TableRow]:
    for band in _bands(rows, _rules_within(rows, gutters, ruling)):
        columns = _columns(_words(band), gutters)
        yield TableRow(tuple(tuple(rows_of(column)) for column in columns if column))


def _bands(rows: Sequence[TextRow], rules: Sequence[float]) -> Iterator[list[TextRow]]:
    """The rows that stand between two ruled lines; without any, each row by itself."""
    band: list[TextRow] = []
    for row in rows:
        if band and (not rules or any(band[-1].middle < y < row.middle for y in rules)):
            yield band
            band = []
        band.append(row)
    yield band
