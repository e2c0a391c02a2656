"""A recording that is a file of this machine: looked at first, then sent like an upload.

Its id is made of its content, so the same file again leads to what became of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path

from tasks.archive.upload_store import Uploads, upload_id_of
from tasks.storage.storage_interface import Storage
from transcripts.captions.reading import LARGEST_BYTES
from transcripts.documents.file_kinds import DOCUMENT_ENDINGS, HEIC_ENDINGS
from transcripts.errors.document_errors import DocumentEmptyError, DocumentHeicError, DocumentKindUnknownError
from transcripts.errors.source_errors import TooLargeError
from transcripts.errors.upload_errors import FileMissingError, UploadNameError, UploadNotMediaError
from transcripts.sources.upload_rules import (
    HEAD_BYTES,
    MOST_CAPTIONS,
    begins_like_media,
    captions_language,
    shown_file_name,
    what_else,
)

GIGABYTE = 1e9
_BEGINNINGS = ("/", "./", "../", "~/")


@dataclass(frozen=True, slots=True)
class LocalRecording:
    """A file that may be a recording, or a document; `name` as it may be shown."""

    name: str
    size_bytes: int
    sha256: str

    @property
    def upload_id(self) -> str:
        """Under which it is sent."""
        return upload_id_of(self.sha256)


def named_file(text: str) -> Path | None:
    """The file that somebody means with this text; None for what is no path of one.

    Raises FileMissingError (path) for what can only be a path, and leads to no file.
    """
    path = Path(text.strip()).expanduser()
    try:
        if text.strip() and path.is_file():
            return path
    except (OSError, ValueError):
        return None  # longer than any path, or with a zero in it
    if text.strip().startswith(_BEGINNINGS) and "\n" not in text.strip():
        raise FileMissingError(path=str(path))
    return None


def looked_at(name: str, content: BufferedReader, largest_gigabytes: float) -> str:
    """The file's name as it may be shown. Raises PermanentError for what cannot be a recording."""
    head, size_bytes = content.read(HEAD_BYTES), content.seek(0, 2)
    other, shown = what_else(head), shown_file_name(name)
    if other is not None:
        raise other()
    if shown is None:
        raise UploadNameError()
    if not begins_like_media(head):
        raise UploadNotMediaError()
    if size_bytes > largest_gigabytes * GIGABYTE:
        gigabytes = size_bytes / GIGABYTE
        raise TooLargeError(gigabytes=gigabytes, limit_gigabytes=largest_gigabytes)
    return shown


def recording_in(name: str, content: BufferedReader, largest_gigabytes: float) -> LocalRecording:
    """What the file is, by its whole content. Raises PermanentError as `looked_at`."""
    shown = looked_at(name, content, largest_gigabytes)
    size_bytes = content.seek(0, 2)
    content.seek(0)
    return LocalRecording(shown, size_bytes, file_digest(content, "sha256").hexdigest())


def document_in(name: str, content: BufferedReader) -> LocalRecording:
    """What a document's file is, by all of it.

    Raises DocumentHeicError, DocumentKindUnknownError, DocumentEmptyError.
    """
    shown = shown_file_name(name, DOCUMENT_ENDINGS)
    if name.lower().endswith(HEIC_ENDINGS):
        raise DocumentHeicError()
    if shown is None:
        raise DocumentKindUnknownError()
    size_bytes = content.seek(0, 2)
    if not size_bytes:
        raise DocumentEmptyError()
    content.seek(0)
    return LocalRecording(shown, size_bytes, file_digest(content, "sha256").hexdigest())


def send(recording: LocalRecording, content: BufferedReader, storage: Storage) -> None:
    """Put it where any worker gets it. Raises what `Uploads.take` raises."""
    Uploads(storage).take(recording.upload_id, recording.name, recording.size_bytes, content)


def send_captions(
    recording: LocalRecording, language: str, ending: str, content: BufferedReader, storage: Storage
) -> None:
    """Put captions that lie beside it where the worker gets them; what is too long for captions is left."""
    read = content.read(LARGEST_BYTES + 1)
    if len(read) <= LARGEST_BYTES:
        Uploads(storage).put_captions(recording.upload_id, language, ending.lower(), read)


def captions_beside(path: Path) -> dict[Path, str]:
    """The captions that lie beside a recording, with their languages."""
    named = {each: captions_language(path.name, each.name) for each in sorted(path.parent.iterdir())}
    found = {each: language for each, language in named.items() if language is not None}
    return dict(list(found.items())[:MOST_CAPTIONS])


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A file that somebody named. Raises FileMissingError (path)."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise FileMissingError(path=str(path)) from error
    with stream:
        yield stream
