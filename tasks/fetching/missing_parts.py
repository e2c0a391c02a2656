"""Says of a stream in pieces which kind of piece the server does not have: one of the recording, or a key."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin

from yt_dlp.networking.exceptions import HTTPError

from transcripts.errors.source_errors import KeyMissingError, SegmentMissingError

_KEY = re.compile(r'^#EXT-X-KEY:[^"\n]*URI="([^"\n]*)"', re.MULTILINE)
_GONE = frozenset([404, 410])
_WRONG_KEY = "key length"


@contextmanager
def missing_part_named(playlist_url: str, playlist: str) -> Iterator[None]:
    """Raises KeyMissingError or SegmentMissingError for what the server says it does not have."""
    try:
        yield
    except HTTPError as error:
        if error.status not in _GONE:
            raise
        is_key = error.response.url in key_urls(playlist_url, playlist)
        raise (KeyMissingError() if is_key else SegmentMissingError()) from error
    except ValueError as error:
        if _WRONG_KEY not in str(error).lower():
            raise
        raise KeyMissingError() from error  # a page that says so came in its place


def key_urls(playlist_url: str, playlist: str) -> set[str]:
    """Where the keys of an encrypted stream lie (RFC 8216, 4.3.2.4)."""
    return {urljoin(playlist_url, found) for found in _KEY.findall(playlist)}
