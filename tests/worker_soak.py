"""Recordings on several workers, of which one is killed in the middle, and then Prefect's server.

Used by the tests with a few recordings, and by `make soak-workers` with twelve. What came of it is read
where it lies: in the bucket and at the mail server, not in Prefect.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasks.archive.record_store import read_ledger, recordings
from tasks.archive.verification import verify_record
from tests.cluster import Cluster, kill_machine, processes_in
from tests.flows.operations import Desk, Machine, RefusedError, processes_of_run, submitted
from tests.media_samples import MEETING, make, meeting_clip
from transcripts.archive.layout import HISTORY
from transcripts.mail.ledger import Delivery

RESULTS = "work/results"
WINDOW = "window-"
LOOK_EVERY_SECONDS = 1.0
PATIENCE_SECONDS = 1500.0
SERVER_AWAY_SECONDS = 5.0
SECOND_WINDOW_PERCENT = 40
OPEN = {"waiting", "running", "retrying"}


@dataclass
class Outcome:
    """What happened. All lists must stay empty, and what is counted must be the number of recordings."""

    asked_for: int
    published: int = 0
    announced: int = 0
    killed: list[str] = field(default_factory=list)
    noticed_after_seconds: float | None = None
    windows: int = 0
    windows_kept_before_the_kill: int = 0
    not_done: list[str] = field(default_factory=list)
    published_again: list[str] = field(default_factory=list)
    announced_again: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    windows_made_again: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether every recording was published and announced once, and nothing finished was made again."""
        wrong = (
            *self.not_done,
            *self.published_again,
            *self.announced_again,
            *self.damaged,
            *self.windows_made_again,
        )
        return not wrong and self.asked_for == self.published == self.announced


def long_recording(target: Path, number: int) -> Path:
    """About twenty minutes, three windows of speech; each number is shorter, so that no sound is the same."""
    seconds = str(1180 - 10 * number)
    return make(target, "-stream_loop", "2", "-i", str(MEETING), "-t", seconds, "-c", "copy")


def short_recording(target: Path, number: int) -> Path:
    """Twenty seconds of the meeting, from another place for each number."""
    return meeting_clip(target, 20.0 * number, 20)


