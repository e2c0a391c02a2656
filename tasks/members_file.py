"""The members as a file: an address a line, `#` begins a comment."""

from pathlib import Path

from transcripts.errors import PermanentError


def read_members(file: Path) -> tuple[str, ...]:
    """The lines that are not empty, as they are written. Raises PermanentError `members_unreadable`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PermanentError("members_unreadable", path=str(file)) from error
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)
