"""A day as people type it."""

import re
from datetime import date

EARLIEST_YEAR = 1990
"""Nobody recorded a meeting online before."""

_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")


def read_day(text: str) -> date | None:
    """The day of "19.11.2026" or "2026-11-19"; None for what is none."""
    german = _GERMAN_DAY.fullmatch(text.strip())
    try:
        if german:
            return date(int(german[3]), int(german[2]), int(german[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
