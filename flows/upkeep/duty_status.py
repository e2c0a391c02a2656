"""The state of all duties, asked from outside: the reading room of this machine, or else Prefect's server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from config.settings import Settings
from flows.duties import ALL
from flows.upkeep.prefect_duties import prefect_duties
from tasks.processes.supervised_loop import LOOP_CLOCK
from transcripts.duties.duty import (
    LATE,
    NEVER_SEEN,
    NOT_DEPLOYED,
    Duty,
    DutyReport,
    DutyState,
    Trouble,
    report,
)

TIMEOUT_SECONDS = 5.0
KNOWN = {each.key: each for each in ALL}
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - is asked, not listened at


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """What is known of the duties, and whether a reading room said so, which knows of all of them."""

    reports: Sequence[DutyReport]
    is_from_room: bool

    @property
    def overdue(self) -> list[DutyReport]:
        """Those that somebody should look after."""
        return [each for each in self.reports if each.is_overdue]


def ask_duties(settings: Settings) -> DutyAnswer:
    """Ask the room; where none answers, Prefect's server, if there is one."""
    room = settings.reading_room
    token = room.metrics_token.get_secret_value() if room.metrics_token else ""
    reports = _asked_room(room_address(room.host, room.port), token)
    if reports is not None:
        return DutyAnswer(reports, is_from_room=True)
    prefect = prefect_duties(settings)
    if prefect is None:
        return DutyAnswer((), is_from_room=False)
    prefect.look()
    return DutyAnswer(judged_at_once(prefect.states, LOOP_CLOCK.now()), is_from_room=False)


def room_address(host: str, port: int) -> str:
    """Where a reading room of this machine answers that listens there."""
    asked = ANYWHERE.get(host, host)
    return f"http://{f'[{asked}]' if ':' in asked else asked}:{port}/"


def _asked_room(address: str, token: str) -> list[DutyReport] | None:
    """None where no reading room answers, or none that tells us."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx.Client(headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            rows = client.get(f"{address}healthz").json()["duties"]
        return [_report(row) for row in rows if row["key"] in KNOWN]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


def _report(row: Mapping[str, Any]) -> DutyReport:
    since = _moment(row["overdue_since"])
    trouble = Trouble(row["trouble"], since or LOOP_CLOCK.now()) if row["trouble"] else None
    state = DutyState(_moment(row["last_done"]), _moment(row["next_due"]), trouble)
    return DutyReport(KNOWN[row["key"]], state, since)


def judged_at_once(states: Mapping[Duty, DutyState], now: datetime) -> list[DutyReport]:
    """The verdict after one look, which can wait for nothing: what is in trouble now is overdue.

    Nothing where none of it was ever begun: that is for whoever sets things up to do.
    """
    troubles = [each.trouble for each in states.values()]
    if all(each is not None and each.code in (NOT_DEPLOYED, NEVER_SEEN) for each in troubles):
        return []
    return [_judged(report(duty, state, now)) for duty, state in states.items()]


def _judged(each: DutyReport) -> DutyReport:
    trouble = each.state.trouble
    if trouble is None or trouble.code == LATE or each.is_overdue:
        return each
    return DutyReport(each.duty, each.state, trouble.since)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
