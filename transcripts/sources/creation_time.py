"""When media were made, by a tag inside of them; what converters write is left out. Pure."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from transcripts.sources.typed_day import EARLIEST_YEAR
from transcripts.wording.local_time import local_day

_LATEST_YEAR = 2100
_LONGEST = 40
# What they write is when they converted.
_CONVERTERS = re.compile("handbrake|cloudconvert|freemake|any video converter", re.IGNORECASE)


def day_made(moment: str, encoder: str, zone: ZoneInfo) -> date | None:
    """The day in `zone` on which something was made; 1904 and 1970 say that a program did not know."""
    if len(moment) > _LONGEST or _CONVERTERS.search(encoder):
        return None
    try:
        found = datetime.fromisoformat(moment.strip())
        day = local_day(found if found.tzinfo else found.replace(tzinfo=UTC), zone)
    except (ValueError, OverflowError):
        return None
    return day if EARLIEST_YEAR <= day.year < _LATEST_YEAR else None
