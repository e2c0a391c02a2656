"""A meeting as an iCalendar file (RFC 5545), with the rules of its time zone: every calendar agrees.

Published, changed and withdrawn as RFC 5546 says (3.2.1, 3.2.5): one UID for good, a SEQUENCE that grows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event

from transcripts.mail.meeting_schedule import Meeting

PRODUCT = "-//Mitschnitt//DE"


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """The file, and its METHOD, which the mail must name, too."""

    content: bytes
    method: str


def calendar_file(meeting: Meeting, organiser: str, made_at: datetime, sequence: int = 0) -> CalendarFile:
    """The file: one event that a calendar adds, changes or takes away when it is opened.

    `organiser` is the address that invites; its domain is part of the UID. `sequence` counts the changes.
    """
    method = "CANCEL" if meeting.is_cancelled else "PUBLISH"
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = _event(meeting)
    event.add("uid", f"treffen-{meeting.id}@{organiser.rpartition('@')[2]}")
    event.add("sequence", sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("organizer", f"mailto:{organiser}")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return CalendarFile(calendar.to_ical(), method)


def _event(meeting: Meeting) -> Event:
    event = Event()
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", meeting.title)
    event.add("description", "\n".join(part for part in (meeting.note, meeting.link) if part))
    event.add("status", "CANCELLED" if meeting.is_cancelled else "CONFIRMED")
    if meeting.link:
        event.add("location", meeting.link)
        event.add("url", meeting.link)
    return event
