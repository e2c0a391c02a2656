"""What preparing costs the processor, beside another checkout of this program.

`python -m bench.preparing FOLDER`: each file is prepared by both in turn, `--rounds` times; the medians'
ratio is printed, and the size of the published picture beside its source's. Ends with 1 where a ratio is
above what is promised.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.running.termination import end_on_sigterm
from tests.media_samples import MEETING, make

OURS = Path(__file__).parents[1]
ONCE = Path(__file__).with_name("preparing_once.py")
ROUNDS = 3
PIECE_SECONDS = 60
MOST_COPIED, MOST_ENCODED, MOST_SIZE = 1.5, 1.2, 1.3


@dataclass(frozen=True, slots=True)
class Sample:
    """A file to prepare, and how many times as much as before that may cost."""

    name: str
    path: Path
    most: float


@dataclass(frozen=True, slots=True)
class Cost:
    """One preparation: seconds of the processor, the most memory, bytes of the published picture."""

    seconds: float
    megabytes: float
    size_bytes: int


def main() -> None:
    """Measure and print."""
    end_on_sigterm()
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="preparing-") as temporary:
        folder = Path(temporary)
        kept = [compared(sample, options.folder, options.rounds, folder) for sample in samples(folder)]
    sys.exit(0 if all(kept) else 1)


def read_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.preparing")
    parser.add_argument("folder", type=Path, help="another checkout to compare with")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


def samples(folder: Path) -> Sequence[Sample]:
    """The sample meeting as it is, and a minute of it in what must be encoded."""
    piece = ("-ss", "30", "-t", str(PIECE_SECONDS), "-i", str(MEETING), "-vf", "scale=1280:720")
    fast = ("-deadline", "realtime", "-cpu-used", "8", "-b:v", "1200k", "-c:a", "libopus", "-r", "25")
    vp9 = make(folder / "vp9.webm", *piece, "-c:v", "libvpx-vp9", *fast)
    vp8 = make(folder / "vp8.webm", *piece, "-c:v", "libvpx", *fast)
    long = make(folder / "long.mp4", "-stream_loop", "9", "-i", str(MEETING), "-c", "copy")
    return (
        Sample("H.264 and AAC, copied", MEETING, MOST_COPIED),
        Sample("the same ten times", long, MOST_COPIED),
        Sample("VP9 and Opus, 720p", vp9, MOST_ENCODED),
        Sample("VP8 and Opus, 720p", vp8, MOST_ENCODED),
    )


def compared(sample: Sample, other: Path, rounds: int, folder: Path) -> bool:
    """Print the costs of both; whether ours is within what is promised."""
    costs: dict[Path, list[Cost]] = {OURS: [], other: []}
    for _ in range(rounds):
        for checkout, its in costs.items():
            its.append(prepared(sample.path, checkout, folder))
    ours, theirs = (middle(costs[checkout]) for checkout in (OURS, other))
    ratio = ours.seconds / theirs.seconds
    grown = ours.size_bytes / sample.path.stat().st_size
    print(f"{sample.name}: {ours.seconds:.2f} s beside {theirs.seconds:.2f} s of the processor, ", end="")
    print(
        f"{ratio:.2f} times (at most {sample.most}); {ours.megabytes:.0f} MB beside {theirs.megabytes:.0f}; ",
        end="",
    )
    print(f"published {grown:.2f} times as large as the source", flush=True)
    return ratio <= sample.most and grown <= MOST_SIZE


def prepared(path: Path, checkout: Path, folder: Path) -> Cost:
    """One preparation in a process of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as target:
        done = subprocess.run(
            [sys.executable, "-P", str(ONCE), str(path), str(Path(target) / "media")],
            env={**os.environ, "PYTHONPATH": str(checkout.resolve())},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Cost(**json.loads(done.stdout))


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians of several."""
    return Cost(
        median(each.seconds for each in costs),
        median(each.megabytes for each in costs),
        round(median(each.size_bytes for each in costs)),
    )


if __name__ == "__main__":
    main()
