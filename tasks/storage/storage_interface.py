"""Where the archive lies: one interface, two homes. `open_storage` chooses by the address."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tasks.storage.folder_storage import FolderStorage
from tasks.storage.s3_access import S3Access
from tasks.storage.s3_storage import S3Storage
from tasks.storage.stored_objects import Advance, Leftover, Stored, Tagged


class Storage(Protocol):
    """Objects by key, each put whole or not at all. Missing objects raise KeyError.

    All methods raise the errors that `tasks.storage.s3_errors` lists, and DiskFullError.
    """

    def put_bytes(self, key: str, content: bytes, content_type: str, download_name: str = "") -> None:
        """Store `content` under `key`, replacing what was there in one step."""

    def put_file(
        self,
        key: str,
        path: Path,
        sha256: str,
        content_type: str,
        download_name: str = "",
        advance: Advance | None = None,
    ) -> None:
        """Store a local file under `key`, unless it is there already.

        `sha256` (hex) is what the storage must hold in the end; `download_name` is what
        a browser calls the file when it saves it; `advance` hears the bytes that are there.
        """

    def put_if(self, key: str, content: bytes, content_type: str, tag: str | None) -> str | None:
        """Store `content` if the object still has `tag` (None: if there is no object).

        The new tag, or None when another writer was faster.
        """

    def get_bytes(self, key: str) -> bytes:
        """The content of a (small) object. Raises DamagedError for one that is too large or unreadable."""

    def get_tagged(self, key: str) -> Tagged:
        """The content of a (small) object, with the tag that `put_if` compares. Raises DamagedError."""

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """The object as a local file to read, for the time of a `with`."""

    def sha256_of(self, key: str) -> str:
        """The SHA-256 (hex) of what is held now; reads every byte of it."""

    def noted_sha256(self, key: str) -> str | None:
        """The SHA-256 (hex) that was checked when the object was put; None where none is noted."""

    def list_objects(self, prefix: str) -> Iterator[Stored]:
        """All objects whose keys begin with `prefix/`, in no order."""

    def list_folders(self, prefix: str) -> Iterator[str]:
        """The names directly below `prefix/`, sorted."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""

    def leftovers(self) -> Iterator[Leftover]:
        """What interrupted writes left behind."""

    def remove_leftover(self, leftover: Leftover) -> None:
        """Give its space free."""

    def location(self, key: str) -> str:
        """Where an object lies, for people: a path or an address."""


def open_storage(url: str, access: S3Access) -> Storage:
    """The storage at `url`: a folder's path or `s3://bucket/prefix`."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return S3Storage(parts.netloc, parts.path.strip("/"), access)
    return FolderStorage(Path(url))
