"""Run in namespaces of its own: fetches from a name of which its name server knows nothing.

`unshare --map-root-user --mount --net python -m tests.tasks.fetching.name_server_probe FOLDER MOOD`
prints the kind of the error, its code and its sentence.
"""

import fcntl
import socket
import struct
import subprocess
import sys
from pathlib import Path
from threading import Thread

from tasks.fetching.fetch_step import FetchLimits, fetch
from tests.kinds import kind_of
from transcripts.errors.error_kinds import StepError
from transcripts.sources.source_url import parse_source_url
from transcripts.wording.error_wording import explain

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_NO_SUCH_NAME = 0x8183  # an answer, recursion was done, RCODE 3 (RFC 1035, 4.1.1)


def main() -> None:
    """Set the stage, fetch, say how it ended."""
    folder, mood = Path(sys.argv[1]), sys.argv[2]
    _loopback_up()
    servers = folder / "resolv.conf"
    servers.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["/bin/mount", "--bind", str(servers), "/etc/resolv.conf"], check=True)
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 53))
    if mood == "says-no":
        Thread(target=_say_no, args=(listening,), daemon=True).start()
    limits = FetchLimits((), 3600, 10**9, "Europe/Berlin", 5)
    try:
        fetch(parse_source_url("https://zooom.example.org/a.mp4"), folder, limits, lambda _: None)
    except StepError as error:
        print(kind_of(error).__name__, error.code, explain(error), sep="\n")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sH14s", b"lo", 0, b"")
        flags = struct.unpack("16sH14s", fcntl.ioctl(any_socket, _GET_FLAGS, asked))[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH14s", b"lo", flags | _UP, b""))


def _say_no(listening: socket.socket) -> None:
    while True:
        query, sender = listening.recvfrom(512)
        listening.sendto(query[:2] + struct.pack(">H", _NO_SUCH_NAME) + query[4:], sender)


if __name__ == "__main__":
    main()
