"""Clocks are made on which an hour of the day strikes at a given moment."""

from datetime import datetime, timedelta, timezone
from io import BytesIO
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bench.soak_hours import next_full_minute, offset_minutes, zone_file

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(timezone(timedelta(0))))


@given(MOMENTS, st.integers(0, 23), st.integers(0, 59))
def test_it_is_that_time_of_the_day_at_that_moment(moment: datetime, hour: int, minute: int) -> None:
    at = next_full_minute(moment)
    assert timedelta(0) <= at - moment < timedelta(minutes=1)
    zone = ZoneInfo.from_file(BytesIO(zone_file(offset_minutes((hour, minute), at))))
    there = at.astimezone(zone)
    assert (there.hour, there.minute, there.second) == (hour, minute, 0)
    assert timedelta(hours=-12) <= (there.utcoffset() or timedelta(0)) <= timedelta(hours=14)
