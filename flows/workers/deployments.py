"""Registers with Prefect's server what there is to run: pools, deployments, automations, limits.

Every worker does so when it starts. Doing it again, or by several at once, changes nothing.
"""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
    WorkPoolCreate,
)
from prefect.deployments.runner import RunnerDeployment
from prefect.events.schemas.automations import AutomationCore
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from flows.announcing.archive_digest import digest_deployment
from flows.announcing.mailing_list_posts import list_posts_deployment
from flows.announcing.meeting_announcements import announcements_deployment
from flows.announcing.recording_announcements import announce
from flows.documents.document_flow import document
from flows.organiser_mails.morning_flow import morning_deployment
from flows.pipeline.recording_deployment import recording
from flows.prefect_names import (
    CLOCK_POOL,
    DEPLOYMENT_NAME,
    DOCUMENT_TAG,
    JOB_TAG,
    RECORDING_POOL,
)
from flows.upkeep.nightly_check import nightly_deployment
from flows.workers.automations import RETIRED, automations
from flows.workers.job_recovery import Deployed
from flows.workers.process_worker import MachineWorker


def deploy(settings: Settings) -> Deployed:
    """Make pools, deployments and automations known; returns the deployments' ids.

    Schedules follow the network's clocks.
    """
    with get_client(sync_client=True) as client:
        for pool in (RECORDING_POOL, CLOCK_POOL):
            _ensure_pool(client, pool)
    again = [_applied(each, RECORDING_POOL) for each in (recording_deployment(), document_deployment())]
    again += [_applied(each, CLOCK_POOL) for each in (announce_deployment(), *daily_deployments(settings))]
    others = [_applied(each, CLOCK_POOL) for each in frequent_deployments()]
    deployed = Deployed(tuple(again), tuple(others))
    with get_client(sync_client=True) as client:
        _ensure_automations(client, automations(deployed.all_ids))
    return deployed


def _applied(deployment: RunnerDeployment, pool: str) -> UUID:
    return UUID(str(deployment.apply(work_pool_name=pool)))


def clock_deployments(settings: Settings) -> tuple[RunnerDeployment, ...]:
    """What the clock starts; flows.duties says what is expected of each."""
    return (*daily_deployments(settings), *frequent_deployments())


def daily_deployments(settings: Settings) -> tuple[RunnerDeployment, ...]:
    """What is tried again when it fails, for its next time is a day away."""
    return nightly_deployment(settings), morning_deployment(settings)


def frequent_deployments() -> tuple[RunnerDeployment, ...]:
    """What is not, for its next time is near."""
    return announcements_deployment(), list_posts_deployment(), digest_deployment()


def recording_deployment() -> RunnerDeployment:
    """The way of a recording, started by the desk or from Prefect's own form."""
    return RunnerDeployment.from_flow(
        recording,
        name=DEPLOYMENT_NAME,
        tags=[JOB_TAG],
        enforce_parameter_schema=True,
        description="Turns the address of a recorded meeting into a published, announced record.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def document_deployment() -> RunnerDeployment:
    """The way of a document, started by the desk, the inbox or the command line."""
    return RunnerDeployment.from_flow(
        document,
        name=DEPLOYMENT_NAME,
        tags=[DOCUMENT_TAG],
        enforce_parameter_schema=True,
        description="Turns a file, or its address, into a document that waits for its release.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def announce_deployment() -> RunnerDeployment:
    """The announcement of a record that was released, started by the desk; it waits for no transcription."""
    return RunnerDeployment.from_flow(
        announce,
        name=DEPLOYMENT_NAME,
        enforce_parameter_schema=True,
        description="Tells the members of a record, once.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def set_limit(name: str, slots: int) -> None:
    """So many holders of this concurrency limit at once."""
    with get_client(sync_client=True) as client:
        try:
            client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            with suppress(ObjectAlreadyExists):
                client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=slots))
        client.update_global_concurrency_limit(name, GlobalConcurrencyLimitUpdate(limit=slots))


def _ensure_pool(client: SyncPrefectClient, name: str) -> None:
    template = MachineWorker.get_default_base_job_template()
    with suppress(ObjectAlreadyExists):
        client.create_work_pool(
            WorkPoolCreate(name=name, type=MachineWorker.type, base_job_template=template)
        )


def _ensure_automations(client: SyncPrefectClient, wanted: Iterable[AutomationCore]) -> None:
    """Each exactly once: of those that workers made at the same time all keep the same one.

    One that is as it should be is left alone: a change lets Prefect forget which runs are silent, and a
    machine that comes back after a power cut would hide those that died with it.
    """
    for name in RETIRED:
        for old in client.read_automations_by_name(name):
            client.delete_automation(old.id)
    for each in wanted:
        found = client.read_automations_by_name(each.name)
        if found and found[0].description != each.description:
            client.update_automation(found[0].id, each)
        elif not found:
            client.create_automation(each)
            found = client.read_automations_by_name(each.name)
        for other in sorted(found, key=lambda one: str(one.id))[1:]:
            client.delete_automation(other.id)
