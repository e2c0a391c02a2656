"""An agenda as it was understood, as people can mend it; read again, it is the same. Pure."""

from collections.abc import Iterator, Sequence

from transcripts.agendas.agenda_lines import LONGEST_LINE
from transcripts.agendas.agenda_reading import parse_agenda
from transcripts.agendas.agenda_values import Agenda, AgendaItem


def agenda_as_text(agenda: Agenda) -> str:
    """A numbered line an item, parts between pipes; notes stand below. Titles alone are written as such."""
    if all(item.is_title_only for item in agenda.items):
        return titles_as_text(agenda.titles)
    return "\n".join(_lines(agenda.items))


def titles_as_text(titles: Sequence[str]) -> str:
    """A line a title; with numbers where they would be taken for something else."""
    plain = "\n".join(titles)
    numbered = "\n".join(f"{number}) {title}" for number, title in enumerate(titles, start=1))
    return plain if parse_agenda(plain) == tuple(titles) else numbered


def times_text(item: AgendaItem) -> str:
    """When an item begins and ends, as far as it is known ("19:00–19:10")."""
    return f"{item.start}–{item.end}" if item.end else item.start


def minutes_text(item: AgendaItem) -> str:
    """How long it takes; nothing where that is not known."""
    return f"{item.minutes} Min." if item.minutes else ""


def _lines(items: Sequence[AgendaItem]) -> Iterator[str]:
    number, part = 0, 0
    for item in items:
        number, part = (number, part + 1) if item.level and number else (number + 1, 0)
        mark = f"   {number}.{part})" if part else f"{number})"
        below = [f"Notiz: {note}" for note in item.notes]
        facts = _facts(item)
        line = f"{mark} {' | '.join([*_ahead(item), *facts])}"
        if len(line) > LONGEST_LINE:
            line, below = f"{mark} {' | '.join(_ahead(item))}", [*facts, *below]
        yield line
        yield from (f"      {each}" for each in below)


def _ahead(item: AgendaItem) -> list[str]:
    return [each for each in (times_text(item), item.title) if each]


def _facts(item: AgendaItem) -> list[str]:
    people = f"Wer: {'; '.join(item.people)}" if item.people else ""
    facts = (minutes_text(item), people, *(f"Siehe: {link}" for link in item.links))
    return [each for each in facts if each]
