"""Starts programs that end with whoever started them, however that comes about.

The kernel ends such a program when its parent is gone, also after SIGKILL; what the program starts must
be bound to it in turn. Each has a process group of its own, so that nothing that it leaves behind goes
on, and so that Ctrl+C reaches the parent alone, which then ends it.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# A parent that died before the kernel was asked to watch it is seen by its number, which is "$0" here.
_IF_PARENT_LIVES = 'test "$PPID" = "$0" && exec "$@"'

Stream = int | IO[bytes] | None


def bound(command: Sequence[str], farewell: signal.Signals = signal.SIGKILL) -> list[str]:
    """The command that runs `command` until the calling process ends; then it gets the signal `farewell`.

    For those who start programs by other means than `running`. Linux looks at the thread that starts the
    program: it must live as long as the program is to run.
    """
    name = farewell.name.removeprefix("SIG")
    return ["setpriv", "--pdeathsig", name, "sh", "-c", _IF_PARENT_LIVES, str(os.getpid()), *command]


@contextmanager
def running(
    command: Sequence[str],
    *,
    timeout_seconds: float | None,
    farewell: signal.Signals = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = subprocess.DEVNULL,
    stderr: Stream = subprocess.DEVNULL,
    pass_fds: Sequence[int] = (),
) -> Iterator["subprocess.Popen[bytes]"]:
    """A program while the block lasts; it and all that it started are gone afterwards.

    `timeout_seconds` is None only for a service, which runs for as long as it is needed. It works in
    `folder`, or where the calling process does.
    Raises subprocess.TimeoutExpired when the program was ended because its time was over.
    """
    process = subprocess.Popen(
        bound(command, farewell),
        process_group=0,
        env=environment,
        cwd=folder,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        pass_fds=pass_fds,
    )
    with _limited(process, command[0], timeout_seconds):
        try:
            yield process
        finally:
            end_group(process.pid)
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    with suppress(BrokenPipeError):  # what was not read by then never will be
                        stream.close()


def finished(
    command: Sequence[str], *, timeout_seconds: float, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """A program run to its end: its status, and what it said.

    Raises subprocess.TimeoutExpired when its time was over.
    """
    pipe = subprocess.PIPE
    with running(
        command, timeout_seconds=timeout_seconds, environment=environment, stdout=pipe, stderr=pipe
    ) as process:
        out, err = process.communicate()
    return subprocess.CompletedProcess(
        list(command), process.returncode, out.decode(errors="replace"), err.decode(errors="replace")
    )


def end_group(group: int) -> None:
    """End a program and all that it started, if anything of it is left."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


@contextmanager
def _limited(process: "subprocess.Popen[bytes]", name: str, timeout_seconds: float | None) -> Iterator[None]:
    """Ends the program when its time is over, and says so instead of what that led to."""
    if timeout_seconds is None:
        yield
        return
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        end_group(process.pid)

    watch = threading.Timer(timeout_seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        if is_over.is_set():
            raise subprocess.TimeoutExpired(name, timeout_seconds)
