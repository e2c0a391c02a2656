"""A sandboxed module that somebody took over: it leaves what its request says, and answers as told there."""

import json
import os
import sys
from pathlib import Path

from tasks.sandbox.child_messages import Answer, channel


def main() -> None:
    emit = channel()
    request = json.loads(sys.stdin.buffer.readline())
    target, victim = Path(request["target"]), request["victim"]
    if request["trick"] == "link":
        target.symlink_to(victim)
    elif request["trick"] == "linked folder":
        target.parent.rmdir()
        target.parent.symlink_to(Path(victim).parent)
        target = target.parent / Path(victim).name
    elif request["trick"] == "pipe":
        os.mkfifo(target)
    elif request["trick"] == "elsewhere":
        target = Path(victim)
    elif request["trick"] == "upwards":
        target = target.parent / ".." / ".." / Path(victim).name
    else:
        target.write_text("ours")
    emit(Answer(is_done=True, result={"files": [{"path": str(target)}]}))
    os._exit(0)


if __name__ == "__main__":
    main()
