"""What a fetch may use of this machine: looking up a page little, the transfer as much as its size needs."""

import resource
import shutil

from tasks.fetching.address_guard import javascript_runtime
from tasks.sandbox.resource_limits import GIGABYTE, MEGABYTE, Limits

# Pages are read into memory, and so are lists of segments.
MEMORY_BYTES = 640 * MEGABYTE
ADDRESS_BYTES = 1500 * MEGABYTE
# A JavaScript engine reserves far more addresses than it fills.
ADDRESS_BYTES_OF_JAVASCRIPT = 64 * GIGABYTE
# Pages and players take a second or two; on a slow machine some times that.
LOOKING_UP_SECONDS = 10
# Of the patience with a transfer, while nothing is transferred yet.
LOOKING_UP_SHARE = 0.5
# What has used so much when the patience is over was held up by its own reading, and not by the server.
BUSY_SECONDS = 2.0
TRANSFER_SECONDS, TRANSFER_SECONDS_PER_GIGABYTE = 300, 120
# Far beyond the largest recording over the slowest line that still moves.
LONGEST_FETCH_SECONDS = 24 * 3600.0
# Lists of fragments and notes lie beside the recording.
NOTES_BYTES = 64 * MEGABYTE


def for_fetching(max_size_bytes: int) -> Limits:
    """Of a recording that is at most so large."""
    has_javascript = shutil.which(javascript_runtime()) is not None
    return Limits(
        memory_bytes=MEMORY_BYTES,
        address_bytes=ADDRESS_BYTES_OF_JAVASCRIPT if has_javascript else ADDRESS_BYTES,
        processor_seconds=round(TRANSFER_SECONDS + TRANSFER_SECONDS_PER_GIGABYTE * max_size_bytes / GIGABYTE),
        wall_seconds=LONGEST_FETCH_SECONDS,
        file_bytes=max_size_bytes + NOTES_BYTES,
    )


def look_up_within_limit() -> None:
    """From now on, the calling process has the time that looking up may take."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = round(processor_seconds()) + LOOKING_UP_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def processor_seconds() -> float:
    """What the calling process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def transfer_within_limit() -> None:
    """From now on, it has all the time that the sandbox gives it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
