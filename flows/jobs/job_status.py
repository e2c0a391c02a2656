"""What a job's runs say about it: by their states and the artifacts that their steps leave.

Each step leaves a progress artifact whose key is the stage it reaches; a failure leaves its
German explanation. Nothing else is kept anywhere.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Protocol
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, ArtifactFilterKey
from prefect.client.schemas.objects import Artifact, FlowRun, StateType
from prefect.client.schemas.sorting import ArtifactSort
from pydantic import ValidationError

from flows.composition import Resources
from flows.jobs.job import Job, JobState
from flows.jobs.job_chain import Chain, attempt_of, next_of, patience_of
from flows.jobs.process_request import ProcessRequest
from flows.orchestration.retry_policy import INTERRUPTED, Patience
from flows.prefect_names import (
    CHOICES_ARTIFACT,
    COMPOSED,
    CONVERTED,
    MARKED,
    MESSAGE_ARTIFACT,
    RECORD_ARTIFACT,
)
from tasks.archive.record_store import read_recording
from tasks.clock import utc_now
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.errors.job_errors import JobGaveUpError, JobInterruptedError, JobUnreadableError
from transcripts.errors.machine_errors import InternalError
from transcripts.model import Stage
from transcripts.sources.recording_choice import Choice, unpacked
from transcripts.wording.error_wording import explain

logger = logging.getLogger("mitschnitt.jobs")

PAGE = 200
BEFORE = {
    Stage.FETCHED: Stage.RECEIVED,
    Stage.TRANSCODED: Stage.FETCHED,
    Stage.TRANSCRIBED: Stage.TRANSCODED,
    Stage.CHAPTERED: Stage.TRANSCRIBED,
    Stage.ARCHIVED: Stage.CHAPTERED,
    Stage.ANNOUNCED: Stage.ARCHIVED,
}
STEP_KEYS = [*BEFORE, COMPOSED, MARKED, CONVERTED]


@dataclass(frozen=True, slots=True)
class _Left:
    """The newest artifacts that a job's attempts left."""

    step: Artifact | None = None
    message: Artifact | None = None
    record: Artifact | None = None
    choices: Artifact | None = None

    @classmethod
    def of(cls, chain: Chain, by_run: Mapping[UUID, list[Artifact]]) -> "_Left":
        """What the newest attempt left, and what those before it did where that left nothing."""
        newest_first = [each for run in reversed(chain.attempts) for each in by_run[run.id]]
        keys = (STEP_KEYS, [MESSAGE_ARTIFACT], [RECORD_ARTIFACT], [CHOICES_ARTIFACT])
        return cls(*(_first(newest_first, each) for each in keys))


class Asked(Protocol):
    """What a run was asked for, as a job shows it."""

    @property
    def title(self) -> str | None: ...

    @property
    def label(self) -> str: ...


def read_jobs(
    here: Resources,
    client: SyncPrefectClient,
    chains: Sequence[Chain],
    read: Callable[[FlowRun], Asked] | None = None,
) -> list[Job]:
    """The jobs of these chains, in their order; one that is not readable is named in the log and left out.

    `read` tells what a run was asked for, where it is no recording.
    """
    left = _left(client, [run.id for chain in chains for run in chain.attempts])
    patience = patience_of(here.settings)
    jobs = []
    for chain in chains:
        try:
            asked = read(chain.last) if read else request_of(chain.last)
            jobs.append(_job(here, chain, asked, _Left.of(chain, left), patience))
        except PermanentError as error:
            logger.warning("job %s: %s", chain.root.id, error.code)
    return jobs


def request_of(run: FlowRun) -> ProcessRequest:
    """What a run was asked for. Raises JobUnreadableError: other programs may ask otherwise."""
    try:
        return ProcessRequest.model_validate(run.parameters.get("request"))
    except ValidationError as error:
        raise JobUnreadableError() from error


def _left(client: SyncPrefectClient, run_ids: list[UUID]) -> dict[UUID, list[Artifact]]:
    """The artifacts of each run, newest first."""
    by_run: dict[UUID, list[Artifact]] = {run_id: [] for run_id in run_ids}
    for each in _artifacts(client, run_ids):
        if each.flow_run_id is not None:
            by_run[each.flow_run_id].append(each)
    return by_run


def _artifacts(client: SyncPrefectClient, run_ids: list[UUID]) -> Iterator[Artifact]:
    """What these runs left, newest first, page by page."""
    if not run_ids:
        return
    wanted = ArtifactFilter(
        flow_run_id=ArtifactFilterFlowRunId(any_=run_ids),
        key=ArtifactFilterKey(any_=[*STEP_KEYS, MESSAGE_ARTIFACT, RECORD_ARTIFACT, CHOICES_ARTIFACT]),
    )
    for offset in count(0, PAGE):
        page = client.read_artifacts(
            artifact_filter=wanted, sort=ArtifactSort.CREATED_DESC, limit=PAGE, offset=offset
        )
        yield from page
        if len(page) < PAGE:
            return


def _first(newest_first: list[Artifact], keys: Sequence[str]) -> Artifact | None:
    return next((each for each in newest_first if each.key in keys), None)


