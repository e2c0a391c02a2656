"""What a sandboxed process leaves behind: plain files in its own folder.

Whoever took the process over may have left a link instead, or name a file that is none of its business;
the parent, which may read everything, would publish what it leads to.
"""

import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transcripts.errors.media_errors import ReaderCrashedError

logger = logging.getLogger("mitschnitt.steps")

_PATH = "path"


def expect_plain_files(request: Any, result: Any, folder: Path) -> None:
    """Look at all that lies in `folder` and is named by request or result, both as JSON. Once all is ended.

    Raises ReaderCrashedError for anything but files and folders, and for a `path` in the result that was
    neither given nor lies there.
    """
    given, place = set(_texts(request)), folder.resolve()
    for name in {*given, *(text for key, text in _named_texts(result) if key == _PATH)}:
        path = Path(name)
        if path.is_absolute() and path.is_relative_to(place):
            expect_plain(path)
        elif name not in given:
            raise _refused("named a file that it was not given")


def expect_plain(path: Path) -> None:
    """Raises ReaderCrashedError for a link, a device, what several names have, or what lies behind a link."""
    if path.resolve() != path:
        raise _refused("left a way that leads elsewhere")
    if not path.exists():
        return
    kind = path.lstat()
    if not (stat.S_ISDIR(kind.st_mode) or (stat.S_ISREG(kind.st_mode) and kind.st_nlink == 1)):
        raise _refused("left what is no plain file")


def _refused(what: str) -> ReaderCrashedError:
    logger.warning("A sandboxed process %s: nothing of it is taken.", what)
    return ReaderCrashedError()


def _texts(data: Any) -> Iterator[str]:
    return (text for _, text in _named_texts(data))


def _named_texts(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in it, with the name that it has."""
    waiting = [(key, data)]
    while waiting:
        name, each = waiting.pop()
        if isinstance(each, str):
            yield name, each
        elif isinstance(each, dict):
            waiting.extend(each.items())
        elif isinstance(each, list):
            waiting.extend((name, one) for one in each)
