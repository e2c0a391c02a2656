"""Shows how far a step is: a bar in the terminal, a progress artifact in Prefect, lines in the log.

On a terminal the bar moves; elsewhere each step prints one line when it has
ended. Everything goes to standard error, so that results can be piped. Of runs
that nobody watches, a worker's, only the log tells.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Literal

from prefect.context import FlowRunContext
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from flows.prefect_names import COMPOSED, CONVERTED, MARKED
from flows.reporting.run_artifacts import ProgressArtifact, leave_artifact
from transcripts.errors.error_kinds import StepError
from transcripts.model import Stage
from transcripts.wording.german_formats import format_clock

Unit = Literal["bytes", "seconds", "pages"]
SECONDS_BETWEEN_ARTIFACTS = 5.0
# What the log calls the steps, by the stage that they reach.
NAMES = {
    Stage.FETCHED: "Fetching",
    COMPOSED: "Composing slides and screen",
    CONVERTED: "Converting the document",
    Stage.TRANSCODED: "Converting video and sound",
    Stage.TRANSCRIBED: "Transcribing",
    Stage.CHAPTERED: "Finding chapters",
    MARKED: "Writing chapters into video and sound",
    Stage.ARCHIVED: "Storing",
    Stage.ANNOUNCED: "Announcing",
}

logger = logging.getLogger("mitschnitt.steps")

console = Console(stderr=True, highlight=False)


class RecordingClock(ProgressColumn):
    """Position and length on the recording's time line, and how many times real time it goes."""

    def render(self, task: Task) -> Text:
        """Such as `0:02:10 / 0:06:36 (7,4-fach)`."""
        rate = f" ({task.completed / task.elapsed:.1f}-fach)" if task.completed and task.elapsed else ""
        rate = rate.replace(".", ",")
        return Text(f"{format_clock(task.completed)} / {format_clock(task.total or 0)}{rate}")


class RecordingTimeLeft(ProgressColumn):
    """How long the rest will take at the average rate: results come in batches, too few for rich's own."""

    def render(self, task: Task) -> Text:
        """Such as `0:00:35`."""
        if not (task.completed and task.elapsed and task.total):
            return Text("?")
        return Text(format_clock(task.elapsed * (task.total - task.completed) / task.completed))


@dataclass(slots=True)
class StepProgress:
    """Hears from a step how far it is, and passes it on, to Prefect at most every few seconds."""

    label: str
    unit: Unit
    bar: Progress
    bar_task: TaskID
    artifact: ProgressArtifact
    total: float | None
    _started_at: float = field(default_factory=time.monotonic)
    _told_at: float = field(default_factory=time.monotonic)

    def advance_to(self, done: float, total: float | None = None) -> None:
        """`done` of `total`, in the unit of the step."""
        self.total = total or self.total
        self.bar.update(self.bar_task, completed=done, total=self.total)
        if self.total and time.monotonic() - self._told_at > SECONDS_BETWEEN_ARTIFACTS:
            self._told_at = time.monotonic()
            words = f"{self.label}: {self._in_words(done, self.total)}"
            self.artifact.tell(min(100.0, 100 * done / self.total), words)

    def _in_words(self, done: float, total: float) -> str:
        """Such as `noch etwa 0:35`, and for sound how much is done and how fast it goes."""
        seconds = time.monotonic() - self._started_at
        left = format_clock(seconds * (total - done) / done) if done else "?"
        if self.unit == "bytes":
            return f"noch etwa {left}"
        if self.unit == "pages":
            return f"{round(done)} von {round(total)} Seiten, noch etwa {left}"
        rate = f"{done / seconds:.1f}".replace(".", ",")
        return f"{format_clock(done)} von {format_clock(total)}, {rate}-fach, noch etwa {left}"


@dataclass(slots=True)
class PartialProgress:
    """Adds up what is done of several parts, which may run at once and in any order.

    `parts_seconds` are the parts' lengths, `total_seconds` is what they stand for.
    """

    parts_seconds: Sequence[float]
    total_seconds: float
    advance: Callable[[float], None]
    _done: dict[int, float] = field(default_factory=dict)

    def part_done(self, number: int, share: float) -> None:
        """Of the part with this number, this share (0 to 1) is done."""
        self._done[number] = share
        seconds = sum(self.parts_seconds[each] * done for each, done in self._done.copy().items())
        self.advance(self.total_seconds * seconds / (sum(self.parts_seconds) or 1.0))


@contextmanager
def step_progress(label: str, unit: Unit, total: float | None, key: str) -> Iterator[Callable[..., None]]:
    """Show a step's progress while it runs; yields `advance(done, total=None)`.

    Prefect shows it under `key`.
    """
    artifact, started = ProgressArtifact(key), time.monotonic()
    artifact.tell(0.0, label)
    with closing(artifact):
        with _bar(unit) as bar, _in_the_log(key):
            bar_task = bar.add_task(label, total=total)
            yield StepProgress(label, unit, bar, bar_task, artifact, total).advance_to
        artifact.finish(100.0, label)
    seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
    _print(f"  [green]✓[/] {label}  [dim]{seconds} s[/]")


@contextmanager
def _in_the_log(key: str) -> Iterator[None]:
    """That a step begins, and how long it took, or after how long it broke off and why."""
    name, started = NAMES.get(key, key), time.monotonic()
    logger.info("%s started.", name)
    try:
        yield
    except StepError as error:
        logger.warning("%s failed after %.1f s: %s", name, time.monotonic() - started, error.code)
        raise
    logger.info("%s took %.1f s.", name, time.monotonic() - started)


def _print(text: str) -> None:
    """For whoever has started the run; a worker has started it for nobody who looks on."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None or context.flow_run.deployment_id is None:
        console.print(text)


def _bar(unit: Unit) -> Progress:
    return Progress(*_columns(unit), console=console, transient=True, disable=not sys.stderr.isatty())


_MIDDLE: dict[Unit, Callable[[], list[ProgressColumn]]] = {
    "bytes": lambda: [DownloadColumn(), TransferSpeedColumn()],
    "pages": lambda: [TextColumn("{task.completed:.0f} Seiten")],
    "seconds": lambda: [RecordingClock()],
}


def _columns(unit: Unit) -> list[ProgressColumn]:
    middle = _MIDDLE[unit]()
    remaining = TimeRemainingColumn(compact=True) if unit == "bytes" else RecordingTimeLeft()
    return [
        TextColumn("  {task.description}"),
        BarColumn(bar_width=24),
        *middle,
        TextColumn("noch"),
        remaining,
    ]


def show_lines(lines: Sequence[str], key: str, description: str) -> None:
    """Show lines under the step that has just ended, and leave them as an artifact of the run."""
    for line in lines:
        _print(f"    [dim]{escape(line)}[/]")
    leave_artifact("\n\n".join(lines), key, description)
