"""How much a sandboxed process may use; the kernel holds it to that.

Limits are in proportion to what was promised: so much for each second of a recording, each byte of a file.
"""

import os
import resource
from dataclasses import dataclass

MEGABYTE, GIGABYTE = 1_000_000, 1_000_000_000
# Past the soft limit a process is told, and gone; one that takes no notice is killed so much later.
GRACE_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """For each process of a sandbox by itself, but for the time on the wall.

    `memory_bytes` is what it can really fill, `address_bytes` what it may reserve; `file_bytes` is the
    largest file that it may write.
    """

    memory_bytes: int
    address_bytes: int
    processor_seconds: int
    wall_seconds: float
    file_bytes: int
    open_files: int = 256


def memory_for(base_bytes: int, bytes_per_core: int) -> int:
    """Decoders and encoders keep pictures for each of their threads, of which there is one a core."""
    return base_bytes + bytes_per_core * (os.cpu_count() or 1)


def own_limits() -> Limits:
    """Those of the calling process, in a sandbox: for what it starts in turn. Wall time is unknown."""
    return Limits(
        memory_bytes=_soft(resource.RLIMIT_DATA),
        address_bytes=_soft(resource.RLIMIT_AS),
        processor_seconds=_soft(resource.RLIMIT_CPU),
        wall_seconds=0.0,
        file_bytes=_soft(resource.RLIMIT_FSIZE),
        open_files=_soft(resource.RLIMIT_NOFILE),
    )


def _soft(kind: int) -> int:
    return resource.getrlimit(kind)[0]
