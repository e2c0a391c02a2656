"""Keeps a few programs running as one: begun in order, begun again when they fall, ended in reverse.

Knows nothing of what they do. Each has a process group of its own, so that a signal to one, or
Ctrl+C, reaches the others in the order that they need; should this process be killed, the kernel
tells each to end.
"""

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import BinaryIO

import httpx

LONGEST_PAUSE_SECONDS = 30.0
# Who ran this long before falling is begun again at once.
STEADY_SECONDS = 60.0
PATIENCE_SECONDS = 30.0
LOOKS_PER_SECOND = 4
LAST_WORDS_BYTES = 500
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Service:
    """A program to keep running; it is ready when `ready_url` answers, or at once without one.

    What a `mute` one says is not shown, but for its errors, and for its last words when it falls.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    mute: bool = False


class Supervisor:
    """Keeps services running until told to stop; `tell` hears in a few words what becomes of them."""

    def __init__(self, services: Sequence[Service], tell: Callable[[Service, str], None]) -> None:
        self._services, self._tell = services, tell
        self._processes: dict[str, asyncio.subprocess.Process] = {}

    async def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
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
                status = await process.wait()
                last_words = _last_words(said)
            _signal_group(process.pid, signal.SIGKILL)  # what it began must not go on without it
            pause = (
                1.0 if time.monotonic() - began > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
            )
            what = f"endet mit {status} und wird in {pause:.0f} s neu gestartet"
            self._tell(service, f"{what}. Zuletzt gesagt: „{last_words}“" if last_words else what)
            await asyncio.sleep(pause)

    async def _begin(self, service: Service, said: BinaryIO) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *service.command,
            env={**os.environ, **service.environment},
            stdout=said if service.mute else None,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self._processes[service.name] = process
        return process

    async def _wait_until_ready(self, service: Service) -> None:
        if service.ready_url is None:
            return
        async with httpx.AsyncClient() as client:
            while True:
                with suppress(httpx.HTTPError):
                    if (await client.get(service.ready_url)).is_success:
                        self._tell(service, "ist bereit")
                        return
                await asyncio.sleep(1 / LOOKS_PER_SECOND)

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
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()


def _last_words(said: BinaryIO) -> str:
    """The end of what a program said, in one line."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - LAST_WORDS_BYTES))
    return " ".join(said.read().decode(errors="replace").split())


def _signal_group(group: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, what)


def _end_with_parent() -> None:
    """Linux ends this process when its parent is gone, however that came about."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
