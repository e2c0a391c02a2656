"""Mails the members what is new in the archive ("Neues im Archiv"), at most once a week, each thing once.

Started by a schedule every few minutes: what fails for a while is tried again by the next run. A run fails
where a mail that is due is not out, so that its light goes red; see flows.announcing.digest_round.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from prefect import Flow, flow
from prefect.client.schemas.objects import FlowRun, State
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from flows.announcing.digest_round import DigestRound, rhythm_of
from flows.composition import resources
from flows.delivery.deliver_once import update_entry
from flows.organiser_mails.announcement_notices import ChannelOutcome, Matter, notify_organisers
from flows.organiser_mails.failure_notices import notify_of_failed_schedule
from flows.organiser_mails.organiser_notices import notify_of_damage
from flows.prefect_names import DIGEST_FLOW, DIGEST_NAME
from tasks.archive.ledger_store import DigestLedger, digest_ledger
from tasks.channels.mail_channel import MAIL
from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from transcripts.errors.error_kinds import DamagedError, StepError, TemporaryError
from transcripts.errors.mail_errors import DigestRefusedError, MailError
from transcripts.mail.archive_news import refused
from transcripts.mail.ledger import Delivery

logger = logging.getLogger("mitschnitt.flows")

# Between the mails for meetings and the questions to the list, so that no two processes begin at once.
EVERY_QUARTER_HOUR = Cron("3-59/15 * * * *", timezone="UTC")
LONGEST_SECONDS = 3600
# So long nobody need know that a mail server is slow.
LATE = timedelta(hours=1)
OPEN = (Delivery.PREPARED, Delivery.SENDING)
TITLE = "Neues im Archiv"
COMMAND = "mitschnitt news"


def notify_unless_told(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook: of mails the organisers heard by `notify_organisers`, of all else they do as ever."""
    if not isinstance(state.result(raise_on_failure=False), MailError):
        notify_of_failed_schedule(flow, flow_run, state)


@flow(
    name=DIGEST_FLOW,
    flow_run_name=DIGEST_FLOW,
    persist_result=False,
    timeout_seconds=LONGEST_SECONDS,
    on_failure=[notify_unless_told],
    on_crashed=[notify_of_failed_schedule],
)
def send_digest(is_released: bool = False) -> dict[str, str]:
    """Send the mail that is due; returns by channel how it is now. Raises the StepError that keeps it back.

    `is_released`: a person wants it sent now.
    """
    here = resources()
    if not (here.settings.digest.enabled or is_released):
        return {}
    return tell_news(here.settings, here.storage, utc_now(), is_released=is_released)


def digest_deployment() -> RunnerDeployment:
    """The flow with its schedule, for Prefect's `serve`, alone or among others.

    Never paused, since whoever served it before paused it when it ended.
    """
    return RunnerDeployment.from_flow(
        send_digest,
        name=DIGEST_NAME,
        schedule=EVERY_QUARTER_HOUR,
        paused=False,
        concurrency_limit=1,
        description="Mails members what is new in the archive, at most once a week.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def tell_news(
    settings: Settings, storage: Storage, now: datetime, *, is_released: bool = False
) -> dict[str, str]:
    """One round; returns by channel the state of its entry. Raises the StepError that keeps a mail back.

    What may pass by itself is no error yet for an hour.
    """
    home = digest_ledger(storage)
    if is_released:
        _let_refused_try_again(settings, home, now)
    try:
        told = DigestRound(settings, storage, now, is_released).run()
    except DamagedError as error:
        notify_of_damage(settings, storage, error)
        raise
    to_say = {
        channel: each for channel, each in told.items() if not isinstance(each.error, DigestRefusedError)
    }
    notify_organisers(settings, Matter(home, home.read().last_number, TITLE, COMMAND), to_say)
    for each in told.values():
        if each.error is not None and (is_released or _counts(home, each.error)):
            raise each.error
    return {channel: _state(each) for channel, each in told.items()}


def _let_refused_try_again(settings: Settings, home: DigestLedger, now: datetime) -> None:
    """What was refused for good is tried once more, since a person says so."""
    entry = refused(home.read(), MAIL, rhythm_of(settings.digest, settings).latest(now))
    if entry is not None:
        update_entry(home, entry, state=Delivery.PREPARED, since=None)


def _counts(home: DigestLedger, error: StepError) -> bool:
    """Whether it has lasted long enough, or will not pass by itself."""
    if not isinstance(error, TemporaryError):
        return True
    logger.info("News: %s.", error.code)
    ledger = home.read()
    open_ones = (each for each in ledger.of(ledger.last_number) if each.state in OPEN)
    return any(each.since and utc_now() - each.since >= LATE for each in open_ones)


def _state(told: ChannelOutcome) -> str:
    return str(told.entry.state) if told.entry else str(told.error.code if told.error else "")
