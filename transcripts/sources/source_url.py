"""The address of a recording: checked, freed of secrets, and recognised again.

Pure text work. An address may carry a passcode or a token; this module decides
which parts are secret, so that only the rest reaches logs, messages and the archive.
"""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import SplitResult, quote, unquote, unquote_plus, urlsplit, urlunsplit

from pydantic import SecretStr

from transcripts.errors.address_errors import UrlInvalidError, UrlLongError, UrlMissingError, UrlSchemeError

UPLOAD_SCHEME = "upload:"
# Short secrets that people type. The same recording has the same fingerprint with and without.
PASSCODE_NAMES = frozenset(
    ["pwd", "pw", "pass", "passwd", "password", "passcode", "passwort", "kennwort", "pin", "videopassword"],
)
# Secrets that machines made. They are kept in the fingerprint: often nothing else names the recording.
TOKEN_NAMES = frozenset(
    [
        "token",
        "access_token",
        "id_token",
        "auth",
        "authorization",
        "key",
        "api_key",
        "apikey",
        "jwt",
        "secret",
        "session",
        "sessionid",
        "jsessionid",
        "sid",
        "sig",
        "signature",
        "hmac",
        "credential",
        "policy",
        "key-pair-id",
    ],
)
_TOKEN_PREFIXES = ("x-amz-", "x-goog-")
_TOKEN_SUFFIXES = ("token", "signature", "secret", "password", "passcode")
LONGEST_URL = 8_000
"""More than any server takes; signed addresses have one or two thousand characters."""
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4, in letters
_DEFAULT_PORTS = {"http": 80, "https": 443}
_URL_IN_TEXT = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]++://\S+", re.IGNORECASE)
_PARAMETER_NAME = re.compile("[?&#;]([^?&#;=]+)=")
_QUERY_MARK = re.compile("[?&]")
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class SourceUrl:
    """An address in three forms: as given, fit to be shown, and as a mark to recognise it by.

    `fingerprint` is a SHA-256 in hex. It leaves out passcodes, so that it cannot be
    used to guess them.
    """

    full: SecretStr
    public: str
    fingerprint: str


def parse_source_url(text: str) -> SourceUrl:
    """Check what was typed and take it apart.

    Raises UrlMissingError, UrlLongError (most), UrlSchemeError (scheme), UrlInvalidError.
    """
    given = text.strip()
    if not given:
        raise UrlMissingError()
    if len(given) > LONGEST_URL:
        raise UrlLongError(most=LONGEST_URL)
    parts = _split(given)
    host = _host_and_port(parts)
    return SourceUrl(
        full=SecretStr(given),
        public=urlunsplit(_cleaned(parts, host, _is_secret)),
        fingerprint=sha256(_normalised(parts, host).encode()).hexdigest(),
    )


def upload_source(upload_id: str, file_name: str | None) -> SourceUrl:
    """The source of an uploaded file, which nobody can fetch anew."""
    return SourceUrl(
        full=SecretStr(""),
        public=f"{UPLOAD_SCHEME}{quote(file_name or '', safe='')}",
        fingerprint=sha256(f"upload:{upload_id}".encode()).hexdigest(),
    )


def passcode_in(full: str) -> str | None:
    """The passcode that the address carries, decoded, or None."""
    parts = urlsplit(full)
    for name, value in _parameters(parts):
        if name in PASSCODE_NAMES and value:
            return value
    return None


def with_passcode(full: str, passcode: str) -> str:
    """The address with this passcode instead of those that it carries."""
    parts = urlsplit(full)
    kept = [piece for piece in parts.query.split("&") if piece and not _is_passcode(piece)]
    head, mark, tail = parts.fragment.rpartition("?")
    fragment = (head + mark + _kept(tail, _is_passcode)).rstrip("?")
    query = "&".join([*kept, f"pwd={quote(passcode, safe='')}"])
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def redact(text: str, full: str) -> str:
    """`text` without any address and without any secret part of the address `full`."""
    shown = _URL_IN_TEXT.sub("[…]", text)
    for secret in sorted(_secrets_in(full), key=len, reverse=True):
        shown = shown.replace(secret, "[…]")
    return shown


