"""Tells the mailing list of a record, once.

The ledger in the archive is written before and after the mail is handed over.
An entry found in `sending` means that a process died in between: then the mail
may be out, and no machine sends it again.
"""

from datetime import UTC, datetime
from email.message import EmailMessage
from importlib.metadata import version

from prefect import task

from config.settings import Settings
from flows.places import current_imprint, current_settings, current_storage, record_url
from flows.progress import step_progress
from flows.steps import RETRYING
from tasks.archive import (
    ArchivedTexts,
    put_beside,
    read_ledger,
    read_recording,
    read_texts,
    write_ledger,
)
from tasks.catalogue import update_catalogue
from tasks.mail import parse_smtp_url, put_into_outbox, send
from tasks.storage import Storage
from transcripts import layout
from transcripts.announcement import Announcement, compose_message, mail_address, render_announcement
from transcripts.errors import PermanentError, TemporaryError
from transcripts.ledger import Delivery, Ledger, LedgerEntry, message_id
from transcripts.manifest import MadeBy
from transcripts.model import Stage

FIRST = 1
CHANNEL = "mail"
WRITER = MadeBy(tool=f"mitschnitt {version('mitschnitt')}")
# Shown in mails that only go to the outbox, while nobody has configured addresses.
OUTBOX_SENDER, OUTBOX_RECIPIENT = "Mitschnitt <mitschnitt@localhost>", "liste@localhost"


@task(name="announce", **RETRYING)
def announce_step(record_id: str) -> LedgerEntry:
    """Hand the announcement over, unless the ledger says that this was done.

    Raises PermanentError `outcome_unknown` when an earlier run broke off in the
    middle of it, TemporaryError `record_busy` when another run announces it right now,
    and what `tasks.mail.send` raises.
    """
    settings, storage = current_settings(), current_storage()
    ledger = read_ledger(storage, record_id)
    entry = ledger.entry(FIRST, CHANNEL)
    if entry is None or entry.state in (Delivery.PREPARED, Delivery.FAILED):
        with step_progress("Ankündigen", "seconds", None):
            entry = _deliver(settings, storage, record_id, ledger)
    if entry.state in (Delivery.SENDING, Delivery.UNKNOWN):
        raise PermanentError("outcome_unknown", record=record_id)
    _finish(storage, record_id)
    return entry


def _deliver(settings: Settings, storage: Storage, record_id: str, ledger: Ledger) -> LedgerEntry:
    """Write the message, note that sending begins, hand it over, note the outcome.

    Only the run that turns `ledger` into one that says "sending" hands it over.
    """
    message = _message(settings, storage, read_texts(storage, record_id))
    sending = ledger.with_entry(_entry(message, Delivery.SENDING))
    write_ledger(storage, record_id, sending, ledger, WRITER, message.as_bytes())
    try:
        outcome = _entry(message, Delivery.SENT, _hand_over(settings, message, record_id))
    except TemporaryError as error:
        _note(storage, record_id, sending, _entry(message, Delivery.PREPARED, str(error)))
        raise
    except PermanentError as error:
        unknown = error.code == "outcome_unknown"
        state = Delivery.UNKNOWN if unknown else Delivery.FAILED
        _note(storage, record_id, sending, _entry(message, state, str(error)))
        raise
    _note(storage, record_id, sending, outcome)
    return outcome


def _message(settings: Settings, storage: Storage, texts: ArchivedTexts) -> EmailMessage:
    recording, engine = texts.recording, texts.transcript.engine
    rendered = render_announcement(
        Announcement(
            title=recording.title,
            recorded_on=recording.recorded_on,
            duration_seconds=recording.duration_seconds,
            record_url=record_url(settings, storage, recording.id),
            chapters=texts.chapters,
            engine_model=engine.model if engine else None,
            network_name=settings.network.name,
            has_speech=bool(texts.transcript.segments),
        )
    )
    sender = settings.announcement.from_ or OUTBOX_SENDER
    recipient = settings.announcement.to or OUTBOX_RECIPIENT
    identity = message_id(recording.id, FIRST, mail_address(sender).domain)
    return compose_message(rendered, sender, recipient, identity, datetime.now(UTC).astimezone())


def _hand_over(settings: Settings, message: EmailMessage, record_id: str) -> str:
    """Send by SMTP when configured, else put into the outbox; returns where it went."""
    if settings.announcement.smtp_url is None:
        outbox = settings.announcement.outbox.resolve()
        return str(put_into_outbox(message, outbox, f"{record_id}-{FIRST}"))
    server = parse_smtp_url(settings.announcement.smtp_url.get_secret_value())
    send(message, server)
    return f"{server.host}:{server.port}"


def _entry(message: EmailMessage, state: Delivery, detail: str = "") -> LedgerEntry:
    return LedgerEntry(
        number=FIRST,
        channel=CHANNEL,
        recipient=str(message["To"]),
        message_id=str(message["Message-ID"]),
        state=state,
        changed_at=datetime.now(UTC),
        detail=detail,
    )


def _note(storage: Storage, record_id: str, seen: Ledger, entry: LedgerEntry) -> None:
    write_ledger(storage, record_id, seen.with_entry(entry), seen, WRITER)


def _finish(storage: Storage, record_id: str) -> None:
    """Set the recording's stage, also in the catalogue. Safe to do again."""
    recording = read_recording(storage, record_id)
    if recording.stage is not Stage.ANNOUNCED:
        announced = recording.model_copy(update={"stage": Stage.ANNOUNCED})
        put_beside(storage, record_id, {layout.RECORDING: announced.to_json().encode()}, WRITER)
    update_catalogue(storage, current_imprint(), anew=(record_id,))
