"""Asks Prefect's server how it is, over HTTP and without loading Prefect: readers' machines have neither.

What was answered is kept for some seconds, so that nobody who asks often burdens the server.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

import httpx

from flows.prefect_names import RECORDING_FLOW, RECORDING_POOL

KEPT_SECONDS = 10.0
TIMEOUT_SECONDS = 3.0
# Prefect's types of states, in the words of our figures. The rest is the past.
JOBS = {
    "waiting": ("SCHEDULED", "PENDING"),
    "running": ("RUNNING",),
    "failed": ("FAILED", "CRASHED"),
}


@dataclass(frozen=True, slots=True)
class PrefectCondition:
    """Whether the server answers, how many workers have reported lately, how many jobs are in which state."""

    answers: bool
    workers_online: int = 0
    jobs: Mapping[str, int] = field(default_factory=dict)


class PrefectWatch:
    """Looks at one server. May be asked from any thread."""

    def __init__(self, api_url: str, auth: str | None = None, kept_seconds: float = KEPT_SECONDS) -> None:
        credentials = tuple(auth.split(":", 1)) if auth else None
        self._client = httpx.Client(
            base_url=api_url.rstrip("/") + "/",
            auth=(credentials[0], credentials[1]) if credentials else None,
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )
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
                True, self._workers(), {name: self._count(types) for name, types in JOBS.items()}
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
