"""Title and day of a recording from all that is known, and which of it is only a guess. Pure.

The order. Title: what a person said; what the source calls it; the name of the file, as the server says,
else the address or whoever uploaded it; how the calendar calls the meeting of that day. Day: what a person
said; what the source says; the name of the file; when the media say that they were made; when the server says
that the file was last changed; today. What is a guess is shown to a person before anything is published.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED, HoldReason
from transcripts.media.media_values import Fetched
from transcripts.sources.generic_titles import says_nothing as is_guessed_title

__all__ = ["Circumstances", "Given", "Named", "guesses", "is_guessed_title", "named"]

NO_TITLE = "Aufzeichnung"
FILE_NAME, CALENDAR, NOBODY = "file_name", "calendar", "nobody"
MADE, CHANGED, TODAY = "made", "changed", "today"


@dataclass(frozen=True, slots=True)
class Given:
    """What a person said who handed the recording in."""

    title: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When the media were made, what day it is, and how the calendar calls the meeting of a day."""

    made_on: date | None
    today: date
    meeting_title: Callable[[date], str | None] = lambda _day: None


@dataclass(frozen=True, slots=True)
class Named:
    """Title and day, and what of them is a guess."""

    title: str
    day: date
    guesses: tuple[HoldReason, ...]


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    guessed_from: str | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    guessed_from: str | None = None


def named(given: Given, fetched: Fetched, circumstances: Circumstances) -> Named:
    """The best title and day, each with the reason to ask a person if nobody said it."""
    day = _best_day(given, fetched, circumstances)
    title = _best_title(given, fetched, circumstances.meeting_title(day.day))
    return Named(title.text, day.day, tuple(_reasons(title, day)))


def guesses(fetched: Fetched, title: str | None, day: date | None) -> Iterator[HoldReason]:
    """What of a recording is a guess; `title` and `day` are what the person said who handed it in."""
    today = day or fetched.recorded_on or date.max
    yield from named(Given(title, day), fetched, Circumstances(None, today)).guesses


def _best_title(given: Given, fetched: Fetched, of_calendar: str | None) -> _Title:
    if given.title:
        return _Title(given.title)
    said = fetched.title or ""
    if said and not is_guessed_title(said):
        return _Title(said, FILE_NAME if fetched.is_file_name else None)
    if of_calendar:
        return _Title(of_calendar, CALENDAR)
    return _Title(said or NO_TITLE, NOBODY)


def _best_day(given: Given, fetched: Fetched, circumstances: Circumstances) -> _Day:
    """The first that is known; only a person may name a day that is still to come."""
    if given.day:
        return _Day(given.day)
    found = (
        (fetched.recorded_on, FILE_NAME if fetched.is_day_guessed else None),
        (circumstances.made_on, MADE),
        (fetched.changed_on, CHANGED),
    )
    known = (_Day(day, origin) for day, origin in found if day is not None and day <= circumstances.today)
    return next(known, _Day(circumstances.today, TODAY))


def _reasons(title: _Title, day: _Day) -> Iterator[HoldReason]:
    for code, origin in ((TITLE_GUESSED, title.guessed_from), (DAY_GUESSED, day.guessed_from)):
        if origin is not None:
            yield HoldReason(code=code, details={"origin": origin})
