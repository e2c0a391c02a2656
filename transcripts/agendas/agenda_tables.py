"""Agendas as tables, by tabs, pipes or spaces: which column is what, and the rows as items. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from transcripts.agendas.agenda_blocks import Block
from transcripts.agendas.agenda_entries import Entry
from transcripts.agendas.agenda_surroundings import Surrounding
from transcripts.agendas.agenda_values import AgendaItem, AgendaShape
from transcripts.agendas.item_people import Names
from transcripts.agendas.item_reading import Facts, bare_title, facts_in, take_line_below, take_links
from transcripts.agendas.item_times import clock_alone, clock_head, minutes_alone

_GAP = re.compile(r"[ ]{2,}")
_PIPE = re.compile(r"[ ]?[|¦][ ]?")
_NOT_WORD = re.compile(r"[^\wäöüß/]+")
_NUMBER = re.compile(r"(?:top )?\d{1,2}(?:\.\d{1,2})?[.)]?", re.IGNORECASE)
_MOST_COLUMNS = 12


class Role(Enum):
    """What stands in a column."""

    TIME = auto()
    MINUTES = auto()
    TITLE = auto()
    PEOPLE = auto()
    LINK = auto()
    NOTES = auto()
    NUMBER = auto()


_HEADERS = {
    Role.TIME: "uhrzeit zeit wann von bis beginn ende start time zeitfenster zeitraum uhr zeiten",
    Role.MINUTES: "dauer min minuten länge zeitbedarf zeitbudget duration",
    Role.TITLE: (
        "thema was programmpunkt tagesordnungspunkt punkt titel programm traktandum traktanden themen "
        "gegenstand topic item agendapunkt tagesordnung agenda inhalt aktivität schritt tops ablauf "
        "betreff"
    ),
    Role.PEOPLE: (
        "wer verantwortlich referent referentin referierende moderation person personen name "
        "zuständig zuständigkeit speaker leitung vortragende berichterstattung federführung durch "
        "verantwortung verantwortliche referent/in referent/innen sprecher mit beteiligte"
    ),
    Role.LINK: "link links unterlagen folien dokument dokumente anlage anlagen",
    Role.NOTES: (
        "ziel notiz notizen anmerkung anmerkungen bemerkung bemerkungen methode art kommentar hinweis "
        "hinweise material ort raum ergebnis form beschreibung zweck format beschluss vorlage status "
        "wo wie details erläuterung input"
    ),
    Role.NUMBER: "nr # no pos top lfd lfd/nr nummer",
}
_ROLE_OF = {word: role for role, words in _HEADERS.items() for word in words.split()}
_ROLE_OF |= dict.fromkeys(("wie lange", "wie lang"), Role.MINUTES)


@dataclass(slots=True)
class TableBlock(Block):
    """A table's rows as cells, and the roles of its columns."""

    rows: list["Row"] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)

    @property
    def worth(self) -> float:
        """What speaks for it."""
        return len(self.rows) + 10.0

    def items(self, names: Names) -> list[AgendaItem]:
        """The rows as items."""
        return [item for row in self.rows if (item := _item(row, self.roles, names)).title]


@dataclass(slots=True)
class Row:
    """A row's cells, and the lines below it that fill none."""

    cells: list[str]
    below: list[str] = field(default_factory=list)


def tables_of(parts: Sequence[Sequence[Entry]], names: Names) -> list[Block]:
    """The tables in which a column is recognised."""
    found = (table for part in parts for run in _runs(part) if (table := _table(run, names)))
    return list(found)


def cells_of(entry: Entry) -> list[str]:
    """The line's cells; one where it has no columns."""
    text = entry.mark.rest if entry.is_marked else entry.line.text
    if "\t" in text:
        cells = text.split("\t")
    elif text.count("|") + text.count("¦"):
        cells = _PIPE.split(text.strip().removeprefix("|").removesuffix("|"))
    else:
        cells = _GAP.split(text)
    return [cell.strip() for cell in cells[:_MOST_COLUMNS]]


