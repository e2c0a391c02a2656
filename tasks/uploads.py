"""Uploaded files in the archive's storage, below `uploads/`: taken by any reading room, got by any worker.

A file comes in parts, each an object named by where it begins, created only if there is none.
So a part is there whole or not at all, and of two senders at the same place one wins.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.storage import Storage
from tasks.stored import Advance
from transcripts.errors import PermanentError, TemporaryError
from transcripts.layout import content_type
from transcripts.media import LocalFile
from transcripts.uploads import Upload

UPLOADS = "uploads"
KEPT = timedelta(days=7)
"""So long after its last part an upload is kept that nobody processes."""

PART_BYTES = 8 * 1024 * 1024
_BINARY = "application/octet-stream"
_DESCRIPTION = "upload.json"
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

    def begin(self, file_name: str, size_bytes: int) -> Upload:
        """Make room for a file, under an id that nobody can guess."""
        upload = Upload(
            id=secrets.token_hex(16), file_name=file_name, size_bytes=size_bytes, begun_at=datetime.now(UTC)
        )
        key = _key(upload.id, _DESCRIPTION)
        self._storage.put_bytes(key, upload.to_json().encode(), content_type(key))
        return upload

    def read(self, upload_id: str) -> Upload:
        """What is known of an upload. Raises PermanentError `upload_unknown`."""
        if not _ID.fullmatch(upload_id):
            raise PermanentError("upload_unknown")
        try:
            return Upload.model_validate_json(self._storage.get_bytes(_key(upload_id, _DESCRIPTION)))
        except KeyError as error:
            raise PermanentError("upload_unknown") from error

    def received_bytes(self, upload: Upload) -> int:
        """How much of it is there, without a gap."""
        return max((part.end_bytes for part in self._parts(upload)), default=0)

    def append(self, upload: Upload, start_bytes: int, content: bytes) -> int:
        """Add what follows the `start_bytes` that are there; returns how many are there now.

        Raises TemporaryError `upload_moved_on` when another sender was faster, PermanentError
        `upload_too_long` for more than was announced.
        """
        end_bytes = start_bytes + len(content)
        if end_bytes > upload.size_bytes:
            raise PermanentError("upload_too_long")
        if content:
            key = _key(upload.id, f"parts/{start_bytes:014d}")
            if self._storage.put_if(key, content, _BINARY, None) is None:
                raise TemporaryError("upload_moved_on")
        return end_bytes

    def download(self, upload: Upload, target: Path, advance: Advance) -> LocalFile:
        """The whole file at `target`; goes on with what an earlier try has got.

        Raises PermanentError `upload_incomplete`.
        """
        draft = target.with_name(target.name + ".part")
        draft.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("ab") as stream:
            there_bytes = stream.tell()
            for part in self._parts(upload):
                if part.end_bytes > there_bytes:
                    stream.truncate(part.start_bytes)
                    stream.write(self._storage.get_bytes(part.key))
                advance(part.end_bytes, upload.size_bytes)
        if draft.stat().st_size != upload.size_bytes:
            raise PermanentError("upload_incomplete")
        draft.rename(target)
        return LocalFile.of(target)

    def remove(self, upload_id: str) -> None:
        """Give its space free; one that is not there is no error. Its description goes last."""
        if not _ID.fullmatch(upload_id):
            return
        stored = [each.key for each in self._storage.list_objects(f"{UPLOADS}/{upload_id}")]
        for key in sorted(stored, key=lambda key: key.endswith(_DESCRIPTION)):
            self._storage.delete(key)

    def forget_old(self, now: datetime) -> None:
        """Remove what was begun, or uploaded, and then left alone."""
        for upload_id in list(self._storage.list_folders(UPLOADS)):
            stored = list(self._storage.list_objects(f"{UPLOADS}/{upload_id}"))
            if stored and max(each.modified_at for each in stored) < now - KEPT:
                self.remove(upload_id)

    def _parts(self, upload: Upload) -> Iterator[_Part]:
        """The parts in order, as far as they join."""
        end_bytes = 0
        stored = {each.key: each.size_bytes for each in self._storage.list_objects(_key(upload.id, "parts"))}
        for key in sorted(stored):
            part = _Part(key, int(key.rpartition("/")[2]), stored[key])
            if part.start_bytes != end_bytes:
                return
            end_bytes = part.end_bytes
            yield part


def _key(upload_id: str, name: str) -> str:
    return f"{UPLOADS}/{upload_id}/{name}"
