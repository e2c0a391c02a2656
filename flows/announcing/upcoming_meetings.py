"""The meetings to come, by the settings' file. Without a file there are none."""

import logging
import tomllib
from datetime import date, datetime

from pydantic import ValidationError

from config.loading import SettingsError, meetings_text
from config.settings import Settings
from config.validation_messages import complaint, toml_complaint
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.meeting_errors import MeetingsUnreadableError
from transcripts.mail.meeting_schedule import Series, coming, meeting_on, parse_meetings

logger = logging.getLogger("mitschnitt.meetings")


def series_of(settings: Settings) -> Series | None:
    """The meetings as the file says. Raises MeetingsUnreadableError."""
    try:
        text = meetings_text(settings)
        return parse_meetings(text, settings.network.zone) if text is not None else None
    except SettingsError as error:
        raise MeetingsUnreadableError(reason=str(error).rstrip(".")) from error
    except tomllib.TOMLDecodeError as error:
        raise MeetingsUnreadableError(reason=toml_complaint(error)) from error
    except RecursionError as error:
        raise MeetingsUnreadableError(reason="zu tief verschachtelt") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join(str(part) for part in first["loc"])
        reason = f"{place}: {complaint(first)}".lstrip(": ")
        raise MeetingsUnreadableError(reason=reason) from error


def meeting_title(settings: Settings, day: date) -> str | None:
    """How the calendar calls the meeting of a day; a list that cannot be read is passed over, as below."""
    try:
        series = series_of(settings)
    except PermanentError as error:
        logger.warning("the calendar names no recording: %s", error.code)
        return None
    found = meeting_on(series, day) if series else None
    return found.title if found else None


def next_meeting_line(settings: Settings, now: datetime) -> str:
    """The next meeting in words, empty if none is known, or the list of meetings cannot be read.

    Whoever sends what is due for meetings says that; no recording waits for it.
    """
    try:
        series = series_of(settings)
    except PermanentError as error:
        logger.warning("the next meeting is omitted: %s", error.code)
        return ""
    following = next(coming(series, now), None) if series else None
    return following.when if following else ""
