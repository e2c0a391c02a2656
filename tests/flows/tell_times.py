"""Prints what is said of moments, as JSON: on pages, in mails, lines, feeds, calendar files and schedules.

`python -m tests.flows.tell_times FOLDER ZONE... -- MOMENT...`; run with the machine's zone in TZ.
"""

import json
import re
import sys
from dataclasses import replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from config.settings import Settings
from flows.announcing.upcoming_meetings import series_of
from flows.cli.announce_command import ledger_lines
from flows.cli.status_output import status_lines
from flows.cli.status_query import ArchiveStatus, RunStatus
from flows.delivery.configured_channels import Content, envelope
from flows.desk.desk_routes import DeskPages
from flows.desk.job_views import job_view
from flows.jobs.job import JobState
from flows.local_clock import Clock, clock_of
from flows.organiser_mails.morning_flow import morning_deployment
from flows.reading_room.room_context import Room
from flows.reporting.archive_report import history_line, waste_lines
from flows.upkeep.nightly_check import nightly_deployment
from tasks.fetching.recording_lookup import date_of
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import prepared_entry
from tests.desks import ListedJobs, desk_of, some_job
from tests.reading_rooms import open_room
from transcripts.archive.findings import Removable, Waste
from transcripts.archive.manifest import Manifest
from transcripts.corrections.correction_log import Correction
from transcripts.mail.calendar_file import calendar_file
from transcripts.mail.delivery_wording import known_text
from transcripts.mail.ledger import Ledger
from transcripts.mail.meeting_schedule import coming
from transcripts.mail.mime_message import Attachments, RenderedMail, compose_message
from transcripts.model import Stage
from transcripts.pages.desk.review_pages import listed
from transcripts.pages.room.feed_documents import FeedItem, FeedSite, render_atom, render_podcast

MEETINGS = "[meeting]\ntitle = 'Treffen'\nfirst = 2026-03-26\nevery_weeks = 1\ntime = 23:30:00\n"
DAY = re.compile(r"\d{2}\.\d{2}\.\d{4}[^<]*? Uhr")


def main() -> None:
    folder, *rest = sys.argv[1:]
    zones, moments = rest[: rest.index("--")], rest[rest.index("--") + 1 :]
    file = Path(folder) / "meetings.toml"
    file.write_text(MEETINGS, encoding="utf-8")
    room = open_room(FolderStorage(Path(folder) / "archive"), Path(folder) / "index.sqlite")
    told = {}
    for zone in zones:
        settings = Settings.model_validate({"network": {"timezone": zone}, "meetings": {"file": file}})
        each = {text: said_at(datetime.fromisoformat(text), settings, room) for text in moments}
        told[zone] = {"always": said_always(settings), "at": each}
    print(json.dumps(told))


def said_at(moment: datetime, settings: Settings, room: Room) -> dict[str, str]:
    """What is said of one moment, or at it."""
    zone = settings.network.zone
    clock = Clock(zone, lambda: moment)
    entry = prepared_entry().model_copy(update={"changed_at": moment})
    run = RunStatus("https://example.org/a", Stage.RECEIVED, "RUNNING", moment, None)
    version = Manifest(objects=(), made_at=moment)
    waste = Removable("media/a", Waste.STRAY, 1, moment)
    correction = Correction(number=1, made_at=moment, made_by="Anna", undoes=1)
    lines = {
        "job": job_view(replace(some_job("a"), submitted_at=moment), clock).submitted,
        "status": next(iter(status_lines(ArchiveStatus((), {}), [run], zone))),
        "ledger": "".join(ledger_lines("a", Ledger(entries=(entry,)), zone)),
        "known": known_text(entry, zone),
        "version": history_line(version, 1, zone),
        "waste": next(iter(waste_lines([waste], zone, removed=False))),
        "correction": listed([correction], zone)[0].at,
    }
    found = {name: (DAY.search(line) or ["none"])[0] for name, line in lines.items()}
    return found | {
        "retry": _retry_text(moment, clock),
        "form": _last_day_of_form(clock, room),
        "today": clock.today.isoformat(),
        "source": str(date_of({"timestamp": moment.timestamp(), "upload_date": f"{moment:%Y%m%d}"}, zone)),
        "mail": str(clock.local_now),
    }


def said_always(settings: Settings) -> dict[str, object]:
    """What does not depend on the present."""
    zone, series = settings.network.zone, series_of(settings)
    assert series is not None
    meetings = list(islice(coming(series, datetime.fromisoformat("2026-03-01T00:00:00+00:00")), 40))
    made_at = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
    item = FeedItem("a", "A", date(2026, 11, 19), made_at, 60.0, "", (), 1, frozenset({"media/audio.m4a"}))
    site = FeedSite("Netz", "https://example.org", "https://example.org/feeds/x", zone)
    timed = (nightly_deployment(settings), morning_deployment(settings))
    schedules = [each.schedule for deployment in timed for each in deployment.schedules or []]
    return {
        "meetings": [each.when for each in meetings],
        "calendar": calendar_file(meetings[0], "wir@example.org", made_at).content.decode(),
        "published": re.findall(r"<published>(.*)</published>", render_atom(site, [item])),
        "podcast": re.findall(r"<pubDate>(.*)</pubDate>", render_podcast(site, [item])),
        "schedules": [getattr(each, "timezone", None) for each in schedules],
        "mail_offset": _mail_offset(settings),
        "clock": clock_of(settings).zone.key,
    }


def _retry_text(moment: datetime, clock: Clock) -> str:
    before = Clock(clock.zone, lambda: datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
    job = replace(some_job("a", JobState.RETRYING), retries_at=moment)
    return job_view(job, before).state_text


def _last_day_of_form(clock: Clock, room: Room) -> str:
    desk = desk_of(ListedJobs(), room.library.storage, clock=clock)
    html = bytes(DeskPages(desk).ask(room).body).decode()
    found = re.search(r'max="(\d{4}-\d{2}-\d{2})"', html)
    return found[1] if found else "none"


def _mail_offset(settings: Settings) -> float:
    """By how much the Date of a mail that is made now differs from UTC, in seconds."""
    content = Content("a", 1, RenderedMail("Betreff", "Text", "<p>Text</p>"), Attachments(), {})
    message = compose_message(content.rendered, envelope(settings, "a@example.org", content, "mail"))
    offset = parsedate_to_datetime(message["Date"]).utcoffset()
    assert offset is not None
    return offset.total_seconds()


if __name__ == "__main__":
    main()
