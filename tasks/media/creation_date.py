"""The day on which media say that they were made."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import av

from tasks.media.parts import DEMUXER_OPTIONS
from transcripts.sources.creation_time import day_made

UNREADABLE = (av.error.FFmpegError, UnicodeDecodeError, ValueError, OSError)


def made_on(paths: Sequence[Path], zone: ZoneInfo) -> date | None:
    """The first such day of the files; None where none of them says one that can be true. Never raises."""
    days = (_day_of(path, zone) for path in paths)
    return next((day for day in days if day is not None), None)


def _day_of(path: Path, zone: ZoneInfo) -> date | None:
    try:
        with av.open(str(path), options=dict(DEMUXER_OPTIONS)) as container:
            tags = {name.lower(): str(value) for name, value in container.metadata.items()}
    except UNREADABLE:
        return None
    moment = tags.get("com.apple.quicktime.creationdate") or tags.get("creation_time") or tags.get("date")
    return day_made(moment or "", tags.get("encoder", ""), zone)
