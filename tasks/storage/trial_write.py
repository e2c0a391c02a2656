"""Finds out whether a folder can be written to, by writing: to root and full disks, rights say little."""

import errno
import os
import tempfile
from pathlib import Path

from transcripts.errors.error_kinds import StepError
from transcripts.errors.machine_errors import (
    DiskFullError,
    FolderIsFileError,
    FolderRefusedError,
    FolderUnusableError,
)

PREFIX = ".probe-"
TRIAL = bytes(64 * 1024)
_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def expect_writable(folder: Path) -> Path:
    """Write a file into `folder`, or where it would be made, and remove it; the folder that was tried.

    Raises FolderIsFileError, FolderRefusedError, FolderUnusableError, DiskFullError.
    """
    tried = existing_part(folder)
    if not os.path.isdir(tried):  # noqa: PTH112 - unlike Path's, it takes what may not be looked at for "no"
        raise FolderIsFileError(path=str(tried), folder=str(folder))
    try:
        with tempfile.NamedTemporaryFile(dir=tried, prefix=PREFIX) as trial:
            trial.write(TRIAL)
            trial.flush()
            os.fsync(trial.fileno())
    except OSError as error:
        raise folder_error(error, tried) from error
    return tried


def existing_part(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there; a link that leads nowhere is there, too."""
    path = folder.absolute()
    return next(each for each in (path, *path.parents) if os.path.lexists(each))


def make_folder(folder: Path, mode: int = 0o777) -> Path:
    """The folder, made if it is not there. Raises what `expect_writable` raises."""
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise FolderIsFileError(path=str(existing_part(folder)), folder=str(folder)) from error
    except OSError as error:
        raise folder_error(error, folder) from error
    return folder


def folder_error(error: OSError, folder: Path) -> StepError:
    """What the system said, in our words."""
    if error.errno in _FULL:
        return DiskFullError(path=str(folder))
    if error.errno in _REFUSED:
        return FolderRefusedError(path=str(folder))
    return FolderUnusableError(path=str(folder), reason=error.strerror or type(error).__name__)
