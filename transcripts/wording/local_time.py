"""What day and time it is for the people of the network: moments are kept in UTC, and told in their zone.

Pure: moment and zone are given. A moment without a zone is an error, since it could be anybody's.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment by the clocks of the zone. Raises ValueError for a moment that names no zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(zone)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day on which the moment falls in the zone."""
    return in_zone(moment, zone).date()


def noon(day: date, zone: tzinfo) -> datetime:
    """The middle of a day, for what has a day and must name a time."""
    return datetime.combine(day, time(12), zone)


def later(moment: datetime, length: timedelta) -> datetime:
    """So much real time later (or earlier), also where clocks are changed in between."""
    return in_zone(in_zone(moment, UTC) + length, moment.tzinfo or UTC)


def length_between(start: datetime, end: datetime) -> timedelta:
    """The real time between two moments, also where clocks are changed in between."""
    return in_zone(end, UTC) - in_zone(start, UTC)


def format_moment(moment: datetime, zone: tzinfo) -> str:
    """`19.11.2026, 20:15 Uhr`."""
    return f"{in_zone(moment, zone):%d.%m.%Y, %H:%M} Uhr"


def format_moment_exactly(moment: datetime, zone: tzinfo) -> str:
    """`19.11.2026 um 20:15:03 Uhr`, to be looked up in a mail server's log."""
    return f"{in_zone(moment, zone):%d.%m.%Y um %H:%M:%S} Uhr"


def format_time_of_day(moment: datetime, zone: tzinfo) -> str:
    """`20:15 Uhr`."""
    return f"{in_zone(moment, zone):%H:%M} Uhr"
