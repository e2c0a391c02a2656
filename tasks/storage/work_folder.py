"""The folders of one machine's work: what of a recording lies there, how long, and who takes it away.

A process that works on a recording keeps its folder locked (see `tasks.storage.folder_lock`); one that
is killed leaves what it had, and lets go of the lock. So what is not locked may be tidied.
"""

import logging
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import partial
from pathlib import Path

from tasks.storage.folder_lock import locked
from transcripts.errors.error_kinds import TemporaryError

logger = logging.getLogger("mitschnitt.work")

RECORDINGS = "recordings"
TRANSCRIPTIONS = "transcriptions"
SOURCE, COMPOSED, TEXTS, MEDIA, PUBLISHED = "source", "composed", "texts", "media", "published"
# Made beside these, by whoever makes something in one go; a killed process leaves it there.
DRAFTS = ("remaking-*", "models/joining-*")
KEPT = timedelta(days=7)
"""So long after its last change something is kept with which nobody goes on."""


class Needed(Enum):
    """What of a recording's folder may still be asked for."""

    ALL = auto()  # it is not in the archive, and may go on
    ORIGINAL = auto()  # it waits for its release, and may be made anew
    NOTHING = auto()


def tidy(work: Path, needed: Callable[[str], Needed], now: datetime) -> tuple[Path, ...]:
    """Take away what nobody goes on with; `needed` is asked by the names of recordings' folders.

    One folder that cannot be tidied keeps no other from it; returns those.
    """
    wanted = [(folder, needed(folder.name)) for folder in _folders(work / RECORDINGS)]
    wanted += [(folder, Needed.NOTHING) for folder in _folders(work / TRANSCRIPTIONS)]
    done = [(folder, _tidied(partial(tidy_folder, folder, need, now))) for folder, need in wanted]
    drafts = [draft for pattern in DRAFTS for draft in _folders_like(work, pattern)]
    done += [(draft, _tidied(partial(_discard_old, draft, now))) for draft in drafts]
    return tuple(folder for folder, is_tidy in done if not is_tidy)


def _tidied(tidy_one: Callable[[], None]) -> bool:
    try:
        tidy_one()
    except OSError as error:
        logger.warning("cannot clean up a work folder: %s (%s)", error.filename, error.strerror)
        return False
    return True


def _discard_old(draft: Path, now: datetime) -> None:
    if now - last_change(draft) > KEPT:
        _discard_surely(draft)


def tidy_folder(folder: Path, needed: Needed, now: datetime) -> None:
    """Leave only what is needed, no longer than `KEPT`; all of it while somebody works there."""
    try:
        with locked(folder):
            if needed is Needed.NOTHING:
                _discard_surely(folder)
            elif needed is Needed.ORIGINAL:
                keep_original(folder, now)
            elif now - last_change(folder) > KEPT:
                _discard_surely(folder)
            else:
                drop_drafts(folder)
    except TemporaryError:
        return


def keep_original(folder: Path, now: datetime) -> None:
    """Leave what was fetched, unless that is old or missing."""
    source = folder / SOURCE
    if not source.is_dir() or now - last_change(source) > KEPT:
        discard(folder)
    else:
        _leave(folder, {SOURCE})


def drop_drafts(folder: Path) -> None:
    """Take away what a killed process was just making."""
    _leave(folder, {SOURCE, COMPOSED, TEXTS, MEDIA, PUBLISHED})


def discard(folder: Path) -> None:
    """Take it all away; what stays nevertheless, tidying finds."""
    shutil.rmtree(folder, ignore_errors=True)


def _discard_surely(folder: Path) -> None:
    """Raises OSError for what stays."""
    discard(folder)
    if folder.exists():
        shutil.rmtree(folder)


def last_change(folder: Path) -> datetime:
    """When something in it was last written, by this machine's own clock.

    Not the times that files bear: those may come from a server.
    """
    found = [folder, *folder.rglob("*")]
    return datetime.fromtimestamp(max(_changed_seconds(each) for each in found), UTC)


def _changed_seconds(path: Path) -> float:
    try:
        return path.lstat().st_ctime
    except FileNotFoundError:
        return 0.0  # gone since it was listed


def _leave(folder: Path, names: set[str]) -> None:
    for each in folder.iterdir():
        if each.name in names:
            continue
        if each.is_dir() and not each.is_symlink():
            discard(each)
        else:
            each.unlink(missing_ok=True)


def _folders(parent: Path) -> Iterable[Path]:
    return _folders_like(parent, "*")


def _folders_like(parent: Path, pattern: str) -> Iterable[Path]:
    return sorted(each for each in parent.glob(pattern) if each.is_dir() and not each.is_symlink())
