"""Prefect's process worker as Mitschnitt needs it."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker, ProcessWorkerResult


class MachineWorker(ProcessWorker):
    """Starts runs with this Python, in this folder; Prefect's own would look for sources to prepare first."""

    type = "mitschnitt"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.in_hand: set[UUID] = set()  # runs whose processes have not ended by themselves

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ProcessJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> ProcessWorkerResult:
        """Run it to its end."""
        self.in_hand.add(flow_run.id)
        configuration.working_dir = Path.cwd()
        configuration.command = f"{sys.executable} -m prefect.engine"
        configuration._command_configured = True
        result = await super().run(flow_run, configuration, task_status)
        self.in_hand.discard(flow_run.id)
        return result

    async def _submit_scheduled_flow_runs(
        self, flow_run_response: list[WorkerFlowRunResponse]
    ) -> list[FlowRun]:
        """Leave out runs that are back in line before their last process has ended: they come round again.

        Prefect's worker would ask for a second place for them, and fall over that it has one.
        """
        in_hand = self.limiter.statistics().borrowers
        free = [each for each in flow_run_response if each.flow_run.id not in in_hand]
        return await super()._submit_scheduled_flow_runs(free)
