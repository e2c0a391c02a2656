"""Fetches captions that a server cut into pieces (HLS, RFC 8216, 3.5): one WebVTT text of them, by yt-dlp.

It takes the pieces' shifts of time into account, and a caption that two pieces repeat comes once.
"""

import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from yt_dlp.downloader.hls import HlsFD
from yt_dlp.networking import Request
from yt_dlp.webvtt import ParseError

from tasks.fetching.captions_named import CaptionLink
from tasks.fetching.yt_dlp_session import Session
from transcripts.captions.reading import LARGEST_BYTES

MOST_PIECES = 5_000


class UnusableCaptionsError(Exception):
    """What came can be no captions; the text says why."""


def read_caption_playlist(session: Session, link: CaptionLink) -> bytes:
    """All pieces as one text. Raises UnusableCaptionsError, and what yt-dlp raises."""
    with closing(session.urlopen(Request(link.address, headers=link.headers))) as response:
        address, text = response.url, response.read(LARGEST_BYTES).decode("utf-8", "replace")
    info = {"url": address, "http_headers": link.headers, "ext": "vtt", "protocol": "m3u8_native"}
    _check_playlist(text, info)
    downloader = HlsFD(session, session.params)
    downloader.add_progress_hook(_stop_when_too_large)
    with tempfile.TemporaryDirectory(prefix="captions-") as folder:
        together = Path(folder) / "captions.vtt"
        try:
            downloader.download(str(together), info | {"hls_media_playlist_data": text})
        except ParseError as error:
            raise UnusableCaptionsError("a piece that is no WebVTT") from error
        if not together.exists():  # it has its name when it is whole; yt-dlp says no more of captions
            raise UnusableCaptionsError("a piece is missing")
        return together.read_bytes()


def _check_playlist(text: str, info: dict[str, Any]) -> None:
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    if "#EXTM3U" not in lines[:1]:
        raise UnusableCaptionsError("no playlist")
    if "#EXT-X-ENDLIST" not in lines and "#EXT-X-PLAYLIST-TYPE:VOD" not in lines:
        raise UnusableCaptionsError("they are still being written")
    if not HlsFD.can_download(text, info):
        raise UnusableCaptionsError("locked")
    if sum(not line.startswith("#") for line in lines) > MOST_PIECES:
        raise UnusableCaptionsError("too many pieces")


def _stop_when_too_large(status: dict[str, Any]) -> None:
    if int(status.get("downloaded_bytes") or 0) > LARGEST_BYTES:
        raise UnusableCaptionsError("too large")
