"""The folder of what must be kept: keys that nobody else has, the jobs that wait, who used which link.

Unlike the work folder, which may go at any time, it belongs into every backup.
"""

import os
import shutil
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from config.settings import Settings
from tasks.storage.trial_write import make_folder

KEY_FILE = "reading-room.key"
# Where Prefect has its database; where `mitschnitt serve` has its server, and its password.
PREFECT_FOLDER = "prefect"
SERVER_FILE = "prefect/server-address"
PASSWORD_FILE = "prefect/server.key"  # noqa: S105 - a file's name
_KEYS = (KEY_FILE, PASSWORD_FILE, "sign-in")
_DATABASE = ("prefect/prefect.db-wal", "prefect/prefect.db", "prefect/concurrency_leases")
_OWN_ONLY = 0o700


def state_folder(settings: Settings) -> Path:
    """Where it is."""
    return settings.work.state_dir.resolve()


def prepared_state(settings: Settings) -> Path:
    """The folder, made if need be; what still lies in the work folder, where it once was kept, is moved.

    Raises what `tasks.storage.trial_write.make_folder` raises.
    """
    state, former = state_folder(settings), settings.work.dir.resolve()
    make_folder(state, _OWN_ONLY)
    make_folder(state / PREFECT_FOLDER)
    for name in _KEYS:
        _move(former / name, state / name)
    if not (state / "prefect/prefect.db").exists() and listening(former / SERVER_FILE) is None:
        for name in _DATABASE:
            _move(former / name, state / name)
    return state


def listening(file: Path) -> str | None:
    """The address of a server that was noted in this file, if it still listens."""
    with suppress(OSError, ValueError):
        address = file.read_text(encoding="utf-8").strip()
        parts = urlsplit(address)
        socket.create_connection((parts.hostname or "", parts.port or 80), timeout=1).close()
        return address
    return None


class FolderWatch:
    """Notices that a folder which was there is gone, under whoever works with it."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders, self._seen = dict(folders), set[str]()
        self.missing()

    @classmethod
    def of(cls, settings: Settings) -> "FolderWatch":
        """Over the folders that the settings name, by the settings' names."""
        folders = {
            "work.dir": settings.work.dir.resolve(),
            "work.state_dir": state_folder(settings),
            "announcement.outbox": settings.announcement.outbox.resolve(),
        }
        if "://" not in settings.archive.url:
            folders["archive.url"] = Path(settings.archive.url).resolve()
        return cls(folders)

    def missing(self) -> list[str]:
        """The names of those that were seen before and are not there now; looks, and nothing else."""
        there = {name for name, folder in self._folders.items() if folder.is_dir()}
        self._seen |= there
        return sorted(self._seen - there)


def _move(former: Path, kept: Path) -> None:
    """Safe against another process that does the same: of two, one finds nothing to move."""
    if os.path.lexists(former) and not kept.exists():
        with suppress(FileNotFoundError):
            shutil.move(former, kept)
