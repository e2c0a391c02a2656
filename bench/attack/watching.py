"""Runs cases, two at a time, each in a process that measures what it and all that it starts uses."""

import os
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from bench.attack.outcomes import Outcome
from transcripts.errors.error_kinds import StepError, TemporaryError

AT_ONCE = 2
LOOK_EVERY_SECONDS = 0.1
PAGE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Case:
    """Something to try in a folder of its own; what it returns is noted."""

    name: str
    act: Callable[[Path], object]


def tried(cases: Sequence[Case]) -> list[Outcome]:
    """How each case ended. A process of ours that falls is a crash, and the others go on in a new one."""
    outcomes: list[Outcome] = []
    left = list(cases)
    while left:
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            submitted = [(case, pool.submit(_tried, case)) for case in left]
            left = []
            for case, future in submitted:
                try:
                    outcomes.append(future.result())
                except BrokenProcessPool:
                    left.append(case)
        if len(left) == len(submitted):
            fallen = left.pop(0)
            outcomes.append(Outcome(fallen.name, "crash: worker", False, 0.0, 0, 0))
    return outcomes


def _tried(case: Case) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="attack-") as folder, _watched(Path(folder)) as usage:
        begun = time.monotonic()
        outcome = _ending(case, Path(folder))
        seconds = time.monotonic() - begun
    return replace(outcome, seconds=seconds, memory_bytes=usage.memory_bytes, disk_bytes=usage.disk_bytes)


def _ending(case: Case, folder: Path) -> Outcome:
    empty = Outcome(case.name, "done", False, 0.0, 0, 0)
    try:
        said = case.act(folder)
    except StepError as error:
        cause = str(error.__cause__ or "")
        is_temporary = isinstance(error, TemporaryError)
        return replace(empty, ending=error.code, is_temporary=is_temporary, note=f"{error} {cause}"[-700:])
    except Exception:
        # A measurement: what nobody foresaw is what is looked for.
        return replace(empty, ending="crash: exception", note=traceback.format_exc()[-700:])
    return replace(empty, note=str(said or ""))


@dataclass(slots=True)
class Usage:
    """The most that was seen at once."""

    memory_bytes: int = 0
    disk_bytes: int = 0


@contextmanager
def _watched(folder: Path) -> Iterator[Usage]:
    usage, is_over = Usage(), threading.Event()

    def look() -> None:
        while not is_over.wait(LOOK_EVERY_SECONDS):
            usage.memory_bytes = max(usage.memory_bytes, _tree_bytes(os.getpid()))
            usage.disk_bytes = max(usage.disk_bytes, _disk_bytes(folder))

    watch = threading.Thread(target=look, daemon=True)
    watch.start()
    try:
        yield usage
    finally:
        is_over.set()
        watch.join()
        usage.disk_bytes = max(usage.disk_bytes, _disk_bytes(folder))


def _tree_bytes(root: int) -> int:
    """Resident memory of a process and all below it; what they share counts for each."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            sizes[int(folder.name)] = int((folder / "statm").read_text().split()[1]) * PAGE_BYTES
        except (OSError, IndexError):
            continue  # it has ended meanwhile
    members = {root}
    while found := {each for each, parent in parents.items() if parent in members} - members:
        members |= found
    return sum(sizes.get(each, 0) for each in members)


def _disk_bytes(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # which passes over folders that are gone meanwhile
        for name in names:
            with suppress(OSError):
                total += os.lstat(Path(place, name)).st_blocks * 512
    return total
