"""Mails the organisers each morning what waits for them; nothing where nothing does."""

import logging
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from flows.composition import resources
from flows.jobs.job_control import jobs
from flows.jobs.retry_hook import attempted, begin_next_attempt
from flows.orchestration.retry_policy import Attempt
from flows.organiser_mails.failure_notices import notify_of_failed_schedule
from flows.organiser_mails.open_matters_query import open_matters
from flows.organiser_mails.organiser_notices import notices_of_this_machine, send_notice_once
from flows.prefect_names import MORNING_FLOW, MORNING_NAME
from tasks.archive.notice_store import Notices
from tasks.clock import utc_now
from transcripts.archive.layout import notice_id
from transcripts.mail.open_matters import OpenMatter
from transcripts.mail.organiser_notice import Notice
from transcripts.wording.local_time import local_day

logger = logging.getLogger("mitschnitt.flows")

LONGEST_SECONDS = 3600
EVERY_MORNING = "0 7 * * *"


@flow(
    name=MORNING_FLOW,
    flow_run_name=MORNING_FLOW,
    persist_result=False,
    timeout_seconds=LONGEST_SECONDS,
    on_failure=[begin_next_attempt, notify_of_failed_schedule],
    on_crashed=[notify_of_failed_schedule],
)
def morning(attempt: Attempt = Attempt()) -> list[OpenMatter] | State[Any]:  # noqa: B008 - immutable
    """Mail what is open, once a day however often it is run; returns it. Raises StepError.

    As a deployment's run, what time can mend is tried again by a run of its own.
    """
    return attempted(_mail_what_is_open, attempt)


def _mail_what_is_open() -> list[OpenMatter]:
    here, now = resources(), utc_now()
    settings, storage = here.settings, here.storage
    key = f"{MORNING_FLOW}-{local_day(now, settings.network.zone).isoformat()}"
    for notices in (notices_of_this_machine(settings), Notices(storage)):
        _drop_earlier(notices, key)
    matters = open_matters(settings, storage, jobs(), now)
    logger.info("Open matters: %d.", len(matters))
    if matters:
        send_notice_once(settings, storage, key, Notice(title=key, text="", matters=tuple(matters)))
    return matters


def morning_deployment(settings: Settings) -> RunnerDeployment:
    """The flow with its schedule by the network's clocks.

    Never paused, since whoever served it before paused it when it ended.
    """
    return RunnerDeployment.from_flow(
        morning,
        name=MORNING_NAME,
        schedule=Cron(EVERY_MORNING, timezone=settings.network.timezone),
        paused=False,
        concurrency_limit=1,
        description="Mails the organisers what is open.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _drop_earlier(notices: Notices, key: str) -> None:
    """What could not be mailed on an earlier morning is said better today."""
    for waiting, notice in notices.waiting():
        if notice.matters and waiting != notice_id(key):
            notices.done(waiting)
