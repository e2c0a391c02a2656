"""The archive in a local folder: files are written beside their place and renamed into it.

Compare-and-set holds one lock for the whole archive, for milliseconds; the kernel
gives it free when its holder dies.
"""

import errno
import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import file_digest
from hashlib import sha256 as sha256_of_bytes
from pathlib import Path

from tasks.storage.stored_models import damage_of
from tasks.storage.stored_objects import Advance, Leftover, Stored, Tagged
from transcripts.errors.error_kinds import StepError
from transcripts.errors.machine_errors import DiskFullError
from transcripts.errors.storage_errors import (
    StorageCorruptedError,
    StorageReadOnlyError,
    StorageUnreachableError,
)
from transcripts.model import LARGEST_BYTES

DRAFT = ".draft-"
LOCK = ".lock"
# A folder in a file's place, somebody else's file, a bad block.
UNREADABLE = (errno.EISDIR, errno.EACCES, errno.EPERM, errno.ELOOP, errno.EIO)

logger = logging.getLogger("mitschnitt.archive")


class FolderStorage:
    """See `tasks.storage.storage_interface.Storage`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put_bytes(
        self,
        key: str,
        content: bytes,
        content_type: str,  # noqa: ARG002 - S3 needs it
        download_name: str = "",  # noqa: ARG002
    ) -> None:
        """Write and rename."""
        self._put(key, lambda draft: _write(draft, content))

    def put_file(
        self,
        key: str,
        path: Path,
        sha256: str,
        content_type: str,  # noqa: ARG002 - S3 needs it
        download_name: str = "",  # noqa: ARG002
        advance: Advance | None = None,
    ) -> None:
        """Copy, read back, compare, rename."""
        size_bytes = path.stat().st_size

        def copy(draft: Path) -> None:
            shutil.copyfile(path, draft)
            _sync(draft)
            if _digest(draft) != sha256:
                raise StorageCorruptedError(place=str(self.root))

        if not self._holds(key, size_bytes, sha256):
            self._put(key, copy)
        if advance:
            advance(size_bytes, size_bytes)

    def put_if(self, key: str, content: bytes, content_type: str, tag: str | None) -> str | None:
        """Compare and rename, under the archive's lock."""
        with self._locked():
            try:
                held = self.get_tagged(key).tag
            except KeyError:
                held = None
            if held != tag:
                return None
            self.put_bytes(key, content, content_type)
        return _tag(content)

    def get_bytes(self, key: str) -> bytes:
        """The file's content."""
        with self._reading(key), (self.root / key).open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise damage_of(key)
        return content

    def get_tagged(self, key: str) -> Tagged:
        """The file's content and a hash of it."""
        content = self.get_bytes(key)
        return Tagged(content, _tag(content))

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """The file itself."""
        with self._translated(key):
            path = self.root / key
            if not path.is_file():
                raise KeyError(key)
        yield path

    def sha256_of(self, key: str) -> str:
        """Read and hash."""
        with self._reading(key):
            return _digest(self.root / key)

    def noted_sha256(self, key: str) -> str | None:
        """A folder notes nothing beside its files, so the file is read."""
        return self.sha256_of(key)

    def list_objects(self, prefix: str) -> Iterator[Stored]:
        """All files below, hidden ones left out; also those that a writer takes away meanwhile."""
        for path in self._files(self.root / prefix):
            stored = None if path.name.startswith(".") else self._stored(path)
            if stored is not None:
                yield stored

    def list_folders(self, prefix: str) -> Iterator[str]:
        """Sub-folders, hidden ones left out."""
        with self._translated(prefix):
            try:
                entries = os.scandir(self.root / prefix)
            except (FileNotFoundError, NotADirectoryError):
                return
            with entries:
                names = sorted(each.name for each in entries if _is_folder(each))
        yield from names

    def delete(self, key: str) -> None:
        """Remove the file, and the folders that it leaves empty."""
        path = self.root / key
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _translated(error, self.root) from error
        for folder in path.parents:
            if folder == self.root or not _is_removed(folder):
                return

    def leftovers(self) -> Iterator[Leftover]:
        """Drafts that nobody renamed, or not yet."""
        for path in self._files(self.root):
            stored = self._stored(path) if path.name.startswith(DRAFT) else None
            if stored is not None:
                yield Leftover(stored.key, stored.key, stored.modified_at)

    def remove_leftover(self, leftover: Leftover) -> None:
        """Remove the draft."""
        self.delete(leftover.token)

    def location(self, key: str) -> str:
        """The absolute path."""
        return str((self.root / key).resolve())

    def _holds(self, key: str, size_bytes: int, sha256: str) -> bool:
        path = self.root / key
        return path.is_file() and path.stat().st_size == size_bytes and self.sha256_of(key) == sha256

    def _files(self, folder: Path) -> Iterator[Path]:
        for parent, _, names in os.walk(folder):
            yield from (Path(parent, name) for name in names if _is_legible(name))

    def _stored(self, path: Path) -> Stored | None:
        """The file as it is now; None for one that is gone since its folder was listed."""
        key = path.relative_to(self.root).as_posix()
        try:
            with self._translated(key):
                status = path.stat()
        except KeyError:
            return None
        return Stored(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def _put(self, key: str, fill: Callable[[Path], None]) -> None:
        """Let `fill` write a draft in the target's folder, then rename it: readers see all or nothing."""
        target = self.root / key
        try:
            with _draft_beside(target) as draft:
                fill(draft)
                draft.chmod(_mode_beside(target))
                draft.replace(target)
                _sync(target.parent)
        except OSError as error:
            raise _translated(error, self.root) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _translated(error, self.root) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _reading(self, key: str) -> Iterator[None]:
        """One file that the disk does not give is damage of that file, not of the archive."""
        with self._translated(key):
            try:
                yield
            except OSError as error:
                if error.errno in UNREADABLE:
                    raise damage_of(key) from error
                raise

    @contextmanager
    def _translated(self, key: str) -> Iterator[None]:
        """What no file can be called is not there, like anything else that is not."""
        if ".." in key.split("/"):
            raise KeyError(key)
        try:
            yield
        except (
            FileNotFoundError,
            NotADirectoryError,
            ValueError,
        ) as error:  # ValueError: NUL, half characters
            raise KeyError(key) from error
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                raise KeyError(key) from error
            raise _translated(error, self.root) from error


@contextmanager
def _draft_beside(target: Path) -> Iterator[Path]:
    """A new hidden file in the target's folder; gone afterwards unless it was renamed."""
    handle, name = -1, ""
    while handle < 0:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=DRAFT)
        except FileNotFoundError:
            continue  # another process removed the empty folder in between
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _mode_beside(target: Path) -> int:
    """For its owner alone, or for those who may look into its folder (see tasks.storage.folder_modes)."""
    return 0o600 | (target.parent.stat().st_mode & 0o044)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and _is_legible(entry.name) and entry.is_dir()


def _is_legible(name: str) -> bool:
    """Whether a name is UTF-8, as all of ours are; another one could not even be shown."""
    try:
        name.encode()
    except UnicodeEncodeError:
        logger.warning("skipping a foreign file: %r", os.fsencode(name))
        return False
    return True


def _is_removed(folder: Path) -> bool:
    """Remove a folder if it is empty."""
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _write(draft: Path, content: bytes) -> None:
    draft.write_bytes(content)
    _sync(draft)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _tag(content: bytes) -> str:
    return sha256_of_bytes(content).hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _translated(error: OSError, root: Path) -> StepError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(path=str(root))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageReadOnlyError(place=str(root))
    return StorageUnreachableError(place=str(root))
