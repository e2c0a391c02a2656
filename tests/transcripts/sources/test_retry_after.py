"""The pause that a server asks for."""

from datetime import UTC, datetime

import pytest

from transcripts.sources.retry_after import retry_after_seconds

NOW = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 19 Nov 2026 12:05:00 GMT", 300.0),
        ("Thu, 19 Nov 2026 12:05:00 -0000", 300.0),
        ("Thu, 19 Nov 2026 11:00:00 GMT", 0.0),
        ("999999999999", 86400.0),
        ("Fri, 19 Nov 2027 12:00:00 GMT", 86400.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("bald", None),
        ("٣", None),
        ("9" * 50_000, None),
        ("Thu, 99 Nov 2026 12:05:00 GMT", None),
    ],
)
def test_seconds_and_dates_are_read_and_bounded(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds
