"""Looks at a part of the archive each night, every byte of it, and tells the administrators what is wrong.

After `archive.verify_nights` nights all of it has been read. Nothing wrong: no mail; the
outcome stands in Prefect either way. Old results of steps are forgotten on the way.
"""

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from hashlib import sha256

from prefect import flow, serve
from prefect.artifacts import create_markdown_artifact
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from flows.archive_text import verdict_lines
from flows.channels import OUTBOX_SENDER, mail_server
from flows.places import current_imprint, current_settings, current_storage, end_of_grace
from flows.shared_results import forget_results
from tasks.mail import send_or_keep
from tasks.uploads import Uploads
from tasks.verification import folders, verify_record, verify_root
from transcripts.errors import StepError
from transcripts.findings import Finding
from transcripts.mail_message import mail_address
from transcripts.wording import explain

FLOW_NAME = "verify-archive"
REPORT_ARTIFACT = "pruefung"
DEPLOYMENT_NAME = "nightly"
# Longer than anyone waits before asking for a recording again.
RESULTS_KEPT = timedelta(days=30)
EVERY_NIGHT = Cron("17 3 * * *", timezone="Europe/Berlin")


@flow(name=FLOW_NAME, persist_result=False, retries=3, retry_delay_seconds=600)
def verify_nightly() -> list[Finding]:
    """Verify tonight's part; returns the damage after reporting it. Raises StepError."""
    settings, storage, today = current_settings(), current_storage(), datetime.now(UTC).date()
    try:
        part = tonights(folders(storage), today, settings.archive.verify_nights)
        before = end_of_grace(settings)
        found = [
            each for record_id in part for each in verify_record(storage, record_id, deep=True, before=before)
        ]
        found += verify_root(storage, current_imprint())
        forget_results(settings, datetime.now(UTC) - RESULTS_KEPT)
        Uploads(storage).forget_old(datetime.now(UTC))
    except StepError as error:
        _report(settings, explain(error), today)
        raise
    text = "\n".join(verdict_lines(len(part), found))
    create_markdown_artifact(text, key=REPORT_ARTIFACT)
    damages = [each for each in found if each.is_damage]
    if damages:
        _report(settings, text, today)
    return damages


def nightly_deployment() -> RunnerDeployment:
    """The flow with its schedule, for Prefect's `serve`, alone or among others.

    Never paused, since whoever served it before paused it when it ended.
    """
    return RunnerDeployment.from_flow(
        verify_nightly,
        name=DEPLOYMENT_NAME,
        schedule=EVERY_NIGHT,
        paused=False,
        concurrency_limit=1,
        description="Reads a part of the archive and mails the administrators what is wrong.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def serve_nightly() -> None:
    """Run it every night, until the process is ended."""
    serve(nightly_deployment())


def tonights(record_ids: list[str], today: date, nights: int) -> list[str]:
    """The records whose turn it is: each once in so many nights, by its id, not by its place in the list."""
    turn = today.toordinal() % nights
    return [each for each in record_ids if int(sha256(each.encode()).hexdigest(), 16) % nights == turn]


def _report(settings: Settings, text: str, today: date) -> None:
    """Mail the administrators, if an address is set; without a mail server, into the outbox."""
    recipient = settings.network.admin_address
    if not recipient:
        return
    message = _message(settings, recipient, text)
    outbox = settings.announcement.outbox.resolve()
    send_or_keep(message, mail_server(settings), outbox, f"pruefung-{today.isoformat()}")


def _message(settings: Settings, recipient: str, text: str) -> EmailMessage:
    sender = settings.announcement.from_ or OUTBOX_SENDER
    message = EmailMessage()
    message["From"], message["To"] = sender, recipient
    message["Subject"] = f"{settings.network.name or 'Mitschnitt'}: Das Archiv braucht Aufmerksamkeit"
    message["Date"] = datetime.now(UTC).astimezone()
    message["Message-ID"] = make_msgid(domain=mail_address(sender).domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"Bei der nächtlichen Prüfung des Archivs fiel auf:\n\n{text}\n")
    return message
