"""Announces one record after the other while the sending process is killed and lines break.

Used by the tests for some seconds, and by `make soak-announce` for 200 kills. After each kill the
flow is started again, as an operator would, until it says that it is done or that it cannot know.
"""

import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_LOGGING_LEVEL, temporary_settings

from flows.announcing.recording_announcements import announce
from tasks.archive.publishing import publish
from tasks.archive.record_store import read_ledger
from tasks.channels.mail_channel import MAIL
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, small_record
from tests.smtp_line import Break, Line
from transcripts.errors.error_kinds import StepError
from transcripts.mail.ledger import Delivery

SECOND_KILL_SHARE = 0.2
# Half of the kills are spread over a whole run, half over the time the mail server is spoken to.
NEAR_THE_SERVER_SECONDS = 0.25
MOST_RUNS = 12


@dataclass
class Outcome:
    """What happened; `doubled` and `silently_none` must stay empty."""

    announcements: int = 0
    runs: int = 0
    kills: int = 0
    broken_lines: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    unknown_and_arrived: int = 0
    unknown_and_not_arrived: int = 0
    doubled: list[str] = field(default_factory=list)
    silently_none: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)


@dataclass
class Soak:
    """Where to send, and how to count: `copies` says how often each recipient has a mail (Message-ID)."""

    archive: Path
    line: Line
    settings: Mapping[str, str]
    prefect_url: str
    copies: Callable[[str], list[int]]
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable

    def run(self, kills: int, most_seconds: float = inf) -> Outcome:
        """Announce until so many processes were killed, then look at every ledger and every mailbox."""
        outcome = Outcome()
        seconds = self._undisturbed(outcome)
        until = monotonic() + most_seconds
        while outcome.kills < kills and monotonic() < until:
            self._announce(self._record(outcome), seconds, outcome)
        sleep(1)  # what the server has taken lies where it belongs
        self._judge(outcome)
        outcome.broken_lines = {
            kind.value: n for kind, n in self.line.broken.items() if kind is not Break.NEVER
        }
        return outcome

    def _undisturbed(self, outcome: Outcome) -> float:
        """How long a run takes that nobody disturbs, the slower of two: the first loads everything."""
        share, self.line.share = self.line.share, 0.0
        seconds = 0.0
        for _ in range(2):
            began = monotonic()
            process = self._started(self._record(outcome))
            process.join()
            outcome.runs += 1
            seconds = monotonic() - began
        self.line.share = share
        return seconds

    def _announce(self, record_id: str, seconds: float, outcome: Outcome) -> None:
        """Run, kill, run again; at last undisturbed."""
        is_killed = True
        for _ in range(MOST_RUNS):
            self.line.is_used.clear()
            process = self._started(record_id)
            outcome.runs += 1
            if is_killed and self._kill(process, seconds):
                outcome.kills += 1
            process.join()
            if process.exitcode == 0:
                return
            is_killed = self.chance.random() < SECOND_KILL_SHARE

    def _started(self, record_id: str) -> BaseProcess:
        """A process that announces, forked from one that has loaded everything and does nothing else."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.announce_soak"])
        home = str(self.archive.parent / "prefect-client")
        arguments = (_environment(self), self.prefect_url, home, record_id)
        process = context.Process(target=_announce, args=arguments)
        process.start()
        return process

    def _kill(self, process: BaseProcess, seconds: float) -> bool:
        """At a random instant of the run, or of the conversation with the mail server."""
        if self.chance.random() < 0.5:
            process.join(self.chance.uniform(0, seconds))
        else:
            self.line.is_used.wait(10 * seconds)
            process.join(self.chance.uniform(0, NEAR_THE_SERVER_SECONDS))
        if process.pid is None or not process.is_alive():
            return False
        os.kill(process.pid, signal.SIGKILL)
        return True

    def _record(self, outcome: Outcome) -> str:
        """A new record, not yet announced."""
        outcome.announcements += 1
        name = f"Treffen {outcome.announcements}"
        record = small_record(self.archive.parent / "source", name, name)
        return publish(FolderStorage(self.archive), record, IMPRINT).recording.id

    def _judge(self, outcome: Outcome) -> None:
        storage = FolderStorage(self.archive)
        for record_id in storage.list_folders("recordings"):
            entry = read_ledger(storage, record_id).entry(1, MAIL)
            copies = self.copies(entry.message_id) if entry else [0]
            state = entry.state if entry else None
            if max(copies) > 1:
                outcome.doubled.append(f"{record_id} {copies}")
            elif state is Delivery.SENT:
                outcome.sent += 1
                if min(copies) < 1:
                    outcome.silently_none.append(f"{record_id} {copies}")
            elif state is Delivery.UNKNOWN:
                outcome.unknown_and_arrived += int(max(copies) == 1)
                outcome.unknown_and_not_arrived += int(max(copies) == 0)
            else:
                outcome.unsettled.append(f"{record_id} {state}")


def counted(messages: Sequence[bytes], message_id: str) -> int:
    """How many of the mails have this Message-ID."""
    return sum(f"Message-ID: {message_id}".encode() in each for each in messages)


def mail_settings(port: int) -> dict[str, str]:
    """The settings of a mail server on this machine."""
    return {
        "MITSCHNITT_ANNOUNCEMENT__TO": "liste@example.org",
        "MITSCHNITT_ANNOUNCEMENT__FROM": "netzwerk@example.org",
        "MITSCHNITT_ANNOUNCEMENT__SMTP_URL": f"smtp://127.0.0.1:{port}",
    }


def _environment(soak: Soak) -> dict[str, str]:
    return {
        **soak.settings,
        "MITSCHNITT_ARCHIVE__URL": str(soak.archive),
        "MITSCHNITT_WORK__DIR": str(soak.archive.parent / "work"),
    }


def _announce(environment: dict[str, str], prefect_url: str, home: str, record_id: str) -> None:
    """What an operator starts; ends with 0 when it is done, or when it cannot be known whether it is."""
    os.environ.update(environment)
    with Path(os.devnull).open("w") as nowhere:
        for stream in (1, 2):
            os.dup2(nowhere.fileno(), stream)
    updates: dict[Any, Any] = {
        PREFECT_API_URL: prefect_url,
        PREFECT_HOME: home,
        PREFECT_LOGGING_LEVEL: "CRITICAL",
    }
    with temporary_settings(updates):
        try:
            announce(record_id)
        except StepError as error:
            sys.exit(0 if error.code == "outcome_unknown" else 1)
