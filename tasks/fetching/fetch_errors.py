"""From yt-dlp's many failures to our few codes. Nothing here shows an address or a secret."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException
from traceback import walk_tb
from urllib.parse import urlsplit

from yt_dlp.networking.exceptions import CertificateVerifyError, HTTPError, TransportError
from yt_dlp.utils import ContentTooShortError, ExtractorError, GeoRestrictedError, UnsupportedError

from tasks.clock import utc_now
from tasks.sandbox.exit_causes import exceeded_limit
from tasks.sandbox.resource_limits import own_limits
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.errors.machine_errors import DiskFullError
from transcripts.errors.media_errors import EmptyFileError
from transcripts.errors.source_errors import (
    AddressPrivateError,
    BotSuspectedError,
    CertificateError,
    CertificateExpiredError,
    CertificateOtherHostError,
    CertificateUntrustedError,
    ConnectionLostError,
    DrmError,
    FetchFailedError,
    ForbiddenError,
    GeoBlockedError,
    GoneError,
    HostUnknownError,
    LiveError,
    LoginRequiredError,
    NameServersAwayError,
    NoMediaError,
    NotFoundError,
    NothingListensError,
    PageUnreadableError,
    PasscodeNeededError,
    PasscodeWrongError,
    PrivateVideoError,
    RedirectLoopError,
    ServerFailureError,
    ServerTimeoutError,
    SiteUnsupportedError,
    TooManyRequestsError,
)
from transcripts.sources.retry_after import retry_after_seconds
from transcripts.sources.source_url import passcode_in, redact

_REASON_LENGTH = 200

_NOTHING_FOUND = re.compile(
    "no video formats found|no media|no video could be found|requested format is not available",
    re.IGNORECASE,
)
# What extractors say in words only; the first that fits counts.
_SAYINGS: tuple[tuple[re.Pattern[str], type[PermanentError]], ...] = tuple(
    (re.compile(saying, re.IGNORECASE), refusal)
    for saying, refusal in (
        (
            r"passcode|video.?password|(?:wrong|invalid) password|password.protected|protected by a password",
            PasscodeWrongError,
        ),
        (r"\bDRM\b", DrmError),
        (r"primarily used for piracy", SiteUnsupportedError),
        (
            r"not available (?:from|in) your (?:location|country|region)|in your country|geo.?restrict",
            GeoBlockedError,
        ),
        (
            r"private video|video is private|been set to private|marked as private|made available to anyone",
            PrivateVideoError,
        ),
        (r"not a bot\b|captcha|TLS fingerprint|impersonat|IP is likely being blocked", BotSuspectedError),
        (
            r"(?:removed|deleted) by|has been (?:removed|deleted|terminated)|no longer available",
            GoneError,
        ),
        (
            r"log.?in|logged.?in|sign.?in|registered users|authenticat|--cookies|--username|members.only",
            LoginRequiredError,
        ),
        (
            r"live event (?:will begin|is scheduled)|premieres in|is not currently live|live ?stream",
            LiveError,
        ),
        (r"video (is )?(unavailable|not available|does not exist)", NotFoundError),
        (r"did not get any data|file is empty", EmptyFileError),
        (_NOTHING_FOUND.pattern, NoMediaError),
    )
)
_NOT_FOUND = re.compile("could (?:not find|be found)", re.IGNORECASE)
_RATE_LIMITED = re.compile("rate.?limited", re.IGNORECASE)
_WRONG_PASSCODE = re.compile("(?:wrong|invalid) pass(code|word)", re.IGNORECASE)
# Whatever names itself so looks at any page: that it found nothing there says something of the page.
_OF_ANY_PAGE = frozenset(["generic", "html5"])
_ADDRESS = re.compile(r"(?<!\S)\S+://\S+")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_REFUSALS = {401: LoginRequiredError, 404: NotFoundError, 410: GoneError}
# What OpenSSL says of a certificate (X509_V_ERR_…): its time is over, or has not come; nobody vouches for
# it; it is somebody else's.
_CERTIFICATES = {
    **dict.fromkeys((9, 10), CertificateExpiredError),
    **dict.fromkeys((18, 19, 20, 21), CertificateUntrustedError),
    **dict.fromkeys((62, 64), CertificateOtherHostError),
}
# What the name servers say of a name that there is not; all else is that they could not be asked.
_NO_SUCH_NAME = frozenset([socket.EAI_NONAME, socket.EAI_NODATA])
_NETWORK = (TransportError, ContentTooShortError, ConnectionError, socket.gaierror)


def translate(error: BaseException, full: str, place: str) -> StepError:
    """The StepError for whatever ended the fetching of the address `full` into the folder `place`.

    Codes: DiskFullError, CertificateError and its kin, ServerTimeoutError, ConnectionLostError,
    NothingListensError,
    HostUnknownError, NameServersAwayError, ServerFailureError, TooManyRequestsError, RedirectLoopError,
    NotFoundError, GoneError, ForbiddenError, LoginRequiredError, PasscodeNeededError, PasscodeWrongError,
    PrivateVideoError, GeoBlockedError, BotSuspectedError, DrmError, LiveError, NoMediaError, EmptyFileError,
    SiteUnsupportedError, PageUnreadableError (reason), AddressPrivateError, FetchFailedError (reason), and
    those of a StepError that lies beneath.
    """
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, StepError):
            return cause
        if (excess := exceeded_limit(cause, own_limits())) is not None:
            return excess
    found = (
        _of_this_machine(causes, place)
        or _of_words(causes, passcode_in(full) is not None)
        or _of_the_server(causes)
        or _of_the_network(causes, full)
    )
    if found:
        return found
    words = redact(f"{type(error).__name__}: {_first_line(error)}", full)
    refusal = PageUnreadableError if _is_unreadable(causes) else FetchFailedError
    return refusal(reason=words[:_REASON_LENGTH])


def _is_unreadable(causes: list[BaseException]) -> bool:
    """Whether an extractor did not find on its own site's page what it looks for, or stumbled over it."""
    return any(
        not cause.expected or bool(_NOTHING_FOUND.search(str(cause)) or _NOT_FOUND.search(str(cause)))
        if isinstance(cause, ExtractorError)
        else _is_of_extractor(cause)
        for cause in causes
    )


