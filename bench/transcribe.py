"""Ours beside other recognisers: same sound, same weights, same threads.

`python -m bench.transcribe` prints a table for each recording (time as a share of
the sound's length and against the sequential default, peak memory, wrong words,
words lost and invented), how far the times of first words are off, and what is
written where nobody speaks. Each engine runs in a process of its own, in turn,
round after round; figures are medians. `--help` names the options.
"""

import argparse
import platform
import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.transcription.engines import (
    BATCHED,
    CPP_8_BIT,
    CPP_16_BIT,
    OURS,
    SEQUENTIAL,
    SEQUENTIAL_TIMED,
    THREADS,
    Models,
    Run,
    engines_for,
    in_own_process,
    models_for_all,
)
from bench.transcription.scoring import at_gap, mistakes, plain, start_errors, words_between
from bench.transcription.sounds import (
    MEETING,
    READING,
    WITHOUT_SPEECH,
    Gap,
    Recording,
    read_by_espeak,
    repeated,
    sample,
    with_gap,
    without_speech,
    words_of,
)
from tasks.recognition.whisper_model import default_model_folder

ROUNDS = 3
COMPARED = (OURS, SEQUENTIAL, BATCHED, CPP_8_BIT, CPP_16_BIT)
TIMED = (OURS, SEQUENTIAL_TIMED)
PARTS = ("recordings", "starts", "gaps", "quiet", "hour", "long")
AT_ONCE = PARTS[:4]
WAYS = ("batched", "q8_0", "f16")
HOUR_SECONDS = 3600.0
QUIET_SECONDS = 300.0
GAP_TURNS = 6


@dataclass(frozen=True, slots=True)
class Bench:
    """What all parts need: where sounds lie, with which weights, and how thoroughly to measure."""

    folder: Path
    models: Models
    options: argparse.Namespace

    @property
    def engines(self) -> list[str]:
        left_out = tuple(self.options.without)
        return [each for each in engines_for(self.models, COMPARED) if not each.endswith(left_out)]

    def sample(self, name: str) -> Recording:
        return sample(name, self.folder, self.options.turns)


def main() -> None:
    """Measure what the command line asks for."""
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        models = models_for_all(default_model_folder(folder / "models"), folder)
        print(f"{processor()}, {THREADS} threads, Whisper base, int8 where nothing else is said")
        for part in options.only:
            MEASURED[part](Bench(folder, models, options))


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.transcribe", description="Compare recognisers.")
    parser.add_argument("--rounds", type=int, help="default: 3, and 1 for an hour")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(AT_ONCE), help="parts to measure")
    parser.add_argument("--turns", type=int, help="only so many turns of each sample, to try it out")
    parser.add_argument(
        "--without", nargs="+", choices=WAYS, default=[], help="leave out engines, by their way"
    )
    parser.add_argument("--quiet-seconds", type=float, default=QUIET_SECONDS, help="of each quiet sound")
    return parser.parse_args()


def processor() -> str:
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.machine()


def measure_recordings(bench: Bench) -> None:
    """The samples, and the meeting's text read by a robot."""
    meeting = bench.sample(MEETING)
    robot = read_by_espeak(meeting, bench.folder)
    for recording in (meeting, bench.sample(READING), *([robot] if robot else [])):
        table(bench, recording, bench.options.rounds or ROUNDS)


def measure_hour(bench: Bench) -> None:
    """The samples, repeated to about an hour."""
    for name in (MEETING, READING):
        table(bench, repeated(bench.sample(name), HOUR_SECONDS, bench.folder), bench.options.rounds or 1)


def table(bench: Bench, recording: Recording, rounds: int) -> None:
    """All engines on one recording, in turn, round after round; a line each."""
    runs: dict[str, list[Run]] = {engine: [] for engine in bench.engines}
    for _ in range(rounds):
        for engine in runs:
            runs[engine].append(in_own_process(engine, bench.models, recording.speech))
    slowest = median(run.seconds for run in runs[SEQUENTIAL])
    print(f"\n{recording.name}, {recording.seconds:.0f} s, medians of {rounds}")
    print_columns("", "x length", "x as fast", "MB", "WER %", "lost", "invented")
    for engine, each in runs.items():
        print_columns(engine, *speed(each, recording, slowest), *accuracy(each, recording))


