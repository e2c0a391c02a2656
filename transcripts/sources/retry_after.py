"""How long a server asks to be left alone: the header Retry-After (RFC 9110, 10.2.3)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Whatever a server asks for: by then it is asked again.
LONGEST_SECONDS = 24 * 3600.0
_SECONDS = re.compile("[0-9]{1,20}")


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """The pause asked for, from 0 to LONGEST_SECONDS; None where none is asked for, or none is readable."""
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(text), LONGEST_SECONDS)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    left = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(left, 0.0), LONGEST_SECONDS)
