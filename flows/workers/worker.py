"""A machine's worker: takes recordings and scheduled runs from Prefect's pools.

Each run is a process of its own, in the worker's folder and environment, so that the settings
there hold. A machine has two lines: recordings, and short tasks that must not wait for them.
"""

import logging
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import anyio
import httpx
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.settings import PREFECT_WORKER_HEARTBEAT_SECONDS
from prefect.variables import Variable

from config.settings import Settings
from flows.composition import Resources, machine_name
from flows.documents import document_jobs
from flows.duties import INBOX, RETRIES, TIDYING, WorkerDuty
from flows.jobs.inbox_watch import inboxes_of, look_into
from flows.orchestration.prefect_errors import prefect_translated
from flows.orchestration.result_storage import result_environment
from flows.prefect_names import CLOCK_POOL, RECORDING_POOL, transcription_limit
from flows.reporting.run_artifacts import AWAY
from flows.upkeep.work_folder_cleanup import tidy_machine
from flows.workers.deployments import deploy, set_limit
from flows.workers.job_recovery import Deployed, hand_over_runs, resume_interrupted_jobs
from flows.workers.process_worker import MachineWorker
from tasks.clock import utc_now
from tasks.processes.supervised_loop import LOOP_CLOCK, LoopClock, SupervisedLoop
from tasks.recognition.freed_memory import ENVIRONMENT
from transcripts.errors.machine_errors import FolderRefusedError

logger = logging.getLogger("mitschnitt.worker")

CLOCK_RUNS_AT_ONCE = 2
PAUSE_SECONDS = 2.0
# A run asks again also where Prefect's server had an error of its own; its client knows 429, 502 and 503.
PATIENT_CLIENT = {"PREFECT_CLIENT_RETRY_EXTRA_CODES": "500,504"}
SECONDS_BETWEEN_LOOKS = 10.0
SECONDS_BETWEEN_INBOX_LOOKS = 30.0
MOST_RACES = 10


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; a server that is not there yet is waited for."""
    here, name = Resources(settings), machine_name(settings)
    races_left = MOST_RACES
    while True:
        try:
            deployed = _get_ready(settings, name)
            break
        except httpx.TransportError:
            time.sleep(PAUSE_SECONDS)
        except (ObjectAlreadyExists, ObjectNotFound, httpx.HTTPStatusError):
            # Another worker that starts now was faster. What it made is found the next time.
            races_left -= 1
            if not races_left:
                raise
            time.sleep(PAUSE_SECONDS * random.random())  # noqa: S311 - to fall out of step with it
    workers = [
        _worker(name, RECORDING_POOL, settings.worker.recordings_at_once),
        _worker(name, CLOCK_POOL, CLOCK_RUNS_AT_ONCE),
    ]
    loops = (
        worker_loop(
            RETRIES, lambda: resume_interrupted_jobs(settings, deployed, utc_now()), SECONDS_BETWEEN_LOOKS
        ),
        worker_loop(TIDYING, lambda: _tidy(here), TIDYING.every.total_seconds()),
        *_inbox_loops(here),
    )
    for loop in loops:
        loop.start()
    try:
        anyio.run(_work, workers)
    finally:
        for loop in loops:
            loop.stop()
        with suppress(*AWAY):  # without a server they fall silent, and are found then
            hand_over_runs(settings, deployed, [run_id for worker in workers for run_id in worker.under_way])


def _get_ready(settings: Settings, name: str) -> Deployed:
    """Tell Prefect's server what there is to run; returns the deployments' ids."""
    deployed = deploy(settings)
    set_limit(transcription_limit(name), settings.worker.transcriptions_at_once)
    os.environ.update(result_environment(settings) | ENVIRONMENT | PATIENT_CLIENT)
    return deployed


async def _work(workers: list[MachineWorker]) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(_stop_on_signal, group.cancel_scope)
        for worker in workers:
            group.start_soon(partial(worker.start, printer=logger.info))


def _worker(name: str, pool: str, limit: int) -> MachineWorker:
    return MachineWorker(
        work_pool_name=pool,
        name=name,
        limit=limit,
        heartbeat_interval_seconds=int(PREFECT_WORKER_HEARTBEAT_SECONDS.value()),
        create_pool_if_not_found=False,
    )


def worker_loop(
    duty: WorkerDuty, do: Callable[[], None], pause_seconds: float, clock: LoopClock = LOOP_CLOCK
) -> SupervisedLoop:
    """Does a duty again and again, and leaves word in Prefect that it was done; not all workers at once."""

    def do_and_say() -> bool:
        with prefect_translated():
            do()
            done_at = clock.now().isoformat(timespec="seconds")
            Variable.set(duty.variable, done_at, overwrite=True)
        return True

    def until_next() -> float:
        return pause_seconds * (0.5 + random.random())  # noqa: S311 - guards no secret

    return SupervisedLoop(duty.duty.key, do_and_say, until_next, grace=duty.duty.tolerance, clock=clock)


def _tidy(here: Resources) -> None:
    """Raises FolderRefusedError where something could not be taken away."""
    left = tidy_machine(here.settings, here.storage, utc_now())
    if left:
        raise FolderRefusedError(path=str(left[0]))


def _inbox_loops(here: Resources) -> Iterator[SupervisedLoop]:
    """The loop of this machine's inboxes, where any is set."""
    inboxes = tuple(inboxes_of(here, document_jobs))
    if inboxes:
        pause_seconds = min(SECONDS_BETWEEN_INBOX_LOOKS, here.settings.inbox.settled_seconds)
        yield worker_loop(INBOX, lambda: look_into(inboxes), pause_seconds)


async def _stop_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        async for _ in signals:
            scope.cancel()
            return
