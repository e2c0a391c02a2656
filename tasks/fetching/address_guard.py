"""Keeps the fetching process on the open internet.

An audit hook sees every connection that Python opens, with the address it is
about to use, after all redirects and name lookups; it cannot be removed again, by
anybody. So it belongs in a process of its own. It also refuses to start programs,
because those would connect unseen. Libraries that open connections in C are not
seen either: the session admits none (see tasks.fetching.yt_dlp_session).
"""

import errno
import socket
import sys
import sysconfig
import threading
from pathlib import Path
from typing import Any

from transcripts.sources.network_addresses import is_public_address

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_STARTING = frozenset(
    {"os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.forkpty", "pty.spawn"}
)
WEB_PORTS = frozenset({"80", "443"})
_INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})


class AddressRefusedError(BaseException):
    """A connection to an address that is not public was about to be made.

    No Exception, so that no library takes it for one of the failures it retries or passes over.
    """

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host


def install(allow_hosts: tuple[str, ...]) -> None:
    """From now on, refuse all but public addresses and those of `allow_hosts` ("host" or "host:port").

    A host without a port is allowed at those of the web alone: what else listens there was not meant, unless
    it is said ("host:*").

    Raises AddressRefusedError out of whatever is connecting.
    """
    sys.addaudithook(_Guard(allow_hosts))


def javascript_runtime() -> str:
    """The one program that yt-dlp may start, if it is there: for YouTube's players."""
    return str(Path(sysconfig.get_path("scripts"), "deno"))


class _Guard:
    def __init__(self, allow_hosts: tuple[str, ...]) -> None:
        self._allowed_hosts = frozenset(host.strip().lower() for host in allow_hosts)
        self._allowed_addresses: set[tuple[str, int]] = set()
        self._thread = threading.local()
        self._runtime = javascript_runtime()

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            self._before_lookup(*args[:2])
        elif event in _CONNECTING:
            self._before_connection(*args[:2])
        elif event == "subprocess.Popen":
            self._before_program(str(args[0]), args[1])
        elif event in _STARTING:
            raise PermissionError(errno.EPERM, "this process starts no programs")

    def _before_lookup(self, host: Any, port: Any) -> None:
        """Remember the name, for the message; and permit the addresses behind an allowed one."""
        if getattr(self._thread, "is_looking_up", False):
            return
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        self._thread.host = name
        lowered = name.lower().strip("[]").rstrip(".")
        is_web = str(port) in WEB_PORTS and lowered in self._allowed_hosts
        named = {f"{host}:{given}" for host in (lowered, f"[{lowered}]") for given in (port, "*")}
        if is_web or named & self._allowed_hosts:
            self._permit(name, int(port))

    def _permit(self, name: str, port: int) -> None:
        self._thread.is_looking_up = True
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        except socket.gaierror:
            return  # the lookup that is being watched will fail the same way, and say so
        finally:
            self._thread.is_looking_up = False
        self._allowed_addresses |= {(str(entry[4][0]), port) for entry in found}

    def _before_connection(self, connection: socket.socket, address: Any) -> None:
        if connection.family not in _INTERNET or not isinstance(address, tuple):
            raise AddressRefusedError("socket")
        host, port = str(address[0]), int(address[1])
        if is_public_address(host) or (host, port) in self._allowed_addresses:
            return
        raise AddressRefusedError(getattr(self._thread, "host", host))

    def _before_program(self, executable: str, arguments: Any) -> None:
        """Only yt-dlp's JavaScript runtime, without permissions: deno then has neither network nor files."""
        grants = [one for one in arguments if str(one).startswith(("--allow", "-A", "-P", "--permission"))]
        if executable != self._runtime or grants:
            raise PermissionError(errno.EPERM, "this process starts no programs")
