"""Prefect's process worker as Mitschnitt needs it."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import anyio
from prefect.client.schemas.objects import FlowRun
from prefect.utilities.processutils import command_to_string
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker, ProcessWorkerResult

from tasks.processes.child_process import bound


class MachineJobConfiguration(ProcessJobConfiguration):
    """Runs are started with this machine's Python, in this folder, where its settings lie."""

    def prepare_for_flow_run(self, *arguments: Any, **options: Any) -> None:
        """See Prefect's; without a command of ours it would look for sources to prepare first."""
        # Another worker goes on with the runs of one that was killed: none of its processes may.
        self.command = command_to_string(bound([sys.executable, "-m", "prefect.engine"]))
        self.working_dir = Path.cwd()
        super().prepare_for_flow_run(*arguments, **options)


class MachineWorker(ProcessWorker):
    """Knows what it has under way, so that it can hand that on when it is told to stop."""

    type = "mitschnitt"
    job_configuration = MachineJobConfiguration

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.under_way: set[UUID] = set()  # runs whose processes have not ended by themselves

    async def run(
        self,
        flow_run: FlowRun,
        configuration: ProcessJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> ProcessWorkerResult:
        """Run it to its end."""
        self.under_way.add(flow_run.id)
        result = await super().run(flow_run, configuration, task_status)
        self.under_way.discard(flow_run.id)
        return result
