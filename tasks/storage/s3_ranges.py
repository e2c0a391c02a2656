"""Reads a part of an object of a bucket, piece by piece, without ever holding more than a piece."""

from collections.abc import Iterator
from typing import Any

from tasks.storage.s3_errors import translated
from tasks.storage.s3_storage import S3Storage

PIECE_BYTES = 256 * 1024


def open_range(storage: S3Storage, key: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` up to `end`; the bucket has been asked when this returns.

    Raises KeyError for an object that is missing, and what `s3_errors` lists. A line that breaks
    later ends the pieces with an error: whoever reads asks for the rest.
    """
    place = storage.location(key)
    bucket, full_key = place.removeprefix("s3://").split("/", 1)
    with translated(storage.location(""), key):
        answer = storage.client.get_object(Bucket=bucket, Key=full_key, Range=f"bytes={start}-{end - 1}")
    return _pieces(answer["Body"], storage.location(""))


def _pieces(body: Any, place: str) -> Iterator[bytes]:
    try:
        with translated(place):
            yield from body.iter_chunks(PIECE_BYTES)
    finally:
        body.close()
