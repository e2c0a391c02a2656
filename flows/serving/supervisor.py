"""Keeps a few programs running as one: started in order, restarted when they crash, stopped in reverse.

Knows nothing of what they do. Each has a process group of its own, so that a signal to one, or
Ctrl+C, reaches the others in the order that they need; should this process be killed, the kernel
ends each.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import BinaryIO

import httpx

from tasks.processes.child_process import bound, end_group

LONGEST_PAUSE_SECONDS = 30.0
# Who ran this long before falling is begun again at once.
STEADY_SECONDS = 60.0
PATIENCE_SECONDS = 30.0
SILENCE_SECONDS = 300.0
LOOKS_PER_SECOND = 4
ANSWER_SECONDS = 5.0
LAST_WORDS_BYTES = 500


@dataclass(frozen=True, slots=True)
class Service:
    """A program to keep running; it is ready when `ready_url` answers, or at once without one.

    One that answered at `alive_url`, whatever that was, and is silent there for `silence_seconds`,
    hangs: it is begun again. What a `mute` one says is not shown, but for its errors, and for its last
    words when it falls.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    mute: bool = False
    alive_url: str | None = None
    silence_seconds: float = SILENCE_SECONDS


class Supervisor:
    """Keeps services running until told to stop; `tell` hears in a few words what becomes of them."""

    def __init__(self, services: Sequence[Service], tell: Callable[[Service, str], None]) -> None:
        self._services, self._tell = services, tell
        self._processes: dict[str, asyncio.subprocess.Process] = {}

    async def run(self) -> None:
        """Until SIGTERM, SIGINT or SIGHUP."""
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(each) is not signal.SIG_IGN:  # as under nohup
                loop.add_signal_handler(each, stop.set)
        watches: list[asyncio.Task[None]] = []
        stopping = asyncio.create_task(stop.wait())
        for service in self._services:
            watches.append(asyncio.create_task(self._keep(service)))
            ready = asyncio.create_task(self._wait_until_ready(service))
            await asyncio.wait((ready, stopping), return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            if stop.is_set():
                break
        await stopping
        for watch, service in reversed(list(zip(watches, self._services, strict=False))):
            watch.cancel()
            await self._end(service)

    async def _keep(self, service: Service) -> None:
        """Begin it, and again whenever it ends, after pauses that grow while it does not hold."""
        pause = 1.0
        while True:
            began = time.monotonic()
            with TemporaryFile() as said:
                process = await self._begin(service, said)
                watching = asyncio.create_task(self._end_when_silent(service, process.pid))
                try:
                    status = await process.wait()
                finally:
                    watching.cancel()
                last_words = _last_words(said)
            end_group(process.pid)  # what it began must not go on without it
            pause = (
                1.0 if time.monotonic() - began > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
            )
            what = f"endet mit {status} und wird in {pause:.0f} s neu gestartet"
            self._tell(service, f"{what}. Zuletzt gesagt: „{last_words}“" if last_words else what)
            await asyncio.sleep(pause)

    async def _begin(self, service: Service, said: BinaryIO) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *bound(service.command),
            env={**os.environ, **service.environment},
            stdout=said if service.mute else None,
            start_new_session=True,
        )
        self._processes[service.name] = process
        return process

    async def _wait_until_ready(self, service: Service) -> None:
        if service.ready_url is None:
            return
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as client:
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(service.ready_url)).is_success:
                        self._tell(service, "ist bereit")
                        return
                await asyncio.sleep(1 / LOOKS_PER_SECOND)

    async def _end_when_silent(self, service: Service, group: int) -> None:
        """Kill one that answered before and does not any more; whoever keeps it begins it again."""
        if service.alive_url is None:
            return
        heard_at: float | None = None
        pause = min(ANSWER_SECONDS, service.silence_seconds / 4)
        async with httpx.AsyncClient(timeout=pause, trust_env=False) as client:
            while heard_at is None or time.monotonic() - heard_at < service.silence_seconds:
                with suppress(httpx.HTTPError):
                    await client.get(service.alive_url)
                    heard_at = time.monotonic()
                await asyncio.sleep(pause)
        self._tell(service, "antwortet nicht mehr und wird abgebrochen")
        end_group(group)

    async def _end(self, service: Service) -> None:
        """Ask it to end, and make it if it does not."""
        process = self._processes.get(service.name)
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE_SECONDS)
        except TimeoutError:
            self._tell(service, "endet nicht von selbst und wird abgebrochen")
        end_group(process.pid)
        await process.wait()


def _last_words(said: BinaryIO) -> str:
    """The end of what a program said, in one line."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - LAST_WORDS_BYTES))
    return " ".join(said.read().decode(errors="replace").split())
