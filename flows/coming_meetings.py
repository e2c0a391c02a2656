"""The meetings to come, by the settings' file. Without a file there are none."""

from datetime import datetime

from config.settings import Settings


def next_meeting_line(_settings: Settings, _now: datetime) -> str:
    """The next meeting in words, empty if none is known."""
    return ""
