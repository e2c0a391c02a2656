"""The reading room's own address: which hosts and origins are ours, and where one may be sent on to. Pure."""

from dataclasses import dataclass
from urllib.parse import urlsplit

SIGN_IN = "/anmelden"
LONGEST_PATH = 1000
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """Where members reach the room (`base_url`, without a path) and the port that it listens on."""

    base_url: str
    port: int

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
        """Whether a Host header names us: the public address, or this machine to itself."""
        return host.lower() in self._hosts

    def is_own_origin(self, origin: str | None, fetch_site: str | None) -> bool:
        """Whether a request that changes something comes from our own pages.

        `Sec-Fetch-Site` tells it for sure; browsers without it, or on plain HTTP, send `Origin`.
        """
        if fetch_site is not None:
            return fetch_site == "same-origin"
        return (origin or "").lower() in {self.origin, *(f"http://{host}" for host in self._loopback)}

    @property
    def _loopback(self) -> tuple[str, ...]:
        return tuple(f"{name}:{self.port}" for name in _LOOPBACK)

    @property
    def _hosts(self) -> frozenset[str]:
        public = urlsplit(self.origin).netloc
        with_port = f"{public}:{_DEFAULT_PORTS[urlsplit(self.origin).scheme]}"
        return frozenset((public, with_port, *self._loopback))


def wanted_path(text: str | None) -> str:
    """Where to go after signing in: a path of ours as it was asked for, else the start page.

    Anything that a browser could take for another site, and the sign-in itself, is the start page.
    """
    path = text or "/"
    is_path = path.startswith("/") and not path.startswith(("//", "/\\"))
    is_plain = path.isprintable() and path.isascii() and "\\" not in path and " " not in path
    if not (is_path and is_plain) or len(path) > LONGEST_PATH or path.startswith(SIGN_IN):
        return "/"
    return path
