"""When a run that failed is tried again: the rule, without Prefect.

A job is a chain of runs. Each attempt truly ends, and the next one is a run of its own that waits for
its time in Prefect's line: no process and no slot waits meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

# What ended an attempt whose process is gone; else `Attempt.follows` holds an error's code.
INTERRUPTED = "interrupted"


class Attempt(BaseModel):
    """Which attempt of a job a run is; Prefect keeps and shows it as a parameter."""

    model_config = ConfigDict(frozen=True)

    number: int = Field(default=1, ge=1, description="Der wievielte Versuch dieses Auftrags")
    tries: int = Field(default=1, ge=1, description="Der wievielte, seit jemand darum gebeten hat")
    follows: str | None = Field(default=None, description="Woran der Versuch davor gescheitert ist")


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """The attempt that comes next, and when."""

    attempt: Attempt
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a job is tried: the pauses between attempts, of which the last repeats, for so many hours."""

    pauses_minutes: Sequence[float]
    hours: float

    def pause(self, tries: int) -> timedelta:
        """The pause after this many tries."""
        return timedelta(minutes=self.pauses_minutes[min(tries, len(self.pauses_minutes)) - 1])

    @property
    def most_tries(self) -> int:
        """So many attempts fit into the hours, the first one included."""
        left = self.hours * 60
        for tries, pause in enumerate(self.pauses_minutes, start=1):
            if pause > left:
                return tries
            left -= pause
        return 1 + len(self.pauses_minutes) + int(left / self.pauses_minutes[-1])

    def after_failure(
        self, attempt: Attempt, code: str, failed_at: datetime, least_pause: timedelta = timedelta(0)
    ) -> NextAttempt | None:
        """What follows an attempt that ended with an error which time can mend; None when nothing does.

        `least_pause` is what the other side asked for.
        """
        if attempt.tries >= self.most_tries:
            return None
        following = Attempt(number=attempt.number + 1, tries=attempt.tries + 1, follows=code)
        return NextAttempt(following, failed_at + max(self.pause(attempt.tries), least_pause))

    def after_interruption(self, attempt: Attempt, interrupted_at: datetime) -> NextAttempt | None:
        """What follows an attempt whose process died: the first time at once, then with the same pauses.

        It counts as a try, since a recording may itself be what brings its worker down.
        """
        if attempt.tries >= self.most_tries:
            return None
        pause = self.pause(attempt.tries - 1) if attempt.tries > 1 else timedelta(0)
        following = Attempt(number=attempt.number + 1, tries=attempt.tries + 1, follows=INTERRUPTED)
        return NextAttempt(following, interrupted_at + pause)

    def after_stop(self, attempt: Attempt, stopped_at: datetime) -> NextAttempt:
        """What follows an attempt whose worker was told to stop: at once, and no try is used up."""
        following = attempt.model_copy(update={"number": attempt.number + 1, "follows": INTERRUPTED})
        return NextAttempt(following, stopped_at)


def by_hand(attempt: Attempt) -> Attempt:
    """What follows when a person asks for it."""
    return Attempt(number=attempt.number + 1)
