"""Posts something once by HTTP, and tells apart "surely not there", "refused" and "not known"."""

from collections.abc import Callable

import httpx

from tasks.clock import utc_now
from transcripts.errors.mail_errors import (
    ChannelDelayedError,
    ChannelRefusedError,
    ChannelUnreachableError,
    OutcomeUnknownError,
)
from transcripts.sources.retry_after import retry_after_seconds

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
# The other side says that it did not begin, and may later. Any other 5xx may come after the work was done,
# also from a proxy that only lost its server's answer.
LATER = {408, 425, 429, 503}


def posted(
    request: httpx.Request, begin: Callable[[], None], answer_seconds: float = ANSWER_SECONDS
) -> httpx.Response:
    """The answer of the other side, if it is a good one. `begin` is called before the request goes out.

    Raises ChannelUnreachableError, ChannelDelayedError; ChannelRefusedError, and
    OutcomeUnknownError when the connection broke, or the other side failed, after the request was begun.
    """
    host = request.url.host
    timeout = httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS)
    with httpx.Client(timeout=timeout, follow_redirects=False) as client:
        begin()
        try:
            answer = client.send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise ChannelUnreachableError(host=host) from error
        except httpx.HTTPError as error:
            raise OutcomeUnknownError(record=host) from error
    return _expect_success(answer)


def _expect_success(answer: httpx.Response) -> httpx.Response:
    host, code = answer.request.url.host, answer.status_code
    if code in LATER:
        pause = requested_pause(answer)
        raise ChannelDelayedError(host=host, reason=str(code), retry_after_seconds=pause)
    if answer.is_server_error:
        raise OutcomeUnknownError(record=host, reason=str(code))
    if not answer.is_success:
        raise ChannelRefusedError(host=host, reason=str(code))
    return answer


def requested_pause(answer: httpx.Response) -> float | None:
    """For how many seconds the other side asks to be left alone, if it does."""
    return retry_after_seconds(answer.headers.get("Retry-After"), utc_now())
