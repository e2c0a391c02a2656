"""What is in the archive and what is under way: the archive and Prefect are asked, nothing else is kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterKey,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

from flows.composition import resources
from flows.jobs.job_control import jobs
from flows.organiser_mails.open_matters_query import open_matters
from flows.pipeline.recording_flow import FLOW_NAME
from flows.prefect_names import MESSAGE_ARTIFACT, RECORDING_FLOW
from tasks.archive.catalogue_store import listed
from tasks.clock import utc_now
from transcripts.errors.error_kinds import DamagedError
from transcripts.mail.open_matters import OpenMatter
from transcripts.model import Recording, Stage

MOST_RUNS = 50
STAGE_AFTER = {
    "fetch": Stage.FETCHED,
    "transcode": Stage.TRANSCODED,
    "transcribe": Stage.TRANSCRIBED,
    "chapter": Stage.CHAPTERED,
    "archive": Stage.ARCHIVED,
    "announce": Stage.ANNOUNCED,
}


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The newest run for one address: the last finished stage, and a message if something went wrong."""

    url: str
    stage: Stage
    state: str  # Prefect's: RUNNING, FAILED, CRASHED, CANCELLED, COMPLETED ...
    started_at: datetime | None
    message: str | None

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        started = self.started_at.isoformat() if self.started_at else None
        return asdict(self) | {"started_at": started}


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """All complete records, newest first, and what is wrong with those that cannot be read, by their ids."""

    recordings: tuple[Recording, ...]
    damaged: Mapping[str, DamagedError]


def archive_status() -> ArchiveStatus:
    """What the archive says."""
    found = listed(resources().storage)
    return ArchiveStatus(tuple(each.recording for each in reversed(found.entries)), found.damaged)


def matters_now() -> list[OpenMatter]:
    """What waits for a person, as the mail of the morning lists it. Raises StepError."""
    return open_matters(resources().settings, resources().storage, jobs(), utc_now())


def unfinished_runs() -> list[RunStatus]:
    """The newest run of each address that has not ended well."""
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW_NAME, RECORDING_FLOW])),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=MOST_RUNS,
        )
        newest = {_url_of(run): run for run in reversed(runs)}
        return [_status(client, url, run) for url, run in newest.items() if not _ended_well(run)]


def _url_of(run: FlowRun) -> str:
    request = run.parameters.get("request")
    return str(request.get("url") or request.get("upload")) if isinstance(request, dict) else run.name


def _ended_well(run: FlowRun) -> bool:
    return run.state_type is StateType.COMPLETED


def _status(client: SyncPrefectClient, url: str, run: FlowRun) -> RunStatus:
    return RunStatus(
        url=url,
        stage=_stage(client, run),
        state=run.state_type.value if run.state_type else "UNKNOWN",
        started_at=run.start_time,
        message=_message(client, run),
    )


def _stage(client: SyncPrefectClient, run: FlowRun) -> Stage:
    """The stage after the last finished task."""
    finished = client.read_task_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run.id])),
        task_run_filter=TaskRunFilter(
            state=TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.COMPLETED]))
        ),
    )
    names = {each.name.rsplit("-", 1)[0] for each in finished}
    reached = [stage for name, stage in STAGE_AFTER.items() if name in names]
    return reached[-1] if reached else Stage.RECEIVED


def _message(client: SyncPrefectClient, run: FlowRun) -> str | None:
    """The German explanation that a failed run left."""
    found = client.read_artifacts(
        artifact_filter=ArtifactFilter(
            flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]), key=ArtifactFilterKey(any_=[MESSAGE_ARTIFACT])
        )
    )
    return str(found[0].data) if found else None
