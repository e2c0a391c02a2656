"""Has a Python module of ours answer one request in the sandbox."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks.sandbox.child_messages import Answer, answers, line_of, result_in
from tasks.sandbox.exit_causes import cause_of_end, used_time
from tasks.sandbox.left_files import expect_plain_files
from tasks.sandbox.resource_limits import Limits
from tasks.sandbox.sandboxed_process import sandboxed
from transcripts.errors.error_kinds import StepError
from transcripts.values import Value


def result_of_module(
    module: str,
    request: Value,
    limits: Limits,
    folder: Path,
    on_progress: Callable[[Any], None],
    interrupted: type[StepError],
) -> Any:
    """What `python -m module` answers to the request; `folder` is where it works.

    Raises what the work raises, what `cause_of_end` finds, `interrupted` for an end without a cause, and what
    `expect_plain_files` does.
    """
    answer: Answer | None = None
    status = 0
    try:
        with sandboxed(
            [sys.executable, "-P", "-m", module],
            limits,
            folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            _send(process, line_of(request))
            if process.stdout is not None:
                answer = result_in(answers(process.stdout), on_progress)
            if answer is None:
                status = process.wait()
    except subprocess.TimeoutExpired as error:
        raise used_time(limits) from error
    if answer is None:
        raise cause_of_end(status, limits) or interrupted()
    expect_plain_files(request.model_dump(mode="json"), answer.result, folder)
    return answer.result


def _send(process: "subprocess.Popen[bytes]", line: bytes) -> None:
    if process.stdin is None:
        return
    try:
        process.stdin.write(line)
        process.stdin.close()
    except BrokenPipeError:
        return  # it is gone already; how it ended says why
