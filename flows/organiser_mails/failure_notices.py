"""Mails to the organisers when something automatic failed and needs a person, once each."""

import logging
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State

from config.settings import Settings
from flows.composition import resources
from flows.duties import title_of_flow
from flows.local_clock import clock_of
from flows.organiser_mails.organiser_notices import notify_organisers_once
from flows.prefect_names import WILL_RETRY
from tasks.storage.storage_interface import Storage
from transcripts.errors.error_kinds import StepError
from transcripts.errors.job_errors import JobGaveUpError
from transcripts.errors.machine_errors import InternalError, TookTooLongError
from transcripts.pages.desk_addresses import DOCUMENT_JOBS, JOBS, REVIEWS, public_address
from transcripts.wording.error_wording import explain

logger = logging.getLogger("mitschnitt.notices")


def notify_of_failed_recording(
    settings: Settings, storage: Storage, job_id: str, source: str, title: str | None, error: object
) -> None:
    """Say that a recording does not go on by itself, once for each job and reason.

    `source` is the public address, or what was uploaded. Raises what `notify_organisers_once` raises.
    """
    lines = ["Diese Aufzeichnung ist gescheitert und geht nicht von selbst weiter.", reason_of(error)]
    if title:
        lines.append(f"Quelle: {source}")
    link = public_address(settings.network.base_url, JOBS + job_id)
    key = f"recording-{job_id}-{_code(error)}"
    notify_organisers_once(
        settings, storage, key, title or source, "\n".join(lines), "" if link else "mitschnitt status", link
    )


def notify_of_failed_document(
    settings: Settings, storage: Storage, job_id: str, label: str, error: object
) -> None:
    """Say that a document does not go on by itself, once for each job and reason.

    Raises what `notify_organisers_once` raises.
    """
    text = f"Dieses Dokument ist gescheitert und geht nicht von selbst weiter.\n{reason_of(error)}"
    link = public_address(settings.network.base_url, DOCUMENT_JOBS + job_id)
    command = "" if link else "mitschnitt documents list"
    notify_organisers_once(settings, storage, f"document-{job_id}-{_code(error)}", label, text, command, link)


def notify_of_held_recording(
    settings: Settings, storage: Storage, record_id: str, title: str, reason: str = ""
) -> None:
    """Say that a record waits for its release, once; `reason` (German) is what is in doubt.

    Raises what `notify_organisers_once` raises.
    """
    text = "Die Aufzeichnung ist fertig und wartet auf die Freigabe; nur die Organisierenden sehen sie schon."
    link = public_address(settings.network.base_url, f"{REVIEWS}{record_id}/")
    command = "" if link else f"mitschnitt announce {record_id}"
    lines = f"{text}\n{reason}".rstrip()
    notify_organisers_once(settings, storage, f"held-{record_id}", title, lines, command, link)


def notify_of_failed_schedule(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook of a flow that the clock starts: it has failed, or crashed, for good.

    Told once a day for each reason. One that was told to end with its worker has not failed, nor has one
    that is tried again. Raises what `notify_organisers_once` raises, SettingsError.
    """
    error = state.result(raise_on_failure=False)
    if not isinstance(error, Exception) or state.name == WILL_RETRY:
        return
    logger.error("%s failed in run %s: %s", flow.name, flow_run.id, _code(error))
    name = title_of_flow(flow.name)
    text = f"Was der Zeitplan gestartet hat, ist gescheitert: {name}.\n{reason_of(error)}"
    here = resources()
    key = f"{flow.name}-{_code(error)}-{clock_of(here.settings).today.isoformat()}"
    notify_organisers_once(
        here.settings, here.storage, key, name, text, "mitschnitt doctor", is_technical=True
    )


def reason_of(error: object) -> str:
    """What went wrong, in German; of what nobody foresaw only its kind, for its words may hold anything.

    Of a job that was given up also what its last attempt died of.
    """
    if isinstance(error, StepError):
        last = explain(error.__cause__) if isinstance(error.__cause__, StepError) else ""
        return f"{explain(error)}\n{last}" if last and isinstance(error, JobGaveUpError) else explain(error)
    if isinstance(error, TimeoutError):
        return explain(TookTooLongError())
    return f"{explain(InternalError())} (Kennung: {type(error).__name__})"


def _code(error: object) -> str:
    return error.code if isinstance(error, StepError) else f"internal-{type(error).__name__}"
