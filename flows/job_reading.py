"""What a run tells about itself, as a job: from its state and the artifacts that its steps leave.

Each step leaves a progress artifact whose key is the stage it reaches; a failure leaves its
German explanation. Nothing else is kept anywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, ArtifactFilterKey
from prefect.client.schemas.objects import Artifact, FlowRun, StateType
from prefect.client.schemas.sorting import ArtifactSort

from flows.job import Job, JobState
from flows.places import current_storage
from flows.prefect_names import INTERRUPTED, MARKED, MESSAGE_ARTIFACT, RECORD_ARTIFACT, RETRIED_BY_HAND
from flows.request import ProcessRequest
from tasks.archive import read_recording
from transcripts.errors import PermanentError, StepError
from transcripts.model import Stage
from transcripts.wording import explain

PAGE = 200
BEFORE = {
    Stage.FETCHED: Stage.RECEIVED,
    Stage.TRANSCODED: Stage.FETCHED,
    Stage.TRANSCRIBED: Stage.TRANSCODED,
    Stage.CHAPTERED: Stage.TRANSCRIBED,
    Stage.ARCHIVED: Stage.CHAPTERED,
    Stage.ANNOUNCED: Stage.ARCHIVED,
}
STEP_KEYS = [*BEFORE, MARKED]


@dataclass(frozen=True, slots=True)
class _Told:
    """The newest artifacts of a run."""

    step: Artifact | None = None
    message: Artifact | None = None
    record: Artifact | None = None


def read_jobs(client: SyncPrefectClient, runs: Sequence[FlowRun]) -> list[Job]:
    """The jobs of these runs, in their order."""
    told = _told(client, [run.id for run in runs])
    return [_job(run, told[run.id]) for run in runs]


def _told(client: SyncPrefectClient, run_ids: list[UUID]) -> dict[UUID, _Told]:
    by_run: dict[UUID, list[Artifact]] = {run_id: [] for run_id in run_ids}
    for each in _artifacts(client, run_ids):
        if each.flow_run_id is not None:
            by_run[each.flow_run_id].append(each)
    return {
        run_id: _Told(
            _first(found, STEP_KEYS), _first(found, [MESSAGE_ARTIFACT]), _first(found, [RECORD_ARTIFACT])
        )
        for run_id, found in by_run.items()
    }


def _artifacts(client: SyncPrefectClient, run_ids: list[UUID]) -> Iterator[Artifact]:
    """What these runs left, newest first, page by page."""
    if not run_ids:
        return
    wanted = ArtifactFilter(
        flow_run_id=ArtifactFilterFlowRunId(any_=run_ids),
        key=ArtifactFilterKey(any_=[*STEP_KEYS, MESSAGE_ARTIFACT, RECORD_ARTIFACT]),
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


def _job(run: FlowRun, told: _Told) -> Job:
    asked = ProcessRequest.model_validate(run.parameters["request"])
    state, retries_at = _state(run, told), _retries_at(run)
    code, message = _trouble(run, state, told)
    step = told.step if run.state_type is StateType.RUNNING else None
    percent = _percent(step)
    return Job(
        id=str(run.id),
        source=asked.label,
        title=asked.title,
        state=state,
        stage=_stage(told.step, state),
        progress_percent=percent,
        progress_text=step.description if step else None,
        seconds_left=_seconds_left(step, percent),
        message=message,
        error_code=code,
        retries_at=retries_at,
        record_id=_record_id(told),
        submitted_at=run.created or datetime.now(UTC),
    )


def _state(run: FlowRun, told: _Told) -> JobState:
    match run.state_type:
        case StateType.COMPLETED:
            return JobState.HELD if _is_held(told) else JobState.DONE
        case StateType.FAILED:
            return JobState.FAILED
        case StateType.CANCELLED | StateType.CANCELLING:
            return JobState.CANCELLED
        case StateType.CRASHED:
            return JobState.RETRYING  # an automation puts it back in line
        case StateType.RUNNING:
            return JobState.RETRYING if _has_stumbled(run, told) else JobState.RUNNING
        case _:
            return JobState.RETRYING if _goes_on_by_itself(run) else JobState.WAITING


def _goes_on_by_itself(run: FlowRun) -> bool:
    """Whether it waits because something went wrong, and not for its first turn or at someone's wish."""
    state = run.state
    return state is not None and state.name == "AwaitingRetry" and state.message != RETRIED_BY_HAND


def _has_stumbled(run: FlowRun, told: _Told) -> bool:
    """Whether the step under way has said what went wrong: it tries again."""
    if run.state is None or told.message is None or told.message.created is None:
        return False
    return told.message.created > run.state.timestamp and _is_newer(told.message, told.step)


def _is_newer(one: Artifact | None, other: Artifact | None) -> bool:
    if one is None or one.created is None:
        return False
    return other is None or other.created is None or one.created > other.created


def _trouble(run: FlowRun, state: JobState, told: _Told) -> tuple[str | None, str | None]:
    """The code and the German text of what is wrong, if anything is."""
    if state not in (JobState.FAILED, JobState.RETRYING):
        return None, None
    is_interrupted = run.state_type is StateType.CRASHED or (run.state and run.state.message == INTERRUPTED)
    if is_interrupted:
        return "job_interrupted", explain(PermanentError("job_interrupted"))
    if told.message is None or not _is_newer(told.message, told.step):
        return "internal", explain(PermanentError("internal"))
    return told.message.description, str(told.message.data)


def _retries_at(run: FlowRun) -> datetime | None:
    """When it goes on by itself; None if it need not wait."""
    if run.state is None or not _goes_on_by_itself(run):
        return None
    return run.state.state_details.scheduled_time


def _stage(step: Artifact | None, state: JobState) -> Stage:
    """The last finished stage."""
    if state is JobState.HELD:
        return Stage.HELD
    if state is JobState.DONE:
        return Stage.ANNOUNCED
    if step is None or step.key is None:
        return Stage.RECEIVED
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
    since = (datetime.now(UTC) - step.updated).total_seconds()
    return max(0.0, taken * (100 - percent) / percent - since)


def _record_id(told: _Told) -> str | None:
    return str(told.record.data) if told.record else None


def _is_held(told: _Told) -> bool:
    """Whether the record waits for its release: the archive knows."""
    if told.record is None or told.record.description != Stage.HELD:
        return False
    try:
        return read_recording(current_storage(), str(told.record.data)).stage is Stage.HELD
    except (StepError, KeyError):
        return False  # the archive is away, or the record is: nothing waits
