"""Distinguishes a Prefect server that is away for a while from one that rejects a request."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from transcripts.errors.error_kinds import StepError
from transcripts.errors.job_errors import PrefectUnreachableError


@contextmanager
def prefect_translated() -> Iterator[None]:
    """Raises PrefectUnreachableError for a server that is away, or has an error of its own.

    Prefect hands some such errors on as they are, and puts others into exceptions of its own, such as that of
    a slot that could not be had.
    """
    try:
        yield
    except StepError:
        raise
    except Exception as error:
        if not any(map(_is_of_server_away, _causes(error))):
            raise
        raise PrefectUnreachableError() from error


def _is_of_server_away(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):  # Prefect's own is one, too
        return error.response.is_server_error
    return isinstance(error, httpx.TransportError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and the parts of a group, whichever way they are nested."""
    left, seen = [error], set[int]()
    while left:
        each = left.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        left += [each.__cause__] if each.__cause__ is not None else []
        left += each.exceptions if isinstance(each, BaseExceptionGroup) else []
