"""How often something may be asked for, counted in this process's memory by `limits`."""

import math
import time
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
