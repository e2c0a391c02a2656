"""Kills the sending process and breaks its lines for as long as it takes, and counts what arrived.

`python -m bench.soak_announce [KILLS [MINUTES]] [--list]`, 200 and no limit by default: to a mail
server that keeps what it takes, or with `--list` (as root, with Debian's postfix and mailman3) to a
real list of three members, which is asked what came of each post. Ends with 1 if anything arrived
twice, or did not although the ledger says so.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

from bench.running.termination import end_on_sigterm
from tests.announce_soak import Outcome, Soak, counted, mail_settings
from tests.list_server import LIST_ADDRESS, MEMBERS, ROBOT, running_list_server
from tests.prefect_server import running_prefect_server
from tests.smtp_line import line_to
from tests.tasks.channels.test_smtp import Mailbox, served

KILLS = 200
BROKEN_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Target:
    """A place to send to: its port, the settings that name it, and who got what."""

    port: int
    settings: dict[str, str]
    copies: Callable[[str], list[int]]


def main() -> None:
    """Run once and print the counts."""
    end_on_sigterm()
    numbers = [int(each) for each in sys.argv[1:] if each.isdecimal()]
    kills = numbers[0] if numbers else KILLS
    minutes = numbers[1] if len(numbers) > 1 else inf
    os.environ.update(DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")
    started = time.monotonic()
    with _list() if "--list" in sys.argv else _mailbox() as target:
        outcome = _soak(target, kills, minutes * 60)
    for name, value in asdict(outcome).items():
        print(f"{name:<24} {value}")
    print(f"{'seconds':<24} {time.monotonic() - started:.0f}")
    if outcome.doubled or outcome.silently_none or outcome.unsettled:
        sys.exit(1)


def _soak(target: Target, kills: int, most_seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory() as folder, line_to(target.port, BROKEN_SHARE) as line:
        home = Path(folder, "prefect")
        home.mkdir()
        with running_prefect_server(home) as address:
            settings = mail_settings(line.port) | target.settings
            return Soak(Path(folder, "archive"), line, settings, address, target.copies).run(
                kills, most_seconds
            )


@contextmanager
def _mailbox() -> Iterator[Target]:
    mailbox = Mailbox()
    with served(mailbox) as server:
        yield Target(server.port, {}, lambda identity: [counted(mailbox.messages, identity)])


@contextmanager
def _list() -> Iterator[Target]:
    with running_list_server() as server:
        named = {
            "MITSCHNITT_ANNOUNCEMENT__TO": LIST_ADDRESS,
            "MITSCHNITT_ANNOUNCEMENT__FROM": ROBOT,
            "MITSCHNITT_MAILMAN__URL": server.mailman.url,
            "MITSCHNITT_MAILMAN__USER": server.mailman.user,
            "MITSCHNITT_MAILMAN__PASSWORD": server.mailman.password,
            "MITSCHNITT_MAILMAN__LIST_ID": server.mailman.list_id,
            "MITSCHNITT_MAILMAN__WAIT_SECONDS": "15",
        }
        folders = [server.folder / "maildirs" / name / "new" for name in MEMBERS]
        yield Target(
            server.smtp.port,
            named,
            lambda identity: [
                counted([file.read_bytes() for file in folder.glob("*")], identity) for folder in folders
            ],
        )


if __name__ == "__main__":
    main()
