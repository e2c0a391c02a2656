"""Follows up posts to the list: asks Mailman and the mailbox what became of mails that are not out yet.

Started by a schedule every few minutes, apart from the mails for meetings: neither waits for the other.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.announcing.recording_announcements import content_of, finish, home_of, matter_of
from flows.composition import Resources, resources
from flows.delivery.configured_channels import delivery_evidence, handover, without_waiting
from flows.delivery.deliver_once import Occasion, follow, settle
from flows.organiser_mails.announcement_notices import ChannelOutcome, notify_organisers
from flows.organiser_mails.failure_notices import notify_of_failed_schedule
from flows.organiser_mails.organiser_notices import notify_of_damage
from flows.prefect_names import LIST_POSTS_FLOW, LIST_POSTS_NAME
from tasks.archive.record_store import recordings
from tasks.channels.mail_channel import MAIL
from tasks.clock import utc_now
from transcripts.errors.error_kinds import DamagedError, StepError
from transcripts.mail.ledger import Delivery, LedgerEntry, Publication
from transcripts.model import Stage
from transcripts.wording.error_wording import explain
from transcripts.wording.local_time import local_day

logger = logging.getLogger("mitschnitt.flows")

# Between the mails for meetings, so that two processes do not begin at once.
EVERY_QUARTER_HOUR = Cron("7-59/15 * * * *", timezone="UTC")
REPORT_ARTIFACT = "nachfragen"
LONGEST_SECONDS = 3600
# How long the list may hold a post before nobody asks for it any more.
FOLLOWED_FOR = timedelta(days=60)


@flow(
    name=LIST_POSTS_FLOW,
    flow_run_name=LIST_POSTS_FLOW,
    persist_result=False,
    timeout_seconds=LONGEST_SECONDS,
    on_failure=[notify_of_failed_schedule],
    on_crashed=[notify_of_failed_schedule],
)
def follow_list_posts() -> list[str]:
    """Ask for all that is not known yet; returns what could not be done."""
    problems = list(follow_posts(resources(), utc_now()))
    logger.info("Checked the mailing list; problems: %d.", len(problems))
    if problems:
        create_markdown_artifact("\n\n".join(problems), key=REPORT_ARTIFACT)
    return problems


def list_posts_deployment() -> RunnerDeployment:
    """The flow with its schedule, for Prefect's `serve`, alone or among others.

    Never paused, since whoever served it before paused it when it ended.
    """
    return RunnerDeployment.from_flow(
        follow_list_posts,
        name=LIST_POSTS_NAME,
        schedule=EVERY_QUARTER_HOUR,
        paused=False,
        concurrency_limit=1,
        description="Asks the list what became of posts.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def follow_posts(here: Resources, now: datetime) -> Iterator[str]:
    """Ask the list what became of the posts of recent records; yields in German what is wrong."""
    settings, storage = here.settings, here.storage
    if not delivery_evidence(settings).is_there_one:
        return
    hurried, today = Resources(without_waiting(settings)), local_day(now, settings.network.zone)
    for recording in recordings(storage):
        if today - recording.recorded_on < FOLLOWED_FOR:
            try:
                for entry in home_of(storage, recording.id).read().entries:
                    if entry.channel == MAIL and _is_open(entry):
                        yield from _follow(hurried, recording.id, entry)
            except KeyError:
                continue  # it was removed since we looked
            except DamagedError as error:
                notify_of_damage(settings, storage, error)
                yield explain(error)


def _is_open(entry: LedgerEntry) -> bool:
    """Whether the list may know more than the ledger."""
    if entry.state is Delivery.SENT:
        return entry.publication is not Publication.OUT and entry.handed_over_at is not None
    return entry.state in (Delivery.SENDING, Delivery.UNKNOWN)


def _follow(here: Resources, record_id: str, entry: LedgerEntry) -> Iterator[str]:
    settings, storage = here.settings, here.storage
    home, occasion = home_of(storage, record_id), Occasion(entry.number, entry.reason, entry.change)
    try:
        ready = handover(settings, MAIL, content_of(settings, storage, record_id, occasion))
        if entry.state is not Delivery.SENT:
            entry = settle(home, ready, entry)
            if entry.state is Delivery.SENT:
                finish(here, record_id, Stage.ANNOUNCED)
        told = ChannelOutcome(follow(home, ready, entry))
    except DamagedError:
        raise
    except StepError as error:
        told = ChannelOutcome(None, error)
        yield explain(error)
    notify_organisers(settings, matter_of(storage, record_id, entry.number), {MAIL: told})
