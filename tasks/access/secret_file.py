"""The reading room's secret where the settings name none: made once, kept in a file of its owner's."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe

from tasks.storage.trial_write import folder_error, make_folder
from transcripts.errors.machine_errors import KeyUnreadableError

SECRET_BYTES = 32
MOST_BYTES = 1000


def secret_from_file(file: Path) -> str:
    """The secret in `file`, which is made with mode 0600 if it is not there.

    Of several processes that begin at once one makes it: the draft is linked into place, which fails
    where the name is taken. It is looked at each time: an empty file, as a crash may leave, is no secret,
    for everybody knows how to sign with nothing. Raises what `trial_write.make_folder` raises, and
    KeyUnreadableError for a file that holds none: another secret would open nothing of what it
    sealed.
    """
    if not file.exists():
        make_folder(file.parent)
        try:
            _make(file)
        except OSError as error:
            raise folder_error(error, file.parent) from error
    return _read(file)


def _make(file: Path) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(token_urlsafe(SECRET_BYTES))
            opened.flush()
            os.fsync(opened.fileno())
        with suppress(FileExistsError):  # the other one's counts
            os.link(draft, file)
        _sync_folder(file.parent)  # what is sealed with it from now on must find it after a power cut
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1).strip()
    except OSError as error:
        raise KeyUnreadableError(path=str(file)) from error
    if not content.isascii() or not SECRET_BYTES <= len(content) <= MOST_BYTES or b"\0" in content:
        raise KeyUnreadableError(path=str(file))
    return content.decode("ascii")
