"""What an error of SQLite means for the people who run this."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from transcripts.errors.archive_errors import IndexBusyError, IndexRefusedError, IndexUnusableError
from transcripts.errors.error_kinds import StepError
from transcripts.errors.machine_errors import DiskFullError


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises what `known_error` knows instead of SQLite's own."""
    try:
        yield
    except sqlite3.Error as error:
        known = known_error(error, path)
        if known is None:
            raise
        raise known from error


def known_error(error: sqlite3.Error, path: Path) -> StepError | None:
    """What an error is for the people who run this; None for one that is our own mistake."""
    match getattr(error, "sqlite_errorname", "SQLITE_ERROR").split("_")[1]:
        case "NOTADB" | "CORRUPT":
            return IndexUnusableError(path=str(path))
        case "FULL":
            return DiskFullError(path=str(path.parent))
        case "BUSY" | "LOCKED":
            return IndexBusyError(path=str(path))
        case "CANTOPEN" | "READONLY" | "PERM":
            return IndexRefusedError(path=str(path))
    return None
