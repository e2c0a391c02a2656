"""What a SIGKILL costs: a recording of 20 minutes, killed ten times at random moments.

`python -m bench.kills` runs `mitschnitt transcribe` undisturbed once, then kills
it at moments drawn evenly from that run's length and starts it again, until it
was killed often enough; a transcript that gets finished on the way is compared
and the next one begun in a fresh folder. Prefect's log tells which decodings
began, the persisted results which ended. Ends with 1 when a kill cost more than
one window or a transcript differs by a byte.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.running.termination import end_on_sigterm
from tests.flows.workplace import Workplace
from tests.media_samples import MEETING, make
from tests.prefect_server import running_prefect_server

KILLS = 10
REPETITIONS = 3
# Prefect says that a task begins also when it then takes a kept result.
TASK_BEGINS = re.compile(r"Executing task 'transcribe'")
RESULT_TAKEN = re.compile(r"\btranscribe\] Finished in state Cached")
# Prefect's log to the terminal, from which begun decodings are counted.
LOGGING = {
    "PREFECT_LOGGING_LEVEL": "DEBUG",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "DEBUG",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of the command: how long it ran, and what became of its windows."""

    seconds: float
    finished: bool
    begun: int
    kept_before: int
    newly_kept: int
    kept_anew: int

    @property
    def to_decode_again(self) -> int:
        """Windows that were begun and not kept, or were there and decoded all the same."""
        return self.begun - self.newly_kept

    def __str__(self) -> str:
        end = "finished" if self.finished else "killed"
        windows = f"{self.kept_before} windows kept before, {self.begun} begun, {self.newly_kept} newly kept"
        return f"{end} after {self.seconds:5.1f} s: {windows}, {self.to_decode_again} to decode again"


@dataclass(frozen=True, slots=True)
class Totals:
    """What all attempts after the undisturbed one came to."""

    attempts: tuple[Attempt, ...]
    transcripts: tuple[bytes, ...]

    @property
    def kills(self) -> list[Attempt]:
        return [each for each in self.attempts if not each.finished]


def main() -> None:
    """Measure, print, and judge."""
    end_on_sigterm()
    options = read_options()
    print(f"Moments drawn with seed {options.seed}.", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-kills-") as temporary:
        folder = Path(temporary)
        media = make(
            folder / "meeting.mp4",
            "-stream_loop",
            str(options.repetitions - 1),
            "-i",
            str(MEETING),
            "-c",
            "copy",
        )
        (folder / "prefect").mkdir()
        with running_prefect_server(folder / "prefect") as address:
            workplaces = Workplaces(folder, address)
            first = workplaces.fresh()
            undisturbed = attempt(first, media, None)
            print(f"Undisturbed: {undisturbed}", flush=True)
            totals = killed_again_and_again(workplaces, media, undisturbed.seconds, options)
            judge(undisturbed, transcript_bytes(first), totals)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description="Kill and go on.")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument(
        "--repetitions", type=int, default=REPETITIONS, help="of the sample meeting, 396 s each"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    return parser.parse_args()


@dataclass(slots=True)
class Workplaces:
    """Makes fresh folders to work in, all on one Prefect server."""

    folder: Path
    prefect_address: str
    made: int = 0

    def fresh(self) -> Workplace:
        """A folder in which nothing was done yet."""
        self.made += 1
        folder = self.folder / f"workplace-{self.made}"
        folder.mkdir()
        return Workplace(folder, LOGGING | {"PREFECT_API_URL": self.prefect_address})


def killed_again_and_again(
    workplaces: Workplaces, media: Path, longest_seconds: float, options: argparse.Namespace
) -> Totals:
    """Start, kill, start again; the last start is left to end."""
    moments = random.Random(options.seed)  # noqa: S311 - to be drawn again with the same seed
    attempts: list[Attempt] = []
    transcripts: list[bytes] = []
    workplace = workplaces.fresh()
    while True:
        kills = sum(not each.finished for each in attempts)
        limit = moments.uniform(0, longest_seconds) if kills < options.kills else None
        attempts.append(attempt(workplace, media, limit))
        print(f"{len(attempts):3} {attempts[-1]}", flush=True)
        if attempts[-1].finished:
            transcripts.append(transcript_bytes(workplace))
            if limit is None:
                return Totals(tuple(attempts), tuple(transcripts))
            workplace = workplaces.fresh()


def attempt(workplace: Workplace, media: Path, limit_seconds: float | None) -> Attempt:
    """Run the command to its end, or kill it after `limit_seconds`."""
    before = kept_windows(workplace)
    started = time.monotonic()
    process = workplace.start("transcribe", str(media), "--output", "out")
    try:
        _, log = process.communicate(timeout=limit_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        _, log = process.communicate()
    seconds = time.monotonic() - started
    if process.returncode > 0:
        sys.exit(f"The run failed by itself:\n{log[-2000:]}")
    after = kept_windows(workplace)
    anew = sum(after.get(name) != written for name, written in before.items())
    begun = len(TASK_BEGINS.findall(log)) - len(RESULT_TAKEN.findall(log))
    return Attempt(seconds, process.returncode == 0, begun, len(before), len(after) - len(before), anew)


def kept_windows(workplace: Workplace) -> dict[str, int]:
    """The persisted windows, with the time at which each was written."""
    folder = workplace.folder / "work/prefect/results"
    return {file.name: file.stat().st_mtime_ns for file in folder.glob("window-*")}


def transcript_bytes(workplace: Workplace) -> bytes:
    """The finished transcript."""
    return (workplace.folder / "out/transcript.json").read_bytes()


def judge(undisturbed: Attempt, expected: bytes, totals: Totals) -> None:
    """Print what was promised and what was found; exit with 1 when they differ."""
    again = [each.to_decode_again for each in totals.kills]
    worst = max(again, default=0)
    anew = sum(each.kept_anew for each in totals.attempts)
    equal = sum(each == expected for each in totals.transcripts)
    print(f"\n{len(again)} kills, {undisturbed.newly_kept} windows a transcript")
    print(f"windows to decode again: {sum(again)} in all, at most {worst} for a kill")
    print(f"windows already kept that were decoded again: {anew}")
    print(f"transcripts the same as undisturbed, byte for byte: {equal} of {len(totals.transcripts)}")
    finished = [each for each in (undisturbed, *totals.attempts) if each.finished]
    if any(each.begun != each.newly_kept for each in finished):
        sys.exit("Decodings begun and kept differ in a run that was not killed.")
    if worst > 1 or anew or equal < len(totals.transcripts):
        sys.exit("A kill cost more than it may.")


if __name__ == "__main__":
    main()
