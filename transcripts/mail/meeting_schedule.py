"""The meetings of a network: every few weeks at a local time, with exceptions; and what is to be mailed when.

Pure: text and clock are given. A meeting is known by its regular day, also when it was moved.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from transcripts.errors.meeting_errors import MeetingsUnreadableError
from transcripts.mail.ledger import Reason
from transcripts.wording.german_formats import format_number, format_weekday_de
from transcripts.wording.local_time import later, local_day, noon

_ID = re.compile(r"\d{4}-\d{2}-\d{2}")
# After that nobody is asked for the recording any more.
ASKED_FOR = timedelta(days=7)
# Farther back, and farther ahead, nothing is looked for.
LOOKED_BACK = timedelta(days=90)
HORIZON = timedelta(days=400)
LONGEST_FILE = 20_000
"""In characters: some hundred exceptions. The time for a key grows with the square of its length."""


# Fields of these names would hide the types.
Day: TypeAlias = Annotated[date, Field(ge=date(1970, 1, 1), lt=date(2200, 1, 1))]
ClockTime: TypeAlias = time
# Longer spans than that are slips, and reckoning with them overflows.
MOST_DAYS = 366
Text: TypeAlias = Annotated[str, Field(max_length=2000)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Deviation(_Table):
    """What is different on one regular `date`."""

    date: Day
    cancelled: bool = False
    moved_to: Day | None = None
    time: ClockTime | None = None
    title: Text | None = None
    link: Text | None = None
    note: Text | None = None


class _Regular(_Table):
    """`[meeting]`: from `first` on every so many weeks, at a local time."""

    title: Text
    first: Day
    every_weeks: int = Field(default=4, ge=1, le=53)
    until: Day | None = None
    time: ClockTime
    duration_minutes: int = Field(default=90, ge=1, le=24 * 60)
    link: Text | None = None
    note: Text | None = None
    invite_days_before: float = Field(default=14, gt=0, le=MOST_DAYS)
    remind_hours_before: float = Field(default=24, gt=0, le=24 * MOST_DAYS)
    request_hours_after: float = Field(default=2, ge=0, le=24 * MOST_DAYS)


class _Written(_Regular):
    """`[meeting]` as it is written; where it names a zone, as it once did, that must be the network's."""

    timezone: Text | None = None


class _File(_Table):
    """`meetings.toml` as it is written."""

    meeting: _Written
    exceptions: tuple[Deviation, ...] = ()

    @model_validator(mode="after")
    def _deviates_on_its_own_days(self) -> Self:
        """A slip in a date would leave the meeting that was meant as it is, and nobody would notice."""
        first, weeks = self.meeting.first, self.meeting.every_weeks
        for each in self.exceptions:
            if each.date > first and (each.date - first).days % (7 * weeks):
                raise ValueError(f"Am {each.date.isoformat()} ist kein regelmäßiges Treffen (exceptions)")
        return self


class Series(_Regular):
    """The meetings that the file describes; `zone` is the network's, in which their times are meant."""

    exceptions: tuple[Deviation, ...]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting; `id` is its regular day, times are aware and in the network's zone."""

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


def parse_meetings(text: str, zone: ZoneInfo) -> Series:
    """Read `meetings.toml`, whose times are meant in `zone`.

    Raises what `tomllib.loads` raises; pydantic's ValidationError for what is not a list of meetings;
    MeetingsUnreadableError for more than any list needs.
    """
    if len(text) > LONGEST_FILE:
        raise MeetingsUnreadableError(reason=f"länger als {format_number(LONGEST_FILE)} Zeichen")
    file = _File.model_validate(tomllib.loads(text))
    named = file.meeting.timezone
    if named not in (None, zone.key):
        reason = f"timezone: hier steht {named}, das Netzwerk hat {zone.key}; bitte [network] timezone ändern"
        raise MeetingsUnreadableError(reason=reason)
    regular = file.meeting.model_dump(exclude={"timezone"})
    return Series(**regular, exceptions=file.exceptions, zone=zone)


def is_meeting(identity: str) -> bool:
    """Whether this is how a meeting is called: its regular day. Records' ids go on behind theirs."""
    return _ID.fullmatch(identity) is not None


def coming(series: Series, now: datetime) -> Iterator[Meeting]:
    """The meetings that have not ended at `now`, the next first; cancelled ones are left out."""
    found = [each for each in around(series, now) if each.ends_at > now and not each.is_cancelled]
    yield from sorted(found, key=lambda each: each.starts_at)


def meeting_on(series: Series, day: date) -> Meeting | None:
    """The one meeting that took place on a day."""
    near = around(series, noon(day, series.zone))
    found = [each for each in near if each.starts_at.date() == day and not each.is_cancelled]
    return found[0] if len(found) == 1 else None


def around(series: Series, now: datetime) -> Iterator[Meeting]:
    """The meetings whose regular day is not long past, nor far ahead; also those that are cancelled."""
    begin, end = local_day(now - LOOKED_BACK, series.zone), local_day(now + HORIZON, series.zone)
    step = timedelta(weeks=series.every_weeks)
    rounds: int = max(0, (begin - series.first) // step)
    day: Day = series.first + rounds * step
    deviations = {each.date: each for each in series.exceptions}
    while day <= end and (series.until is None or day <= series.until):
        yield _meeting(series, day, deviations.get(day) or Deviation(date=day))
        day += step


def occasion_of(series: Series, meeting: Meeting, now: datetime) -> Reason | None:
    """What is to be mailed at `now` of a meeting that takes place, whether or not that was done.

    An invitation until the reminder is due, a reminder until the meeting begins, then nothing until the
    organisers are asked for the recording. So nobody is invited to what is over, whenever this runs.
    """
    request = later(meeting.ends_at, timedelta(hours=series.request_hours_after))
    if request <= now < request + ASKED_FOR:
        return Reason.REQUEST
    if reminded_at(series, meeting) <= now < meeting.starts_at:
        return Reason.REMINDER
    invited_at = meeting.starts_at - timedelta(days=series.invite_days_before)
    return Reason.INVITATION if invited_at <= now < meeting.starts_at else None


def reminded_at(series: Series, meeting: Meeting) -> datetime:
    """When the reminder of a meeting is due."""
    return later(meeting.starts_at, -timedelta(hours=series.remind_hours_before))


def _meeting(series: Series, day: date, deviation: Deviation) -> Meeting:
    """A meeting at its local time; its length is counted in real minutes, also across a change of clocks."""
    starts_at = datetime.combine(deviation.moved_to or day, deviation.time or series.time, series.zone)
    return Meeting(
        id=day.isoformat(),
        title=deviation.title or series.title,
        starts_at=starts_at,
        ends_at=later(starts_at, timedelta(minutes=series.duration_minutes)),
        link=deviation.link or series.link or "",
        note=deviation.note or (not deviation.cancelled and series.note) or "",
        is_cancelled=deviation.cancelled,
    )
