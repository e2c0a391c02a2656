"""What reading and converting a recording may use: in proportion to its files, and to how long it is.

The numbers are many times what slow machines need for good recordings; see docs/security.md.
"""

from collections.abc import Sequence
from pathlib import Path

from tasks.sandbox.resource_limits import GIGABYTE, MEGABYTE, Limits, memory_for

# Pictures of 4K need two thirds of this on two cores.
MEMORY_BYTES, MEMORY_BYTES_PER_CORE = 640 * MEGABYTE, 96 * MEGABYTE
# Libraries, and what they reserve without filling it. Files that are mapped come on top.
ADDRESS_BYTES, ADDRESS_BYTES_PER_CORE = 2 * GIGABYTE, 128 * MEGABYTE
READING_SECONDS, READING_SECONDS_PER_GIGABYTE = 40, 120
CONVERTING_SECONDS, CONVERTING_SECONDS_PER_SECOND = 60, 20
# How much longer than the processor works it may take, on a machine with much else to do.
PATIENCE_SECONDS, PATIENCE = 240, 6
# Lossless sound of two channels, and the recogniser's input.
WRITTEN_BYTES, WRITTEN_BYTES_PER_SECOND = 64 * MEGABYTE, 400_000
COPIES = 2


def for_reading(paths: Sequence[Path]) -> Limits:
    """All packets are read once, nothing is decoded and nothing written."""
    seconds = READING_SECONDS + READING_SECONDS_PER_GIGABYTE * _size_bytes(paths) / GIGABYTE
    return _limits(paths, seconds, MEGABYTE)


def for_converting(paths: Sequence[Path], duration_seconds: float) -> Limits:
    """Of files that are so long by the times of their packets."""
    seconds = CONVERTING_SECONDS + CONVERTING_SECONDS_PER_SECOND * duration_seconds
    return _limits(paths, seconds, _written_bytes(paths, duration_seconds))


def for_copying(paths: Sequence[Path]) -> Limits:
    """Streams are copied into other files."""
    seconds = CONVERTING_SECONDS + READING_SECONDS_PER_GIGABYTE * _size_bytes(paths) / GIGABYTE
    return _limits(paths, seconds, _written_bytes(paths, 0.0))


def _limits(paths: Sequence[Path], processor_seconds: float, file_bytes: int) -> Limits:
    mapped_bytes = COPIES * _size_bytes(paths)
    return Limits(
        memory_bytes=memory_for(MEMORY_BYTES, MEMORY_BYTES_PER_CORE),
        address_bytes=memory_for(ADDRESS_BYTES, ADDRESS_BYTES_PER_CORE) + mapped_bytes,
        processor_seconds=round(processor_seconds),
        wall_seconds=PATIENCE_SECONDS + PATIENCE * processor_seconds,
        file_bytes=file_bytes,
    )


def _written_bytes(paths: Sequence[Path], duration_seconds: float) -> int:
    return WRITTEN_BYTES + COPIES * _size_bytes(paths) + round(WRITTEN_BYTES_PER_SECOND * duration_seconds)


def _size_bytes(paths: Sequence[Path]) -> int:
    return sum(path.stat().st_size for path in paths)
