"""Keeps memory that the model frees, since the system would hand out the same pages again, zeroed, each time.

For speech of more than 20 s the encoder's attention needs blocks over 32 MB, which glibc maps anew for
each layer (malloc(3), mallopt(3)): a fifth of the encoder's time. Other C libraries are left alone.
"""

import ctypes
import sys

M_TRIM_THRESHOLD, M_MMAP_MAX, M_ARENA_MAX = -1, -4, -8
NEVER_BYTES = 2**31 - 1
# The same for a process that is to be started, from its first thread on.
ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(NEVER_BYTES),
}


def keep_freed_memory() -> None:
    """One arena for all threads to come, no block mapped by itself, nothing given back."""
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_MAX, 0)
    mallopt(M_TRIM_THRESHOLD, NEVER_BYTES)
