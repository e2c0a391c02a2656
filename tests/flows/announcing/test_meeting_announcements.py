"""Invitation, reminder and request, each once; with a mail server, on the command line, and as a schedule."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from config.settings import Meetings, Settings
from flows.announcing.meeting_announcements import LATE, announcements_deployment, meeting_mails
from flows.announcing.recording_announcements import content_of
from flows.delivery.deliver_once import Occasion, update_entry
from tasks.archive.ledger_store import MeetingLedger
from tasks.archive.publishing import publish
from tasks.channels.mail_channel import MAIL
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, RECORD_ID, small_record
from tests.flows.workplace import Workplace
from tests.tasks.channels.test_smtp import Mailbox, served
from transcripts.mail.ledger import Delivery, Reason

MEETINGS = """
[meeting]
title = "Netzwerktreffen Bürgerräte"
first = 2026-10-22
time = 19:30:00
link = "https://konferenz.example.org/raum"
"""
BERLIN = ZoneInfo("Europe/Berlin")
MEETING_ID = "2026-11-19"
# One moment in the time of each mail.
INVITING, REMINDING, ASKING = (
    datetime(2026, 11, day, hour, tzinfo=BERLIN) for day, hour in ((10, 12), (19, 8), (20, 8))
)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "archive")


def settings_for(folder: Path, smtp_url: str | None = None, release: str = "automatic") -> Settings:
    (folder / "meetings.toml").write_text(MEETINGS, encoding="utf-8")
    announcement = {
        "to": "liste@example.org",
        "from": "Netzwerk Bürgerräte <wir@example.org>",
        "organisers": "orga@example.org",
        "outbox": folder / "outbox",
        "smtp_url": smtp_url,
    }
    return Settings.model_validate(
        {"announcement": announcement, "meetings": {"file": folder / "meetings.toml", "release": release}}
    )


def outbox(folder: Path) -> list[EmailMessage]:
    files = sorted((folder / "outbox").glob("*.eml"))
    parsed = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    return [mail for mail in parsed if isinstance(mail, EmailMessage)]


def test_each_mail_goes_out_once_however_often_the_schedule_looks(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        settings = settings_for(tmp_path, f"smtp://{server.host}:{server.port}")
        for moment in (INVITING, INVITING, REMINDING, REMINDING, ASKING, ASKING):
            assert list(meeting_mails(settings, storage, moment)) == []
    mails = [message_from_bytes(raw, policy=default) for raw in mailbox.messages]
    assert [str(mail["Subject"]).split(":")[0] for mail in mails] == [
        "Einladung",
        "Erinnerung",
        "Bitte den Link zur Aufzeichnung eintragen",
    ]
    assert mailbox.recipients == ["liste@example.org", "liste@example.org", "orga@example.org"]
    assert len({mail["Message-ID"] for mail in mails}) == 3
    reasons = [each.reason for each in MeetingLedger(storage, MEETING_ID).read().entries]
    assert reasons == [Reason.INVITATION, Reason.REMINDER, Reason.REQUEST]


def test_the_invitation_brings_a_calendar_file_that_means_the_right_moment(
    storage: FolderStorage, tmp_path: Path
) -> None:
    list(meeting_mails(settings_for(tmp_path), storage, INVITING))
    (mail,) = outbox(tmp_path)
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Donnerstag, 19. November 2026, 19:30 Uhr" in text.get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_filename() == "treffen.ics"
    (event,) = Calendar.from_ical(attached.get_content()).events
    assert event.start == datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
    assert max(len(line) for line in mail.as_bytes().splitlines()) <= 998


def test_a_moved_and_then_cancelled_meeting_is_told_of_once_each_and_calendars_follow(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    later = INVITING + timedelta(days=2)
    with served(mailbox) as server:
        settings = settings_for(tmp_path, f"smtp://{server.host}:{server.port}")
        for exception in ("", "moved_to = 2026-11-26", "cancelled = true"):
            if exception:
                change(tmp_path, exception)
            for _ in range(3):
                assert list(meeting_mails(settings, storage, later)) == []
    mails = [message_from_bytes(raw, policy=default) for raw in mailbox.messages]
    assert [str(mail["Subject"]) for mail in mails] == [
        "Einladung: Netzwerktreffen Bürgerräte am Donnerstag, 19. November 2026, 19:30 Uhr",
        "Verlegt: Netzwerktreffen Bürgerräte, jetzt am Donnerstag, 26. November 2026, 19:30 Uhr",
        "Abgesagt: Netzwerktreffen Bürgerräte am Donnerstag, 26. November 2026, 19:30 Uhr",
    ]
    assert len({mail["Message-ID"] for mail in mails}) == 3
    files = [part for mail in mails for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in files] == ["PUBLISH", "PUBLISH", "CANCEL"]
    contents = [part.get_payload(decode=True) for part in files]
    events = [Calendar.from_ical(each).events[0] for each in contents if isinstance(each, bytes)]
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert len({event["UID"] for event in events}) == 1
    kept = sorted(each.key.rpartition("/")[2] for each in storage.list_objects(f"meetings/{MEETING_ID}"))
    assert kept == ["cancelled-21.eml", "invitation-1.eml", "ledger.json", "moved-11.eml"]


def test_a_change_that_may_be_out_is_not_told_again_and_one_that_is_delayed_says_what_is_true_by_then(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox("250 OK", "451 spaeter", "drop", "250 OK")
    with served(mailbox) as server:
        settings = settings_for(tmp_path, f"smtp://{server.host}:{server.port}")
        assert list(meeting_mails(settings, storage, INVITING)) == []
        change(tmp_path, "moved_to = 2026-11-26")
        (problem,) = meeting_mails(settings, storage, INVITING)
        assert "zurzeit nicht" in problem
        change(tmp_path, "moved_to = 2026-11-27")
        for _ in range(2):
            (problem,) = meeting_mails(settings, storage, INVITING)
            assert "ungewiss" in problem
    subjects = [str(message_from_bytes(raw, policy=default)["Subject"]) for raw in mailbox.messages]
    assert len(subjects) == 3
    assert "jetzt am Freitag, 27. November" in subjects[1]
    assert subjects[2].startswith("Bitte nachsehen"), "the organisers are told, once"
    entry = MeetingLedger(storage, MEETING_ID).read().entry(11, MAIL)
    assert entry is not None
    assert entry.state is Delivery.UNKNOWN


def test_a_meeting_that_is_gone_from_the_list_is_cancelled_by_nobody_but_the_organisers_hear_of_it_once(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        settings = settings_for(tmp_path, f"smtp://{server.host}:{server.port}")
        list(meeting_mails(settings, storage, INVITING))
        other_days = MEETINGS.replace("2026-10-22", "2026-12-02")
        (tmp_path / "meetings.toml").write_text(other_days, encoding="utf-8")
        for _ in range(2):
            (problem,) = meeting_mails(settings, storage, INVITING)
            assert "steht nicht mehr in der Liste" in problem
    assert mailbox.recipients == ["liste@example.org", "orga@example.org"]


def test_where_mails_wait_for_release_organisers_hear_of_it_once_and_only_the_released_meeting_goes_out(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox("250 OK", "451 spaeter", "250 OK", "250 OK")
    with served(mailbox) as server:
        settings = settings_for(tmp_path, f"smtp://{server.host}:{server.port}", release="held")
        for released in (None, None, "2026-12-17"):
            assert list(meeting_mails(settings, storage, INVITING, released)) == []
        assert mailbox.recipients == ["orga@example.org"]
        (problem,) = meeting_mails(settings, storage, INVITING, MEETING_ID)
        assert "zurzeit nicht" in problem
        for _ in range(2):
            assert list(meeting_mails(settings, storage, INVITING)) == [], "what was released is tried again"
        assert mailbox.recipients == ["orga@example.org", "liste@example.org"]
        assert list(meeting_mails(settings, storage, ASKING)) == [], "organisers need no release"
    mails = [message_from_bytes(raw, policy=default) for raw in mailbox.messages]
    notice = mails[0].get_body(("plain",))
    assert notice is not None
    assert f"mitschnitt announce {MEETING_ID}" in notice.get_content()
    assert "ist eine Mail fertig (Einladung)" in " ".join(notice.get_content().split())
    assert mailbox.recipients[2:] == ["orga@example.org"]


def test_a_mail_that_a_server_delays_for_long_is_told_to_the_organisers_once(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox("451 spaeter", "451 spaeter", "250 OK", "451 spaeter")
    home = MeetingLedger(storage, MEETING_ID)
    with served(mailbox) as server:
        settings = settings_for(tmp_path, f"smtp://{server.host}:{server.port}")
        assert len(list(meeting_mails(settings, storage, INVITING))) == 1
        assert mailbox.recipients == [], "a quarter of an hour is no reason to write to people"
        (entry,) = home.read().entries
        update_entry(home, entry, since=datetime.now(UTC) - 2 * LATE)
        for _ in range(2):
            assert len(list(meeting_mails(settings, storage, INVITING))) == 1
    assert mailbox.recipients == ["orga@example.org"]


def change(folder: Path, what: str) -> None:
    """Write an exception into the list of meetings."""
    exception = f"\n[[exceptions]]\ndate = {MEETING_ID}\n{what}\n"
    (folder / "meetings.toml").write_text(MEETINGS + exception, encoding="utf-8")


def test_nobody_is_asked_for_a_recording_that_is_there(storage: FolderStorage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)  # of that day
    assert list(meeting_mails(settings_for(tmp_path), storage, ASKING)) == []
    assert outbox(tmp_path) == []


def test_what_a_server_delays_is_sent_by_a_later_run_and_what_it_refuses_is_not_tried_again(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox("451 spaeter", "250 OK", "554 nein")
    with served(mailbox) as server:
        settings = settings_for(tmp_path, f"smtp://{server.host}:{server.port}")
        (problem,) = meeting_mails(settings, storage, INVITING)
        assert "zurzeit nicht" in problem
        assert list(meeting_mails(settings, storage, INVITING)) == []
        (problem,) = meeting_mails(settings, storage, REMINDING)
        assert "554 nein" in problem
        assert list(meeting_mails(settings, storage, REMINDING)) == []
    entry = MeetingLedger(storage, MEETING_ID).read().entry(2, MAIL)
    assert entry is not None
    assert entry.state is Delivery.FAILED
    assert mailbox.recipients == ["liste@example.org", "orga@example.org"], "the organisers hear of it once"


def test_without_a_list_of_meetings_nothing_is_due(storage: FolderStorage, tmp_path: Path) -> None:
    nobody_named = Meetings.model_construct(set(), file=tmp_path / "nichts.toml")
    assert list(meeting_mails(Settings(meetings=nobody_named), storage, INVITING)) == []
    named = Settings.model_validate({"meetings": {"file": tmp_path / "nichts.toml"}})
    (problem,) = meeting_mails(named, storage, INVITING)
    assert "nichts.toml: Diese Datei gibt es nicht" in problem


def test_the_schedule_looks_every_quarter_of_an_hour() -> None:
    (schedule,) = announcements_deployment().schedules or []
    assert "*/15 * * * *" in repr(schedule)


def test_the_command_sends_what_is_due_once_and_shows_it(workplace: Workplace) -> None:
    tomorrow = datetime.now(BERLIN) + timedelta(hours=20)
    text = MEETINGS.replace("2026-10-22", tomorrow.date().isoformat()).replace(
        "19:30:00", f"{tomorrow:%H:%M}:00"
    )
    (workplace.folder / "config").mkdir()
    (workplace.folder / "config/meetings.toml").write_text(text, encoding="utf-8")
    for _ in range(2):
        answer = workplace.run("meetings", "--send-due")
        assert answer.status == 0, answer.err
    assert "Erinnerung, mail: übergeben" in answer.out
    assert [str(mail["Subject"]).split(":")[0] for mail in workplace.mails] == ["Erinnerung"]


def test_a_mail_that_waits_is_released_on_the_command_line(workplace: Workplace) -> None:
    day = (datetime.now(BERLIN) + timedelta(days=5)).date().isoformat()
    (workplace.folder / "config").mkdir()
    (workplace.folder / "config/meetings.toml").write_text(
        MEETINGS.replace("2026-10-22", day), encoding="utf-8"
    )
    workplace = replace(workplace, environment={"MITSCHNITT_MEETINGS__RELEASE": "held"})
    checked = workplace.run("doctor")
    assert "Mails gehen erst nach Freigabe hinaus" in checked.out
    assert "oder erfährt, dass eine Mail auf die Freigabe wartet" in checked.out
    assert workplace.run("meetings", "--send-due").status == 0
    shown = workplace.run("announce", day)
    assert f"Verschicken: mitschnitt announce {day} --send" in shown.out
    assert workplace.mails == []
    assert workplace.run("announce", day, "--send").status == 0
    assert [str(mail["Subject"]).split(":")[0] for mail in workplace.mails] == ["Einladung"]


def test_what_is_uncertain_or_failed_is_settled_on_the_command_line(workplace: Workplace) -> None:
    starts_at = datetime.now(BERLIN) + timedelta(days=5)
    day = starts_at.date().isoformat()
    text = MEETINGS.replace("2026-10-22", day)
    (workplace.folder / "config").mkdir()
    (workplace.folder / "config/meetings.toml").write_text(text, encoding="utf-8")
    preview = workplace.run("announce", day, "--preview", "--json")
    assert preview.status == 0, preview.err
    assert b"text/calendar" in Path(preview.json["preview"]["message"]).read_bytes()
    assert preview.json["entries"] == []
    home = MeetingLedger(FolderStorage(workplace.archive), day)
    assert workplace.run("announce", day, "--send").status == 0
    (entry,) = home.read().entries
    assert entry.state is Delivery.SENT
    update_entry(home, entry, state=Delivery.UNKNOWN)
    answer = workplace.run("announce", day, "--resolve", "not-sent")
    assert answer.status == 0, answer.err
    assert home.read().entries[0].state is Delivery.PREPARED
    update_entry(home, home.read().entries[0], state=Delivery.FAILED)
    answer = workplace.run("announce", day, "--send")
    assert answer.status == 0, answer.err
    assert home.read().entries[0].state is Delivery.SENT
    assert len(workplace.mails) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe{", b'{"entries": [{"number": -1}]}', b"[" * 100_000])
def test_a_damaged_ledger_stops_its_own_meeting_alone_and_is_told_once(
    storage: FolderStorage, tmp_path: Path, content: bytes
) -> None:
    settings = settings_for(tmp_path)
    storage.put_bytes("meetings/2025-11-20/ledger.json", content, "application/json")
    for _ in range(3):
        (problem,) = meeting_mails(settings, storage, INVITING)
        assert "2025-11-20" in problem
    subjects = sorted(str(mail["Subject"]) for mail in outbox(tmp_path))
    assert len(subjects) == 2
    assert subjects[0].startswith("Bitte nachsehen: Im Archiv ist eine Datei beschädigt")
    assert subjects[1].startswith("Einladung")


def test_nothing_is_sent_for_a_meeting_of_which_nobody_knows_what_was_sent(
    storage: FolderStorage, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path)
    storage.put_bytes(f"meetings/{MEETING_ID}/ledger.json", b"{", "application/json")
    for moment in (INVITING, REMINDING, ASKING):
        (problem,) = meeting_mails(settings, storage, moment)
        assert MEETING_ID in problem
    assert [mail["To"] for mail in outbox(tmp_path)] == ["orga@example.org"]
    assert storage.get_bytes(f"meetings/{MEETING_ID}/ledger.json") == b"{"  # it is kept


@pytest.mark.parametrize(
    "content",
    [
        MEETINGS.replace("Bürgerräte", "Bürgerrat ü").encode("latin-1"),
        b"[meeting",
        MEETINGS.encode() + b"invite_days_before = inf",
        MEETINGS.encode() + b"remind_hours_before = nan",
        MEETINGS.replace("2026-10-22", "9999-12-30").encode(),
        b"a = " + b"[" * 100_000,
    ],
)
def test_a_damaged_list_of_meetings_is_named_and_stops_no_announcement(
    storage: FolderStorage, tmp_path: Path, content: bytes
) -> None:
    settings = settings_for(tmp_path)
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    (tmp_path / "meetings.toml").write_bytes(content)
    (problem,) = meeting_mails(settings, storage, INVITING)
    assert "Die Liste der Treffen ist nicht lesbar" in problem
    assert content_of(settings, storage, RECORD_ID, Occasion(1)).rendered.subject
