"""The clock that is handed on: what time it is, and in whose zone that is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.settings import Settings
from tasks.clock import utc_now
from transcripts.wording.local_time import in_zone, local_day


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` is the moment, in UTC; `zone` the network's, wherever the machine stands."""

    zone: ZoneInfo
    now: Callable[[], datetime] = utc_now

    @property
    def local_now(self) -> datetime:
        """The moment by the network's clocks, as mails are dated."""
        return in_zone(self.now(), self.zone)

    @property
    def today(self) -> date:
        """The day that it is for the network."""
        return local_day(self.now(), self.zone)


def clock_of(settings: Settings) -> Clock:
    """The machine's clock in the zone of the settings."""
    return Clock(settings.network.zone)
