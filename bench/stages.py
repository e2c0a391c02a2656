"""Where the time of a run goes: the sample meeting from URL to mail, stage by stage.

`python -m bench.stages` processes the sample in a fresh folder and prints each
stage's seconds, its share, and its ratio to the recording's length.
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

from bench.ending import end_on_sigterm
from flows.demo import SAMPLE_TITLE, SAMPLES, demo_settings, served

SAMPLE_SECONDS = 396.24
OTHER = "Prefect, Archiv, Mail, Start"
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


def stages() -> Iterator[Measured]:
    """Each stage as it ends, last what is none of them."""
    with tempfile.TemporaryDirectory() as folder, served(SAMPLES) as address:
        started = time.monotonic()
        process = start(Path(folder), f"{address}/netzwerktreffen.mp4")
        known = 0.0
        for line in process.stderr or ():
            print(line, end="", file=sys.stderr)
            if found := STAGE_LINE.search(line):
                seconds = float(found[2].replace(",", "."))
                known += seconds
                yield Measured(found[1], seconds)
        if process.wait() != 0:
            sys.exit("The run failed.")
        yield Measured(OTHER, time.monotonic() - started - known)


def start(folder: Path, url: str) -> subprocess.Popen[str]:
    """`mitschnitt process` in a fresh folder."""
    settings = {
        name: value.replace(str(Path("demo").resolve()), str(folder))
        for name, value in demo_settings().items()
    }
    command = [sys.executable, "-m", "flows.cli", "process", url, "--title", SAMPLE_TITLE]
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
