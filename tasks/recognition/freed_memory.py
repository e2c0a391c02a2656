"""Keeps the memory that the model frees at work, for the system would hand out the same pages again, zeroed.

For speech of more than 20 s the encoder's attention needs blocks over 32 MB, which glibc maps anew for
each layer (malloc(3), mallopt(3)): a fifth of the encoder's time. Other C libraries are left alone.
"""

import ctypes
import sys
from collections.abc import Callable

M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8
NEVER_BYTES = 2**31 - 1
# The same for a process that is to be started, from its first thread on.
ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(NEVER_BYTES),
}


def keep_freed_memory() -> None:
    """One arena for all threads to come, no block mapped by itself, nothing given back by itself."""
    mallopt = _function("mallopt")
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_MMAP_MAX, 0)
        mallopt(M_TRIM_THRESHOLD, NEVER_BYTES)


def return_freed_memory() -> None:
    """Give the system what is free now, as between two windows: what lies in pieces would add up."""
    malloc_trim = _function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


def _function(name: str) -> Callable[..., int] | None:
    """A function of glibc; None where there is another C library."""
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), name, None)
