"""A folder into which people drop recordings: what lies there, and where it goes afterwards.

What is dropped is opened without following links, and only if it is a plain file: a link could lead to any
file of this machine, and a pipe would never end. `tasks.bucket_inbox` is the same for a bucket.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Protocol

from transcripts.errors.machine_errors import FolderRefusedError
from transcripts.errors.upload_errors import InboxLinkError
from transcripts.sources.unfinished_names import is_unfinished

DONE, FAILED = "done", "failed"
_SAFELY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as it was at one look; one that is being written or replaced differs from look to look.

    `version` stands for its content, `placed_at` is when it was put there, by the clock of the place.
    """

    name: str
    size_bytes: int
    version: str
    placed_at: datetime
    is_link: bool = False


class DropPlace(Protocol):
    """Where recordings are dropped. What is asked of one that is gone raises FileNotFoundError."""

    def prepare(self) -> None:
        """Make what is needed. Raises FolderRefusedError (path), and what storages raise."""

    def dropped(self) -> list[Dropped]:
        """What somebody put there, by name. Raises as `prepare`."""

    def content_of(self, each: Dropped) -> AbstractContextManager[BufferedReader]:
        """The file's bytes. Raises InboxLinkError for what is no plain file, and OSError."""

    def put_away(self, each: Dropped, folder: str, note: str = "") -> None:
        """Move it to those in `folder`, beside what is there already; `note` is written beside it."""

    def remove(self, each: Dropped) -> None:
        """Delete it."""

    def location(self, each: Dropped) -> str:
        """Where it lies, for people."""


class InboxFolder:
    """A folder of this machine. See `DropPlace`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder and those below it."""
        with self._refused():
            for each in (self._folder, self._folder / DONE, self._folder / FAILED):
                each.mkdir(parents=True, exist_ok=True)

    def dropped(self) -> list[Dropped]:
        """Plain files and links; folders are left alone."""
        with self._refused():
            with os.scandir(self._folder) as entries:
                names = sorted(entry.name for entry in entries if not is_unfinished(entry.name))
            found = (_looked_at(self._folder / name) for name in names)
            return [each for each in found if each is not None]

    @contextmanager
    def content_of(self, each: Dropped) -> Iterator[BufferedReader]:
        """Opened safely."""
        if each.is_link:
            raise InboxLinkError()
        with os.fdopen(os.open(self._path(each), _SAFELY), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise InboxLinkError()
            yield stream

    def put_away(self, each: Dropped, folder: str, note: str = "") -> None:
        """The note first: killed in between, the file is put away again. Raises OSError."""
        target = _free(self._folder / folder / each.name)
        if note:
            target.with_name(f"{target.name}.txt").write_text(note, encoding="utf-8")
        self._path(each).rename(target)

    def remove(self, each: Dropped) -> None:
        """Raises OSError."""
        self._path(each).unlink()

    def location(self, each: Dropped) -> str:
        """Its path."""
        return str(self._path(each))

    def _path(self, each: Dropped) -> Path:
        return self._folder / each.name

    @contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FolderRefusedError(path=str(self._folder)) from error


def _looked_at(path: Path) -> Dropped | None:
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None  # gone since it was listed
    is_link = stat.S_ISLNK(state.st_mode)
    if not (is_link or stat.S_ISREG(state.st_mode)):
        return None
    return Dropped(
        name=path.name,
        size_bytes=state.st_size,
        version=f"{state.st_ino} {state.st_mtime_ns} {state.st_ctime_ns}",
        # By this machine's own clock: a copy may bear an older time.
        placed_at=datetime.fromtimestamp(state.st_ctime_ns / 1e9, UTC),
        is_link=is_link,
    )


def _free(wanted: Path) -> Path:
    number, target = 1, wanted
    while os.path.lexists(target):
        number += 1
        target = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    return target
