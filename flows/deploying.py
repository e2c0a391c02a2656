"""Tells Prefect's server what there is to run: pools, deployments, automations, limits.

Every worker does so when it starts. Doing it again, or by several at once, changes nothing.
"""

from collections.abc import Iterable
from contextlib import suppress

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

from flows.announcing import announce
from flows.automations import automations
from flows.machine_worker import MachineWorker
from flows.meetings import announcements_deployment
from flows.nightly import nightly_deployment
from flows.prefect_names import (
    CLOCK_POOL,
    DEPLOYMENT_NAME,
    JOB_TAG,
    RECORDING_DEPLOYMENT,
    RECORDING_POOL,
)
from flows.recording import recording


def deploy() -> None:
    """Make pools, deployments and automations known."""
    with get_client(sync_client=True) as client:
        for pool in (RECORDING_POOL, CLOCK_POOL):
            _ensure_pool(client, pool)
    recording_deployment().apply(work_pool_name=RECORDING_POOL)
    for each in (nightly_deployment(), announcements_deployment(), announce_deployment()):
        each.apply(work_pool_name=CLOCK_POOL)
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(RECORDING_DEPLOYMENT)
        _ensure_automations(client, automations(deployment.id))


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
    for each in wanted:
        found = client.read_automations_by_name(each.name)
        if found and found[0].description != each.description:
            client.update_automation(found[0].id, each)
        elif not found:
            client.create_automation(each)
            found = client.read_automations_by_name(each.name)
        for other in sorted(found, key=lambda one: str(one.id))[1:]:
            client.delete_automation(other.id)
