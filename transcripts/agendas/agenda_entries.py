"""The lines of a pasted agenda, each with what it looks like by itself, mail by mail. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from transcripts.agendas.agenda_lines import Line
from transcripts.agendas.agenda_surroundings import Surrounding, is_dial_in, surrounding_of
from transcripts.agendas.item_marks import Mark, MarkKind, is_mark_only, read_mark
from transcripts.agendas.item_times import clock_alone, clock_head

_TELLING = re.compile(r"https?://|\d[\d -]{5,}|kenncode|passcode|passwort|kennwort", re.IGNORECASE)
_SURE = (Surrounding.RULE, Surrounding.HISTORY, Surrounding.SECTION)
_SENTENCE_END = re.compile(r"[a-zäöüß)][.!?][ ]+[A-ZÄÖÜ]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: its mark, and what it is where it has none."""

    line: Line
    mark: Mark
    surrounding: Surrounding = Surrounding.NONE
    has_clock: bool = False
    is_clock_only: bool = False
    following: tuple["Entry", ...] = field(default=())
    """Lines that go on with it."""

    @property
    def is_marked(self) -> bool:
        """Whether it stands out as an item of a list."""
        return self.mark.kind is not MarkKind.NONE and self.surrounding is Surrounding.NONE

    @property
    def is_possible(self) -> bool:
        """Whether it may be an item at all."""
        return self.surrounding is Surrounding.NONE


def parts_of(lines: Iterable[Line]) -> list[list[Entry]]:
    """The lines by the mail that they belong to: each quotation is a part of its own."""
    parts: list[list[Entry]] = [[]]
    depth = 0
    for line in lines:
        entry = entry_of(line)
        if line.quoted != depth or entry.surrounding is Surrounding.HISTORY:
            parts.append([])
            depth = line.quoted
        parts[-1].append(entry)
    return [_with_sure_marks(part) for part in parts if part]


def entry_of(line: Line) -> Entry:
    """What the line looks like by itself."""
    if line.is_too_long:
        is_prose = _SENTENCE_END.search(line.text) and read_mark(line.text[:60]).kind is MarkKind.NONE
        plain = Mark(MarkKind.NONE, line.text)
        return Entry(line, plain, Surrounding.PROSE if is_prose else Surrounding.NONE)
    whole = surrounding_of(line.text)
    if whole in _SURE or is_mark_only(line.text):
        return Entry(line, Mark(MarkKind.NONE, line.text), whole or Surrounding.RULE)
    mark = read_mark(line.text)
    clock = clock_head(mark.rest)
    alone = clock is not None and clock_alone(mark.rest) is not None
    if mark.kind in (MarkKind.NONE, MarkKind.BARE) or mark.is_dated:
        surrounding = Surrounding.NONE if clock or _is_kept(whole, mark) else whole
        return Entry(line, mark, surrounding, clock is not None, alone)
    is_joining = "|" not in mark.rest and tells_how_to_join(mark.rest)
    return Entry(
        line, mark, Surrounding.DIAL_IN if is_joining else Surrounding.NONE, clock is not None, alone
    )


def tells_how_to_join(text: str) -> bool:
    """Whether a line that may be an item is about how to join the meeting."""
    return is_dial_in(text) and _TELLING.search(text) is not None


def _is_kept(whole: Surrounding, mark: Mark) -> bool:
    return whole is Surrounding.MEETING and mark.is_dated


def _with_sure_marks(entries: Sequence[Entry]) -> list[Entry]:
    """Numbers that may mean something else count only where the numbers around them go on."""
    counted = [
        at for at, each in enumerate(entries) if each.mark.kind.is_count and len(each.mark.numbers) == 1
    ]
    unsure = {at for at in counted if entries[at].mark.kind is MarkKind.BARE or entries[at].mark.is_dated}
    unsure |= {at for at, each in enumerate(entries) if each.mark.is_dated}
    found = list(entries)
    for at in sorted(unsure):
        if at not in counted or not (_goes_on(entries, counted, at) or _ends_parts(entries, at)):
            plain = Mark(MarkKind.NONE, entries[at].line.text)
            found[at] = replace(entries[at], mark=plain)
        else:
            sure = replace(entries[at].mark, is_dated=False, kind=MarkKind.NUMBER)
            found[at] = replace(entries[at], mark=sure, surrounding=Surrounding.NONE)
    return found


def _ends_parts(entries: Sequence[Entry], at: int) -> bool:
    """Whether the number follows on parts of the one before ("2.2", then "3")."""
    before = next((each.mark for each in reversed(entries[:at]) if each.mark.kind.is_count), None)
    return (
        before is not None
        and len(before.numbers) > 1
        and (before.numbers[0] + 1 == entries[at].mark.numbers[0])
    )


def _goes_on(entries: Sequence[Entry], counted: Sequence[int], at: int) -> bool:
    """Whether the number before is one less or the one behind one more, and no date itself."""
    place = counted.index(at)
    number = entries[at].mark.numbers[0]
    before = entries[counted[place - 1]].mark if place else None
    behind = entries[counted[place + 1]].mark if place + 1 < len(counted) else None
    is_bare = entries[at].mark.kind is MarkKind.BARE
    return any(
        other is not None and other.numbers[0] == number + step and (is_bare or not other.is_dated)
        for other, step in ((before, -1), (behind, 1))
    )
