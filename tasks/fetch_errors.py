"""From yt-dlp's many failures to our few codes. Nothing here shows an address or a secret."""

import errno
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from yt_dlp.networking.exceptions import CertificateVerifyError, HTTPError, TransportError
from yt_dlp.utils import ContentTooShortError, UnsupportedError

from transcripts.errors import PermanentError, StepError, TemporaryError
from transcripts.source_url import redact

_REASON_LENGTH = 200

# What extractors say in words only; the first that fits counts.
_SAYINGS: tuple[tuple[str, str], ...] = (
    (r"passcode|video.?password|wrong password|password.protected|protected by a password", "passcode_wrong"),
    (r"\bDRM\b", "drm"),
    (
        r"log.?in|sign.?in|registered users|authenticat|--cookies|--username|members.only|private video",
        "login_required",
    ),
    (r"live event will begin|premieres in|is not currently live|live ?stream", "live"),
    (r"video (is )?(unavailable|not available|has been removed|does not exist)", "not_found"),
    (
        r"no video formats found|did not get any data|file is empty|no media|no video could be found"
        r"|requested format is not available",
        "no_media",
    ),
)
_HTTP_CODES = {401: "login_required", 404: "not_found", 410: "not_found"}
_NETWORK = (TransportError, ContentTooShortError, ConnectionError, socket.gaierror)


def translate(error: BaseException, full: str, place: str) -> StepError:
    """The StepError for whatever ended the fetching of the address `full` into the folder `place`.

    Codes: `disk_full`, `certificate`, `timeout`, `connection_lost`, `server_error`, `not_found`,
    `forbidden`, `login_required`, `passcode_wrong`, `drm`, `live`, `no_media`, `address_private`,
    `fetch_failed`, and those of a StepError that lies beneath.
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, StepError):
            return cause
    found = (
        _of_this_machine(causes, place)
        or _of_words(causes)
        or _of_the_server(causes)
        or _of_the_network(causes, full)
    )
    if found:
        return found
    words = redact(f"{type(error).__name__}: {_first_line(error)}", full)
    return PermanentError("fetch_failed", reason=words[:_REASON_LENGTH])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it, by Python's links and by yt-dlp's own."""
    waiting, seen = [error], set[int]()
    while waiting:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        info = getattr(current, "exc_info", None) or ()
        links = (current.__cause__, current.__context__, getattr(current, "cause", None))
        nested = (*links, getattr(current, "reason", None), *info, *current.args)
        waiting += [link for link in nested if isinstance(link, BaseException)]


def _of_this_machine(causes: list[BaseException], place: str) -> StepError | None:
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return TemporaryError("disk_full", path=place)
    return None


def _of_words(causes: list[BaseException]) -> StepError | None:
    if any(isinstance(cause, UnsupportedError) for cause in causes):
        return PermanentError("no_media")
    text = " ".join(str(cause) for cause in causes)
    if "file://" in text and "disabled" in text:
        return PermanentError("address_private", host="file://")
    if any(isinstance(cause, (HTTPError, *_NETWORK)) for cause in causes):
        return _passcode_refused(text)
    for pattern, code in _SAYINGS:
        if re.search(pattern, re.sub(r"\S+://\S+", "", text), re.IGNORECASE):
            return PermanentError(code)
    return None


def _passcode_refused(text: str) -> StepError | None:
    """With a status, only this says more than the status itself."""
    return (
        PermanentError("passcode_wrong") if re.search("wrong pass(code|word)", text, re.IGNORECASE) else None
    )


def _of_the_server(causes: list[BaseException]) -> StepError | None:
    status = next((cause.status for cause in causes if isinstance(cause, HTTPError)), None)
    if status is None:
        return None
    if status in _HTTP_CODES:
        return PermanentError(_HTTP_CODES[status])
    if status in (408, 425, 429) or status >= 500:
        return TemporaryError("server_error", status=status)
    if status in (402, 403, 407, 451):
        return PermanentError("forbidden")
    return PermanentError("fetch_failed", reason=f"HTTP {status}")


def _of_the_network(causes: list[BaseException], full: str) -> StepError | None:
    for cause in causes:
        if isinstance(cause, CertificateVerifyError):
            return PermanentError("certificate", host=_host_of(causes, full))
    if any(isinstance(cause, TimeoutError) or "timed out" in str(cause) for cause in causes):
        return TemporaryError("timeout")
    if any(isinstance(cause, _NETWORK) for cause in causes):
        return TemporaryError("connection_lost")
    return None


def _host_of(causes: list[BaseException], full: str) -> str:
    """The host that was being asked, after redirects, if the library says it; else the one of the address."""
    asked = (getattr(getattr(cause, "request", None), "url", None) for cause in causes)
    return urlsplit(next((url for url in asked if url), full)).hostname or "?"


def _first_line(error: BaseException) -> str:
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()
    return lines[-1].removeprefix("ERROR: ").split("; please report this issue")[0] if lines else ""
