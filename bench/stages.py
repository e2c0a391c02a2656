"""Where the time of a run goes: the sample meeting from URL to mail, stage by stage.

`python -m bench.stages` processes the sample in a fresh folder and prints each
stage's seconds, its share, and its ratio to the recording's length; at last what a run costs
beside the work that no program could do without.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.running.termination import end_on_sigterm
from flows.cli.demo import SAMPLE_DAY, SAMPLE_TITLE, SAMPLES, demo_settings, served

SAMPLE_SECONDS = 396.24
START, BETWEEN, END = "until the first step", "between the steps", "from the last step to the end"
# Fetching, transcoding and recognising: all else is overhead.
WORK = {"Aufnahme laden", "Video und Ton aufbereiten", "Sprache erkennen"}
PROMISED_SECONDS = 8.0
STAGE_LINE = re.compile(r"✓ (.+?)  (\d+,\d) s")


@dataclass(frozen=True, slots=True)
class Measured:
    """A stage and how long it took."""

    stage: str
    seconds: float


def main() -> None:
    """Run once and print the table."""
    end_on_sigterm()
    measured = list(stages())
    whole = sum(each.seconds for each in measured)
    for each in measured:
        share, ratio = 100 * each.seconds / whole, each.seconds / SAMPLE_SECONDS
        print(f"{each.stage:<32} {each.seconds:7.1f} s {share:5.1f} %   {ratio:.3f} x length")
    print(f"{'together':<32} {whole:7.1f} s           {whole / SAMPLE_SECONDS:.3f} x length")
    overhead = sum(each.seconds for each in measured if each.stage not in WORK)
    print(f"{'beside the work':<32} {overhead:7.1f} s   (promised: at most {PROMISED_SECONDS:.0f} s)")


def stages() -> Iterator[Measured]:
    """Each stage as it ends, and what passes before, between and after them."""
    with tempfile.TemporaryDirectory() as folder, served(SAMPLES) as address:
        ended, between = time.monotonic(), 0.0
        process = start(Path(folder), f"{address}/netzwerktreffen.mp4")
        is_first = True
        for line in process.stderr or ():
            print(line, end="", file=sys.stderr)
            if found := STAGE_LINE.search(line):
                now, seconds = time.monotonic(), float(found[2].replace(",", "."))
                passed = max(0.0, now - ended - seconds)
                if is_first:
                    yield Measured(START, passed)
                else:
                    between += passed
                yield Measured(found[1], seconds)
                ended, is_first = now, False
        if process.wait() != 0:
            sys.exit("The run failed.")
        yield Measured(BETWEEN, between)
        yield Measured(END, time.monotonic() - ended)


def start(folder: Path, url: str) -> subprocess.Popen[str]:
    """`mitschnitt process` in a fresh folder."""
    settings = {
        name: value.replace(str(Path("demo").resolve()), str(folder))
        for name, value in demo_settings().items()
    }
    command = [
        sys.executable,
        "-m",
        "flows.cli.main",
        "process",
        url,
        "--title",
        SAMPLE_TITLE,
        "--date",
        SAMPLE_DAY,
    ]
    agenda = str(SAMPLES / "netzwerktreffen.tagesordnung.txt")
    return subprocess.Popen(
        [*command, "--agenda", agenda],
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    main()
