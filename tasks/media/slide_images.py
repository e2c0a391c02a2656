"""Has the slides of a presentation painted, in a process of its own that none of them can exhaust us with."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from tasks.processes.child_process import running

# For one start of the process; it is started again behind a slide that it could not stand.
SECONDS_A_SLIDE, LEAST_SECONDS = 2.0, 30.0
MOST_STARTS = 20


def paint_slides(sources: Sequence[Path], directory: Path, width: int, height: int) -> dict[Path, Path]:
    """Each slide's picture of this size, in `directory`; those that cannot be painted are left out."""
    painted: dict[Path, Path] = {}
    waiting = list(dict.fromkeys(sources))
    for _ in range(MOST_STARTS):
        if not waiting:
            break
        targets = {source: directory / f"{source.name}.painted.png" for source in waiting}
        for is_painted, source in _answers(targets, width, height):
            waiting.remove(source)
            if is_painted:
                painted[source] = targets[source]
        del waiting[:1]  # where it ended, if it did not come to the end
    return painted


def _answers(targets: dict[Path, Path], width: int, height: int) -> Iterator[tuple[bool, Path]]:
    request = {
        "slides": [[str(source), str(target)] for source, target in targets.items()],
        "width": width,
        "height": height,
    }
    pipe = subprocess.PIPE
    seconds = LEAST_SECONDS + SECONDS_A_SLIDE * len(targets)
    with (
        suppress(subprocess.TimeoutExpired),
        running(
            [sys.executable, "-P", "-m", "tasks.media.slide_renderer"],
            timeout_seconds=seconds,
            stdin=pipe,
            stdout=pipe,
        ) as process,
    ):
        if process.stdin is None or process.stdout is None:
            raise AssertionError("both were asked for as pipes")
        with suppress(BrokenPipeError), process.stdin as stream:
            stream.write(json.dumps(request).encode() + b"\n")
        for line in process.stdout:
            said = line.decode().rstrip("\n")
            yield said.startswith("+"), Path(said[1:])
