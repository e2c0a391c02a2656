"""Prometheus metrics of a reading room: requests, how fast they are, and the state of archive and Prefect.

Requests are counted by the routes' patterns and never by the address that was asked: who reads what is
nobody's business.
"""

import time
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.reading_room.library import Library
from flows.reading_room.prefect_monitor import PrefectWatch
from flows.upkeep.duty_monitor import DutyWatch
from transcripts.duties.duty import DutyReport

NO_ROUTE = "none"
BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Figures:
    """The figures of one room, in a registry of their own."""

    def __init__(self, library: Library, prefect: PrefectWatch | None, duties: DutyWatch) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_State(library, prefect, duties))
        self.answers = Counter(
            "mitschnitt_http_answers",
            "Answers, by the pattern of the route and the status.",
            ("route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "mitschnitt_http_answer_seconds",
            "Time until an answer began.",
            ("route",),
            buckets=BUCKETS_SECONDS,
            registry=self.registry,
        )


class Counting:
    """Counts every answer that leaves the room. Plain ASGI, to be the first that sees a request."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app, self.figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See starlette.middleware."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = time.perf_counter()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = str(getattr(scope.get("route"), "path", NO_ROUTE))
                self.figures.answers.labels(route, str(message["status"])).inc()
                self.figures.seconds.labels(route).observe(time.perf_counter() - started)
            await send(message)

        return await self.app(scope, receive, send_counted)


class _State(Collector):
    """How archive and Prefect are at the moment of the question."""

    def __init__(self, library: Library, prefect: PrefectWatch | None, duties: DutyWatch) -> None:
        self._library, self._prefect, self._duties = library, prefect, duties

    def collect(self) -> Iterable[Metric]:
        """See prometheus_client.registry.Collector."""
        yield _gauge("mitschnitt_records", "Records on the shelf.", len(self._library.shelf.records))
        yield _gauge(
            "mitschnitt_archive_seen_timestamp_seconds",
            "When the archive was last looked at with success.",
            self._library.seen_at,
        )
        yield from self._of_duties(self._duties.reports())
        if self._prefect is not None:
            yield from self._of_prefect(self._prefect)

    def _of_duties(self, reports: Sequence[DutyReport]) -> Iterator[Metric]:
        overdue = GaugeMetricFamily(
            "mitschnitt_duty_overdue", "Whether what is to happen by itself does not.", labels=["duty"]
        )
        done = GaugeMetricFamily(
            "mitschnitt_duty_done_timestamp_seconds", "When it was done last.", labels=["duty"]
        )
        for each in reports:
            overdue.add_metric([each.duty.key], each.is_overdue)
            if each.state.last_done is not None:
                done.add_metric([each.duty.key], each.state.last_done.timestamp())
        yield from (overdue, done)

    def _of_prefect(self, watch: PrefectWatch) -> Iterator[Metric]:
        found = watch.condition()
        yield _gauge("mitschnitt_prefect_up", "Whether Prefect's server answers.", found.answers)
        if found.answers:
            online = found.workers_online
            yield _gauge("mitschnitt_workers_online", "Workers that have reported lately.", online)
            jobs = GaugeMetricFamily("mitschnitt_jobs", "Recordings under way.", labels=["state"])
            for state, count in found.jobs.items():
                jobs.add_metric([state], count)
            yield jobs


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value=value)
