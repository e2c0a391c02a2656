"""What is open: in the mail of the morning and in `mitschnitt status`, and nothing when nothing is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from config.settings import Settings
from flows.jobs.job import Job, JobState
from flows.organiser_mails.open_matters_query import REMEMBERED, open_matters
from tasks.archive.known_damage import note_damage
from tasks.archive.ledger_store import MeetingLedger, RecordLedger
from tasks.archive.publishing import publish
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, RECORD_ID, WRITER, small_record
from tests.flows.workplace import Workplace
from tests.prefect_server import running_prefect_server
from transcripts.archive.findings import Damage, Finding
from transcripts.mail.announcement_mail import DEFAULT_SIGNATURE
from transcripts.mail.ledger import Delivery, LedgerEntry, Publication, Reason
from transcripts.mail.morning_mail import render_morning_mail
from transcripts.mail.open_matters import HEADINGS, OpenKind, OpenMatter
from transcripts.model import Stage

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
SETTINGS = Settings.model_validate({"network": {"base_url": "https://mitschnitt.example.org"}})


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    storage = FolderStorage(tmp_path / "archive")
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    return storage


def job(number: int, state: JobState, source: str = "https://example.org/a", hours_ago: int = 1) -> Job:
    return Job(
        id=f"job-{number}",
        source=source,
        title=None,
        state=state,
        stage=Stage.RECEIVED,
        progress_percent=None,
        progress_text=None,
        seconds_left=None,
        message="Unter dieser Adresse gibt es keine Aufzeichnung.",
        error_code="not_found",
        retries_at=None,
        record_id=None,
        submitted_at=NOW - timedelta(hours=hours_ago),
    )


def entry(state: Delivery, **more: object) -> LedgerEntry:
    facts = {"number": 1, "channel": "mail", "recipient": "liste@example.org", "message_id": "<a@b.de>"}
    return LedgerEntry.model_validate(facts | {"state": state, "changed_at": NOW} | more)


def kinds(storage: FolderStorage, *jobs: Job, settings: Settings = SETTINGS) -> list[OpenKind]:
    return [each.kind for each in open_matters(settings, storage, jobs, NOW)]


def test_where_all_went_well_nothing_is_open(storage: FolderStorage) -> None:
    RecordLedger(storage, RECORD_ID, WRITER).write(entry(Delivery.SENT), None)
    assert (
        kinds(storage, job(1, JobState.DONE), job(2, JobState.RUNNING, "b"), job(3, JobState.RETRYING)) == []
    )


def test_a_recording_that_failed_is_open_with_its_reason_until_it_is_asked_for_again(
    storage: FolderStorage,
) -> None:
    failed = job(1, JobState.FAILED, hours_ago=5)
    (matter,) = open_matters(SETTINGS, storage, [failed], NOW)
    assert matter.link == "https://mitschnitt.example.org/redaktion/auftraege/job-1"
    assert "keine Aufzeichnung" in matter.text
    assert kinds(storage, job(2, JobState.DONE, hours_ago=2), failed) == []
    assert kinds(storage, replace(failed, submitted_at=NOW - REMEMBERED)) == []


@pytest.mark.parametrize(
    ("found", "is_open"),
    [
        (entry(Delivery.UNKNOWN), True),
        (entry(Delivery.FAILED), True),
        (entry(Delivery.SENT, publication=Publication.HELD, link="https://lists.example.org/"), True),
        (entry(Delivery.SENT, publication=Publication.OUT), False),
        (entry(Delivery.PREPARED), False),
        (entry(Delivery.PREPARED, since=NOW), True),
        (entry(Delivery.FAILED, reason=Reason.NOTICE, channel="organisers-held-mail"), False),
        (entry(Delivery.FAILED, changed_at=NOW - REMEMBERED), False),
    ],
)
@pytest.mark.parametrize("of", ["record", "meeting"])
def test_mails_that_are_not_surely_out_are_open(
    storage: FolderStorage, found: LedgerEntry, is_open: bool, of: str
) -> None:
    home = (
        RecordLedger(storage, RECORD_ID, WRITER) if of == "record" else MeetingLedger(storage, "2026-11-19")
    )
    home.write(found, None)
    assert kinds(storage) == ([OpenKind.MAIL] if is_open else [])


def test_a_mail_of_a_meeting_to_come_that_waits_for_its_release_is_open(storage: FolderStorage) -> None:
    held = SETTINGS.model_copy(update={"meetings": SETTINGS.meetings.model_copy(update={"release": "held"})})
    for day in ("2026-11-01", "2026-12-17"):
        MeetingLedger(storage, day).write(entry(Delivery.PREPARED), None)
    assert kinds(storage) == []
    (matter,) = open_matters(held, storage, (), NOW)
    assert matter.command == "mitschnitt announce 2026-12-17"


def test_a_ledger_that_cannot_be_read_is_named_and_the_rest_is_told(storage: FolderStorage) -> None:
    storage.put_bytes("meetings/2026-11-19/ledger.json", b'{"entries": 7}', "application/json")
    MeetingLedger(storage, "2026-12-17").write(entry(Delivery.UNKNOWN), None)
    assert kinds(storage) == [OpenKind.DAMAGE, OpenKind.MAIL]


def test_damage_stays_open_until_it_is_mended(storage: FolderStorage) -> None:
    note_damage(storage, [RECORD_ID], [Finding(RECORD_ID, "media/poster.jpg", Damage.MISSING)])
    assert kinds(storage) == [], "it was mended meanwhile"
    storage.delete(f"recordings/{RECORD_ID}/media/poster.jpg")
    (matter,) = open_matters(SETTINGS, storage, (), NOW)
    assert (matter.text, matter.command) == ("media/poster.jpg: fehlt", f"mitschnitt rebuild {RECORD_ID}")
    note_damage(storage, ["another"], [])
    assert kinds(storage) == [OpenKind.DAMAGE], "another night looked at another part"
    note_damage(storage, [RECORD_ID], [])
    assert kinds(storage) == []


def matter(kind: OpenKind) -> OpenMatter:
    return OpenMatter(kind=kind, title=f"Sache {kind}", text="Ein <Grund>.", link="https://example.org/x")


def test_the_mail_of_the_morning_groups_what_is_open_the_most_urgent_first() -> None:
    mail = render_morning_mail([matter(each) for each in reversed(OpenKind)], None, "https://example.org/")
    assert mail.subject == f"Heute offen: {len(OpenKind)} Punkte"
    places = [mail.text.index(HEADINGS[each]) for each in OpenKind]
    assert places == sorted(places)
    assert "Ein &lt;Grund&gt;." in mail.html
    assert mail.text.rstrip().endswith(DEFAULT_SIGNATURE)
    assert render_morning_mail([matter(OpenKind.HELD)], None).subject == "Heute offen: 1 Punkt"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[str]:
    """A server that has no jobs of other tests, which may be open."""
    (tmp_path / "server").mkdir()
    with running_prefect_server(tmp_path / "server") as address:
        yield address


def test_each_morning_brings_one_mail_where_something_is_open_and_none_where_nothing_is(
    own_server: str, tmp_path: Path
) -> None:
    environment = {
        "PREFECT_API_URL": own_server,
        "MITSCHNITT_ANNOUNCEMENT__ORGANISERS": "orga@example.org",
    }
    (tmp_path / "workplace").mkdir()
    workplace = Workplace(tmp_path / "workplace", environment)
    assert run_morning(workplace) == []
    record = small_record(tmp_path / "made")
    held = record.recording.model_copy(update={"stage": Stage.HELD})
    publish(FolderStorage(workplace.archive), replace(record, recording=held), IMPRINT)
    for _ in range(2):
        (mail,) = run_morning(workplace)
    assert mail["To"] == "orga@example.org"
    assert mail["Subject"] == "Heute offen: 1 Punkt"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Bürgerräte" in text.get_content()
    assert f"mitschnitt announce {RECORD_ID}" in text.get_content()
    shown = workplace.run("status").out
    assert "Aufzeichnungen, die auf die Freigabe warten: Bürgerräte" in shown


def run_morning(workplace: Workplace) -> list[EmailMessage]:
    code = (
        "from flows.composition import resources\n"
        "from flows.orchestration.prefect_environment import prepare_prefect\n"
        "prepare_prefect(resources().settings)\n"
        "from flows.organiser_mails.morning_flow import morning\n"
        "morning()\n"
    )
    answer = workplace.run_python(code)
    assert answer.status == 0, answer.err
    return workplace.mails