def speed(runs: Sequence[Run], recording: Recording, slowest_seconds: float) -> tuple[str, str, str]:
    """Time to length, times as fast as sequential decoding, peak megabytes."""
    seconds = median(run.seconds for run in runs)
    memory = median(run.peak_megabytes for run in runs)
    return f"{seconds / recording.seconds:.3f}", f"{slowest_seconds / seconds:.2f}", f"{memory:.0f}"


def accuracy(runs: Sequence[Run], recording: Recording) -> tuple[str, str, str]:
    """Word error rate, words lost, words invented."""
    found = [mistakes(recording.said, plain(run.text)) for run in runs]
    lost, invented = median(each.lost for each in found), median(each.invented for each in found)
    return f"{100 * median(each.error_rate for each in found):.2f}", f"{lost:.0f}", f"{invented:.0f}"


def measure_starts(bench: Bench) -> None:
    """When first words of turns and sentences begin, against the times that are known."""
    for recording in (bench.sample(MEETING), bench.sample(READING)):
        print(f"\n{recording.name}, first words of {len(recording.turns)} turns or sentences")
        print_columns("", "median s", "95 % s", "<= 0.5 s", "missing")
        for engine in TIMED:
            errors = start_errors(
                recording.turns, in_own_process(engine, bench.models, recording.speech).spoken
            )
            late, near = f"{errors.percentile_95_seconds:.2f}", f"{100 * errors.near_share:.1f} %"
            print_columns(engine, f"{errors.median_seconds:.2f}", late, near, str(errors.missing))


def measure_gaps(bench: Bench) -> None:
    """Half a minute without speech inside speech: words written there, words lost around it."""
    for name in (MEETING, READING):
        clip = sample(name, bench.folder, bench.options.turns or GAP_TURNS)
        for sound in ("silence", "piano phrase"):
            gap_table(bench, with_gap(clip, sound, bench.folder))


def gap_table(bench: Bench, gap: Gap) -> None:
    """A line for each engine; what is dated inside the gap is known only where there are word times."""
    turns = gap.recording.turns
    before, after = words_of(turns[: gap.at]), words_of(turns[gap.at :])
    where = f"{gap.start_seconds:.1f} to {gap.end_seconds:.1f} s of {gap.recording.seconds:.0f} s"
    print(f"\n{gap.recording.name}, {where}; lost: of the 20 words on either side")
    print_columns("", "words in it", "dated in it", "lost", "WER %")
    for engine in bench.engines:
        run = in_own_process(engine, bench.models, gap.recording.speech)
        found = at_gap(before, after, plain(run.text))
        dated = str(words_between(run.spoken, gap.start_seconds, gap.end_seconds)) if engine in TIMED else "-"
        print_columns(engine, str(found.invented), dated, str(found.lost), accuracy([run], gap.recording)[0])


def measure_quiet(bench: Bench) -> None:
    """Sounds in which nobody speaks: how many words each engine writes."""
    seconds = bench.options.quiet_seconds
    print(f"\nWords written where nobody speaks, {seconds:.0f} s of each")
    print_columns("", *WITHOUT_SPEECH)
    sounds = [without_speech(name, seconds, bench.folder) for name in WITHOUT_SPEECH]
    for engine in bench.engines:
        runs = [in_own_process(engine, bench.models, sound) for sound in sounds]
        print_columns(engine, *(str(len(plain(run.text))) for run in runs))


def measure_long(bench: Bench) -> None:
    """Ours on one hour and on three: time for each hour of sound, and memory."""
    print(f"\n{OURS}: one hour and three")
    print_columns("", "seconds an hour", "MB")
    for hours in (1, 3):
        recording = repeated(bench.sample(MEETING), hours * HOUR_SECONDS, bench.folder)
        run = in_own_process(OURS, bench.models, recording.speech)
        an_hour = run.seconds / recording.seconds * HOUR_SECONDS
        print_columns(
            f"{recording.name}, {recording.seconds:.0f} s", f"{an_hour:.1f}", f"{run.peak_megabytes:.0f}"
        )


MEASURED: dict[str, Callable[[Bench], None]] = {
    "recordings": measure_recordings,
    "starts": measure_starts,
    "gaps": measure_gaps,
    "quiet": measure_quiet,
    "hour": measure_hour,
    "long": measure_long,
}


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def print_columns(first: str, *columns: str) -> None:
    """A line of a table, shown at once."""
    print(f"{first:<32}" + "".join(f" {column:>12}" for column in columns), flush=True)


if __name__ == "__main__":
    main()
