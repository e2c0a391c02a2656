"""The members as a file: an address a line, `#` begins a comment."""

from pathlib import Path

from transcripts.errors.mail_errors import MembersUnreadableError

LARGEST_BYTES = 10_000_000


def read_members(file: Path) -> tuple[str, ...]:
    """The lines that are not empty, as they are written. Raises MembersUnreadableError."""
    return tuple(line for line in member_lines(file) if line)


def member_lines(file: Path) -> list[str]:
    """Every line of the file, its comment left out. Raises MembersUnreadableError."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MembersUnreadableError(path=str(file)) from error
    if len(content) > LARGEST_BYTES:
        raise MembersUnreadableError(path=str(file))
    return [line.partition("#")[0].strip() for line in text.splitlines()]
