"""A clock that stands still until a test, or somebody who waits, moves it on."""

from datetime import UTC, datetime, timedelta
from threading import Event

from tasks.processes.supervised_loop import LoopClock

START = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)


class SteeredClock(LoopClock):
    """`waits` holds how long somebody waited, each time; a wait takes no time but the clock's own."""

    def __init__(self, start: datetime = START) -> None:
        self.seconds = 0.0
        self.waits: list[float] = []
        self._start = start

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, time: timedelta) -> None:
        self.seconds += time.total_seconds()

    def wait(self, event: Event, seconds: float) -> bool:
        if event.is_set():
            return True
        self.waits.append(seconds)
        self.seconds += seconds
        return event.wait(0.001)  # let others have their turn, too
