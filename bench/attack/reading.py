"""A sandboxed process that reads many files in turn, and says in a line how each ended."""

import json
import os
import shutil
import sys
from pathlib import Path

from av.error import FFmpegError

from tasks.media.inspection import inspect_media
from tasks.media.media_child import failure_of_library
from tasks.media.transcode import extract_speech, transcode
from tasks.sandbox.child_messages import failure_of

LONGEST_SECONDS = 8 * 3600.0
EVERY_WHOLE = 5


def main() -> None:
    """Read all; libraries' own messages go nowhere."""
    say = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    for path in map(Path, json.loads(sys.argv[1])):
        print(f"fuzz {path.name}: {_ending(path)}", file=say, flush=True)
        shutil.rmtree(path.parent / "made", ignore_errors=True)


def _ending(path: Path) -> str:
    try:
        _read(path)
    except FFmpegError as error:
        failure = failure_of_library(error)
    except Exception as error:
        # A measurement: what nobody foresaw is what is looked for.
        failure = failure_of(error)
    else:
        return "done"
    return f"{failure.code} {failure.details} {failure.trace[-600:]}".replace("\n", " | ")


def _read(path: Path) -> None:
    """All that a recording goes through for some, for the others what the recogniser needs."""
    inspection, made = inspect_media([path], LONGEST_SECONDS), path.parent / "made"
    if int(path.name.rsplit("-", 1)[1]) % EVERY_WHOLE == 0:
        transcode([path], inspection, made, -16.0, lambda _seconds: None)
    else:
        extract_speech(path, inspection, made / "speech.wav")


if __name__ == "__main__":
    main()
