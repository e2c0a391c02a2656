"""Files that somebody hands to a command: no longer than makes sense, and understood or refused."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from config.validation_messages import complaint
from transcripts.errors.error_kinds import PermanentError
from transcripts.model import LARGEST_BYTES

StoredModelT = TypeVar("StoredModelT")
# What a person writes by hand, many times over.
LONGEST_TEXT_BYTES = 1_000_000


def given_text(path: Path, refusal: type[PermanentError]) -> str:
    """The text of the file. Raises `refusal`."""
    try:
        return _bounded(path, LONGEST_TEXT_BYTES, refusal).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(path=str(path), reason="kein UTF-8") from error


def given_document(
    path: Path, parse: Callable[[bytes], StoredModelT], refusal: type[PermanentError]
) -> StoredModelT:
    """What `parse` makes of the file. Raises `refusal` that says in German what is wrong."""
    content = _bounded(path, LARGEST_BYTES, refusal)
    try:
        return parse(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " ".join(str(part) for part in first["loc"])
        reason = f"{place}: {complaint(first)}".lstrip(": ")
        raise refusal(path=str(path), reason=reason) from error
    except (ValueError, RecursionError) as error:
        raise refusal(path=str(path), reason="kein gültiges JSON") from error


def _bounded(path: Path, most_bytes: int, refusal: type[PermanentError]) -> bytes:
    """What stands in the file. Raises `refusal` where it cannot be read, or is longer."""
    try:
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except OSError as error:
        raise refusal(path=str(path), reason="die Datei lässt sich nicht öffnen") from error
    if len(content) > most_bytes:
        raise refusal(path=str(path), reason="die Datei ist zu groß")
    return content