def _runs(part: Sequence[Entry]) -> list[list[Entry]]:
    """Lines of several cells in a row, with those of one cell that stand right among them."""
    runs: list[list[Entry]] = []
    now: list[Entry] = []
    for entry in part:
        is_row = len(cells_of(entry)) > 1 and not entry.line.is_too_long
        divides = entry.surrounding in (Surrounding.RULE, Surrounding.SECTION)
        if is_row or (now and (divides or not entry.line.is_after_blank)):
            now.append(entry)
        elif now:
            runs.append(now)
            now = []
    return [*runs, now] if now else runs


def _table(run: Sequence[Entry], names: Names) -> TableBlock | None:
    entries = [
        each
        for each in run
        if each.surrounding not in (Surrounding.RULE, Surrounding.SECTION, Surrounding.LINK)
    ]
    rows = _numbered(entries, [cells_of(each) for each in entries])
    while rows and len(rows[-1]) == 1:
        rows.pop()
    full = [row for row in rows if len(row) > 1]
    if len(full) < 2:
        return None
    roles = [] if entries[0].mark.kind.is_count else _header(rows[0])
    if not roles and not _is_even(entries, rows):
        return None
    by_spaces = not any("\t" in each.line.text or "|" in each.line.text for each in entries)
    body = _merged(rows[1:] if roles else rows, by_spaces=by_spaces)
    body, kept = _without_empty(body, roles)
    roles = [roles[at] for at in kept if at < len(roles)] if roles else _roles(body, names)
    if not roles or Role.TITLE not in roles or not body:
        return None
    return TableBlock(AgendaShape.TABLE, list(entries), is_headed=True, rows=body, roles=roles)


def _numbered(entries: Sequence[Entry], rows: list[list[str]]) -> list[list[str]]:
    """The rows; where the header has a column for numbers, those that were taken for marks stand in it."""
    if not rows or entries[0].is_marked or Role.NUMBER not in _header(rows[0])[:1]:
        return rows
    counted = [each.is_marked and each.mark.kind.is_count for each in entries]
    return [
        ["", *row] if is_counted and len(row) < len(rows[0]) else row
        for row, is_counted in zip(rows, counted, strict=True)
    ]


def _is_even(entries: Sequence[Entry], rows: Sequence[Sequence[str]]) -> bool:
    """Whether columns without a header are columns: pipes may as well set off what stands behind a title."""
    if not any("|" in each.line.text for each in entries):
        return True
    return len({len(row) for row in rows}) == 1 and not any(each.is_marked for each in entries)


def _header(row: Sequence[str]) -> list[Role]:
    """The roles that a first row names; none where it is no header."""
    words = [_NOT_WORD.sub(" ", cell.lower()).split() for cell in row]
    known = [_ROLE_OF.get(" ".join(each)) or _ROLE_OF.get(each[0]) if each else None for each in words]
    named = [role for role, each in zip(known, words, strict=True) if each]
    is_told = any(":" in cell.rstrip(": ") for cell in row)
    if len(named) < 2 or None in named or is_told or any(len(each) > 3 for each in words):
        return []
    roles = [role or Role.NOTES for role in known]
    if Role.TITLE not in roles and Role.NUMBER in roles:
        roles[roles.index(Role.NUMBER)] = Role.TITLE
    first = roles.index(Role.TITLE) if Role.TITLE in roles else -1
    return [Role.NOTES if role is Role.TITLE and at != first else role for at, role in enumerate(roles)]


def _merged(rows: Sequence[list[str]], *, by_spaces: bool) -> list[Row]:
    """The rows; a cell that was broken over lines is one again."""
    width = max((len(row) for row in rows), default=0)
    merged: list[Row] = []
    for cells in rows:
        last = merged[-1] if merged else None
        if last is None or len(cells) == width or clock_head(cells[0]):
            merged.append(Row(list(cells)))
        elif len(cells) == 1 and (by_spaces or len(last.cells) == width):
            _put_below(last, cells[0])
        elif len(last.cells) + len(cells) - 1 <= width and 1 < len(last.cells) < width:
            last.cells[-1] = f"{last.cells[-1]} {cells[0]}".strip()
            last.cells += cells[1:]
        else:
            merged.append(Row(list(cells)))
    return merged


