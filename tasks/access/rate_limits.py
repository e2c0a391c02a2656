"""How often something may be asked for, counted in this process's memory by `limits`."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many times within so many seconds."""

    name: str
    times: int
    seconds: int


class GrowingPauses:
    """Lets something happen at once, then after the first pause, and so on; in the end all is forgotten."""

    def __init__(
        self,
        pauses_seconds: Sequence[float],
        forget_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pauses, self._forget_seconds, self._clock = tuple(pauses_seconds), forget_seconds, clock
        self._happened: OrderedDict[str, _Happened] = OrderedDict()

    def may_happen(self, key: str) -> bool:
        """Whether it may happen now; then it counts as if it did."""
        now = self._clock()
        self._forget_before(now - self._forget_seconds)
        before = self._happened.get(key)
        times = before.times if before else 0
        if before and now - before.at < self._pauses[min(times, len(self._pauses)) - 1]:
            return False
        self._happened[key] = _Happened(now, times + 1)
        self._happened.move_to_end(key)
        return True

    def did_not_happen(self, key: str) -> None:
        """What was counted came to nothing: it may be tried again at once."""
        counted = self._happened.pop(key, None)
        if counted is not None and counted.times > 1:
            long_ago = self._clock() - max(self._pauses)
            self._happened[key] = _Happened(long_ago, counted.times - 1)

    def forget(self, key: str) -> None:
        """Begin anew."""
        self._happened.pop(key, None)

    def _forget_before(self, moment: float) -> None:
        while self._happened and next(iter(self._happened.values())).at < moment:
            self._happened.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Happened:
    at: float
    times: int


class RateLimits:
    """Counts by name and key; each room counts for itself."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait_seconds(self, allowance: Allowance, key: str) -> int:
        """0 and counted, if it may be done now; else after how many seconds to try again."""
        item = RateLimitItemPerSecond(allowance.times, allowance.seconds, allowance.name)
        if self._limiter.hit(item, key):
            return 0
        reset_at = self._limiter.get_window_stats(item, key).reset_time
        return max(1, math.ceil(reset_at - time.time()))