def _split(given: str) -> SplitResult:
    try:
        parts = urlsplit(given)
    except ValueError as error:
        raise UrlInvalidError() from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise UrlSchemeError(scheme=parts.scheme[:20])
    if _UNFIT.search(given):
        raise UrlInvalidError()
    return parts


def _host_and_port(parts: SplitResult) -> str:
    """Lower-cased, in ASCII, without the default port. The cause is not kept: it would quote the address."""
    try:
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        raise UrlInvalidError() from None
    if not host or host.startswith("."):
        raise UrlInvalidError()
    shown = f"[{host}]" if ":" in host else host
    return shown if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{shown}:{port}"


def _ascii_host(host: str) -> str:
    """Each label in punycode where needed; no mapping of ß to ss, which would join two different names.

    Raises ValueError for what is longer than a name can be.
    """
    if len(host) > _LONGEST_HOST:
        raise ValueError("longer than a host's name")
    labels = unicodedata.normalize("NFC", host.lower()).rstrip(".").split(".")
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels
    )


def _normalised(parts: SplitResult, host: str) -> str:
    cleaned = _cleaned(parts, host, _is_passcode)
    return quote(urlunsplit(cleaned._replace(path=cleaned.path or "/")), safe="%/:?#[]@!$&'()*+,;=~")


def _cleaned(parts: SplitResult, host: str, unwanted: "_Judge") -> SplitResult:
    """Without userinfo, and without the unwanted parameters of path, query and fragment."""
    head, mark, tail = parts.fragment.rpartition("?")
    first, *more = parts.path.split(";")
    return SplitResult(
        scheme=parts.scheme,
        netloc=host,
        path=";".join([first, *(piece for piece in more if not unwanted(piece))]),
        query=_kept(parts.query, unwanted),
        fragment=(head + mark + _kept(tail, unwanted)).rstrip("?"),
    )


def _kept(query: str, unwanted: "_Judge") -> str:
    return "&".join(piece for piece in query.split("&") if not unwanted(piece))


class _Judge:
    """Whether a piece `name=value` is of a kind, or its value is an address that has such a piece."""

    def __init__(self, names: frozenset[str], *, tokens: bool) -> None:
        self._names = names
        self._tokens = tokens

    def __call__(self, piece: str) -> bool:
        name, _, value = piece.partition("=")
        return self._names_one(name) or any(self._names_one(inner) for inner in _nested_names(value))

    def _names_one(self, name: str) -> bool:
        plain = unquote_plus(name).lower().removeprefix("amp;")
        if plain in self._names:
            return True
        return self._tokens and (plain.startswith(_TOKEN_PREFIXES) or plain.endswith(_TOKEN_SUFFIXES))


_is_passcode = _Judge(PASSCODE_NAMES, tokens=False)
_is_secret = _Judge(PASSCODE_NAMES | TOKEN_NAMES, tokens=True)


def _nested_names(value: str) -> list[str]:
    """Names of parameters in an address that is itself a parameter, up to three times encoded."""
    names: list[str] = []
    for _ in range(3):
        value = unquote(value)
        names += _PARAMETER_NAME.findall(value)
    return names


def _parameters(parts: SplitResult) -> list[tuple[str, str]]:
    pieces = [*parts.query.split("&"), *_QUERY_MARK.split(parts.fragment), *parts.path.split(";")[1:]]
    pairs = (piece.partition("=") for piece in pieces)
    return [(unquote_plus(name).lower(), unquote_plus(value)) for name, _, value in pairs]


def _secrets_in(full: str) -> set[str]:
    """Everything that must not be shown, both as written in the address and decoded."""
    parts = urlsplit(full)
    pieces = [*parts.query.split("&"), *_QUERY_MARK.split(parts.fragment), *parts.path.split(";")[1:]]
    values = {piece.partition("=")[2] for piece in pieces if _is_secret(piece)}
    values |= {parts.username or "", parts.password or ""}
    return {form for value in values for form in (value, unquote(value), unquote_plus(value)) if form}
