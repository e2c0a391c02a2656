"""Agendas on one line ("TOPs: 1) Begrüßung 2) Finanzen 3) Sonstiges"), as lines. Pure."""

import re
from collections.abc import Iterable
from dataclasses import replace

from transcripts.agendas.agenda_lines import Line

_LEAD = re.compile(
    r"(?:[^:,.]{1,20},[ ])?"
    r"(?:(?:die|unsere|vorläufige)[ ])?(?:tagesordnung|agenda|programm|ablauf|themen|tops?|"
    r"traktanden|punkte)(?:[ ](?:für|am|heute)[^:]{0,40})?[ ]?:[ ]{1,3}(?=\S)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:(?<=[ ,;(])|\A)\(?(?:TOP[ ])?(\d{1,2})[.):]{1,2}[ ]?(?=[^\d\s])", re.IGNORECASE)
_BETWEEN = re.compile(r"[ ]?[,;•·|/→][ ]|[ ][–—-][ ]")
_FEWEST = 3
_LONGEST = 2_000


def apart(lines: Iterable[Line]) -> list[Line]:
    """The lines; a list within one is a line for each of its items."""
    return [each for line in lines for each in _apart(line)]


def _apart(line: Line) -> list[Line]:
    if len(line.text) > _LONGEST:
        return [line]
    lead = _LEAD.match(line.text)
    rest = line.text[lead.end() :] if lead else line.text
    items = _numbered(rest) or (_BETWEEN.split(rest) if lead and not rest[0].isdigit() else [])
    if len(items) < _FEWEST:
        return [line]
    heading = [replace(line, text="Tagesordnung:")] if lead else []
    return heading + [replace(line, text=each.strip(" ,;"), is_after_blank=False) for each in items]


def _numbered(text: str) -> list[str]:
    """The pieces that begin with 1, 2, 3 and so on, each with its number."""
    starts: list[int] = []
    for found in _NUMBER.finditer(text):
        if int(found[1]) == len(starts) + 1:
            starts.append(found.start())
    if len(starts) < _FEWEST or starts[0] > 0:
        return []
    return [text[one:other] for one, other in zip(starts, [*starts[1:], len(text)], strict=True)]
