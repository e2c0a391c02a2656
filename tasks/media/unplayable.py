"""Why a file is refused that cannot be opened: it was never finished, or is no recording at all."""

from pathlib import Path

from tasks.media.structure.format_detection import sign_of_cut
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.media_errors import NotFinishedError, NotMediaError
from transcripts.sources.upload_rules import HEAD_BYTES, what_else


def unplayable(path: Path, error: Exception) -> PermanentError:
    """What to raise for a local file at which the demuxer failed with `error`.

    `not_finished` where the structure shows that the file breaks off before what is needed to play it, as in
    an MP4 without its index; `empty_file`, `zip_file` or `web_page` where it is one; else `not_media`.
    """
    other = what_else(_head(path))
    if other is not None:
        return other()
    if sign_of_cut(path) is not None:
        return NotFinishedError()
    return NotMediaError(reason=type(error).__name__)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)
