"""Days and times in the network's zone, around midnight and where clocks are changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.wording.local_time import (
    format_moment,
    format_moment_exactly,
    format_time_of_day,
    in_zone,
    later,
    length_between,
    local_day,
    noon,
)

BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(["Europe/Berlin", "Europe/Vienna", "America/New_York", "Pacific/Auckland", "UTC"])


@pytest.mark.parametrize(
    ("moment", "day", "clock"),
    [
        ("2026-11-18T22:59:59", date(2026, 11, 18), "23:59 Uhr"),
        ("2026-11-18T23:00:00", date(2026, 11, 19), "00:00 Uhr"),
        ("2026-07-18T21:59:59", date(2026, 7, 18), "23:59 Uhr"),
        ("2026-07-18T22:00:00", date(2026, 7, 19), "00:00 Uhr"),
        ("2026-03-29T00:59:00", date(2026, 3, 29), "01:59 Uhr"),
        ("2026-03-29T01:00:00", date(2026, 3, 29), "03:00 Uhr"),
        ("2026-10-25T00:59:00", date(2026, 10, 25), "02:59 Uhr"),
        ("2026-10-25T01:00:00", date(2026, 10, 25), "02:00 Uhr"),
        ("2026-12-31T23:30:00", date(2027, 1, 1), "00:30 Uhr"),
    ],
)
def test_a_moment_has_the_day_and_the_time_that_people_see_on_their_clocks(
    moment: str, day: date, clock: str
) -> None:
    found = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert local_day(found, BERLIN) == day
    assert format_time_of_day(found, BERLIN) == clock
    assert format_moment(found, BERLIN) == f"{day:%d.%m.%Y}, {clock}"
    assert format_moment_exactly(found, BERLIN) == f"{day:%d.%m.%Y} um {clock[:5]}:{moment[-2:]} Uhr"


@given(moment=MOMENTS, key=ZONES, hours=st.integers(-100, 100))
def test_real_time_passes_wherever_clocks_are_changed(moment: datetime, key: str, hours: int) -> None:
    local, length = in_zone(moment, ZoneInfo(key)), timedelta(hours=hours)
    reached = later(local, length)
    assert in_zone(reached, UTC) == moment + length
    assert reached.tzinfo is local.tzinfo
    assert length_between(local, reached) == length


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)), key=ZONES)
def test_noon_is_on_its_day(day: date, key: str) -> None:
    assert local_day(noon(day, ZoneInfo(key)), ZoneInfo(key)) == day


def test_a_moment_that_names_no_zone_is_an_error_and_not_the_machines() -> None:
    naive = datetime(2026, 11, 19, 20, 15)
    for ask in (local_day, format_moment, format_moment_exactly, format_time_of_day):
        with pytest.raises(ValueError, match="without a zone"):
            ask(naive, BERLIN)
    with pytest.raises(ValueError, match="without a zone"):
        later(naive, timedelta(hours=1))
