"""Mails to the organisers that belong to no record, each sent once by its key.

What there is to say lies in the archive before any of it is sent, or in the state folder while the archive
is away. So what a mail server delays is sent by whoever looks next (see
flows.announcing.meeting_announcements), though nobody says it again.
"""

import logging
from datetime import timedelta

from config.settings import Settings
from flows.delivery.configured_channels import (
    ORGANISERS,
    Content,
    administrators_address,
    organisers_address,
    to_organisers,
)
from flows.delivery.deliver_once import Occasion, deliver
from flows.organiser_mails.announcement_notices import render_notice
from flows.state_folder import state_folder
from tasks.archive.ledger_store import NoticeLedger
from tasks.archive.notice_store import Notices
from tasks.clock import utc_now
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.errors.error_kinds import DamagedError, PermanentError, StepError
from transcripts.errors.mail_errors import OutcomeUnknownError
from transcripts.mail.ledger import FIRST, Delivery, LedgerEntry, Reason
from transcripts.mail.mime_message import Attachments, RenderedMail
from transcripts.mail.morning_mail import render_morning_mail
from transcripts.mail.organiser_notice import Notice
from transcripts.pages.desk_addresses import DESK, public_address
from transcripts.wording.error_wording import explain

LINK_TEXT = "Dort nachsehen"
# What a mail server refused is handed to it again after this, for nobody else decides about it.
AFTER_REFUSAL = timedelta(hours=12)

logger = logging.getLogger("mitschnitt.notices")


def notify_organisers_once(
    settings: Settings,
    storage: Storage,
    key: str,
    title: str,
    text: str,
    command: str = "",
    link: str = "",
    *,
    is_technical: bool = False,
) -> bool:
    """Mail the organisers what is new under this key; returns whether the mail is out, now or before.

    `title` and `text` (lines) are German, the key holds no personal data. What is technical goes to the
    administrators first. Where the mail server does not take it, it waits for `send_waiting_notices`;
    while no address is set, nothing is sent or kept. Raises DiskFullError.
    """
    notice = Notice(title=title, text=text, command=command, link=link, is_technical=is_technical)
    return send_notice_once(settings, storage, key, notice)


def send_notice_once(settings: Settings, storage: Storage, key: str, notice: Notice) -> bool:
    """What `notify_organisers_once` does, with a notice that is made already."""
    if organisers_address(settings) is None:
        return False
    here, notice_id = notices_of_this_machine(settings), layout.notice_id(key)
    if (entry := _entry(here.ledger(notice_id))) is not None:
        return entry.state is Delivery.SENT
    try:
        return _tell_once(settings, Notices(storage), notice_id, notice)
    except StepError as error:
        logger.warning("notice %s is kept on this machine: %s", notice_id, error.code)
        return _tell_once(settings, here, notice_id, notice)


def notify_of_damage(settings: Settings, storage: Storage, error: DamagedError) -> None:
    """Mail the organisers once that a stored file cannot be read. Raises what storages raise."""
    place = ", ".join(str(each) for each in error.details.values())
    notify_organisers_once(
        settings, storage, f"damaged {place}", "Im Archiv ist eine Datei beschädigt", explain(error)
    )


def send_waiting_notices(settings: Settings, storage: Storage) -> None:
    """Send what a mail server did not take before. Raises what storages raise."""
    if organisers_address(settings) is None:
        return
    for notices in (notices_of_this_machine(settings), Notices(storage)):
        for notice_id, notice in notices.waiting():
            _send(settings, notices, notice_id, notice)


def notices_of_this_machine(settings: Settings) -> Notices:
    """For the time that the archive is away, which is itself something to be told."""
    return Notices(FolderStorage(state_folder(settings)))


def _tell_once(settings: Settings, notices: Notices, notice_id: str, notice: Notice) -> bool:
    entry = _entry(notices.ledger(notice_id))
    if entry is not None:
        return entry.state is Delivery.SENT
    notices.keep(notice_id, notice)
    return _send(settings, notices, notice_id, notice)


def _send(settings: Settings, notices: Notices, notice_id: str, notice: Notice) -> bool:
    """Hand it over unless that was done; whether it is out. It waits on as long as sending it may help."""
    home = notices.ledger(notice_id)
    entry = _entry(home)
    if entry is not None and entry.state is Delivery.FAILED and not _is_over(entry):
        return False
    try:
        _deliver(settings, home, notice)
    except PermanentError as error:
        logger.warning("notice %s: %s", notice_id, error.code)
        if isinstance(error, OutcomeUnknownError):  # it may be out: never again by a machine
            notices.done(notice_id)
        return False
    except StepError as error:
        logger.info("notice %s waits: %s", notice_id, error.code)
        return False
    notices.done(notice_id)
    logger.info("Organisers notified: %s.", notice_id)
    return True


def _deliver(settings: Settings, home: NoticeLedger, notice: Notice) -> None:
    """Raises what `flows.delivery.deliver_once.deliver` raises, TemplateBrokenError."""
    content = Content(f"hinweis-{home.name}", FIRST, _in_words(settings, notice), Attachments(), {})
    address = administrators_address if notice.is_technical else organisers_address
    ready = to_organisers(settings, address(settings) or "", content, ORGANISERS)
    patience = timedelta(hours=settings.announcement.retry_hours)
    deliver(home, ready, Occasion(FIRST, Reason.NOTICE), patience)


def _in_words(settings: Settings, notice: Notice) -> RenderedMail:
    """Raises TemplateBrokenError."""
    if notice.matters:
        name, folder = settings.network.name, settings.announcement.templates
        return render_morning_mail(
            notice.matters, name, public_address(settings.network.base_url, DESK), folder
        )
    return render_notice(settings, notice.title, notice.text, notice.command, notice.link, LINK_TEXT)


def _entry(home: NoticeLedger) -> LedgerEntry | None:
    return home.read().entry(FIRST, ORGANISERS)


def _is_over(failed: LedgerEntry) -> bool:
    return utc_now() - failed.changed_at > AFTER_REFUSAL
