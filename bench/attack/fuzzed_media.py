"""Small real files of ten formats, damaged in a thousand ways, through inspection and conversion.

Most are read in sandboxed processes that take many files each, so that a thousand need minutes; a part of
them goes the very way that recordings go. A decoder that falls within the sandbox is no crash of ours, but it
must be told.
"""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.attack.fuzzing import mutated
from bench.attack.material import FORMATS, sample
from bench.attack.outcomes import Bounds, Result, complaints_about
from bench.attack.watching import Case, tried
from tasks.media.media_limits import for_converting
from tasks.media.sandboxed_media import inspect_media, transcode
from tasks.sandbox.resource_limits import Limits
from tasks.sandbox.sandboxed_process import sandboxed

FILES_PER_FORMAT, FILES_PER_BATCH = 100, 25
EVERY_WAY_THERE = 10  # of the files that go the whole way: one in so many
LONGEST_SECONDS, LOUDNESS_LUFS = 8 * 3600.0, -16.0
BOUNDS = Bounds(seconds=300)


def attack(share: float) -> Result:
    """All formats; `share` of the files of each."""
    count = max(4, round(FILES_PER_FORMAT * share))
    size = min(FILES_PER_BATCH, count)
    batches = [
        Case(f"{name} {start}", partial(_batch, name=name, first=start, count=min(size, count - start)))
        for name in FORMATS
        for start in range(0, count, size)
    ]
    whole_way = [
        Case(f"{name} {number} sandboxed", partial(_whole_way, name=name, number=number))
        for name in FORMATS
        for number in range(0, count, EVERY_WAY_THERE)
    ]
    outcomes = tried([*batches, *whole_way])
    complaints = complaints_about(outcomes, BOUNDS)
    endings = [line for each in outcomes for line in each.note.splitlines() if line.startswith("fuzz ")]
    bad = [line for line in endings if "unforeseen" in line or "crash" in line]
    figures = {
        "fuzzed files": len(endings) + len(whole_way),
        "refused": sum("done" not in line for line in endings),
        "decoders that fell in their sandbox": sum("reader fell" in line for line in endings),
    }
    return Result(outcomes, [*complaints, *bad], figures)


def damaged_file(name: str, number: int, folder: Path) -> Path:
    """The same damage for the same number."""
    path = folder / f"{name}-{number}"
    chance = random.Random(f"{name} {number}")  # noqa: S311  # the same each time; nothing is to be kept secret
    path.write_bytes(mutated(sample(name), chance))
    return path


def _whole_way(folder: Path, name: str, number: int) -> None:
    path = damaged_file(name, number, folder)
    inspection = inspect_media([path], LONGEST_SECONDS)
    transcode([path], inspection, folder / "made", LOUDNESS_LUFS, lambda _seconds: None)


def _batch(folder: Path, name: str, first: int, count: int) -> str:
    """Every file once; where the process fell over one, another process goes on behind it."""
    paths = [damaged_file(name, number, folder) for number in range(first, first + count)]
    said: list[str] = []
    while len(said) < len(paths):
        lines = list(_read_apart(paths[len(said) :], folder))
        said += lines
        if len(said) < len(paths):
            said.append(f"fuzz {paths[len(said)].name}: reader fell")
    return "\n".join(said)


def _read_apart(paths: list[Path], folder: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.attack.reading", json.dumps([str(path) for path in paths])]
    root = Path(__file__).parents[2]
    limits: Limits = for_converting(paths, 60.0)
    with sandboxed(
        command, limits, folder, stdout=subprocess.PIPE, extra_environment={"PYTHONPATH": str(root)}
    ) as process:
        if process.stdout is not None:
            yield from (line.decode().strip() for line in process.stdout if line.endswith(b"\n"))
