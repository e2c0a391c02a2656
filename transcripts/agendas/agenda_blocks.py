"""Where in a pasted text the agenda stands: the list, or the lines, that its items are. Pure.

Lists are told apart by what stands around them. One that goes on after an interruption is one list; one that
follows "Bitte mitbringen:" is none of the agenda's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from transcripts.agendas.agenda_entries import Entry
from transcripts.agendas.agenda_surroundings import Surrounding, is_other_list
from transcripts.agendas.agenda_values import AgendaShape
from transcripts.agendas.item_marks import MarkKind

_HEADED = 6.0
_COUNTED = 2.0
_OTHER = -30.0
_LONGEST_SECTION_WORDS = 7
_ENDING = frozenset(
    [
        *(Surrounding.HEADING, Surrounding.INTRO, Surrounding.OTHER_LIST, Surrounding.PARTING),
        *(Surrounding.GREETING, Surrounding.HISTORY, Surrounding.DIAL_IN),
    ]
)
_LEADING = (Surrounding.HEADING, Surrounding.INTRO)


@dataclass(slots=True)
class Block:
    """Lines that are the items of an agenda, or of some other list, and how much speaks for the agenda."""

    shape: AgendaShape
    entries: list[Entry] = field(default_factory=list)
    is_headed: bool = False
    is_other: bool = False

    @property
    def worth(self) -> float:
        """What speaks for it."""
        counted = any(each.mark.kind.is_count or each.has_clock for each in self.entries)
        worth = len(self.entries) + _HEADED * self.is_headed + _OTHER * self.is_other
        return worth + (_COUNTED if counted else 0.0)

    def go_on(self, entry: Entry) -> None:
        """Add a line to the last item."""
        last = self.entries[-1]
        self.entries[-1] = replace(last, following=(*last.following, entry))


def best_block(parts: Sequence[Sequence[Entry]], tables: Iterable[Block]) -> Block | None:
    """The block that is most likely the agenda; of those that are as likely, the first."""
    found: list[Block] = []
    for part in parts:
        blocks = _lists(part)
        chosen = _chosen(blocks)
        if chosen is None or _is_below_plain_lines(chosen, part):
            chosen = _lines(part)
        if chosen.entries:
            found.append(chosen)
    found += tables
    best = max(found, key=lambda block: block.worth, default=None)
    if best is not None or not parts:
        return best
    left = [each for part in parts for each in part if each.surrounding in _LAST_RESORT]
    return Block(AgendaShape.LINES, left) if left and len(left) == sum(map(len, parts)) else None


_LAST_RESORT = (
    Surrounding.PROSE,
    Surrounding.MEETING,
    Surrounding.SECTION,
    Surrounding.FIELD,
    Surrounding.PARTING,
)


def _chosen(blocks: Sequence[Block]) -> Block | None:
    """The best list of a part, with what goes on with it; None where lines are more likely."""
    possible = [each for each in blocks if len(each.entries) >= 2 or (each.is_headed and each.entries)]
    possible = [each for each in possible if not each.is_other]
    if not possible:
        return None
    best = max(possible, key=lambda block: block.worth)
    for later in blocks[blocks.index(best) + 1 :]:
        if not later.is_other and _goes_on(best, later):
            best.entries += later.entries
    return best


def _is_below_plain_lines(block: Block, part: Sequence[Entry]) -> bool:
    """Whether the bullets are parts of items that lost theirs on the way."""
    first = block.entries[0]
    if any(each.mark.kind is not MarkKind.BULLET for each in block.entries) or first.line.is_after_blank:
        return False
    above = 0
    before = [each for each in part if each.line.number < first.line.number]
    for entry in reversed(before):
        if not entry.is_possible or entry.line.text.endswith((":", ",")):
            break
        above += 1
        if entry.line.is_after_blank:
            break
    between = any(
        below.is_possible and below.line.indent <= each.line.indent
        for each in block.entries
        for below in each.following
    )
    return above > 1 or (above == 1 and between)


def _goes_on(block: Block, later: Block) -> bool:
    last = [each.mark for each in block.entries if each.mark.kind.is_count and len(each.mark.numbers) == 1]
    first = later.entries[0].mark
    counts = bool(last) and first.kind.is_count and len(first.numbers) == 1
    return counts and first.numbers[0] == last[-1].numbers[0] + 1 and first.kind is last[-1].kind


def _lists(entries: Sequence[Entry]) -> list[Block]:
    """The lists of a part, each with what stands between its items."""
    shape = AgendaShape.LIST if sum(each.is_marked for each in entries) >= 2 else AgendaShape.TIMES
    if shape is AgendaShape.TIMES and not _is_by_times(entries):
        shape = AgendaShape.LIST
    gathering = _Gathering(shape)
    for at, entry in enumerate(entries):
        gathering.take(entry, entries[at + 1 :][:3])
    return gathering.blocks


def _is_by_times(entries: Sequence[Entry]) -> bool:
    """Whether what stands out are times in front, and lines without one only go on with them."""
    possible = [each for each in entries if each.is_possible]
    timed = [at for at, each in enumerate(possible) if each.has_clock]
    if len(timed) < 2:
        return False
    between = timed[-1] - timed[0] + 1
    return 2 * len(timed) >= between and (
        timed[0] == 0
        or possible[timed[0]].line.is_after_blank
        or (possible[timed[0]].is_clock_only is False and _is_led(entries, possible[timed[0]]))
    )


def _is_led(entries: Sequence[Entry], first: Entry) -> bool:
    at = entries.index(first)
    return at > 0 and not entries[at - 1].is_possible


class _Gathering:
    """Goes through a part line by line and gathers its lists."""

    def __init__(self, shape: AgendaShape) -> None:
        self.blocks: list[Block] = []
        self._shape = shape
        self._open: Block | None = None
        self._is_headed = False
        self._is_other = False

    def take(self, entry: Entry, ahead: Sequence[Entry]) -> None:
        """One line; `ahead` are the next few."""
        if self._stands_out(entry):
            self._add(entry)
        elif self._open is None or entry.surrounding in _ENDING:
            self._note(entry)
        elif entry.surrounding in (Surrounding.SECTION, Surrounding.RULE):
            return
        elif not entry.line.is_after_blank or entry.line.indent > self._indent:
            self._open.go_on(entry)
        elif not self._is_interlude(entry, ahead):
            self._note(entry)

    @property
    def _indent(self) -> int:
        return self._open.entries[-1].line.indent if self._open else 0

    def _stands_out(self, entry: Entry) -> bool:
        by_time = entry.has_clock and entry.is_possible
        if self._shape is not AgendaShape.TIMES:
            by_time = by_time and self._open is not None and entry.line.indent <= self._indent
            by_time = by_time and not entry.is_clock_only
        return entry.is_marked or by_time

    def _add(self, entry: Entry) -> None:
        if self._open is None:
            self._open = Block(self._shape, is_headed=self._is_headed, is_other=self._is_other)
            self.blocks.append(self._open)
        self._open.entries.append(entry)

    def _note(self, entry: Entry) -> None:
        """What a list that begins now follows."""
        if entry.surrounding is Surrounding.DIAL_IN and not entry.line.is_after_blank and self._open:
            return
        self._open = None
        other = (
            entry.surrounding is Surrounding.OTHER_LIST
            or (
                entry.line.is_heading
                and entry.surrounding is Surrounding.NONE
                and is_other_list(entry.line.text)
            )
            or (entry.line.text.endswith(":") and is_other_list(entry.line.text))
        )
        if entry.surrounding in _LEADING and not other:
            self._is_headed, self._is_other = (
                entry.surrounding is Surrounding.HEADING
                or self._is_headed
                or (entry.surrounding is Surrounding.INTRO),
                False,
            )
        elif other:
            self._is_headed, self._is_other = False, True
        elif entry.surrounding in (Surrounding.PARTING, Surrounding.HISTORY):
            self._is_headed = self._is_other = False

    def _is_interlude(self, entry: Entry, ahead: Sequence[Entry]) -> bool:
        """Whether a line only divides the list that goes on after it."""
        if entry.surrounding is Surrounding.PROSE or is_other_list(entry.line.text):
            return False
        is_short = len(entry.line.text.split()) <= _LONGEST_SECTION_WORDS
        return is_short and any(self._stands_out(each) for each in ahead[:1])


def _lines(entries: Sequence[Entry]) -> Block:
    """The part's lines, each an item, as far as they are no prose, greetings and the like."""
    led = [at for at, each in enumerate(entries) if each.surrounding in _LEADING]
    start = next((at + 1 for at in led if any(each.is_possible for each in entries[at + 1 : at + 4])), 0)
    block = Block(AgendaShape.LINES, is_headed=start > 0)
    is_signature = False
    for entry in entries[start:]:
        is_signature = entry.surrounding is Surrounding.PARTING or (
            is_signature and not entry.line.is_after_blank and not entry.is_marked
        )
        if is_signature and not block.entries:
            continue
        if entry.is_possible or (entry.surrounding is Surrounding.MEETING and block.entries):
            block.entries.append(entry)
        elif block.entries and _goes_with(entry):
            block.go_on(entry)
        elif block.entries and _ends_lines(entry):
            break
    return block


def _goes_with(entry: Entry) -> bool:
    kinds = (Surrounding.LINK, Surrounding.FIELD)
    return entry.surrounding in kinds and not entry.line.is_after_blank


def _ends_lines(entry: Entry) -> bool:
    if entry.surrounding in (Surrounding.PARTING, Surrounding.OTHER_LIST, Surrounding.HISTORY):
        return True
    return entry.line.is_after_blank and entry.surrounding in (
        *_LEADING,
        Surrounding.PROSE,
        Surrounding.DIAL_IN,
        Surrounding.GREETING,
    )


def levels_of(entries: Sequence[Entry]) -> list[int]:
    """For each item 1 if it is a part of another one, else 0."""
    return [_level(entry, entries[0]) for entry in entries]


def _level(entry: Entry, first: Entry) -> int:
    if entry.mark.kind.is_count and entry.mark.kind is first.mark.kind:
        return int(len(entry.mark.numbers) > len(first.mark.numbers))
    if entry.line.indent > first.line.indent + 1:
        return 1
    may_hold = first.mark.kind.is_count or first.mark.kind is MarkKind.NONE
    return int(entry.mark.kind is not first.mark.kind and may_hold and entry.is_marked)
