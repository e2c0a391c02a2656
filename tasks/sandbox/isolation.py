"""Whether this system lets a process without privileges have namespaces of its own."""

import shutil
import subprocess
from functools import cache

from tasks.processes.child_process import finished

_PATIENCE_SECONDS = 30.0
# A user namespace is what allows the others; whoever is in it has no rights outside.
_NAMESPACES = ("--user", "--map-current-user", "--pid", "--fork", "--kill-child")
_WITHOUT_NETWORK = ("--net",)


@cache
def is_isolated() -> bool:
    """By trial, once a process. Containers and hardened systems often refuse."""
    try:
        tried = finished([*entering(has_network=False), "true"], timeout_seconds=_PATIENCE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def has_limits() -> bool:
    """Whether the programs are there that set limits; without them nothing is read at all."""
    return all(shutil.which(name) for name in ("prlimit", "setpriv"))


def entering(*, has_network: bool) -> list[str]:
    """What is put before a command, so that it runs in namespaces of its own.

    Its processes are numbered by themselves and all end with the first of them, wherever they have put
    themselves. That first one is a shell which waits: to it, the kernel's signals would mean nothing.
    """
    kinds = _NAMESPACES if has_network else (*_NAMESPACES, *_WITHOUT_NETWORK)
    return ["unshare", *kinds, "--", "sh", "-c", '"$@"; exit "$?"', "sandbox"]
