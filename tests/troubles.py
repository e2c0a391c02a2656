"""Everything that may come of calling something: each kind of exception, as it is raised in real life."""

import errno
import sqlite3
from pathlib import Path

from transcripts.errors.mail_errors import SmtpDelayedError, TemplateBrokenError

SECRET = "anna@example.org"
TROUBLES = (
    SmtpDelayedError(reason=SECRET),
    TemplateBrokenError(reason=SECRET),
    OSError(errno.ENOSPC, "No space left on device", SECRET),
    PermissionError(errno.EACCES, "Permission denied", SECRET),
    FileNotFoundError(Path(SECRET)),
    ConnectionResetError(SECRET),
    TimeoutError(SECRET),
    ValueError(SECRET),
    KeyError(SECRET),
    IndexError(SECRET),
    AttributeError(SECRET),
    TypeError(SECRET),
    AssertionError(SECRET),
    ArithmeticError(SECRET),
    OverflowError(SECRET),
    ZeroDivisionError(SECRET),
    UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
    sqlite3.OperationalError(SECRET),
    sqlite3.DatabaseError(SECRET),
    RuntimeError(SECRET),
    NotImplementedError(SECRET),
    RecursionError(SECRET),
    MemoryError(SECRET),
    EOFError(SECRET),
    StopIteration(SECRET),
    ExceptionGroup(SECRET, [ValueError(SECRET)]),
    Exception(SECRET),
)


def name_of(trouble: Exception) -> str:
    """What a test's name calls it."""
    return type(trouble).__name__
