"""The meetings to come, by the settings' file. Without a file there are none."""

from datetime import datetime

from config.settings import Settings, meetings_text
from transcripts.meetings import Series, coming, parse_meetings


def series_of(settings: Settings) -> Series | None:
    """The meetings as the file says. Raises PermanentError `meetings_unreadable`, SettingsError."""
    text = meetings_text(settings)
    return parse_meetings(text) if text is not None else None


def next_meeting_line(settings: Settings, now: datetime) -> str:
    """The next meeting in words, empty if none is known. Raises what `series_of` raises."""
    series = series_of(settings)
    following = next(coming(series, now), None) if series else None
    return following.when if following else ""
