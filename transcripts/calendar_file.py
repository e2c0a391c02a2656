"""A meeting as an iCalendar file (RFC 5545), with the rules of its time zone: every calendar agrees."""

from datetime import UTC, datetime

from icalendar import Calendar, Event

from transcripts.meetings import Meeting

PRODUCT = "-//Mitschnitt//DE"


def calendar_file(meeting: Meeting, domain: str, made_at: datetime) -> bytes:
    """The file: one event that a calendar adds when it is opened, known by the same UID for good."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"treffen-{meeting.id}@{domain}")
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at)
    event.add("summary", meeting.title)
    event.add("description", "\n".join(part for part in (meeting.note, meeting.link) if part))
    if meeting.link:
        event.add("location", meeting.link)
        event.add("url", meeting.link)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content
