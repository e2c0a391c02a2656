"""Monitors all duties from a reading room, and reports those that are long overdue."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from flows.duties import WATCH
from flows.upkeep.prefect_duties import PrefectDuties
from tasks.processes.supervised_loop import LOOP_CLOCK, LoopClock, SupervisedLoop
from transcripts.duties.duty import Duty, DutyReport, Outage, outages, report
from transcripts.errors.error_kinds import StepError

LOOK_EVERY_SECONDS = 30.0
# What was left undone while nobody was there is done by then.
START_GRACE = timedelta(minutes=5)


class DutyWatch:
    """The duties of a room's `loops` and of Prefect. `tell` may raise StepError: then it is tried again."""

    def __init__(
        self,
        loops: Mapping[Duty, SupervisedLoop],
        prefect: PrefectDuties | None,
        tell: Callable[[Outage], None],
        clock: LoopClock = LOOP_CLOCK,
    ) -> None:
        self.loop = SupervisedLoop(
            WATCH.key, self._look, lambda: LOOK_EVERY_SECONDS, grace=WATCH.tolerance, clock=clock
        )
        self._loops = {**loops, WATCH: self.loop}
        self._prefect, self._tell, self._clock = prefect, tell, clock
        self._began: datetime | None = None

    def reports(self) -> list[DutyReport]:
        """Each duty as it was at the last look; asks nobody, so it takes no time."""
        now = self._clock.now()
        found = [report(duty, loop.state, now) for duty, loop in self._loops.items()]
        if self._prefect is not None:
            started = [report(duty, state, now) for duty, state in self._prefect.states.items()]
            found += [self._in_fairness(each, now) for each in started]
        return found

    def _in_fairness(self, each: DutyReport, now: datetime) -> DutyReport:
        """Without a verdict, for a while, on what was overdue before we began: all were away, perhaps."""
        began = self._began
        if began is None or each.overdue_since is None:
            return each
        was_so_before, has_just_begun = each.overdue_since < began, now - began < START_GRACE
        return replace(each, overdue_since=None) if was_so_before and has_just_begun else each

    def _look(self) -> bool:
        self._began = self._began or self._clock.now()
        if self._prefect is not None:
            self._prefect.look()
        self._announce_on_all_channels(self._clock.now())
        return True

    def _announce_on_all_channels(self, now: datetime) -> None:
        """Tell each outage, also when another cannot be told now. Raises StepError."""
        trouble: StepError | None = None
        for outage in outages(self.reports(), now):
            try:
                self._tell(outage)
            except StepError as error:
                trouble = error
        if trouble is not None:
            raise trouble
