"""Who hears when something that was to happen by itself needs a person: mails, once each."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import Crashed
from pydantic import SecretStr

from config.settings import Settings
from flows.composition import Resources
from flows.organiser_mails import job_failures
from flows.organiser_mails.failure_notices import notify_of_failed_recording, notify_of_held_recording
from flows.organiser_mails.job_failures import notify_of_abandoned_run
from flows.organiser_mails.organiser_notices import notify_organisers_once, send_waiting_notices
from flows.prefect_names import DOCUMENT_TAG
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import RECORD_ID
from tests.flows.workplace import Workplace
from tests.tasks.channels.test_smtp import Mailbox, served
from transcripts.errors.job_errors import JobGaveUpError
from transcripts.errors.source_errors import ForbiddenError, NotFoundError, ServerFailureError
from transcripts.errors.storage_errors import StorageUnreachableError

JOB = "0b54c1b0-5c4d-4bd5-9b0c-1df1a3c47f11"
SOURCE = "https://konferenz.example.org/aufzeichnung"
RUN_A_FLOW = """
import os, signal, sys, time
from flows.composition import resources
from flows.orchestration.prefect_environment import prepare_prefect
prepare_prefect(resources().settings)
from prefect import flow
from flows.organiser_mails.failure_notices import notify_of_failed_schedule
from transcripts.errors.storage_errors import StorageUnreachableError
KINDS = {"ours": StorageUnreachableError(place="hier"), "any": ValueError("anna@example.org")}
@flow(name="announcements", on_failure=[notify_of_failed_schedule], on_crashed=[notify_of_failed_schedule])
def failing():
    if sys.argv[1] == "stopped":
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    raise KINDS[sys.argv[1]]
failing(return_state=True)
"""


class AwayStorage(FolderStorage):
    """An archive that cannot be reached."""

    def get_tagged(self, key: str) -> None:  # type: ignore[override]
        raise StorageUnreachableError(place=key)

    get_bytes = put_if = list_objects = list_folders = get_tagged  # type: ignore[assignment]


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "archive")


def settings_for(folder: Path, base_url: str | None = "https://mitschnitt.example.org/") -> Settings:
    announcement = {"organisers": "orga@example.org", "outbox": folder / "outbox"}
    network = {"base_url": base_url}
    work = {"dir": folder / "work", "state_dir": folder / "state"}
    return Settings.model_validate({"announcement": announcement, "network": network, "work": work})


def mails(folder: Path) -> list[EmailMessage]:
    parsed = [message_from_bytes(each.read_bytes(), policy=default) for each in folder.glob("outbox/*.eml")]
    return [mail for mail in parsed if isinstance(mail, EmailMessage)]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def test_a_recording_that_fails_is_told_once_with_the_reason_and_the_way_to_the_desk(
    storage: FolderStorage, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path)
    for _ in range(3):
        notify_of_failed_recording(settings, storage, JOB, SOURCE, None, NotFoundError())
    (mail,) = mails(tmp_path)
    assert mail["Subject"] == f"Bitte nachsehen: {SOURCE}"
    assert "Unter dieser Adresse gibt es keine Aufzeichnung (mehr)." in text_of(mail)
    assert f"https://mitschnitt.example.org/redaktion/auftraege/{JOB}" in text_of(mail)


def test_another_reason_and_another_recording_are_told_too(storage: FolderStorage, tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for job, error in ((JOB, NotFoundError), (JOB, ForbiddenError), (JOB[::-1], NotFoundError)):
        notify_of_failed_recording(settings, storage, job, SOURCE, "Treffen", error())
    assert len(mails(tmp_path)) == 3
    assert f"Quelle: {SOURCE}" in text_of(mails(tmp_path)[0])


def test_of_what_nobody_foresaw_only_the_kind_is_told(storage: FolderStorage, tmp_path: Path) -> None:
    error = ValueError("Kenncode geheim123")
    notify_of_failed_recording(settings_for(tmp_path, None), storage, JOB, SOURCE, None, error)
    (mail,) = mails(tmp_path)
    assert "ValueError" in text_of(mail)
    assert "geheim123" not in mail.as_string()
    assert "mitschnitt status" in text_of(mail)


def test_a_record_that_waits_for_release_is_told_once(storage: FolderStorage, tmp_path: Path) -> None:
    for _ in range(2):
        notify_of_held_recording(settings_for(tmp_path), storage, RECORD_ID, "Losverfahren", "Titel geraten.")
    (mail,) = mails(tmp_path)
    assert f"https://mitschnitt.example.org/redaktion/aufzeichnungen/{RECORD_ID}/" in text_of(mail)
    assert "wartet auf die Freigabe" in text_of(mail)
    assert "Titel geraten." in text_of(mail)


def test_that_the_archive_is_away_is_told_all_the_same_and_once(tmp_path: Path) -> None:
    away, back = AwayStorage(tmp_path / "archive"), FolderStorage(tmp_path / "archive")
    mailbox = Mailbox("451 spaeter")
    with served(mailbox) as server:
        settings = settings_for(tmp_path)
        announcement = settings.announcement.model_copy(
            update={
                "smtp_url": SecretStr(f"smtp://127.0.0.1:{server.port}"),
                "to": "liste@example.org",
                "from_": "wir@example.org",
            }
        )
        settings = settings.model_copy(update={"announcement": announcement})
        for storage in (away, away, back):
            notify_organisers_once(settings, storage, "key", "Das Archiv ist weg", "Bitte nachsehen.")
            send_waiting_notices(settings, back)
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize(("kind", "words"), [("ours", "nicht erreichbar"), ("any", "(Kennung: ValueError)")])
def test_a_flow_of_the_clock_that_fails_is_told_once_a_day(
    workplace: Workplace, kind: str, words: str
) -> None:
    workplace = Workplace(
        workplace.folder,
        workplace.environment | {"MITSCHNITT_NETWORK__ADMIN_ADDRESS": "technik@example.org"},
    )
    for _ in range(2):
        answer = workplace.run_python(RUN_A_FLOW, kind)
        assert answer.status == 0, answer.err
    (mail,) = workplace.mails
    assert mail["To"] == "technik@example.org"
    assert "Einladungen, Erinnerungen" in str(mail["Subject"])
    assert words in text_of(mail)
    assert "anna@example.org" not in mail.as_string()


def test_of_a_job_that_was_given_up_the_last_reason_is_told(storage: FolderStorage, tmp_path: Path) -> None:
    given_up = JobGaveUpError(count=27)
    given_up.__cause__ = ServerFailureError(status=503)
    notify_of_failed_recording(settings_for(tmp_path), storage, JOB, SOURCE, None, given_up)
    (mail,) = mails(tmp_path)
    assert "27-mal abgebrochen" in text_of(mail)
    assert "meldet eine Störung (503)" in text_of(mail)


def test_a_flow_that_is_told_to_end_with_its_worker_has_not_failed(workplace: Workplace) -> None:
    address = {"MITSCHNITT_NETWORK__ADMIN_ADDRESS": "technik@example.org"}
    workplace = Workplace(workplace.folder, workplace.environment | address)
    assert workplace.run_python(RUN_A_FLOW, "stopped").status != 0
    assert workplace.mails == []


@pytest.mark.parametrize(
    ("tags", "parameters", "sentence"),
    [
        ([], {"request": {"url": SOURCE}}, "Diese Aufzeichnung ist gescheitert"),
        (
            [DOCUMENT_TAG],
            {"request": {"url": SOURCE, "municipality": "Au"}},
            "Dieses Dokument ist gescheitert",
        ),
        ([DOCUMENT_TAG], {"request": {"bar": "documents/a"}}, "Dieses Dokument ist gescheitert"),
        ([], {"record_id": RECORD_ID}, "Die Ankündigung ist gescheitert"),
        ([], {}, "Was der Zeitplan gestartet hat"),
    ],
    ids=["a recording", "a document", "black bars", "an announcement", "the clock's"],
)
def test_whatever_died_too_often_is_told(
    tags: list[str],
    parameters: dict[str, object],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_for(tmp_path)
    archive = settings.archive.model_copy(update={"url": str(tmp_path / "archive")})
    here = Resources(settings.model_copy(update={"archive": archive}))
    monkeypatch.setattr(job_failures, "resources", lambda: here)
    run = FlowRun(flow_id=uuid4(), name="antrag.pdf", tags=tags, parameters=parameters, state=Crashed())
    for _ in range(2):
        notify_of_abandoned_run(run)
    (mail,) = mails(tmp_path)
    assert sentence in text_of(mail)
