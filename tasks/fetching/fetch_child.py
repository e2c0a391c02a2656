"""The process in which yt-dlp runs: `python -m tasks.fetching.fetch_child`, sandboxed by fetch_step.

What it has no extractor for, modules of ours find in the same session (see tasks.fetching.adapters).

Reads one request as a line of JSON, so that the address is in no argument and no
environment; answers in lines of JSON. The guard is up before the first connection.
It ends with its parent (see tasks.processes.child_process), and takes along what yt-dlp has started.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tasks.fetching import address_guard
from tasks.fetching.adapters import find_recording
from tasks.fetching.captions import fetch_captions
from tasks.fetching.dash_manifests import count_before_listing
from tasks.fetching.document_lookup import find_document
from tasks.fetching.fetch_errors import translate
from tasks.fetching.fetch_limits import (
    BUSY_SECONDS,
    LOOKING_UP_SECONDS,
    LOOKING_UP_SHARE,
    look_up_within_limit,
    processor_seconds,
    transfer_within_limit,
)
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.transfer import PATIENCE, Meter, SlowServerError, transfer
from tasks.fetching.yt_dlp_session import Session
from tasks.processes.child_process import end_group
from tasks.sandbox.child_messages import Answer, Emit, Failure, channel
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.source_errors import AddressPrivateError, PageTooCostlyError, ServerTooSlowError
from transcripts.sources.listed_files import Sought
from transcripts.sources.source_url import passcode_in

_MINUTE_SECONDS = 60


def main() -> None:
    """Fetch what the request names; say how it ended; end the process."""
    emit = channel()
    signal.signal(signal.SIGTERM, _end)
    request = json.loads(sys.stdin.buffer.readline())
    emit(_answer(request, emit))
    # No tidying up: what is on disk is whole, and threads of libraries must not hold the process.
    os._exit(0)


def _answer(request: dict[str, Any], emit: Emit) -> Answer:
    try:
        address_guard.install(tuple(request["allow_hosts"]))
        count_before_listing()
        return Answer(is_done=True, result=_fetch(request, emit))
    except address_guard.AddressRefusedError as error:
        return _failed(AddressPrivateError(host=error.host))
    except SlowServerError:
        minutes = request["stall_timeout_seconds"] * PATIENCE / _MINUTE_SECONDS
        return _failed(ServerTooSlowError(minutes=minutes))
    except Exception as error:
        # The process ends here: whatever it is must cross the pipe, without its secrets.
        return Answer(failure=Failure.of(translate(error, request["full"], request["directory"])))


def _failed(error: PermanentError) -> Answer:
    return Answer(failure=Failure.of(error))


def _fetch(request: dict[str, Any], emit: Emit) -> dict[str, Any]:
    full, directory = request["full"], Path(request["directory"])
    session = Session(
        directory, request["stall_timeout_seconds"], passcode_in(full), Sought(request["sought"])
    )
    meter = Meter(
        request["max_size_bytes"],
        request["stall_timeout_seconds"],
        lambda progress: emit(Answer(progress=progress)),
    )
    meter.start_waiting(LOOKING_UP_SHARE)
    limits = {name: request[name] for name in ("max_duration_seconds", "max_size_bytes")}
    look_up_within_limit()
    before_seconds = processor_seconds()
    try:
        find = _found(session, full, ZoneInfo(request["timezone"]), limits)
    except SlowServerError as error:
        if processor_seconds() - before_seconds > BUSY_SECONDS:
            raise PageTooCostlyError(seconds=LOOKING_UP_SECONDS) from error
        minutes = LOOKING_UP_SHARE * request["stall_timeout_seconds"] * PATIENCE / _MINUTE_SECONDS
        raise ServerTooSlowError(minutes=minutes) from error
    transfer_within_limit()
    emit(Answer(progress={}))
    files = transfer(session, find, directory, request["fingerprint"], meter)
    captions = fetch_captions(session, find, directory, request["language"], meter)
    return {
        "files": [file.name for file in files],
        "title": find.title,
        "recorded_on": find.recorded_on.isoformat() if find.recorded_on else None,
        "extractor": find.extractor,
        "is_file_name": find.is_file_name,
        "is_day_guessed": find.is_day_guessed,
        "presentation": find.presentation.model_dump() if find.presentation else None,
        "changed_on": find.changed_on.isoformat() if find.changed_on else None,
        "captions": [{"name": each.name, "language": each.language} for each in captions.files],
        "captions_passed_over": captions.passed_over,
        "chapters": [each.model_dump() for each in find.chapters],
    }


def _found(session: Session, full: str, zone: ZoneInfo, limits: dict[str, Any]) -> FoundRecording:
    if session.sought is Sought.DOCUMENT:
        return find_document(session, full, zone, limits["max_size_bytes"])
    return find_recording(session, full, zone, **limits)


def _end(_signal: int, _frame: object) -> None:
    """The parent is gone: so is this process, with the JavaScript runtime that yt-dlp may have started."""
    end_group(os.getpgrp())


if __name__ == "__main__":
    main()
