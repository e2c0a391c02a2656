"""Runs a program that reads foreign bytes: with nothing that it could betray, and no more than it needs.

It has an environment of its own, which holds no secret; hard limits (see `resource_limits`); a folder to
work in; no privileges to gain. Where the system allows, it is in namespaces: without a network unless it is
to fetch, and all that it ever started ends with it. A group of processes it has in any case.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tasks.processes.child_process import Stream, running
from tasks.sandbox.isolation import entering, is_isolated
from tasks.sandbox.resource_limits import GRACE_SECONDS, Limits

# What programs need to be found, and to find the system's certificates and our ffmpeg. None is a secret.
_HANDED_ON = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "IMAGEIO_FFMPEG_EXE")
_SET = {
    "LANG": "C.UTF-8",
    # Each of these reserves memory for every core, and none makes our work faster.
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@contextmanager
def sandboxed(
    command: Sequence[str],
    limits: Limits,
    folder: Path,
    *,
    has_network: bool = False,
    farewell: signal.Signals = signal.SIGKILL,
    extra_environment: Mapping[str, str] | None = None,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = subprocess.DEVNULL,
    stderr: Stream = subprocess.DEVNULL,
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program in the sandbox while the block lasts; `folder` is where it works and puts what is temporary.

    Raises subprocess.TimeoutExpired when its time on the wall was over.
    """
    with running(
        _command(command, limits, has_network=has_network),
        timeout_seconds=limits.wall_seconds,
        farewell=farewell,
        environment={**environment(folder), **(extra_environment or {})},
        folder=folder,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    ) as process:
        yield process


def environment(folder: Path) -> dict[str, str]:
    """All that a sandboxed program knows of its surroundings."""
    kept = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    return {**kept, **_SET, "HOME": str(folder), "TMPDIR": str(folder)}


def _command(command: Sequence[str], limits: Limits, *, has_network: bool) -> list[str]:
    apart = entering(has_network=has_network) if is_isolated() else []
    return [*apart, "setpriv", "--no-new-privs", *_limited(limits), *command]


def _limited(limits: Limits) -> list[str]:
    """Through util-linux, since code between fork and exec is not safe beside threads."""
    soft = limits.processor_seconds
    return [
        "prlimit",
        f"--data={limits.memory_bytes}",
        f"--as={limits.address_bytes}",
        f"--cpu={soft}:{soft + GRACE_SECONDS}",
        f"--fsize={limits.file_bytes}",
        f"--nofile={limits.open_files}",
        "--core=0",
        "--",
    ]
