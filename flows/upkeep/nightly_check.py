"""Looks at a part of the archive each night, every byte of it, and tells the administrators what is wrong.

After `archive.verify_nights` nights all of it has been read. Nothing wrong: no mail; the
outcome stands in Prefect either way. Old results of steps are forgotten on the way.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from flows.composition import Resources, end_of_grace, resources
from flows.jobs.retry_hook import attempted, begin_next_attempt
from flows.orchestration.result_storage import forget_results
from flows.orchestration.retry_policy import Attempt
from flows.organiser_mails.failure_notices import notify_of_failed_schedule
from flows.organiser_mails.organiser_notices import notify_organisers_once
from flows.prefect_names import NIGHTLY_FLOW, NIGHTLY_NAME
from flows.reporting.archive_report import finding_line, verdict_lines, what_to_do
from tasks.archive.known_damage import note_damage
from tasks.archive.notice_store import Notices
from tasks.archive.upload_store import Uploads
from tasks.archive.verification import folders, verify_record, verify_root
from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from transcripts.archive.findings import Finding
from transcripts.wording.local_time import local_day

logger = logging.getLogger("mitschnitt.flows")

REPORT_ARTIFACT = "pruefung"
# Longer than anyone waits before asking for a recording again.
RESULTS_KEPT = timedelta(days=30)
MOST_LINES = 40
LONGEST_NIGHT_SECONDS = 20 * 3600
WHAT_HAPPENED = "Bei der nächtlichen Prüfung des Archivs fiel auf:"
EVERY_NIGHT = "17 3 * * *"


@flow(
    name=NIGHTLY_FLOW,
    flow_run_name=NIGHTLY_FLOW,
    persist_result=False,
    timeout_seconds=LONGEST_NIGHT_SECONDS,
    on_failure=[begin_next_attempt, notify_of_failed_schedule],
    on_crashed=[notify_of_failed_schedule],
)
def verify_nightly(attempt: Attempt = Attempt()) -> list[Finding] | State[Any]:  # noqa: B008 - immutable
    """Verify tonight's part; returns the damage after reporting it. Raises StepError.

    As a deployment's run, what time can mend is tried again by a run of its own.
    """
    return attempted(_verify, attempt)


def _verify() -> list[Finding]:
    here, now = resources(), utc_now()
    settings, storage = here.settings, here.storage
    part = tonights(folders(storage), local_day(now, settings.network.zone), settings.archive.verify_nights)
    before = end_of_grace(settings)
    of_records = [
        each for record_id in part for each in verify_record(storage, record_id, deep=True, before=before)
    ]
    of_root = list(verify_root(storage, here.imprint))
    found = [*of_records, *of_root]
    create_markdown_artifact("\n".join(verdict_lines(part, found)), key=REPORT_ARTIFACT)
    damages = [each for each in found if each.is_damage]
    logger.info("Read %d records, every byte; damaged objects: %d.", len(part), len(damages))
    note_damage(storage, part, damages)
    for each in (of_records, of_root):  # apart: the root is looked at each night, and told of once
        _notify_of_damage(settings, storage, each)
    _forget_old(here, now)
    return damages


def _forget_old(here: Resources, now: datetime) -> None:
    """Remove what nobody will ask for any more."""
    forget_results(here, now - RESULTS_KEPT)
    Uploads(here.storage).forget_old(now)
    Notices(here.storage).forget_old(now)


def nightly_deployment(settings: Settings) -> RunnerDeployment:
    """The flow with its schedule by the network's clocks; every worker brings it.

    Never paused, since whoever served it before paused it when it ended.
    """
    return RunnerDeployment.from_flow(
        verify_nightly,
        name=NIGHTLY_NAME,
        schedule=Cron(EVERY_NIGHT, timezone=settings.network.timezone),
        paused=False,
        concurrency_limit=1,
        description="Reads a part of the archive and mails the administrators what is wrong.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def tonights(record_ids: list[str], today: date, nights: int) -> list[str]:
    """The records whose turn it is: each once in so many nights, by its id, not by its place in the list."""
    turn = today.toordinal() % nights
    return [each for each in record_ids if int(sha256(each.encode()).hexdigest(), 16) % nights == turn]


def _notify_of_damage(settings: Settings, storage: Storage, found: Sequence[Finding]) -> None:
    """Tell the administrators of this damage, once; nothing where there is none."""
    damages = [each for each in found if each.is_damage]
    if not damages:
        return
    lines = sorted(map(finding_line, damages))
    key = f"damage-{sha256(repr(lines).encode()).hexdigest()}"
    more = [f"… und {len(lines) - MOST_LINES} weitere"] if len(lines) > MOST_LINES else []
    text = "\n".join([WHAT_HAPPENED, *lines[:MOST_LINES], *more, *what_to_do(damages)])
    notify_organisers_once(
        settings, storage, key, "Das Archiv ist beschädigt", text, "mitschnitt verify", is_technical=True
    )
