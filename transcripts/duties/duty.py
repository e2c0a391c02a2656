"""Duties: what is to happen by itself, when it was done last, when it is due next, and whether it is overdue.

Pure: who knows the states asks Prefect or the loops (see flows.upkeep.duty_monitor). The list: flows.duties.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# What keeps all that Prefect starts from being done, and is one matter for whoever looks after it.
PREFECT_AWAY, NO_WORKER = "prefect_away", "no_worker"
SHARED = (PREFECT_AWAY, NO_WORKER)
LATE, PAUSED, FAILED = "late", "paused", "failed"
NO_FUTURE_RUN, NOT_DEPLOYED, NEVER_SEEN = "no_future_run", "not_deployed", "never_seen"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty. Title, rhythm and remedy are German; people are told when it is overdue for `told_after`.

    One `on_demand` is done whenever somebody asks for it.
    """

    key: str
    title: str
    rhythm: str
    remedy: str
    tolerance: timedelta
    told_after: timedelta = timedelta(hours=1)
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a duty is not done: a code for programs, since when, and how long that may last."""

    code: str
    since: datetime
    grace: timedelta = timedelta(0)

    def is_over(self, now: datetime) -> bool:
        """Whether it has lasted longer than it may."""
        return now - self.since >= self.grace


@dataclass(frozen=True, slots=True)
class DutyState:
    """When a duty was done last, and when it ought to be done next; nothing of that where it is not known."""

    last_done: datetime | None = None
    next_due: datetime | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class DutyReport:
    """A duty, how it is, and the verdict; `overdue_since` is None while all is well."""

    duty: Duty
    state: DutyState
    overdue_since: datetime | None

    @property
    def is_overdue(self) -> bool:
        """Whether somebody should look after it."""
        return self.overdue_since is not None

    def as_json(self) -> dict[str, Any]:
        """For programs; times in ISO 8601."""
        state = self.state
        return {
            "key": self.duty.key,
            "last_done": _iso(state.last_done),
            "next_due": _iso(state.next_due),
            "trouble": state.trouble.code if state.trouble else None,
            "overdue_since": _iso(self.overdue_since),
        }


@dataclass(frozen=True, slots=True)
class Outage:
    """Duties that have been overdue for long, from one cause; people are told once of each `key`."""

    key: str
    since: datetime
    reports: Sequence[DutyReport]


def is_overdue(duty: Duty, state: DutyState, now: datetime) -> bool:
    """Whether its trouble has lasted too long, or it was due longer ago than is tolerated."""
    return overdue_since(duty, state, now) is not None


def overdue_since(duty: Duty, state: DutyState, now: datetime) -> datetime | None:
    """Since when; None while it is not overdue."""
    if state.trouble is not None and state.trouble.is_over(now):
        return state.trouble.since
    if state.next_due is not None and now - state.next_due >= duty.tolerance:
        return state.next_due
    return None


def report(duty: Duty, state: DutyState, now: datetime) -> DutyReport:
    """The duty with the verdict."""
    return DutyReport(duty, state, overdue_since(duty, state, now))


def outages(reports: Sequence[DutyReport], now: datetime) -> list[Outage]:
    """What people should be told now; duties that one cause keeps from being done are one outage.

    Of a run that failed they are told by that run.
    """
    found: dict[str, Outage] = {}
    for each in reports:
        since = each.overdue_since
        has_failed = each.state.trouble is not None and each.state.trouble.code == FAILED
        if since is not None and now - since >= each.duty.told_after and not has_failed:
            key = _outage_key(each, since)
            known = found.get(key, Outage(key, since, ()))
            found[key] = Outage(key, min(since, known.since), (*known.reports, each))
    return list(found.values())


def _outage_key(each: DutyReport, since: datetime) -> str:
    """Names the outage alike for all who see it, before and after they were started again.

    That is by when the duty was done last. What only the one knows who looks is named by its day.
    """
    state = each.state
    if state.trouble is not None and state.trouble.code in SHARED:
        return f"{state.trouble.code.replace('_', '-')}-{since:%Y-%m-%d}"
    return f"{each.duty.key}-{state.last_done or since:%Y-%m-%dT%H-%M-%S}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
