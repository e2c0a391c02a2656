"""The reading room's own address: which hosts and origins are ours, and where one may be sent on to. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SIGN_IN = "/anmelden"
LONGEST_PATH = 1000
_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """Where members reach the room: `base_url`, without a path.

    `takes_any_host`: whether it also answers under names that nobody configured. Then pages may be
    read, but nothing that is mailed ever names such a host.
    """

    base_url: str
    takes_any_host: bool = False

    @property
    def is_https(self) -> bool:
        """Whether members come by TLS."""
        return self.base_url.startswith("https://")

    @property
    def origin(self) -> str:
        """As browsers write it: scheme, host, and the port if it is not the usual one."""
        parts = urlsplit(self.base_url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        usual = parts.port in (None, _DEFAULT_PORTS[parts.scheme])
        return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{parts.port}"

    def url(self, path: str) -> str:
        """The full address of a path."""
        return self.base_url.rstrip("/") + path

    def is_own_host(self, host: str) -> bool:
        """Whether a Host header names us: the public address, or this machine to itself.

        No foreign page can make a browser send the name of the loopback to us, so those are safe.
        """
        public = urlsplit(self.origin)
        with_port = f"{public.netloc}:{_DEFAULT_PORTS[public.scheme]}"
        return self.takes_any_host or host.lower() in (public.netloc, with_port) or _is_loopback(host)

    def is_own_origin(self, origin: str | None, host: str, fetch_site: str | None) -> bool:
        """Whether a request to `host` that changes something comes from our own pages.

        `Sec-Fetch-Site` tells it for sure; browsers without it, or on plain HTTP, send `Origin`.
        """
        if fetch_site is not None:
            return fetch_site == "same-origin"
        is_here = self.takes_any_host or _is_loopback(host)
        return (origin or "").lower() in {self.origin, f"http://{host}".lower() if is_here else self.origin}


def _is_loopback(host: str) -> bool:
    return _LOOPBACK.fullmatch(host.lower()) is not None


def is_possible_path(path: str) -> bool:
    """Whether something of ours can have this path, percent signs decoded.

    No name has control characters, halves of characters, or what stands for bytes that are no UTF-8; and no
    client that follows RFC 3986 sends a step upwards.
    """
    has_steps = any(part in (".", "..") for part in path.split("/"))
    is_legible = all(unicodedata.category(each) not in ("Cc", "Cs") and each != "\ufffd" for each in path)
    return is_legible and not has_steps and len(path) <= LONGEST_PATH


def wanted_path(text: str | None) -> str:
    """Where to go after signing in: a path of ours as it was asked for, else the start page.

    Anything that a browser could take for another site, and the sign-in itself, is the start page.
    """
    path = text or "/"
    way = unquote(path.partition("?")[0])
    is_path = path.startswith("/") and "//" not in way and is_possible_path(way)
    is_plain = path.isprintable() and path.isascii() and "\\" not in path and " " not in path
    if not (is_path and is_plain) or len(path) > LONGEST_PATH or path.startswith(SIGN_IN):
        return "/"
    return path
