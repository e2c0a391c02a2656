"""The process in which yt-dlp runs: `python -m tasks.fetch_child`, started by tasks.fetch.

Reads one request as a line of JSON, so that the address is in no argument and no
environment; writes events as lines of JSON. It ends when its parent closes the pipe
or dies. The guard is up before the first connection.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from tasks import fetch_guard
from tasks.fetch_errors import translate
from tasks.fetch_lookup import look_up
from tasks.fetch_session import Session
from tasks.fetch_transfer import Meter, SilentServerError, transfer
from transcripts.errors import PermanentError, StepError, TemporaryError
from transcripts.source_url import passcode_in

Event = dict[str, Any]
Emit = Callable[[Event], None]


def main() -> None:
    """Fetch what the request names; say how it ended; end the process."""
    emit = _channel()
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_die_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
    emit(_answer(request, emit))
    # No tidying up: what is on disk is whole, and threads of libraries must not hold the process.
    os._exit(0)


def _answer(request: Event, emit: Emit) -> Event:
    try:
        fetch_guard.install(tuple(request["allow_hosts"]))
        return _fetch(request, emit)
    except fetch_guard.AddressRefusedError as error:
        return _failed(PermanentError("address_private", host=error.host))
    except SilentServerError:
        return _failed(TemporaryError("timeout"))
    except Exception as error:
        # The process ends here: whatever it is must cross the pipe, without its secrets.
        return _failed(translate(error, request["full"], request["directory"]))


def _fetch(request: Event, emit: Emit) -> Event:
    full, directory = request["full"], Path(request["directory"])
    session = Session(directory, request["stall_timeout_seconds"], passcode_in(full))
    meter = Meter(
        request["max_size_bytes"],
        request["stall_timeout_seconds"],
        lambda progress: emit({"event": "progress", **progress}),
    )
    meter.start_waiting()
    limits = {name: request[name] for name in ("max_duration_seconds", "max_size_bytes")}
    find = look_up(session, full, **limits)
    files = transfer(session, find, directory, request["fingerprint"], meter)
    return {
        "event": "fetched",
        "files": [file.name for file in files],
        "title": find.title,
        "recorded_on": find.recorded_on.isoformat() if find.recorded_on else None,
        "extractor": find.extractor,
    }


def _failed(error: StepError) -> Event:
    return {
        "event": "failed",
        "is_temporary": isinstance(error, TemporaryError),
        "code": error.code,
        "details": error.details,
    }


def _channel() -> Emit:
    """Keep standard output for events alone; what libraries print goes nowhere."""
    stream = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)

    def emit(event: Event) -> None:
        stream.write(json.dumps(event).encode() + b"\n")
        stream.flush()

    return emit


def _die_with_parent(stream: BinaryIO) -> None:
    """The parent holds the other end open for as long as it wants the fetch."""
    stream.read()
    os._exit(1)


if __name__ == "__main__":
    main()
