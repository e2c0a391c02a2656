"""Connections to the search index that are kept open between questions.

Opening one takes longer than most answers. The index may be replaced by another file
at any time; connections to the old one are then given up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.search.index_database import IndexDatabase


class OpenIndexes:
    """Lends connections to the index at a path, to any thread, each to one at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Taking from a list and adding to it are atomic, so threads need no lock.
        self._idle: list[tuple[int, IndexDatabase]] = []

    @contextmanager
    def lend(self) -> Iterator[IndexDatabase]:
        """A connection for one question. Raises IndexUnusableError while there is no index."""
        file = self._file()
        database = self._idle_for(file) or IndexDatabase.for_reading(self._path)
        try:
            yield database
        except BaseException:
            database.close()
            raise
        self._idle.append((file, database))

    def close(self) -> None:
        """Give back those that are not lent."""
        while self._idle:
            self._idle.pop()[1].close()

    def _idle_for(self, file: int) -> IndexDatabase | None:
        while self._idle:
            opened, database = self._idle.pop()
            if opened == file:
                return database
            database.close()
        return None

    def _file(self) -> int:
        """Which file stands at the path now."""
        try:
            return self._path.stat().st_ino
        except FileNotFoundError:
            return 0