def _is_of_extractor(error: BaseException) -> bool:
    """Whether it came out of an extractor; what yt-dlp raises on purpose has been read before."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(str(each.f_globals.get("__name__")).startswith("yt_dlp.extractor.") for each in frames)


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
            return DiskFullError(path=place)
    return None


def _of_words(causes: list[BaseException], has_passcode: bool) -> StepError | None:
    """A passcode that nobody gave is not wrong: it is asked for."""
    found = _said(causes)
    if isinstance(found, PasscodeWrongError) and not has_passcode:
        return PasscodeNeededError()
    return found


def _said(causes: list[BaseException]) -> StepError | None:
    if any(isinstance(cause, UnsupportedError) for cause in causes):
        return NoMediaError()
    if any(isinstance(cause, GeoRestrictedError) for cause in causes):
        return GeoBlockedError()
    text = " ".join(str(cause) for cause in causes)
    if "file://" in text and "disabled" in text:
        return AddressPrivateError(host="file://")
    if any(isinstance(cause, (HTTPError, *_NETWORK)) for cause in causes):
        return _passcode_refused(text)
    if _RATE_LIMITED.search(text):
        return TooManyRequestsError()
    plain = _ADDRESS.sub("", text)
    refusal = next((refusal for saying, refusal in _SAYINGS if saying.search(plain)), None)
    if refusal is None or (refusal is NoMediaError and _is_of_known_site(causes)):
        return None
    return refusal()


def _is_of_known_site(causes: list[BaseException]) -> bool:
    """Whether an extractor speaks that knows the site: its link is right, and only its player is trouble."""
    named = (str(getattr(cause, "ie", None) or "").lower() for cause in causes)
    return any(name and name not in _OF_ANY_PAGE for name in named)


def _passcode_refused(text: str) -> StepError | None:
    """With a status, only this says more than the status itself."""
    return PasscodeWrongError() if _WRONG_PASSCODE.search(text) else None


def _of_the_server(causes: list[BaseException]) -> StepError | None:
    refusal = next((cause for cause in causes if isinstance(cause, HTTPError)), None)
    if refusal is None:
        return None
    status = refusal.status
    if refusal.redirect_loop:
        return RedirectLoopError()
    if status == 429:
        return TooManyRequestsError(retry_after_seconds=requested_pause(refusal))
    if status in _REFUSALS:
        return _REFUSALS[status]()
    if status in (408, 425) or status >= 500:
        return ServerFailureError(status=status, retry_after_seconds=requested_pause(refusal))
    if status in (402, 403, 407, 451):
        return ForbiddenError()
    return FetchFailedError(reason=f"HTTP {status}")


def requested_pause(refusal: HTTPError) -> float | None:
    """For how many seconds the server asks to be left alone, if it does."""
    return retry_after_seconds(refusal.response.headers.get("Retry-After"), utc_now())


def _of_the_network(causes: list[BaseException], full: str) -> StepError | None:
    for cause in causes:
        if isinstance(cause, HTTPException) and "got more than" in str(cause):
            return FetchFailedError(reason="HTTP headers without end")
        if isinstance(cause, CertificateVerifyError):
            return _of_certificate(causes)(host=_host_of(causes, full))
        if isinstance(cause, socket.gaierror):
            return _of_name_servers(cause, _host_of(causes, full))
        if isinstance(cause, ConnectionRefusedError):
            return NothingListensError(host=_host_of(causes, full))
    if any(isinstance(cause, TimeoutError) or "timed out" in str(cause) for cause in causes):
        return ServerTimeoutError()
    if any(isinstance(cause, _NETWORK) for cause in causes):
        return ConnectionLostError()
    return None


def _of_certificate(causes: list[BaseException]) -> type[PermanentError]:
    """What is wrong with it, where OpenSSL says so."""
    said = (cause.verify_code for cause in causes if isinstance(cause, ssl.SSLCertVerificationError))
    return next((_CERTIFICATES[code] for code in said if code in _CERTIFICATES), CertificateError)


def _of_name_servers(error: socket.gaierror, host: str) -> StepError:
    """A slip in the name stays one; servers that were not reached may be reached later."""
    if error.errno in _NO_SUCH_NAME:
        return HostUnknownError(host=host)
    return NameServersAwayError(host=host)


def _host_of(causes: list[BaseException], full: str) -> str:
    """The host that was being asked, after redirects, if the library says it; else the one of the address."""
    asked = (getattr(getattr(cause, "request", None), "url", None) for cause in causes)
    return urlsplit(next((url for url in asked if url), full)).hostname or "?"


def _first_line(error: BaseException) -> str:
    lines = _COLOUR.sub("", str(error)).strip().splitlines()
    return lines[-1].removeprefix("ERROR: ").split("; please report this issue")[0] if lines else ""
