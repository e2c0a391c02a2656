"""Prepares one file with whichever checkout is on the path, and says what that cost.

Started by `bench.preparing` in a process of its own, with PYTHONPATH naming the checkout: prints the
processor's seconds (its own and ffmpeg's), the most megabytes held and the size of the published picture.
"""

import json
import resource
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

LONGEST_SECONDS = 8 * 3600.0
LOUDNESS_LUFS = -23.0
# An earlier version has these two modules elsewhere.
PACKAGE = "tasks.media" if find_spec("tasks.media") else "tasks"


def main() -> None:
    """Inspect and transcode `argv[1]` into the folder `argv[2]`."""
    inspection, transcode = import_module(f"{PACKAGE}.inspection"), import_module(f"{PACKAGE}.transcode")
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    before = processor_seconds()
    seen = inspection.inspect_media([source], LONGEST_SECONDS)
    media = transcode.transcode([source], seen, target, LOUDNESS_LUFS, lambda _seconds: None)
    seconds = processor_seconds() - before
    size_bytes = media.video.size_bytes if media.video else 0
    print(json.dumps({"seconds": seconds, "megabytes": most_megabytes(), "size_bytes": size_bytes}))


def processor_seconds() -> float:
    """Of this process and those that it has waited for."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_utime + resource.getrusage(kind).ru_stime for kind in kinds)


def most_megabytes() -> float:
    """Of this process or one that it has waited for."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


if __name__ == "__main__":
    main()
