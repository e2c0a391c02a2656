"""Ends a command within seconds of SIGTERM, whatever it is waiting for.

On SIGTERM Prefect still tells its server how the run ended; where that server is away, its client would
try for minutes.
"""

import os
import signal
import socket
import threading
import time

# For Prefect to write down how the run ended.
PATIENCE_SECONDS = 5.0
TOLD = (signal.SIGTERM, signal.SIGINT)


def exit_promptly_on_signal() -> None:
    """From now on, SIGTERM and SIGINT end this process after PATIENCE_SECONDS at the latest.

    Whoever handles these signals goes on doing so: Python also writes their numbers into a pipe of ours.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reader,), daemon=True).start()


def _watch(reader: socket.socket) -> None:
    while (number := reader.recv(1)[0]) not in TOLD:
        continue
    time.sleep(PATIENCE_SECONDS)
    os._exit(128 + number)  # what was begun is bound to this process, and what is on disk is whole
