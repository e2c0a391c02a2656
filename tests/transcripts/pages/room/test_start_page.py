"""The start page of an archive that has grown."""

from datetime import date, timedelta

from transcripts.pages.room.record_list import Shelf, ShelvedRecord
from transcripts.pages.room.record_topics import Topic
from transcripts.pages.room.room_pages import RECORDS_LISTED, Site, StartPage, render_start


def shelf(count: int) -> Shelf:
    """Records a week apart, newest first; every other one is about the climate."""
    return Shelf(
        tuple(
            ShelvedRecord(
                id=f"record-{number}",
                title=f"Treffen {number}",
                recorded_on=date(2026, 11, 19) - timedelta(weeks=number),
                duration_seconds=3600,
                has_video=False,
                revision="1",
                topics=(Topic("klima", "Klima"),) if number % 2 else (),
            )
            for number in range(count)
        )
    )


def test_newest_records_come_first_and_older_ones_on_the_next_page() -> None:
    records = shelf(RECORDS_LISTED + 2)
    first, second = StartPage(records), StartPage(records, page=2)
    assert first.records[0].id == "record-0"
    assert first.older_path == "/?seite=2"
    assert first.newer_path is None
    assert [each.id for each in second.records] == ["record-48", "record-49"]
    assert second.older_path is None
    assert second.newer_path == "/"


def test_a_year_and_a_topic_narrow_the_list_together_and_are_counted() -> None:
    page = StartPage(shelf(60), year=2025, topic="klima")
    assert {each.recorded_on.year for each in page.records} == {2025}
    assert all(each.topics for each in page.records)
    assert page.summary == f"{len(page.records)} von 60 Aufzeichnungen"


def test_years_and_topics_are_offered_with_their_counts() -> None:
    html = render_start(Site(), StartPage(shelf(60), year=2026))
    assert '<option value="2026" selected>2026 (47)</option>' in html
    assert '<option value="klima">Klima (30)</option>' in html


def test_an_empty_archive_says_so() -> None:
    html = render_start(Site(), StartPage(Shelf()))
    assert "Noch keine Aufzeichnung." in html
    assert "<select" not in html
