"""What a source says about its recording, turned into title and date."""

from datetime import date

import pytest

from tasks.fetch_lookup import date_of, title_of


@pytest.mark.parametrize(
    ("info", "day"),
    [
        ({"release_timestamp": 1_795_130_400, "upload_date": "20270101"}, date(2026, 11, 20)),
        ({"release_date": "20261119", "timestamp": 1_798_800_000}, date(2026, 11, 19)),
        ({"timestamp": 1_795_130_400, "upload_date": "20261119"}, date(2026, 11, 20)),
        ({"upload_date": "20261119"}, date(2026, 11, 19)),
        ({"upload_date": "unknown"}, None),
        ({}, None),
    ],
)
def test_the_day_is_that_of_the_meeting_in_germany_if_the_source_knows(
    info: dict[str, object], day: date | None
) -> None:
    assert date_of(info) == day


@pytest.mark.parametrize(
    ("info", "title"),
    [
        ({"title": "  Treffen \n im Mai ", "extractor_key": "Zoom"}, "Treffen im Mai"),
        ({"title": "2026-11-19_netz-werk", "extractor_key": "Generic"}, "2026-11-19 netz werk"),
        ({"title": "netz-werk", "extractor_key": "Vimeo"}, "netz-werk"),
        ({"title": "video", "extractor_key": "Generic"}, None),
        ({"title": "", "extractor_key": "Generic"}, None),
        ({}, None),
    ],
)
def test_a_title_is_readable_or_absent(info: dict[str, object], title: str | None) -> None:
    assert title_of(info) == title
