"""Monitors Prefect's server over HTTP, without loading Prefect, which readers' machines do not have.

What was answered is kept for some seconds, so that nobody who asks often burdens the server.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx

from flows.orchestration.prefect_http import prefect_client
from flows.prefect_names import ATTEMPT_TAG, RECORDING_FLOW, RECORDING_POOL, WILL_RETRY, attempt_key

KEPT_SECONDS = 10.0
# Prefect's types of states, in the words of our figures. The rest is the past.
JOBS = {"waiting": ("SCHEDULED", "PENDING"), "running": ("RUNNING",)}
MOST_FAILED = 200


@dataclass(frozen=True, slots=True)
class PrefectCondition:
    """Whether the server answers, how many workers have reported lately, how many jobs are in which state."""

    answers: bool
    workers_online: int = 0
    jobs: Mapping[str, int] = field(default_factory=dict)


class PrefectWatch:
    """Looks at one server. May be asked from any thread."""

    def __init__(self, api_url: str, auth: str | None = None, kept_seconds: float = KEPT_SECONDS) -> None:
        self._client = prefect_client(api_url, auth)
        self._kept_seconds = kept_seconds
        self._asking = Lock()
        self._asked_at = float("-inf")
        self._found = PrefectCondition(answers=False)

    def condition(self) -> PrefectCondition:
        """How it was at most `kept_seconds` ago."""
        with self._asking:
            if time.monotonic() - self._asked_at > self._kept_seconds:
                self._found = self._ask()
                self._asked_at = time.monotonic()
            return self._found

    def _ask(self) -> PrefectCondition:
        try:
            self._client.get("health").raise_for_status()
            return PrefectCondition(
                True,
                self._workers(),
                {name: self._count(types) for name, types in JOBS.items()} | {"failed": self._failed()},
            )
        except (httpx.HTTPError, ValueError):  # away, or something else listens there
            return PrefectCondition(answers=False)

    def _workers(self) -> int:
        """Workers of the pool that have reported lately; none where there is no pool yet."""
        online = {"workers": {"status": {"any_": ["ONLINE"]}}}
        answer = self._client.post(f"work_pools/{RECORDING_POOL}/workers/filter", json=online)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return 0
        return len(answer.raise_for_status().json())

    def _count(self, types: tuple[str, ...]) -> int:
        asked = {
            "flows": {"name": {"any_": [RECORDING_FLOW]}},
            "flow_runs": {"state": {"type": {"any_": list(types)}}},
        }
        return int(self._client.post("flow_runs/count", json=asked).raise_for_status().json())

    def _failed(self) -> int:
        """Jobs whose last attempt failed, or died: those that no other attempt follows."""
        state = {"type": {"any_": ["FAILED", "CRASHED"]}, "name": {"not_any_": [WILL_RETRY]}}
        ended = self._runs({"state": state})
        following = {attempt_key(_root(run), _number(run) + 1) for run in ended}
        known = self._runs({"idempotency_key": {"any_": sorted(following)}}) if following else []
        return len(following) - len(known)

    def _runs(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        asked = {
            "flows": {"name": {"any_": [RECORDING_FLOW]}},
            "flow_runs": wanted,
            "sort": "START_TIME_DESC",
            "limit": MOST_FAILED,
        }
        found: list[dict[str, Any]] = (
            self._client.post("flow_runs/filter", json=asked).raise_for_status().json()
        )
        return found


def _root(run: dict[str, Any]) -> str:
    """The id of the job that a run is an attempt of."""
    named = (tag.removeprefix(ATTEMPT_TAG) for tag in run["tags"] if tag.startswith(ATTEMPT_TAG))
    return str(next(named, run["id"]))


def _number(run: dict[str, Any]) -> int:
    """Which attempt a run is."""
    attempt = run["parameters"].get("attempt")
    number = attempt.get("number", 1) if isinstance(attempt, dict) else 1
    return number if isinstance(number, int) else 1
