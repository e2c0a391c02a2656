"""Makes clocks on which an hour of the day is about to strike.

What the schedules do once a day can so be waited for in minutes: the settings name the zone, and nothing
else about the clock is changed. Zones of lonely places get files of our own, which Python takes before the
system's. A whole minute is as exact as POSIX writes an offset (8.3, TZ); the format is RFC 8536.
"""

import os
import struct
import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

LONELY_PLACES = ("Antarctica/Troll", "Antarctica/Casey", "Antarctica/Vostok")
MINUTES_A_DAY, EASTERNMOST_MINUTES = 24 * 60, 14 * 60


def zones_where_it_strikes(
    times: dict[str, tuple[int, int]], strikes_at: datetime, folder: Path
) -> dict[str, str]:
    """For each hour and minute of the day a zone in which it is that time at the full minute `strikes_at`.

    Their files lie in `folder`; this process, and all that it starts with its environment, take them.
    """
    zones = dict(zip(times, LONELY_PLACES, strict=False))
    for name, time_of_day in times.items():
        path = folder / zones[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zone_file(offset_minutes(time_of_day, strikes_at)))
    before_system = (str(folder), *zoneinfo.TZPATH)
    os.environ["PYTHONTZPATH"] = os.pathsep.join(before_system)
    zoneinfo.reset_tzpath(before_system)
    zoneinfo.ZoneInfo.clear_cache()
    return zones


def offset_minutes(time_of_day: tuple[int, int], utc: datetime) -> int:
    """How far ahead of UTC a clock is that shows this time of the day at that moment."""
    hour, minute = time_of_day
    ahead = (60 * hour + minute - 60 * utc.hour - utc.minute) % MINUTES_A_DAY
    return ahead if ahead <= EASTERNMOST_MINUTES else ahead - MINUTES_A_DAY


def zone_file(ahead_minutes: int) -> bytes:
    """A zone that is always so far ahead of UTC (RFC 8536)."""
    hours, minutes = divmod(abs(ahead_minutes), 60)
    east, west = ("+", "-") if ahead_minutes >= 0 else ("-", "+")
    name = f"{east}{hours:02}{minutes:02}"
    letters = name.encode() + b"\0"
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, len(letters))
    body = header + struct.pack(">lbB", 60 * ahead_minutes, 0, 0) + letters
    return body * 2 + f"\n<{name}>{west}{hours:02}:{minutes:02}\n".encode()


def next_full_minute(moment: datetime) -> datetime:
    """The moment itself, if it is one."""
    rest = timedelta(seconds=moment.second, microseconds=moment.microsecond)
    return moment + (timedelta(minutes=1) - rest if rest else rest)