def _put_below(row: Row, text: str) -> None:
    """A line of one cell: the last cell goes on, or it says something of its own."""
    if text[:1].islower() and not row.below:
        row.cells[-1] = f"{row.cells[-1]} {text}"
    else:
        row.below.append(text)


def _without_empty(rows: list[Row], header: Sequence[Role]) -> tuple[list[Row], list[int]]:
    """Columns in which something stands, and which ones they are."""
    width = max([len(header), *(len(row.cells) for row in rows)], default=0)
    kept = [
        at
        for at in range(width)
        if at < len(header) or any(at < len(row.cells) and row.cells[at] for row in rows)
    ]
    filled = [Row([row.cells[at] if at < len(row.cells) else "" for at in kept], row.below) for row in rows]
    return [row for row in filled if any(row.cells)], kept


def _roles(rows: Sequence[Row], names: Names) -> list[Role]:
    """The roles of columns that no header names; none where no column is a time, length, number or people."""
    width = len(rows[0].cells) if rows else 0
    roles = [_role([row.cells[at] for row in rows if row.cells[at]], names) for at in range(width)]
    if all(role is None for role in roles):
        return []
    if None not in roles and Role.PEOPLE in roles:
        roles[roles.index(Role.PEOPLE)] = None
    first = roles.index(None) if None in roles else -1
    return [Role.TITLE if at == first else role or Role.NOTES for at, role in enumerate(roles)]


def _role(cells: Sequence[str], names: Names) -> Role | None:
    most = 0.6 * len(cells)
    if sum(clock_alone(cell) is not None for cell in cells) >= most:
        return Role.TIME
    if sum(minutes_alone(cell) > 0 for cell in cells) >= most:
        return Role.MINUTES
    if sum(_NUMBER.fullmatch(cell) is not None for cell in cells) >= most:
        return Role.NUMBER
    if sum(len(cell) < 50 and bool(names.people_in(cell)) for cell in cells) >= most:
        return Role.PEOPLE
    return None


def _item(row: Row, roles: Sequence[Role], names: Names) -> AgendaItem:
    facts, title = Facts(), ""
    for at, cell in enumerate(row.cells):
        role = roles[at] if at < len(roles) else Role.NOTES
        if not cell or cell in ("-", "–", "—"):
            continue
        if role is Role.TITLE:
            title = cell
        else:
            _take(role, cell, names, facts)
    own = Facts()
    title = bare_title(title, names, own) if title else ""
    facts.add(own)
    for line in row.below:
        take_line_below(line, names, facts)
    return facts.item(title)


def _take(role: Role, cell: str, names: Names, facts: Facts) -> None:
    if role is Role.NUMBER:
        return
    if role is Role.PEOPLE:
        facts.people += names.people_in(take_links(cell, facts), is_told=True)
    elif role in (Role.TIME, Role.MINUTES) or clock_alone(cell) or minutes_alone(cell):
        _take_time(role, cell, names, facts)
    elif rest := take_links(cell, facts).strip():
        facts.notes.append(rest)


def _take_time(role: Role, cell: str, names: Names, facts: Facts) -> None:
    clock = clock_alone(cell) or clock_head(cell)
    if role is Role.MINUTES and cell.isdecimal() and len(cell) <= 3:
        facts.minutes = int(cell)
    elif clock and facts.start and not facts.end:
        facts.end = clock.start
    elif clock:
        facts.start, facts.end = clock.start, clock.end
    elif minutes := minutes_alone(cell):
        facts.minutes = minutes
    elif known := facts_in(cell, names):
        facts.add(known)
    else:
        facts.notes.append(cell)
