"""One item of an agenda from its line or its cells: what stands around the title is told apart. Pure.

What stands in front and behind is taken off from outside to inside, until nothing is left that has a meaning.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from transcripts.agendas.agenda_values import AgendaItem
from transcripts.agendas.item_marks import (
    MONTHS,
    MarkKind,
    read_mark,
    without_pictures,
    without_pictures_behind,
)
from transcripts.agendas.item_people import Names, mentions_in
from transcripts.agendas.item_times import (
    clock_alone,
    clock_head,
    clock_tail,
    minutes_alone,
    minutes_head,
    minutes_tail,
    without_head,
)

_MOST_ROUNDS = 40
"""So often something may stand around an item, one within the other; more is no agenda."""
_LINK = re.compile(r"<?(?:https?://|www\.)[^\s<>|\"„“]{2,2000}>?", re.IGNORECASE)
_LINK_END = ".,;:!?)]}'\""
_LINK_WORD = re.compile(
    r"(?:[ ]?[,;|–—-])?[ ]?[(\[]?[ ]?(?:siehe(?:[ ]auch)?|s\.|vgl\.|link|links|folien|unterlagen?|"
    r"dokument|anlage|pad|infos?|mehr|download|quelle|hier)[ ]?:?[ ]?[)\]]?[ ]?\Z",
    re.IGNORECASE,
)
_BEFORE_BRACKET = re.compile(r"(?<=[^\s:])(?:[ ]|:[ ]?){1,3}(?=[)\]])")
_EMPTY_BRACKETS = re.compile(r"[(\[<][ ,;:–-]{0,3}[)\]>]")
_BRACKETS = re.compile(r"[ ]{0,3}[(\[]([^()\[\]]{1,200})[)\]][ ]{0,2}[.:,;]?\Z")
_LEADING_BRACKETS = re.compile(r"[(\[]([^()\[\]]{1,60})[)\]][ ]{0,2}:?[ ]{0,2}")
_INNER = re.compile(r"[ ]?[,;|][ ]?|:[ ]|[ ][–—/-][ ]")
_NAMED_TAIL = re.compile(
    r"(?:[ ]?[,;/|–—-]|\.)?[ ]{1,2}(?:referent(?:in|en|:in|\*in|_in)?|referierende|input|moderation|"
    r"vortrag[ ]von|es[ ]spricht|impuls(?:[ ]von)?|verantwortlich|wer)"
    r"[ ]?:?[ ](?P<who>[^:|()]{2,120})\Z",
    re.IGNORECASE,
)
_WITH = re.compile(r"[ ]?[–—/|,-][ ]{1,2}(?:mit|von|durch)[ ](?P<who>[^:|()]{2,120})\Z")
_BEHIND = re.compile(r"[ ][–—|/→-]{1,2}>?[ ]{1,2}(?P<who>[^|–—→]{2,120})\Z")
_BEHIND_COMMA = re.compile(r",[ ]{1,2}(?P<who>[^,|]{3,60})\Z")
_AHEAD = re.compile(r"(?P<who>[^:|]{4,50}):[ ]{1,2}(?=\S)")
_DATED = re.compile(rf"\b\d{{1,2}}\.[ ]?(?:(?:{MONTHS})(?![\w-])|\d{{1,2}}\.)", re.IGNORECASE)
_LABEL = re.compile(r"(wer|mit|siehe|notiz|anmerkung|hinweis|ziel|dauer|zeit|link)[ ]?:[ ]?", re.IGNORECASE)
_NAMED_PART = re.compile(r"(?:teil|block|thema)[ ]", re.IGNORECASE)
_LONGEST_READ = 300
_CELL = re.compile(r"[ ]?[|¦][ ]?")

_ROLE_LINE = re.compile(
    r"(?:referent(?:in|innen|en|:in|\*in)?|referierende|input|moderation|mit|von|wer|verantwortlich|"
    r"leitung|gäste|gast|es[ ]spricht|vortrag)[ ]?(?::[ ]?|[ ](?=[A-ZÄÖÜ]))",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Facts:
    """What is known of an item while it is read."""

    start: str = ""
    end: str = ""
    minutes: int = 0
    people: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def item(self, title: str, level: int = 0) -> AgendaItem:
        """The item with these facts."""
        return AgendaItem(
            title,
            self.start,
            self.end,
            self.minutes,
            tuple(dict.fromkeys(self.people)),
            tuple(dict.fromkeys(self.links)),
            tuple(dict.fromkeys(" ".join(each.split()).replace("|", "/") for each in self.notes)),
            level,
        )

    def add(self, other: "Facts") -> None:
        """Take over what another one knows; a first time and length hold."""
        if other.start and not self.start:
            self.start, self.end = other.start, other.end
        self.minutes = self.minutes or other.minutes
        self.people += other.people
        self.links += other.links
        self.notes += other.notes


def read_line(text: str, names: Names, level: int = 0, facts: Facts | None = None) -> AgendaItem:
    """The item on a line, whose mark may still stand in front."""
    facts = facts or Facts()
    cells = [cell.strip() for cell in _CELL.split(text) if cell.strip()]
    if len(cells) > 1:
        text = _title_cell(cells, names, facts)
    elif "\t" in text:
        text = _without_facts(text.split("\t"), names, facts)
    return facts.item(bare_title(text, names, facts), level)


def bare_title(text: str, names: Names, facts: Facts) -> str:
    """The title alone; what stood around it goes to the facts."""
    text = " ".join(take_links(text, facts).split())
    before = ""
    for _ in range(_MOST_ROUNDS if len(text) <= _LONGEST_READ else 2):
        if text == before:
            break
        before = text
        for step in _STEPS:
            text = step(text, names, facts)
    return _tidy(text)


def take_links(text: str, facts: Facts) -> str:
    """The text without addresses, and without the words that only lead to them."""
    pieces: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        address = found[0].strip("<>")
        tail = address[len(address.rstrip(_LINK_END)) :]
        if "(" in address and address.rstrip(".,;:").endswith(")"):
            tail = ""
        facts.links.append(address[: len(address) - len(tail)])
        pieces += [text[end : found.start()], tail if tail[:1] in (")", "]") else ""]
        end = found.end()
    if not pieces:
        return text
    rest = _EMPTY_BRACKETS.sub("", "".join([*pieces, text[end:]])).strip()
    rest = _BEFORE_BRACKET.sub("", rest)
    return _LINK_WORD.sub("", rest[-60:]).join([rest[:-60], ""]) if _LINK_WORD.search(rest[-60:]) else rest


def take_line_below(line: str, names: Names, facts: Facts) -> None:
    """What a line below an item says about it."""
    if label := _LABEL.match(line):
        _take_label(label[1].lower(), line[label.end() :], names, facts)
        return
    text = take_links(line, facts).strip(" :")
    if not text:
        return
    role = _ROLE_LINE.match(text)
    people = names.people_in(text[role.end() :]) if role else ()
    if people:
        facts.people += people
    elif known := facts_in(text, names):
        facts.add(known)
    else:
        facts.notes.append(text)


def is_about_people(line: str) -> bool:
    """Whether a line says who does something ("Referentin: …"), or what it is by its first word."""
    return _ROLE_LINE.match(line) is not None or _LABEL.match(line) is not None


def facts_in(text: str, names: Names, *, is_told: bool = False) -> Facts | None:
    """What a short text says beside a title: time, length, people, links; None where it says
    anything else."""
    facts = Facts()
    text = text.strip(" ")
    if clock := clock_alone(text):
        facts.start, facts.end = clock.start, clock.end
        return facts
    if minutes := minutes_alone(text):
        facts.minutes = minutes
        return facts
    if people := names.people_in(text, is_told=is_told):
        facts.people += people
        return facts
    if _LINK.match(text) and not take_links(text, facts).strip():
        return facts
    parts = [part for part in _INNER.split(text) if part]
    return _facts_of_parts(parts, names) if 1 < len(parts) <= 6 else None


def _facts_of_parts(parts: list[str], names: Names) -> Facts | None:
    """The same for a list of such texts; names may stand beside times."""
    facts, others = Facts(), []
    for part in parts:
        clock, minutes = clock_alone(part), minutes_alone(part)
        if clock:
            facts.start, facts.end = facts.start or clock.start, facts.end or clock.end
        elif minutes:
            facts.minutes = minutes
        else:
            others.append(part)
    if others:
        people = names.people_in(", ".join(others))
        if not people:
            return None
        facts.people += people
    return facts


def _title_cell(cells: list[str], names: Names, facts: Facts) -> str:
    """The cell with the title; the others go to the facts."""
    title = ""
    for cell in cells:
        label = _LABEL.match(cell)
        if label and title:
            _take_label(label[1].lower(), cell[label.end() :], names, facts)
            continue
        known = facts_in(cell, names) if title or _is_about_time(cell) else None
        if known:
            facts.add(known)
        elif not title:
            title = cell if _mark_off(cell, names, facts) else ""
        else:
            facts.notes.append(cell)
    return title


def _without_facts(pieces: list[str], names: Names, facts: Facts) -> str:
    """The words between tabs, without pieces that say something beside the title."""
    words: list[str] = []
    for piece in (each.strip() for each in pieces):
        known = facts_in(piece, names) if words and piece else None
        if known:
            facts.add(known)
        elif piece:
            words.append(piece)
    return " ".join(words)


def _is_about_time(cell: str) -> bool:
    return bool(clock_alone(cell) or minutes_alone(cell))


def _take_label(label: str, text: str, names: Names, facts: Facts) -> None:
    if label in ("wer", "mit"):
        facts.people += names.people_in(text, is_told=True)
    elif label in ("link", "siehe"):
        take_links(text, facts)
    elif known := facts_in(text, names) if label in ("dauer", "zeit") else None:
        facts.add(known)
    else:
        facts.notes.append(text)


def _mark_off(text: str, _names: Names, _facts: Facts) -> str:
    mark = read_mark(text)
    if not mark.rest and _NAMED_PART.match(text):
        return text
    return without_pictures(text) if mark.kind is MarkKind.BARE or mark.is_dated else mark.rest


def _head_clock_off(text: str, _names: Names, facts: Facts) -> str:
    clock = clock_head(text)
    if clock is None:
        return text
    rest = without_head(text, clock.length)
    if not facts.start:
        facts.start, facts.end = clock.start, clock.end
    return rest


def _head_minutes_off(text: str, _names: Names, facts: Facts) -> str:
    minutes, length = minutes_head(text)
    if minutes:
        facts.minutes = facts.minutes or minutes
    return text[length:].lstrip(" ") if minutes else text


def _tail_minutes_off(text: str, _names: Names, facts: Facts) -> str:
    minutes, length = minutes_tail(text)
    if not minutes or _is_unbalanced(text[len(text) - length :]):
        return text
    facts.minutes = facts.minutes or minutes
    return text[: len(text) - length]


def _tail_clock_off(text: str, _names: Names, facts: Facts) -> str:
    clock = clock_tail(text)
    if clock is None or _DATED.search(text) or (facts.start and facts.start != clock.start):
        return text
    if _is_unbalanced(text[len(text) - clock.length :]):
        return text
    facts.start, facts.end = clock.start, facts.end or clock.end
    return text[: len(text) - clock.length]


def _is_unbalanced(tail: str) -> bool:
    """Whether a bracket closes that was opened before."""
    return any(tail.count(one) != tail.count(other) for one, other in ("()", "[]"))


def _brackets_off(text: str, names: Names, facts: Facts) -> str:
    found = _BRACKETS.search(text[-220:])
    if found is None or len(found[0]) == len(text):
        return text
    known = facts_in(found[1], names)
    if known is None or (known.start and facts.start):
        return text
    facts.add(known)
    return text[: len(text) - len(found[0])]


def _leading_brackets_off(text: str, names: Names, facts: Facts) -> str:
    found = _LEADING_BRACKETS.match(text)
    if found is None or not text[found.end() :].strip():
        return text
    known = facts_in(found[1], names)
    if known is None:
        return text
    facts.add(known)
    return text[found.end() :]


def _mentions_off(text: str, _names: Names, facts: Facts) -> str:
    rest, people = mentions_in(text) if "@" in text else (text, ())
    if not people or not rest:
        return text
    facts.people += people
    return rest


def _people_behind_off(text: str, names: Names, facts: Facts) -> str:
    tail = text[-140:]
    for pattern, fewest in ((_NAMED_TAIL, 1), (_WITH, 1), (_BEHIND, 1), (_BEHIND_COMMA, 2)):
        found = pattern.search(tail)
        if found and len(text) > len(tail) - found.start():
            people = names.people_in(found["who"], fewest_words=fewest)
            if people:
                facts.people += people
                return text[: len(text) - (len(tail) - found.start())]
    return text


def _people_ahead_off(text: str, names: Names, facts: Facts) -> str:
    found = _AHEAD.match(text)
    people = names.people_in(found["who"], fewest_words=2) if found and found["who"][:1].isupper() else ()
    if not found or not people:
        return text
    facts.people += people
    return text[found.end() :]


_Step = Callable[[str, Names, Facts], str]
_STEPS: tuple[_Step, ...] = (
    _mark_off,
    _head_clock_off,
    _leading_brackets_off,
    _head_minutes_off,
    _tail_minutes_off,
    _brackets_off,
    _tail_clock_off,
    _mentions_off,
    _people_behind_off,
    _people_ahead_off,
    lambda text, _names, _facts: _tidy(text),
)


def _tidy(text: str) -> str:
    """Without what set off things that are gone."""
    text = " ".join(text.split())
    while text and (text[-1] in " ;,:|–—→" or text.endswith((" -", "**"))):
        text = text.rstrip(" ;,:|–—→").removesuffix(" -").removesuffix("**")
    text = without_pictures_behind(text.lstrip(" |:;,–—→").replace("|", "/").replace("¦", "/"))
    return text if any(each.isalnum() for each in text) else ""
