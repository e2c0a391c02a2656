"""Repeats something in a thread, whatever goes wrong: the one loop for all that runs in the background.

Only here is every exception caught: it is logged with its cause, once for each distinct trouble, and
the loop goes on after a pause that grows with each failure. What is logged are codes, types and places,
and never an exception's own words, which may hold somebody's address.
"""

import errno
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Event, Thread

from tasks.clock import utc_now
from transcripts.duties.duty import DutyState, Trouble
from transcripts.errors.error_kinds import StepError

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
PATIENCE_SECONDS = 2.0

logger = logging.getLogger("mitschnitt.loops")


class LoopClock:
    """The time and the waiting of this machine; tests steer their own."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return utc_now()

    def monotonic(self) -> float:
        """Seconds that only grow, from any start."""
        return time.monotonic()

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait for an event; whether it came within so many seconds."""
        return event.wait(seconds)


LOOP_CLOCK = LoopClock()


class SupervisedLoop:
    """Calls `action` again and again until it is stopped.

    `action` returns whether it did what it is for; where there was nothing to do, an earlier trouble
    stays. `due_in` says in how many seconds it is due again. A trouble that it foresees (StepError) may
    last for `grace`; any other counts at once.
    """

    def __init__(
        self,
        name: str,
        action: Callable[[], bool],
        due_in: Callable[[], float],
        *,
        grace: timedelta = timedelta(0),
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
        clock: LoopClock = LOOP_CLOCK,
    ) -> None:
        self.stopping = Event()
        self.state = DutyState()  # replaced as a whole: anybody may read it at any time
        self.error: Exception | None = None  # of the last attempt
        self._name, self._action, self._due_in = name, action, due_in
        self._grace, self._longest_pause_seconds, self._clock = grace, longest_pause_seconds, clock
        self._failures = 0
        self._logged: set[str] = set()
        self._woken = Event()
        self._thread: Thread | None = None

    def start(self, *, at_once: bool = True) -> None:
        """Begin; if not `at_once`, or if an `attempt` went well before, when it is due."""
        if self.state == DutyState():
            self.state = DutyState(next_due=self._clock.now())
        self.stopping.clear()
        begins_at_once = at_once and self.state.last_done is None
        self._thread = Thread(target=self._run, args=(begins_at_once,), name=self._name, daemon=True)
        self._thread.start()

    def stop(self, patience_seconds: float | None = PATIENCE_SECONDS) -> None:
        """Begin no other round, and wait a while for the one that is under way; None: until it has ended."""
        self.stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(patience_seconds)

    def wake(self) -> None:
        """Ask `due_in` again now. A pause after a failure is not cut short by that."""
        self._woken.set()

    def attempt(self) -> bool:
        """Do it once; whether it went without an exception."""
        self._woken.clear()
        try:
            was_done = self._action()
            due_in_seconds = self._due_in()
        except Exception as error:
            self._note_failure(error)
            return False
        self._note_success(due_in_seconds, was_done=was_done)
        return True

    def _run(self, begins_at_once: bool) -> None:
        if not begins_at_once:
            self._rest()
        while not self.stopping.is_set():
            if self.attempt():
                self._rest()
            else:
                self._clock.wait(self.stopping, self._pause_seconds())

    def _rest(self) -> None:
        """Until it is due; whoever wakes the loop may have made it earlier."""
        while not self.stopping.is_set():
            try:
                due_in_seconds = self._due_in()
            except Exception as error:
                self._note_failure(error)
                return
            is_woken = self._clock.wait(self._woken, due_in_seconds)
            self._woken.clear()
            if not is_woken:
                return

    def _pause_seconds(self) -> float:
        growing = FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 30)
        return min(self._longest_pause_seconds, growing)

    def _note_success(self, due_in_seconds: float, *, was_done: bool) -> None:
        now, before = self._clock.now(), self.state
        next_due = now + timedelta(seconds=due_in_seconds)
        self.error, self._failures = None, 0
        if not was_done:
            self.state = DutyState(before.last_done, next_due, before.trouble)
            return
        self.state = DutyState(now, next_due)
        if self._logged:
            self._logged.clear()
            logger.info("%s has recovered", self._name)

    def _note_failure(self, error: Exception) -> None:
        now, before = self._clock.now(), self.state
        is_foreseen = isinstance(error, StepError)
        code = error.code if isinstance(error, StepError) else type(error).__name__
        since = before.trouble.since if before.trouble else now
        trouble = Trouble(code, since, self._grace if is_foreseen else timedelta(0))
        self.state = DutyState(before.last_done, before.next_due or now, trouble)
        self.error = error
        self._failures += 1
        self._log(error, is_foreseen=is_foreseen)

    def _log(self, error: Exception, *, is_foreseen: bool) -> None:
        """Say it, the first time since all was well."""
        causes = " because of ".join(_causes(error))
        if causes in self._logged:
            return
        self._logged.add(causes)
        if is_foreseen:
            logger.warning("%s failed, will be retried: %s", self._name, causes)
        else:
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("%s failed unexpectedly, will be retried: %s\n%s", self._name, causes, frames)


def _causes(error: BaseException) -> Iterator[str]:
    """Each exception of the chain in a few words, without its own."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield f"{_kind(following)}{_place(following)}"
        following = following.__cause__ or following.__context__


def _kind(error: BaseException) -> str:
    if isinstance(error, StepError):
        return error.code
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__} {errno.errorcode.get(error.errno, error.errno)}"
    return type(error).__name__


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
