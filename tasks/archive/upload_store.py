"""Uploaded files in the archive's storage, below `uploads/`: taken by any reading room, got by any worker.

A file comes in parts, each an object named by where it begins, created only if there is none.
So a part is there whole or not at all, and of two senders at the same place one wins.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from tasks.storage.stored_objects import Advance
from transcripts.archive.layout import content_type
from transcripts.errors.error_kinds import DamagedError, PermanentError
from transcripts.errors.upload_errors import (
    UploadIncompleteError,
    UploadMovedOnError,
    UploadTooLongError,
    UploadUnknownError,
)
from transcripts.media.media_values import CaptionFile, LocalFile
from transcripts.sources.upload_rules import Upload

UPLOADS = "uploads"
KEPT = timedelta(days=7)
"""So long after its last part an upload is kept that nobody processes."""

PART_BYTES = 8 * 1024 * 1024
_BINARY = "application/octet-stream"
_DESCRIPTION = "upload.json"
_CAPTIONS = "captions"
_PART = re.compile(r"/[0-9]{14,18}$")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    start_bytes: int
    size_bytes: int

    @property
    def end_bytes(self) -> int:
        return self.start_bytes + self.size_bytes


class Uploads:
    """The uploads of an archive. All methods raise what storages raise."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def begin(self, file_name: str, size_bytes: int, owner: str = "") -> Upload:
        """Make room for a file, under an id that nobody can guess; `owner` is its sender's key."""
        upload = Upload(
            id=secrets.token_hex(16),
            file_name=file_name,
            size_bytes=size_bytes,
            begun_at=utc_now(),
            owner=owner,
        )
        key = _key(upload.id, _DESCRIPTION)
        self._storage.put_bytes(key, upload.to_json().encode(), content_type(key))
        return upload

    def read(self, upload_id: str) -> Upload:
        """What is known of an upload. Raises UploadUnknownError: it has to be sent again."""
        if not _ID.fullmatch(upload_id):
            raise UploadUnknownError()
        key = _key(upload_id, _DESCRIPTION)
        try:
            upload = read_stored(Upload, self._storage.get_bytes(key), key)
        except (KeyError, DamagedError) as error:
            raise UploadUnknownError() from error
        if upload.id != upload_id:
            raise UploadUnknownError()
        return upload

    def received_bytes(self, upload: Upload) -> int:
        """How much of it is there, without a gap."""
        return max((part.end_bytes for part in self._parts(upload)), default=0)

    def append(self, upload: Upload, start_bytes: int, content: bytes) -> int:
        """Add what follows the `start_bytes` that are there; returns how many are there now.

        Raises UploadMovedOnError when another sender was faster,
        UploadTooLongError for more than was announced.
        """
        end_bytes = start_bytes + len(content)
        if end_bytes > upload.size_bytes:
            raise UploadTooLongError()
        if content:
            key = _key(upload.id, f"parts/{start_bytes:014d}")
            if self._storage.put_if(key, content, _BINARY, None) is None:
                raise UploadMovedOnError()
        return end_bytes

    def take(
        self, upload_id: str, file_name: str, size_bytes: int, content: BinaryIO, owner: str = ""
    ) -> Upload:
        """A whole file, under the id of its content; goes on with what an earlier try has sent.

        Raises UploadIncompleteError for a file that is shorter than it was.
        """
        key = _key(upload_id, _DESCRIPTION)
        upload = Upload(
            id=upload_id, file_name=file_name, size_bytes=size_bytes, begun_at=utc_now(), owner=owner
        )
        self._storage.put_bytes(key, upload.to_json().encode(), content_type(key))
        there_bytes = self.received_bytes(upload)
        content.seek(there_bytes)
        while there_bytes < size_bytes:
            piece = content.read(min(PART_BYTES, size_bytes - there_bytes))
            if not piece:
                raise UploadIncompleteError()
            there_bytes = self.append(upload, there_bytes, piece)
        return upload

    def download(self, upload: Upload, target: Path, advance: Advance) -> LocalFile:
        """The whole file at `target`; goes on with what an earlier try has got.

        Raises UploadIncompleteError.
        """
        draft = target.with_name(target.name + ".part")
        draft.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("ab") as stream:
            there_bytes = stream.tell()
            for part in self._parts(upload):
                if part.end_bytes > there_bytes:
                    stream.truncate(part.start_bytes)
                    stream.write(self._content(part))
                advance(part.end_bytes, upload.size_bytes)
        if draft.stat().st_size != upload.size_bytes:
            raise UploadIncompleteError()
        draft.rename(target)
        return LocalFile.of(target)

    def put_captions(self, upload_id: str, language: str, ending: str, content: bytes) -> None:
        """Add captions that lie beside the file; they go with it."""
        self._storage.put_bytes(_key(upload_id, f"{_CAPTIONS}/{language}.{ending}"), content, _BINARY)

    def download_captions(self, upload: Upload, folder: Path) -> tuple[CaptionFile, ...]:
        """All captions that came with it, as files in `folder`."""
        found = []
        keys = (each.key for each in self._storage.list_objects(_key(upload.id, _CAPTIONS)))
        for number, key in enumerate(sorted(keys), 1):
            language, _, ending = key.rpartition("/")[2].partition(".")
            target = folder / f"captions.{number:02}.{ending}"
            target.write_bytes(self._storage.get_bytes(key))
            found.append(CaptionFile(file=LocalFile.of(target), language=language))
        return tuple(found)

    def remove(self, upload_id: str) -> None:
        """Give its space free; one that is not there is no error. Its description goes last."""
        if not _ID.fullmatch(upload_id):
            return
        stored = [each.key for each in self._storage.list_objects(f"{UPLOADS}/{upload_id}")]
        for key in sorted(stored, key=lambda key: key.endswith(_DESCRIPTION)):
            self._storage.delete(key)

    def present(self) -> Iterator[Upload]:
        """All that take up space, or will; one that cannot be read is passed over."""
        for upload_id in list(self._storage.list_folders(UPLOADS)):
            with suppress(PermanentError):
                yield self.read(upload_id)

    def forget_old(self, now: datetime, kept: timedelta = KEPT) -> None:
        """Remove what was begun, or uploaded, and then left alone."""
        for upload_id in list(self._storage.list_folders(UPLOADS)):
            stored = list(self._storage.list_objects(f"{UPLOADS}/{upload_id}"))
            if stored and max(each.modified_at for each in stored) < now - kept:
                self.remove(upload_id)

    def _content(self, part: _Part) -> bytes:
        try:
            return self._storage.get_bytes(part.key)
        except (KeyError, DamagedError) as error:
            raise UploadIncompleteError() from error

    def _parts(self, upload: Upload) -> Iterator[_Part]:
        """The parts in order, as far as they join."""
        end_bytes = 0
        stored = {each.key: each.size_bytes for each in self._storage.list_objects(_key(upload.id, "parts"))}
        for key in sorted(each for each in stored if _PART.search(each)):
            part = _Part(key, int(key.rpartition("/")[2]), stored[key])
            if part.start_bytes != end_bytes:
                return
            end_bytes = part.end_bytes
            yield part


def upload_id_of(sha256: str) -> str:
    """The id of an upload by its content: the same file again is the same upload."""
    return sha256[:32]


def _key(upload_id: str, name: str) -> str:
    return f"{UPLOADS}/{upload_id}/{name}"
