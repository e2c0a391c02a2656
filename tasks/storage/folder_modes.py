"""Who may look into our folders: nobody but their owner, and into the archive whoever it is meant for.

Every program begins with `keep_to_ourselves`, so whatever it makes is its owner's alone. An archive
that others may read is opened for them record by record; what waits for its release stays closed.
"""

import os
import stat
from collections.abc import Callable, Iterator
from enum import IntEnum
from pathlib import Path

from transcripts.archive import layout

OURS_ALONE = 0o077
"""As the mask of a process: what is taken away from everybody else."""

SHOWN_AT_THE_ROOT = frozenset({layout.CATALOGUE_PAGE, layout.FEED})
"""The catalogue for programs is not: it names what waits for its release."""

NOT_FOR_READERS = frozenset(each.rstrip("/") for each in layout.BESIDE_VERSIONS)
"""What was mailed, and who corrected what."""

_PERSONAL_DATA = layout.PERSONAL_DATA.removesuffix("json")
"""Where a document says something of private persons; all versions of it begin so."""


class Readers(IntEnum):
    """For whom an archive is meant, as the bits of a folder that they need."""

    OWNER = 0o000
    GROUP = 0o050
    EVERYONE = 0o055


def keep_to_ourselves() -> None:
    """From now on nobody else may read what this process makes, nor its children."""
    os.umask(OURS_ALONE)


def open_to_others(path: Path) -> bool:
    """Whether somebody else may read it. A link is as open as what it leads to."""
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o066)
    except OSError:
        return False


def let_read(
    root: Path,
    readers: Readers,
    is_released: Callable[[str], bool],
    gives_original: Callable[[str], bool] = lambda _: False,
) -> tuple[Path, ...]:
    """Open an archive for its readers, and close what is not for them; returns what could not be changed.

    `is_released` is asked by the ids of records; `gives_original` by those of documents: whether members get
    the file that was handed in; else it is for organisers alone.
    """
    wanted: dict[Path, Readers] = {root: readers, **_at_root(root, readers)}
    for folder in _folders(root / layout.RECORDINGS):
        wanted |= _of_record(folder, readers if is_released(folder.name) else Readers.OWNER)
    for folder in _folders(root / layout.DOCUMENTS):
        record_id = f"{layout.DOCUMENTS}/{folder.name}"
        wanted |= _of_record(folder, readers if is_released(record_id) else Readers.OWNER)
        if not gives_original(record_id):
            wanted |= {folder / layout.ORIGINAL.rstrip("/"): Readers.OWNER}
    return tuple(path for path, theirs in wanted.items() if not _is_set(path, theirs))


def _at_root(root: Path, readers: Readers) -> dict[Path, Readers]:
    shown = {root / layout.RECORDINGS, root / layout.DOCUMENTS, *(root / name for name in SHOWN_AT_THE_ROOT)}
    return {each: readers if each in shown else Readers.OWNER for each in _entries(root)}


def _of_record(folder: Path, readers: Readers) -> dict[Path, Readers]:
    """The folder and all below; where nobody else comes in, the folder alone."""
    if readers is Readers.OWNER:
        return {folder: readers}
    wanted: dict[Path, Readers] = {folder: readers}
    for each in _entries(folder):
        if each.name in NOT_FOR_READERS or each.name.startswith(_PERSONAL_DATA):
            wanted[each] = Readers.OWNER
        elif each.is_dir():
            wanted |= _of_record(each, readers)
        else:
            wanted[each] = readers
    return wanted


def _entries(folder: Path) -> Iterator[Path]:
    """Links are left out: they lead to what may not be ours."""
    try:
        yield from (each for each in folder.iterdir() if not each.is_symlink())
    except (FileNotFoundError, NotADirectoryError):
        return


def _folders(folder: Path) -> Iterator[Path]:
    return (each for each in _entries(folder) if each.is_dir())


def _is_set(path: Path, readers: Readers) -> bool:
    """Give it the mode, unless it has that; a group that a folder hands on to what is made in it stays."""
    try:
        before = path.lstat().st_mode
        is_folder = stat.S_ISDIR(before)
        mode = (0o700 | readers) if is_folder else (0o600 | (readers & 0o044))
        mode |= before & stat.S_ISGID if is_folder else 0
        if stat.S_IMODE(before) != mode:
            path.chmod(mode)
    except FileNotFoundError:
        return True  # gone since it was listed
    except OSError:
        return False
    return True
