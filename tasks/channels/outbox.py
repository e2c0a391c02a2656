"""The outbox, where mails lie while no mail server is named: what is too old in it goes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

SIGN_IN = "anmelden-"
"""So the names of mails begin that hold a link which signs in."""


def forget_mails(outbox: Path, now: datetime, kept: timedelta, sign_in_kept: timedelta) -> tuple[Path, ...]:
    """Remove what is older, and what a killed process was just writing; returns what could not be removed."""
    stuck = []
    for file in (*outbox.glob("*.eml"), *outbox.glob(".*.draft")):
        is_sign_in = file.name.lstrip(".").startswith(SIGN_IN)
        try:
            age = now - datetime.fromtimestamp(file.lstat().st_mtime, UTC)
            if age > (sign_in_kept if is_sign_in else kept):
                file.unlink()
        except FileNotFoundError:
            continue
        except OSError:
            stuck.append(file)
    return tuple(stuck)
