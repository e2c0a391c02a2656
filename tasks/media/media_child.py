"""The process in which media are read: `python -m tasks.media.media_child`, begun by sandboxed_media.

Reads one request as a line of JSON, and answers in lines of JSON. Demuxers and decoders fall over what
they are fed, now and then: then it is this process that falls. What it starts ends with it.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

from av.error import FFmpegError

from tasks.media.media_requests import (
    REQUEST,
    ComposePicture,
    CopySound,
    ExtractSpeech,
    Inspect,
    MarkChapters,
    ReadSourceTexts,
    Request,
    Transcode,
)
from tasks.sandbox.child_messages import Answer, Emit, Failure, channel, failure_of
from transcripts.errors.media_errors import NotMediaError

_TELL_EVERY_SECONDS = 0.5
_ENOMEM = 12


def main() -> None:
    """Do what the request says, say how it ended, and end the process."""
    emit = channel()
    emit(_answer(sys.stdin.buffer.readline(), emit))
    # No tidying up: the folder goes with the sandbox, and threads of libraries must not hold the process.
    os._exit(0)


def _answer(line: bytes, emit: Emit) -> Answer:
    try:
        result = _done(REQUEST.validate_json(line), _teller(emit))
    except FFmpegError as error:
        return Answer(failure=failure_of_library(error))
    except Exception as error:
        # The process ends here: whatever it is must cross the pipe.
        return Answer(failure=failure_of(error))
    return Answer(is_done=True, result=result)


def failure_of_library(error: FFmpegError) -> Failure:
    if error.errno == _ENOMEM:
        return failure_of(MemoryError())
    if isinstance(error, OSError) and error.errno is not None and not isinstance(error, ValueError):
        return failure_of(error)
    return Failure.of(NotMediaError(reason=type(error).__name__))


def _teller(emit: Emit) -> Callable[[float], None]:
    """Says how far the work is, not too often."""
    told = 0.0

    def tell(seconds: float) -> None:
        nonlocal told
        if time.monotonic() - told >= _TELL_EVERY_SECONDS:
            told = time.monotonic()
            emit(Answer(progress=seconds))

    return tell


def _done(request: Request, on_seconds: Callable[[float], None]) -> Any:
    """Each piece of work loads what it needs, and no more."""
    if isinstance(request, Inspect):
        from tasks.media.inspection import inspect_media

        limit_seconds = float("inf") if request.max_duration_seconds is None else request.max_duration_seconds
        return inspect_media(request.paths, limit_seconds)
    if isinstance(request, MarkChapters):
        from tasks.media.chapter_marks import mark_chapters

        return mark_chapters(request.media, request.chapters, request.directory)
    if isinstance(request, ComposePicture):
        from tasks.media.presentation_picture import compose_picture

        return compose_picture(request.fetched, request.directory, request.max_duration_seconds, on_seconds)
    if isinstance(request, CopySound):
        from tasks.media.joining import copy_sound

        return copy_sound(request.path, request.target)
    if isinstance(request, ReadSourceTexts):
        from tasks.media.embedded_texts import read_source_texts

        return read_source_texts(request.fetched, request.survey, request.directory)
    return _made(request, on_seconds)


def _made(request: Transcode | ExtractSpeech, on_seconds: Callable[[float], None]) -> Any:
    from tasks.media.transcode import extract_speech, transcode

    if isinstance(request, ExtractSpeech):
        return extract_speech(request.path, request.inspection, request.target, request.wish)
    return transcode(
        request.paths,
        request.inspection,
        request.directory,
        request.loudness_lufs,
        on_seconds,
        request.cut,
        request.wish,
    )


if __name__ == "__main__":
    main()
