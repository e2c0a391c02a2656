"""A machine's worker: takes recordings, and what the clock starts, from Prefect's pools.

Each run is a process of its own, in the worker's folder and environment, so that the settings
there hold. A machine has two lines: recordings, and short tasks that must not wait for them.
"""

import asyncio
import os
import signal

import anyio
from prefect.settings import PREFECT_WORKER_HEARTBEAT_SECONDS

from config.settings import Settings
from flows.deploying import deploy, set_limit
from flows.machine_worker import MachineWorker
from flows.places import machine_name
from flows.prefect_names import CLOCK_POOL, RECORDING_POOL, transcription_limit
from flows.shared_results import result_environment

CLOCK_RUNS_AT_ONCE = 2


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    deploy()
    os.environ.update(result_environment(settings))
    name = machine_name(settings)
    set_limit(transcription_limit(name), settings.worker.transcriptions_at_once)
    asyncio.run(_work(name, settings.worker.recordings_at_once))


async def _work(name: str, recordings_at_once: int) -> None:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, task.cancel)
    beat = int(PREFECT_WORKER_HEARTBEAT_SECONDS.value())
    lines = {RECORDING_POOL: recordings_at_once, CLOCK_POOL: CLOCK_RUNS_AT_ONCE}
    try:
        async with anyio.create_task_group() as group:
            for pool, limit in lines.items():
                worker = MachineWorker(
                    work_pool_name=pool,
                    name=name,
                    limit=limit,
                    heartbeat_interval_seconds=beat,
                    create_pool_if_not_found=False,
                )
                group.start_soon(worker.start)
    except asyncio.CancelledError:
        return
