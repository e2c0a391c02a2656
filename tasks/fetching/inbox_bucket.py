"""A place in a bucket into which people drop recordings, as `tasks.fetching.inbox_folder` is in a folder.

An object is there only when it is whole. It may be overwritten at any time, and then has another tag: what is
read and moved is the version that was looked at, or nothing. Moving is copying on the server and deleting;
the copy notes which version it is of, so that a move that was killed in between ends with one copy.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import cast

from tasks.fetching.inbox_folder import Dropped
from tasks.storage.s3_storage import S3Storage
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.sources.unfinished_names import is_unfinished

_MOVED_FROM = "moved-from"


class InboxBucket:
    """See `inbox_folder.DropPlace`. What is read is read into `folder`, and is gone with its `with`."""

    def __init__(self, storage: S3Storage, folder: Path) -> None:
        self._storage, self._folder = storage, folder

    def prepare(self) -> None:
        """A bucket needs nothing; this machine needs a folder."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def dropped(self) -> list[Dropped]:
        """The objects directly there; what bears a folder's name is left alone."""
        found = (
            Dropped(each.key, each.size_bytes, each.tag, each.modified_at)
            for each in self._storage.list_directly()
            if each.key and "/" not in each.key and not is_unfinished(each.key)
        )
        return sorted(found, key=lambda each: each.name)

    @contextmanager
    def content_of(self, each: Dropped) -> Iterator[BufferedReader]:
        """This version of it. Raises what storages raise."""
        with tempfile.TemporaryFile(dir=self._folder) as draft:
            with _version_looked_at(each):
                for chunk in self._storage.chunks_of(each.name, each.version):
                    draft.write(chunk)
            draft.seek(0)
            yield cast(BufferedReader, draft)

    def put_away(self, each: Dropped, folder: str, note: str = "") -> None:
        """The note first, the deleting last. Raises what storages raise."""
        target = self._target(each, folder)
        if note:
            self._storage.put_bytes(f"{target}.txt", note.encode(), "text/plain; charset=utf-8")
        with _version_looked_at(each):
            self._storage.copy(each.name, target, each.version, {_MOVED_FROM: _mark(each)})
        self.remove(each)

    def remove(self, each: Dropped) -> None:
        """Only if it is still this version; S3 cannot look and delete in one step everywhere."""
        facts = self._storage.facts_of(each.name)
        if facts is None or facts.tag != each.version:
            raise FileNotFoundError(each.name)
        self._storage.delete(each.name)

    def location(self, each: Dropped) -> str:
        """Its address."""
        return self._storage.location(each.name)

    def _target(self, each: Dropped, folder: str) -> str:
        """Its own copy of an earlier, unfinished move, or a free name."""
        path, number = PurePosixPath(each.name), 1
        while True:
            name = each.name if number == 1 else f"{path.stem} ({number}){path.suffix}"
            facts = self._storage.facts_of(f"{folder}/{name}")
            if facts is None or facts.metadata.get(_MOVED_FROM) == _mark(each):
                return f"{folder}/{name}"
            number += 1


def _mark(each: Dropped) -> str:
    """Names one version; the time tells apart the same content that was put there twice."""
    return f"{each.version.strip(chr(34))} {each.placed_at.isoformat()}"


@contextmanager
def _version_looked_at(each: Dropped) -> Iterator[None]:
    """Raises FileNotFoundError where it was overwritten or taken away since: the next look sees to it."""
    try:
        yield
    except KeyError as error:
        raise FileNotFoundError(each.name) from error
    except RecordBusyError as error:
        raise FileNotFoundError(each.name) from error
