"""When meetings are, across years and changes of clocks, and which mail is due when."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from transcripts.errors.error_kinds import PermanentError
from transcripts.mail.calendar_file import calendar_file
from transcripts.mail.ledger import Reason
from transcripts.mail.meeting_mails_due import due
from transcripts.mail.meeting_schedule import Meeting, Series, coming, parse_meetings

BERLIN = ZoneInfo("Europe/Berlin")
TEXT = """
[meeting]
title = "Netzwerktreffen"
first = 2026-01-22
time = 19:30:00
link = "https://konferenz.example.org/raum"
"""


def series(more: str = "") -> Series:
    return parse_meetings(TEXT + more, BERLIN)


def test_a_zone_that_a_list_still_names_must_be_the_networks() -> None:
    assert series('timezone = "Europe/Berlin"').zone == BERLIN
    with pytest.raises(PermanentError, match="network"):
        series('timezone = "Europe/Vienna"')


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def days(found: Series, now: str, count: int) -> list[str]:
    return [f"{each.starts_at:%Y-%m-%d %H:%M}" for each in islice(coming(found, at(now)), count)]


def test_meetings_are_every_four_weeks_at_the_same_local_time_in_summer_and_winter() -> None:
    found = list(islice(coming(series(), at("2026-03-01")), 3))
    assert [f"{each.starts_at:%d.%m. %H:%M}" for each in found] == [
        "19.03. 19:30",
        "16.04. 19:30",
        "14.05. 19:30",
    ]
    assert [each.starts_at.astimezone(UTC).hour for each in found] == [18, 17, 17]


def test_a_meeting_is_coming_until_it_has_ended() -> None:
    assert days(series(), "2026-01-22T20:59", 1) == ["2026-01-22 19:30"]
    assert days(series(), "2026-01-22T21:00", 1) == ["2026-02-19 19:30"]


def test_before_the_first_and_after_the_last_there_is_none() -> None:
    assert days(series(), "2025-06-01", 1) == ["2026-01-22 19:30"]
    assert days(series("until = 2026-03-01\n"), "2026-02-20", 1) == []


def test_exceptions_move_change_and_cancel() -> None:
    changed = series(
        """
        [[exceptions]]
        date = 2026-02-19
        moved_to = 2026-02-26
        time = 18:00:00
        [[exceptions]]
        date = 2026-03-19
        cancelled = true
        [[exceptions]]
        date = 2026-04-16
        title = "Jahrestreffen"
        """
    )
    assert days(changed, "2026-02-01", 3) == ["2026-02-26 18:00", "2026-04-16 19:30", "2026-05-14 19:30"]
    moved, renamed, usual = islice(coming(changed, at("2026-02-01")), 3)
    assert moved.id == "2026-02-19", "a moved meeting keeps its id, so nobody is invited twice"
    assert (renamed.title, usual.title) == ("Jahrestreffen", "Netzwerktreffen")


@pytest.mark.parametrize("clocks_change", ["2026-03-29", "2026-10-25"])
def test_a_meeting_lasts_as_long_as_it_does_also_while_clocks_change(clocks_change: str) -> None:
    text = TEXT.replace("2026-01-22", clocks_change).replace("19:30:00", "01:30:00")
    (night,) = islice(coming(parse_meetings(text, BERLIN), at("2026-03-01")), 1)
    assert night.ends_at.astimezone(UTC) - night.starts_at.astimezone(UTC) == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-02-05T19:29", []),
        ("2026-02-05T19:31", [Reason.INVITATION]),
        ("2026-02-18T19:29", [Reason.INVITATION]),
        ("2026-02-18T19:31", [Reason.REMINDER]),
        ("2026-02-19T19:29", [Reason.REMINDER]),
        ("2026-02-19T19:31", []),
        ("2026-02-19T22:59", []),
        ("2026-02-19T23:01", [Reason.REQUEST]),
        ("2026-02-26T23:01", []),
    ],
)
def test_each_mail_is_due_in_its_time(now: str, expected: list[Reason]) -> None:
    assert [each.reason for each in due(series(), {}, at(now))] == expected


def test_a_date_is_said_in_german() -> None:
    assert next(coming(series(), at("2026-12-01"))).when == "Donnerstag, 24. Dezember 2026, 19:30 Uhr"


def test_a_list_that_is_longer_than_any_is_refused_before_it_is_read() -> None:
    with pytest.raises(PermanentError, match=r"länger als 20\.000 Zeichen"):
        parse_meetings("# \n" * 10_000, BERLIN)


@pytest.mark.parametrize("month", [1, 7])
def test_the_calendar_file_means_the_same_moment_everywhere(month: int) -> None:
    starts_at = datetime(2026, month, 16, 19, 30, tzinfo=BERLIN)
    meeting = Meeting(
        f"2026-{month:02}-16", "Bürgerräte, Losverfahren; und mehr", starts_at, starts_at + timedelta(hours=2)
    )
    content = calendar_file(meeting, "wir@example.org", datetime(2026, 1, 1, tzinfo=UTC)).content
    calendar = Calendar.from_ical(content)
    (event,) = calendar.events
    (zone,) = calendar.timezones
    assert zone["TZID"] == event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert (event.start, event.end) == (starts_at, starts_at + timedelta(hours=2))
    assert event["SUMMARY"] == "Bürgerräte, Losverfahren; und mehr"
    assert event["UID"] == f"treffen-2026-{month:02}-16@example.org"
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_the_zone_in_the_file_knows_both_times_of_the_year() -> None:
    starts_at = datetime(2026, 7, 16, 19, 30, tzinfo=BERLIN)
    meeting = Meeting("2026-07-16", "Treffen", starts_at, starts_at + timedelta(hours=2))
    made = calendar_file(meeting, "wir@example.org", datetime(2026, 1, 1, tzinfo=UTC))
    calendar = Calendar.from_ical(made.content)
    (zone,) = calendar.timezones
    rules = zone.to_tz(lookup_tzid=False)
    for day, hours in ((date(2026, 7, 16), 2), (date(2026, 12, 16), 1)):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=rules)
        assert noon.utcoffset() == timedelta(hours=hours)
