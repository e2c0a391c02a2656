"""Has a piece of work on a document done in the sandbox, and words what its limits and crashes mean there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tasks.documents.document_requests import Request
from tasks.sandbox.resource_limits import Limits
from tasks.sandbox.sandboxed_module import result_of_module
from transcripts.documents.converted_document import ConversionProgress
from transcripts.errors.document_errors import (
    DocumentInterruptedError,
    DocumentReaderCrashedError,
    DocumentTooDemandingError,
)
from transcripts.errors.error_kinds import StepError
from transcripts.errors.media_errors import (
    MediaUnforeseenError,
    MemoryUsedUpError,
    ProcessorUsedUpError,
    ReaderCrashedError,
    RoomUsedUpError,
    TimeUsedUpError,
)

OnProgress = Callable[[ConversionProgress], None]

_EXCESSES: dict[type[StepError], str] = {
    MemoryUsedUpError: "memory",
    ProcessorUsedUpError: "processor",
    TimeUsedUpError: "time",
    RoomUsedUpError: "room",
}


def done_in_sandbox(request: Request, limits: Limits, folder: Path, on_progress: OnProgress) -> Any:
    """What a sandboxed process answers to the request; `folder` is where it works.

    Raises what the work raises, and DocumentTooDemandingError (what), DocumentReaderCrashedError (reason),
    DocumentInterruptedError.
    """
    try:
        return result_of_module(
            "tasks.documents.document_child",
            request,
            limits,
            folder,
            lambda told: on_progress(ConversionProgress(**told)),
            DocumentInterruptedError,
        )
    except StepError as error:
        raise _in_words_of_documents(error) from error


def _in_words_of_documents(error: StepError) -> StepError:
    """What every sandbox raises, as it is worded for documents."""
    what = _EXCESSES.get(type(error))
    if what is not None:
        return DocumentTooDemandingError(what=what)
    if isinstance(error, ReaderCrashedError | MediaUnforeseenError):
        return DocumentReaderCrashedError(reason=str(error.details.get("reason", "")))
    return error