class Soak:
    """One run: submit, watch, kill, and count in the end."""

    def __init__(self, cluster: Cluster, desk: Desk, machines: Sequence[Machine]) -> None:
        self._cluster, self._desk = cluster, desk
        self._machines = {each.folder.name: each for each in machines}
        self._windows: dict[str, set[Any]] = {}
        self._killed_at = 0.0
        self._lost: set[str] = set()

    def run(self, urls: Mapping[str, str], to_kill_in: str | None, *, kill_server: bool) -> Outcome:
        """All recordings to their ends; `urls` by title. The machine that works on `to_kill_in` dies."""
        outcome = Outcome(len(urls))
        began = time.monotonic()
        jobs = {
            submitted(self._desk, url=url, title=title, recorded_on="2026-11-19"): title
            for title, url in urls.items()
        }
        victim = next((job for job, title in jobs.items() if title == to_kill_in), None)
        while self._are_open(jobs, outcome):
            assert time.monotonic() - began < PATIENCE_SECONDS, self._desk.ask("jobs")
            self._look_at_windows()
            if victim and not outcome.killed and self._may_die(victim):
                self._kill_machine_of(victim, outcome)
            elif kill_server and "server" not in outcome.killed and self._is_middle(outcome, victim):
                self._kill_server(outcome)
            time.sleep(LOOK_EVERY_SECONDS)
        self._look_at_windows()
        outcome.seconds = time.monotonic() - began
        self._count(jobs, outcome)
        return outcome

    def _are_open(self, jobs: Mapping[str, str], outcome: Outcome) -> bool:
        """Whether something is still to be done; notes when it is noticed that a machine is gone."""
        try:
            states = {each["id"]: each["state"] for each in self._desk.ask("jobs")}
        except RefusedError:  # the server is away
            return True
        if self._lost and all(states[job] != "running" or processes_of_run(job) for job in self._lost):
            outcome.noticed_after_seconds = time.monotonic() - self._killed_at
            self._lost = set()
        return any(states.get(job, "waiting") in OPEN for job in jobs)

    def _may_die(self, job: str) -> bool:
        """Whether the machine that works on it has finished a window of it, and is in the next."""
        seen = self._desk.ask("job", id=job)
        is_heard = seen["state"] == "running" and seen["stage"] == "transcoded"
        return is_heard and (seen["progress_percent"] or 0) >= SECOND_WINDOW_PERCENT

    def _kill_machine_of(self, job: str, outcome: Outcome) -> None:
        (process_id, *_) = processes_of_run(job)
        name = next(n for n, each in self._machines.items() if process_id in processes_in(each.folder))
        running = [each["id"] for each in self._desk.ask("jobs") if each["state"] == "running"]
        self._lost = {each for each in running if _works_in(self._machines[name].folder, each)}
        outcome.windows_kept_before_the_kill = len(self._windows)
        kill_machine(self._machines[name])
        self._killed_at = time.monotonic()
        outcome.killed.append(name)

    def _is_middle(self, outcome: Outcome, victim: str | None) -> bool:
        """Whether the death of the machine was noticed, and something is under way."""
        was_noticed = victim is None or outcome.noticed_after_seconds is not None
        return was_noticed and any(each["state"] == "running" for each in self._desk.ask("jobs"))

    def _kill_server(self, outcome: Outcome) -> None:
        self._cluster.prefect.kill()
        outcome.killed.append("server")
        time.sleep(SERVER_AWAY_SECONDS)
        self._cluster.prefect.start()

    def _look_at_windows(self) -> None:
        """Note when each kept result of a window was written: twice, if it was made again."""
        for each in self._cluster.storage.list_objects(RESULTS):
            name = each.key.rpartition("/")[2]
            if name.startswith(WINDOW):
                self._windows.setdefault(name, set()).add(each.modified_at)

    def _count(self, jobs: Mapping[str, str], outcome: Outcome) -> None:
        storage = self._cluster.storage
        states = {each["id"]: each for each in self._desk.ask("jobs")}
        outcome.not_done = [str(states[job]) for job in jobs if states[job]["state"] != "done"]
        records = list(recordings(storage))
        titles = Counter(each.title for each in records)
        outcome.published = sum(title in titles for title in jobs.values())
        outcome.published_again = [title for title, count in titles.items() if count > 1]
        for each in records:
            versions = list(storage.list_objects(f"recordings/{each.id}/{HISTORY}"))
            outcome.published_again += [each.id] if len(versions) > 1 else []
            outcome.damaged += [str(found) for found in verify_record(storage, each.id, deep=True)]
            entries = read_ledger(storage, each.id).entries
            outcome.announced += len(entries) == 1 and entries[0].state is Delivery.SENT
        mails = Counter(str(mail["Message-ID"]) for mail in self._cluster.letterbox.mails)
        outcome.announced_again = [identity for identity, count in mails.items() if count > 1]
        if len(mails) != outcome.announced:
            outcome.announced_again.append(f"{len(mails)} mails for {outcome.announced} announcements")
        outcome.windows = len(self._windows)
        outcome.windows_made_again = [name for name, times in self._windows.items() if len(times) > 1]


def _works_in(folder: Path, job: str) -> bool:
    return bool(set(processes_of_run(job)) & set(processes_in(folder)))


def soak_on(cluster: Cluster, workers: int) -> Soak:
    """So many workers at work, and a desk that asks them."""
    machines = [cluster.machine(f"worker-{number}") for number in range(1, workers + 1)]
    for each in machines:
        cluster.start(each)
    return Soak(cluster, cluster.desk(), machines)
