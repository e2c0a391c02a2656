"""The machine's clock: nothing else asks what time it is.

Whatever decides by the time is given a moment, or this function, so that a test can steer it.
"""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, made into days and times by transcripts.wording.local_time."""
    return datetime.now(UTC)
