"""Times, sizes, dates and numbers in German."""

from datetime import date

import pytest

from transcripts.wording.german_formats import (
    format_clock,
    format_date_de,
    format_duration,
    format_number,
    format_size,
)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00:00"), (192.9, "00:03:12"), (3600, "01:00:00"), (360_000, "100:00:00"), (-1, "00:00:00")],
)
def test_a_place_on_the_recording_has_hours_minutes_and_seconds(seconds: float, text: str) -> None:
    assert format_clock(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 Sek."),
        (44.6, "45 Sek."),
        (59.9, "1 Min."),
        (720, "12 Min."),
        (3599, "1 Std."),
        (3720, "1 Std. 2 Min."),
        (7200, "2 Std."),
    ],
)
def test_a_length_is_given_in_hours_and_minutes(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_a_date_names_its_month_in_german() -> None:
    assert format_date_de(date(2026, 11, 19)) == "19. November 2026"
    assert format_date_de(date(2027, 3, 1)) == "1. März 2027"


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 Byte"),
        (999, "999 Byte"),
        (1500, "1,5 kB"),
        (999_960, "1 MB"),
        (1_500_000_000, "1,5 GB"),
        (5e15, "5.000 TB"),
    ],
)
def test_a_size_has_a_decimal_comma_and_a_fitting_unit(size_bytes: float, text: str) -> None:
    assert format_size(size_bytes) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (1.25, "1,2"),
        (1234567, "1.234.567"),
        (0.004, "0,004"),
        (1e-9, "0"),
        (-2.5, "-2,5"),
    ],
)
def test_a_number_is_written_as_germans_write_it(value: float, text: str) -> None:
    assert format_number(value) == text
