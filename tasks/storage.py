"""Where the archive lies: one interface, two homes. `open_storage` chooses by the address."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tasks.folder_storage import FolderStorage
from tasks.s3_storage import S3Access, S3Storage


class Storage(Protocol):
    """Objects by key, each put whole or not at all. Missing objects raise KeyError.

    All methods raise TemporaryError `storage_unreachable` or `disk_full`, and
    PermanentError `storage_refused`.
    """

    def put_bytes(self, key: str, content: bytes, content_type: str) -> None:
        """Store `content` under `key`, replacing what was there in one step."""

    def put_file(self, key: str, path: Path, sha256: str, content_type: str) -> None:
        """Store a local file under `key`; `sha256` (hex) is what its content must be."""

    def get_bytes(self, key: str) -> bytes:
        """The content of a (small) object."""

    def list_folders(self, prefix: str) -> Iterator[str]:
        """The names directly below `prefix/`, sorted."""

    def location(self, key: str) -> str:
        """Where an object lies, for people: a path or an address."""


def open_storage(url: str, access: S3Access) -> Storage:
    """The storage at `url`: a folder's path or `s3://bucket/prefix`."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return S3Storage(parts.netloc, parts.path.strip("/"), access)
    return FolderStorage(Path(url))
