"""Processes that belong together, by a mark in the environment that they were begun with."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 240


def marked(mark: str) -> dict[int, str]:
    """The command line of every running process that has this in its environment, by the process's id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found[int(folder.name)] = words
        except OSError:
            continue  # it has ended meanwhile
    return found


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Whether it becomes true within a patient while."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