def _job(here: Resources, chain: Chain, asked: Asked, left: _Left, patience: Patience) -> Job:
    run = chain.last
    state = _state(here, chain, left, patience)
    code, message = _trouble(run, state, left)
    step = left.step if run.state_type is StateType.RUNNING else None
    percent = _percent(step)
    return Job(
        id=str(chain.root.id),
        source=asked.label,
        title=asked.title,
        state=state,
        stage=_stage(left.step, state),
        progress_percent=percent,
        progress_text=step.description if step else None,
        seconds_left=_seconds_left(step, percent),
        message=message,
        error_code=code,
        retries_at=_starts_at(run) if state is JobState.RETRYING else None,
        record_id=_record_id(left),
        submitted_at=chain.root.created or utc_now(),
        choices=_choices(left, code),
    )


def _choices(left: _Left, code: str | None) -> tuple[Choice, ...]:
    """What the job's newest trouble offers to choose from."""
    if code is None or left.choices is None or left.choices.description != code:
        return ()
    return unpacked(str(left.choices.data))


def _state(here: Resources, chain: Chain, left: _Left, patience: Patience) -> JobState:
    """How the newest attempt stands, and whether another one follows it."""
    run = chain.last
    match run.state_type:
        case StateType.COMPLETED:
            return JobState.HELD if _is_held(here, left) else JobState.DONE
        case StateType.CANCELLED | StateType.CANCELLING:
            return JobState.CANCELLED
        case StateType.FAILED | StateType.CRASHED if next_of(run, patience) is None:
            return JobState.FAILED
        case _ if chain.is_stopped:
            return JobState.CANCELLED
        case StateType.FAILED | StateType.CRASHED:
            return JobState.RETRYING
        case StateType.RUNNING:
            return JobState.RETRYING if _has_stumbled(run, left) else JobState.RUNNING
        case _:
            return JobState.RETRYING if attempt_of(run).follows else JobState.WAITING


def _has_stumbled(run: FlowRun, left: _Left) -> bool:
    """Whether the step under way has said what went wrong: it tries again."""
    if run.state is None or left.message is None or left.message.created is None:
        return False
    return left.message.created > run.state.timestamp and _is_newer(left.message, left.step)


def _is_newer(one: Artifact | None, other: Artifact | None) -> bool:
    if one is None or one.created is None:
        return False
    return other is None or other.created is None or one.created > other.created


def _trouble(run: FlowRun, state: JobState, left: _Left) -> tuple[str | None, str | None]:
    """The code and the German text of what is wrong, if anything is."""
    if state not in (JobState.FAILED, JobState.RETRYING):
        return None, None
    tries = attempt_of(run).tries
    if run.state_type is StateType.CRASHED and state is JobState.FAILED:
        return JobGaveUpError.code, explain(JobGaveUpError(count=tries))
    is_waiting = run.state_type is not StateType.RUNNING and run.state_type is not StateType.FAILED
    if run.state_type is StateType.CRASHED or (is_waiting and attempt_of(run).follows == INTERRUPTED):
        return JobInterruptedError.code, explain(JobInterruptedError())
    if left.message is None or not _is_newer(left.message, left.step):
        return InternalError.code, explain(InternalError())
    return left.message.description, str(left.message.data)


def _starts_at(run: FlowRun) -> datetime | None:
    """When the next attempt begins; None if it need not wait."""
    is_planned = run.state_type in (StateType.SCHEDULED, StateType.FAILED)
    return run.state.state_details.scheduled_time if is_planned and run.state is not None else None


def _stage(step: Artifact | None, state: JobState) -> Stage:
    """The last finished stage."""
    if state is JobState.HELD:
        return Stage.HELD
    if state is JobState.DONE:
        return Stage.ANNOUNCED
    if step is None or step.key is None:
        return Stage.RECEIVED
    if step.key in (COMPOSED, CONVERTED):
        return Stage.FETCHED
    if step.key == MARKED:
        return Stage.CHAPTERED
    reached = Stage(step.key)
    return reached if _percent(step) == 100 else BEFORE[reached]


def _percent(step: Artifact | None) -> float | None:
    return float(step.data) if step is not None and isinstance(step.data, int | float) else None


def _seconds_left(step: Artifact | None, percent: float | None) -> float | None:
    """By the average speed of the step so far, less what has passed since it was last heard of."""
    if step is None or not percent or step.created is None or step.updated is None:
        return None
    taken = (step.updated - step.created).total_seconds()
    since = (utc_now() - step.updated).total_seconds()
    return max(0.0, float(taken * (100 - percent) / percent - since))


def _record_id(left: _Left) -> str | None:
    return str(left.record.data) if left.record else None


def _is_held(here: Resources, left: _Left) -> bool:
    """Whether the record waits for its release: the archive knows."""
    if left.record is None or left.record.description != Stage.HELD:
        return False
    try:
        return read_recording(here.storage, str(left.record.data)).stage is Stage.HELD
    except (StepError, KeyError):
        return False  # the archive is away, or the record is: nothing waits
