"""Whether a text is read in time proportional to its length.

Time is that of the processor, the best of several runs: what else the machine does counts for little. What
it may be at most is a multiple of a fixed piece of work, which is done beside it: no machine is too slow.
"""

import gc
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from tests.worst_inputs import Run

CHARACTERS = 20_000
# 50 ms on the machine where this was set, which does the fixed piece of work in 0.29 ms.
MOST_SECONDS = 0.05
FIXED_WORK_SECONDS = 0.00029
# Twice, and what the clock and the machine's memory add.
MOST_GROWTH, UNCERTAIN_SECONDS = 2.8, 0.003
GIVEN_UP_AFTER_SECONDS = 1.0
SCREENED_CHARACTERS = 4_000
HOPELESS_SECONDS = 0.2
MOST_MEASURED = 4


class GivenUpError(Exception):
    """Nothing ended in time."""


@contextmanager
def given_up() -> Iterator[None]:
    """Ends what takes far too long, so that a slow pattern fails the test instead of holding it up."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise GivenUpError

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP_AFTER_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def no_collection() -> Iterator[None]:
    """Without the collection of garbage, whose time grows with all that the tests have loaded."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def fixed_work() -> None:
    """Count the words of a text: what does not change with the parsers."""
    counts: dict[str, int] = {}
    for word in re.findall(r"\w+", 400 * "Anna Huber begrüßt alle. "):
        counts[word.lower()] = counts.get(word.lower(), 0) + 1


def slowness() -> float:
    """How many times as long as on that machine anything takes here and now; never less than once."""
    found = []
    for _ in range(20):
        start = time.thread_time()
        fixed_work()
        found.append(time.thread_time() - start)
    return max(1.0, min(found) / FIXED_WORK_SECONDS)


def as_it_is(text: str) -> Any:
    """The text, where nothing is to be made of it before it is read."""
    return text


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads, and what it is given, made of a text beforehand."""

    read: Callable[[Any], object]
    given: Callable[[str], Any] = as_it_is
    most_seconds: float = MOST_SECONDS

    def seconds(self, text: str, times: int = 1) -> float:
        """What reading the text takes; the best of several times."""
        found = []
        for _ in range(times):
            given = self.given(text)
            try:
                with given_up(), no_collection():
                    start = time.thread_time()
                    self.read(given)
                    found.append(time.thread_time() - start)
            except GivenUpError:
                return GIVEN_UP_AFTER_SECONDS
        return min(found)

    def slowest(self, candidates: Iterable[Run]) -> list[Run]:
        """The runs that take the longest when they are short."""
        found: list[tuple[float, Run]] = []
        for run in candidates:
            found.append((self.seconds(run.text(SCREENED_CHARACTERS)), run))
            if found[-1][0] > HOPELESS_SECONDS:
                break
        return [run for _, run in sorted(found, key=lambda each: -each[0])[:MOST_MEASURED]]

    def complaints(self, candidates: Iterable[Run]) -> list[str]:
        """The runs that are read too slowly, or more than twice as slowly when they are twice as long."""
        return [text for run in self.slowest(candidates) if (text := self._complaint(run))]

    def _complaint(self, run: Run) -> str:
        """What is wrong with the time for one run; empty if nothing is. Measured anew before it counts."""
        for times in (1, 3, 7):
            once = self.seconds(run.text(CHARACTERS), times)
            twice = self.seconds(run.text(2 * CHARACTERS), times)
            if once <= self.most_seconds * slowness() and twice <= MOST_GROWTH * once + UNCERTAIN_SECONDS:
                return ""
        return f"{run}: {1000 * once:.1f} ms, twice as long {1000 * twice:.1f} ms"
