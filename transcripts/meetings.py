"""The meetings of a network: every few weeks at a local time, with exceptions; and what is to be mailed when.

Pure: text and clock are given. A meeting is known by its regular day, also when it was moved.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from transcripts.errors import PermanentError
from transcripts.formats import format_weekday_de
from transcripts.ledger import Reason

_ID = re.compile(r"\d{4}-\d{2}-\d{2}")
# After that nobody is asked for the recording any more.
ASKED_FOR = timedelta(days=7)
# Farther back, and farther ahead, nothing is looked for.
LOOKED_BACK = timedelta(days=90)
HORIZON = timedelta(days=400)


# Fields of these names would hide the types.
Day: TypeAlias = date
ClockTime: TypeAlias = time


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Deviation(_Table):
    """What is different on one regular `date`."""

    date: Day
    cancelled: bool = False
    moved_to: Day | None = None
    time: ClockTime | None = None
    title: str | None = None
    link: str | None = None
    note: str | None = None


class Series(_Table):
    """`[meeting]` of `meetings.toml`: from `first` on every so many weeks, at a local time."""

    title: str
    first: Day
    every_weeks: int = Field(default=4, ge=1, le=53)
    until: Day | None = None
    time: ClockTime
    duration_minutes: int = Field(default=90, ge=1, le=24 * 60)
    timezone: str = "Europe/Berlin"
    link: str | None = None
    note: str | None = None
    invite_days_before: float = Field(default=14, gt=0)
    remind_hours_before: float = Field(default=24, gt=0)
    request_hours_after: float = Field(default=2, ge=0)
    exceptions: tuple[Deviation, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"Zeitzone {name!r} gibt es nicht") from error
        return name

    @model_validator(mode="after")
    def _deviates_on_its_own_days(self) -> Self:
        """A slip in a date would leave the meeting that was meant as it is, and nobody would notice."""
        for each in self.exceptions:
            if each.date > self.first and (each.date - self.first).days % (7 * self.every_weeks):
                raise ValueError(f"Am {each.date.isoformat()} ist kein regelmäßiges Treffen (exceptions)")
        return self


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting; `id` is its regular day, times are aware and in the meeting's own zone."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    link: str = ""
    note: str = ""
    is_cancelled: bool = False

    @property
    def when(self) -> str:
        """`Donnerstag, 17. Dezember 2026, 19:30 Uhr`."""
        return when_text(self.starts_at)


def when_text(moment: datetime) -> str:
    """`Donnerstag, 17. Dezember 2026, 19:30 Uhr`."""
    return f"{format_weekday_de(moment.date())}, {moment:%H:%M} Uhr"


def parse_meetings(text: str) -> Series:
    """Read `meetings.toml`. Raises PermanentError `meetings_unreadable` with the place and what is wrong."""
    try:
        document = tomllib.loads(text)
        unknown = set(document) - {"meeting", "exceptions"}
        if unknown:
            raise PermanentError("meetings_unreadable", reason=f"unbekannt: {', '.join(sorted(unknown))}")
        table = document.get("meeting", {}) | {"exceptions": document.get("exceptions", [])}
        return Series.model_validate(table)
    except tomllib.TOMLDecodeError as error:
        raise PermanentError("meetings_unreadable", reason=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PermanentError("meetings_unreadable", reason=f"{place}: {first['msg']}".lstrip(": ")) from error


def is_meeting(identity: str) -> bool:
    """Whether this is how a meeting is called: its regular day. Records' ids go on behind theirs."""
    return _ID.fullmatch(identity) is not None


def coming(series: Series, now: datetime) -> Iterator[Meeting]:
    """The meetings that have not ended at `now`, the next first; cancelled ones are left out."""
    found = [each for each in around(series, now) if each.ends_at > now and not each.is_cancelled]
    yield from sorted(found, key=lambda each: each.starts_at)


def around(series: Series, now: datetime) -> Iterator[Meeting]:
    """The meetings whose regular day is not long past, nor far ahead; also those that are cancelled."""
    begin, end = now - LOOKED_BACK, now + HORIZON
    step = timedelta(weeks=series.every_weeks)
    rounds: int = max(0, (begin.date() - series.first) // step)
    day: Day = series.first + rounds * step
    deviations = {each.date: each for each in series.exceptions}
    while day <= end.date() and (series.until is None or day <= series.until):
        yield _meeting(series, day, deviations.get(day) or Deviation(date=day))
        day += step


def occasion_of(series: Series, meeting: Meeting, now: datetime) -> Reason | None:
    """What is to be mailed at `now` of a meeting that takes place, whether or not that was done.

    An invitation until the reminder is due, a reminder until the meeting begins, then nothing until the
    organisers are asked for the recording. So nobody is invited to what is over, whenever this runs.
    """
    request = meeting.ends_at + timedelta(hours=series.request_hours_after)
    if request <= now < request + ASKED_FOR:
        return Reason.REQUEST
    if reminded_at(series, meeting) <= now < meeting.starts_at:
        return Reason.REMINDER
    invited_at = meeting.starts_at - timedelta(days=series.invite_days_before)
    return Reason.INVITATION if invited_at <= now < meeting.starts_at else None


def reminded_at(series: Series, meeting: Meeting) -> datetime:
    """When the reminder of a meeting is due."""
    return meeting.starts_at - timedelta(hours=series.remind_hours_before)


def _meeting(series: Series, day: date, deviation: Deviation) -> Meeting:
    """A meeting at its local time; its length is counted in real minutes, also across a change of clocks."""
    zone = ZoneInfo(series.timezone)
    starts_at = datetime.combine(deviation.moved_to or day, deviation.time or series.time, zone)
    length = timedelta(minutes=series.duration_minutes)
    return Meeting(
        id=day.isoformat(),
        title=deviation.title or series.title,
        starts_at=starts_at,
        ends_at=(starts_at.astimezone(UTC) + length).astimezone(zone),
        link=deviation.link or series.link or "",
        note=deviation.note or (not deviation.cancelled and series.note) or "",
        is_cancelled=deviation.cancelled,
    )
