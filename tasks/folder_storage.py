"""The archive in a local folder: files are written beside their place and renamed into it."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from hashlib import file_digest
from pathlib import Path

from transcripts.errors import PermanentError, StepError, TemporaryError


class FolderStorage:
    """See `tasks.storage.Storage`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put_bytes(self, key: str, content: bytes, content_type: str) -> None:  # noqa: ARG002 - S3 needs it
        """Write and rename."""
        self._put(key, lambda draft: _write(draft, content))

    def put_file(self, key: str, path: Path, sha256: str, content_type: str) -> None:  # noqa: ARG002
        """Copy, read back, compare, rename."""

        def copy(draft: Path) -> None:
            shutil.copyfile(path, draft)
            _sync(draft)
            with draft.open("rb") as stream:
                if file_digest(stream, "sha256").hexdigest() != sha256:
                    raise TemporaryError("storage_unreachable", place=str(self.root))

        self._put(key, copy)

    def get_bytes(self, key: str) -> bytes:
        """The file's content."""
        try:
            return (self.root / key).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise KeyError(key) from error
        except OSError as error:
            raise _translated(error, self.root) from error

    def list_folders(self, prefix: str) -> Iterator[str]:
        """Sub-folders, hidden ones left out."""
        folder = self.root / prefix
        if not folder.is_dir():
            return
        yield from sorted(each.name for each in folder.iterdir() if each.is_dir() and each.name[0] != ".")

    def location(self, key: str) -> str:
        """The absolute path."""
        return str((self.root / key).resolve())

    def _put(self, key: str, fill: Callable[[Path], None]) -> None:
        """Let `fill` write a draft in the target's folder, then rename it: readers see all or nothing."""
        target = self.root / key
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=".draft-")
            os.close(handle)
            draft = Path(name)
            try:
                fill(draft)
                draft.chmod(0o644)
                draft.replace(target)
                _sync(target.parent)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            raise _translated(error, self.root) from error


def _write(draft: Path, content: bytes) -> None:
    draft.write_bytes(content)
    _sync(draft)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _translated(error: OSError, root: Path) -> StepError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return TemporaryError("disk_full", path=str(root))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PermanentError("storage_refused", place=str(root), reason=os.strerror(error.errno))
    return TemporaryError("storage_unreachable", place=str(root))
