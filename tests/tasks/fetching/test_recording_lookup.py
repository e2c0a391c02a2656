"""What a source says about its recording, turned into title and date."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tasks.fetching.recording_lookup import date_of, file_name_of, title_of

BERLIN = ZoneInfo("Europe/Berlin")
HERE = "https://cloud.example.org/s/9x/download"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("UTC", date(2026, 3, 28)),
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Vienna", date(2026, 3, 29)),
        ("America/New_York", date(2026, 3, 28)),
        ("Pacific/Auckland", date(2026, 3, 29)),
    ],
)
def test_a_late_meeting_belongs_to_the_day_it_was_for_its_people(zone: str, day: date) -> None:
    half_past_eleven = datetime(2026, 3, 28, 23, 30, tzinfo=UTC).timestamp()
    for info in ({"timestamp": half_past_eleven}, {"release_timestamp": int(half_past_eleven)}):
        assert date_of({**info, "upload_date": "20260328"}, ZoneInfo(zone)) == day


@pytest.mark.parametrize(
    ("info", "day"),
    [
        ({"release_timestamp": 1_795_130_400, "upload_date": "20270101"}, date(2026, 11, 20)),
        ({"release_date": "20261119", "timestamp": 1_798_800_000}, date(2026, 11, 19)),
        ({"timestamp": 1_795_130_400, "upload_date": "20261119"}, date(2026, 11, 20)),
        ({"upload_date": "20261119"}, date(2026, 11, 19)),
        ({"timestamp": 1_795_130_400 - 3_600 * 8, "upload_date": "20261119"}, date(2026, 11, 19)),
        ({"upload_date": "unknown"}, None),
        ({"upload_date": "20261341", "timestamp": float("nan")}, None),
        (
            {"release_timestamp": 10**20, "timestamp": -(10**20), "upload_date": "20261119"},
            date(2026, 11, 19),
        ),
        ({}, None),
    ],
)
def test_the_day_is_that_of_the_meeting_in_germany_if_the_source_knows(
    info: dict[str, object], day: date | None
) -> None:
    assert date_of(info, BERLIN) == day


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


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ({"title": "treffen", "direct": True, "webpage_url_basename": "treffen.mp4"}, "treffen.mp4"),
        ({"title": "q", "webpage_url_basename": "q.m3u8"}, "q.m3u8"),
        ({"title": "Räte", "webpage_url_basename": "R%C3%A4te.mpd"}, "Räte.mpd"),
        ({"title": "Netzwerktreffen", "webpage_url_basename": "seite"}, None),
        ({"extractor_key": "Youtube", "title": "watch", "webpage_url_basename": "watch"}, None),
        (
            {"direct": True, "url": HERE, "title": "d", "webpage_url_basename": "d"},
            "2026-11-19 Räte in Köln.mp4",
        ),
        ({"direct": True, "url": f"{HERE}2", "title": "d", "webpage_url_basename": "d"}, "d"),
        ({"direct": True, "webpage_url": HERE, "formats": [{}]}, "2026-11-19 Räte in Köln.mp4"),
    ],
)
def test_a_file_is_called_as_its_server_says_or_else_as_its_address(
    info: dict[str, object], name: str | None
) -> None:
    header = "attachment; filename*=UTF-8''2026-11-19%20R%C3%A4te%20in%20K%C3%B6ln.mp4"
    assert file_name_of({"extractor_key": "Generic", **info}, {HERE: header}) == name
