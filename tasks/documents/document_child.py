"""The process in which documents are read: `python -m tasks.documents.document_child`.

Begun by sandboxed_document. Reads one request as a line of JSON, and answers in lines of JSON. Readers of
PDF, XML and pictures fall over what they are fed, now and then: then it is this process that falls.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from tasks.documents.document_requests import (
    REQUEST,
    Archive,
    Blacken,
    CleanFile,
    Identify,
    MakePages,
    ReadPages,
    ReadPlain,
    Request,
)
from tasks.sandbox.child_messages import Answer, Emit, channel, failure_of
from transcripts.documents.converted_document import ConversionProgress

Tell = Callable[[ConversionProgress], None]


def main() -> None:
    """Do what the request says, say how it ended, and end the process."""
    emit = channel()
    emit(_answer(sys.stdin.buffer.readline(), emit))
    # No tidying up: the folder goes with the sandbox, and threads of libraries must not hold the process.
    os._exit(0)


def _answer(line: bytes, emit: Emit) -> Answer:
    def tell(progress: ConversionProgress) -> None:
        emit(Answer(progress=progress))

    try:
        return Answer(is_done=True, result=_done(REQUEST.validate_json(line), tell))
    except Exception as error:
        # The process ends here: whatever it is must cross the pipe.
        return Answer(failure=failure_of(error))


def _done(request: Request, tell: Tell) -> Any:
    """Each piece of work loads what it needs, and no more."""
    if isinstance(request, Identify):
        from tasks.documents.file_recognition import identify

        return identify(request)
    if isinstance(request, CleanFile):
        from tasks.documents.trace_removal import clean_file

        return clean_file(request)
    if isinstance(request, MakePages):
        from tasks.documents.page_making import make_pages

        return make_pages(request)
    if isinstance(request, Archive):
        from tasks.documents.pdf_archival import archive

        return archive(request, tell)
    return _read(request, tell)


def _read(request: ReadPages | ReadPlain | Blacken, tell: Tell) -> Any:
    if isinstance(request, ReadPages):
        from tasks.documents.page_reading import read_pages

        return read_pages(request, tell)
    if isinstance(request, ReadPlain):
        from tasks.documents.plain_reading import read_plain

        return read_plain(request)
    from tasks.documents.black_bars import blacken

    return blacken(request)


if __name__ == "__main__":
    main()
