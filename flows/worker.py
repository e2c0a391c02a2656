"""A machine's worker: takes recordings, and what the clock starts, from Prefect's pools.

Each run is a process of its own, in the worker's folder and environment, so that the settings
there hold. A machine has two lines: recordings, and short tasks that must not wait for them.
"""

import os
import random
import signal
import time
from contextlib import suppress

import anyio
import httpx
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_WORKER_HEARTBEAT_SECONDS

from config.settings import Settings
from flows.deploying import deploy, set_limit
from flows.interrupted import give_back, put_back_in_line
from flows.machine_worker import MachineWorker
from flows.places import machine_name
from flows.prefect_names import CLOCK_POOL, RECORDING_POOL, transcription_limit
from flows.shared_results import result_environment
from flows.telling import AWAY
from tasks.freed_memory import ENVIRONMENT

CLOCK_RUNS_AT_ONCE = 2
PAUSE_SECONDS = 2.0
SECONDS_BETWEEN_LOOKS = 30.0
MOST_RACES = 10


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; a server that is not there yet is waited for."""
    name = machine_name(settings)
    races_left = MOST_RACES
    while True:
        try:
            _get_ready(settings, name)
            break
        except httpx.TransportError:
            time.sleep(PAUSE_SECONDS)
        except (ObjectAlreadyExists, ObjectNotFound, httpx.HTTPStatusError):
            # Another worker that starts now was faster. What it made is found the next time.
            races_left -= 1
            if not races_left:
                raise
            time.sleep(PAUSE_SECONDS * random.random())  # noqa: S311 - to fall out of step with it
    recordings = _worker(name, RECORDING_POOL, settings.worker.recordings_at_once)
    try:
        anyio.run(_work, [recordings, _worker(name, CLOCK_POOL, CLOCK_RUNS_AT_ONCE)])
    finally:
        with suppress(*AWAY):  # without a server they fall silent, and are found then
            give_back(recordings.in_hand)


def _get_ready(settings: Settings, name: str) -> None:
    deploy()
    set_limit(transcription_limit(name), settings.worker.transcriptions_at_once)
    os.environ.update(result_environment(settings) | ENVIRONMENT)


async def _work(workers: list[MachineWorker]) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_when_told, group.cancel_scope)
        group.start_soon(_look_after_interrupted)
        for worker in workers:
            group.start_soon(worker.start)


def _worker(name: str, pool: str, limit: int) -> MachineWorker:
    return MachineWorker(
        work_pool_name=pool,
        name=name,
        limit=limit,
        heartbeat_interval_seconds=int(PREFECT_WORKER_HEARTBEAT_SECONDS.value()),
        create_pool_if_not_found=False,
    )


async def _look_after_interrupted() -> None:
    while True:
        with suppress(*AWAY):  # the next look will tell
            await anyio.to_thread.run_sync(put_back_in_line)
        await anyio.sleep(SECONDS_BETWEEN_LOOKS * (0.5 + random.random()))  # noqa: S311 - not all at once


async def _stop_when_told(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            scope.cancel()
            return
