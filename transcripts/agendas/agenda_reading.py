"""An agenda as people paste it, from mail, Word, PDF, table or web page, understood item by item.

Pure, and linear in the text. First the lines (`agenda_lines`), then what each looks like (`agenda_entries`),
which of them are the agenda (`agenda_blocks`, `agenda_tables`), last what stands around each title
(`item_reading`).
"""

import re
from dataclasses import replace

from transcripts.agendas.agenda_blocks import Block, best_block, levels_of
from transcripts.agendas.agenda_entries import Entry, parts_of, tells_how_to_join
from transcripts.agendas.agenda_lines import LONGEST_LINE, Line, lines_of
from transcripts.agendas.agenda_surroundings import Surrounding
from transcripts.agendas.agenda_tables import TableBlock, tables_of
from transcripts.agendas.agenda_values import Agenda, AgendaItem, AgendaShape
from transcripts.agendas.inline_lists import apart
from transcripts.agendas.item_people import Names
from transcripts.agendas.item_reading import Facts, is_about_people, read_line, take_line_below
from transcripts.agendas.item_times import clock_alone
from transcripts.errors.input_errors import AgendaLineError, AgendaLongError

MOST_LINES = 100
"""Items of one agenda."""
_MOST_READ_LINES = 1_500
_OPEN_END = re.compile(
    r"(?:\b(?:und|oder|der|die|das|des|dem|den|für|mit|zu|zum|zur|von|vom|in|im|auf|über|an|am|aus|"
    r"bei|nach|sowie|ein|eine|einer|eines|als|durch)|[,/–&-]|\bder)\Z"
)
_BROKEN_WORD = re.compile(r"[a-zäöüß]-\Z")
_LABELLED_LINK = re.compile(r"[^:|]{2,30}:[ ]?<?https?://\S{1,2000}")
_WRAPPED_CHARACTERS = 55
_SHORT_CHARACTERS = 30


def read_agenda(text: str) -> Agenda:
    """What was pasted, understood. Raises AgendaLineError with a line that is too long, and
    AgendaLongError."""
    lines = apart(lines_of(text))
    if len(lines) > _MOST_READ_LINES:
        raise AgendaLongError(lines=len(lines), most=MOST_LINES)
    names, parts = Names(), parts_of(lines)
    block = best_block(parts, tables_of(parts, names))
    if block is None:
        return Agenda()
    if len(block.entries) > MOST_LINES:
        raise AgendaLongError(lines=len(block.entries), most=MOST_LINES)
    too_long = next((each.line for each in block.entries if each.line.is_too_long), None)
    if too_long is not None:
        raise AgendaLineError(line=str(too_long.number), most=LONGEST_LINE)
    items = block.items(names) if isinstance(block, TableBlock) else _items(block, names)
    items = [item for item in items if not tells_how_to_join(item.title)]
    if not items:
        return Agenda()
    return Agenda((replace(items[0], level=0), *items[1:]), block.shape)


def parse_agenda(text: str) -> tuple[str, ...]:
    """The titles of the items alone. Raises as `read_agenda`."""
    return read_agenda(text).titles


def clean_item(line: str) -> str:
    """One agenda item as a title: what stands around it in a list is taken off."""
    (first, *_) = (*lines_of(line.replace("\n", " ")), Line(1, ""))
    return read_line(first.text, Names()).title


def _items(block: Block, names: Names) -> list[AgendaItem]:
    """The block's lines as items."""
    entries = _with_broken_lines(block)
    items: list[AgendaItem] = []
    for entry, level in zip(entries, levels_of(entries), strict=True):
        facts = Facts()
        text, rest = _whole(entry)
        for line in rest:
            if line.surrounding is not Surrounding.DIAL_IN:
                take_line_below(line.line.text, names, facts)
        own = read_line(text, names, level if items else 0)
        if own.title and items and level and _leads_to_links(text, own):
            items[-1] = _with_links(items[-1], own)
        elif own.title:
            items.append(_joined(own, facts))
        elif items:
            facts.add(_facts_of(own))
            items[-1] = _joined(items[-1], facts)
    return items


def _with_broken_lines(block: Block) -> list[Entry]:
    """The entries; those of plain lines that only go on with the line before are part of it."""
    if block.shape is not AgendaShape.LINES:
        return block.entries
    merged = Block(block.shape)
    for entry in block.entries:
        last = merged.entries[-1] if merged.entries else None
        is_time_below = last is not None and entry.is_clock_only and not block.entries[0].is_clock_only
        is_title_below = last is not None and last.is_clock_only and not last.following
        if last and (is_time_below or is_title_below or _is_broken(last, entry)):
            merged.go_on(entry)
        else:
            merged.entries.append(entry)
    return merged.entries


def _is_broken(last: Entry, entry: Entry) -> bool:
    if entry.is_marked or entry.has_clock or entry.line.is_after_blank:
        return False
    before = (last.following[-1] if last.following else last).line.text
    return _goes_on(before, entry.line.text, is_sure=False)


def _whole(entry: Entry) -> tuple[str, list[Entry]]:
    """The item's text over all its lines, and the lines that say something beside it."""
    text = entry.mark.rest if entry.is_marked else entry.line.text
    before, rest = entry.line.text, list(entry.following)
    if not text.strip() or entry.is_clock_only:
        text = f"{text} {rest.pop(0).line.text}" if rest else text
    while rest and rest[0].surrounding not in _ASIDE and _goes_on(before, rest[0].line.text, is_sure=True):
        before = rest.pop(0).line.text
        text = _put_together(text, before)
    return text, rest


_ASIDE = (Surrounding.LINK, Surrounding.FIELD, Surrounding.RULE, Surrounding.DIAL_IN)


def _goes_on(before: str, text: str, *, is_sure: bool) -> bool:
    """Whether a line only goes on with the one before; `is_sure` where items have marks and this
    one has none."""
    if is_about_people(text) or clock_alone(text):
        return False
    if _BROKEN_WORD.search(before) or _OPEN_END.search(before):
        return is_sure or text[:1].islower() or len(before) >= _WRAPPED_CHARACTERS
    if before[-1:] in ".!?:":
        return False
    if text[:1].islower() and len(before) < _SHORT_CHARACTERS:
        return False
    return text[:1].islower() or (is_sure and len(before) >= _WRAPPED_CHARACTERS)


def _put_together(text: str, more: str) -> str:
    if _BROKEN_WORD.search(text) and more[:1].islower() and more.partition(" ")[0] not in ("und", "oder"):
        return text[:-1] + more
    return f"{text} {more}"


def _leads_to_links(text: str, own: AgendaItem) -> bool:
    """Whether a part of an item is nothing but the way to a document."""
    return bool(own.links) and _LABELLED_LINK.fullmatch(text) is not None


def _with_links(item: AgendaItem, own: AgendaItem) -> AgendaItem:
    return _joined(item, Facts(links=list(own.links)))


def _joined(item: AgendaItem, facts: Facts) -> AgendaItem:
    """The item with what was said below it."""
    whole = _facts_of(item)
    whole.add(facts)
    return whole.item(item.title, item.level)


def _facts_of(item: AgendaItem) -> Facts:
    return Facts(item.start, item.end, item.minutes, list(item.people), list(item.links), list(item.notes))
