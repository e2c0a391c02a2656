"""Fetches the captions that people wrote, when the recording is there. They never keep a recording from us.

Nothing of them is read here but their length; whatever goes wrong with them is told, and passed over.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from yt_dlp.networking import Request
from yt_dlp.utils import YoutubeDLError

from tasks.fetching.address_guard import AddressRefusedError
from tasks.fetching.caption_playlist import UnusableCaptionsError, read_caption_playlist
from tasks.fetching.captions_named import CaptionLink
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.transfer import Meter, SlowServerError
from tasks.fetching.yt_dlp_session import Session
from transcripts.captions.reading import LARGEST_BYTES
from transcripts.errors.error_kinds import StepError
from transcripts.media.track_choice import is_same_language, says_no_language

MOST_FILES = 4
# Of the patience for the recording itself.
SHARE_OF_PATIENCE = 0.1
_PEERTUBE = "PeerTube"
_BLOCK_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class CaptionsOnDisk:
    """A file with captions of a language."""

    name: str
    language: str


@dataclass(slots=True)
class FetchedCaptions:
    """What came, and for each that did not, why: words without any address."""

    files: list[CaptionsOnDisk] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def fetch_captions(
    session: Session, find: FoundRecording, directory: Path, language: str, meter: Meter
) -> FetchedCaptions:
    """Bring the captions of the wanted language to disk beside the recording, each under a name of ours.

    Raises OSError where they cannot be written.
    """
    for path in directory.glob("captions.*"):
        path.unlink()
    got = FetchedCaptions()
    wanted = [each for each in find.captions if _is_wanted(each, language)]
    for number, link in enumerate(wanted[:MOST_FILES], 1):
        content = _content(session, link, find, meter, got)
        if content is not None:
            name = f"captions.{number:02}.{link.ending}"
            draft = directory / f"{name}.new"
            draft.write_bytes(content)
            draft.replace(directory / name)
            got.files.append(CaptionsOnDisk(name, link.language))
    return got


def _is_wanted(link: CaptionLink, language: str) -> bool:
    return not language or says_no_language(link.language) or is_same_language(link.language, language)


def _content(
    session: Session, link: CaptionLink, find: FoundRecording, meter: Meter, got: FetchedCaptions
) -> bytes | None:
    """The bytes of one file; None for what cannot be had, which is noted."""
    meter.start_waiting(SHARE_OF_PATIENCE)
    try:
        if find.extractor == _PEERTUBE and _is_peertubes_own(session, link, find.id):
            raise UnusableCaptionsError("made by a machine")
        return _read(session, link)
    except UnusableCaptionsError as error:
        got.passed_over.append(str(error))
    except (YoutubeDLError, StepError, AddressRefusedError, SlowServerError) as error:
        got.passed_over.append(type(error).__name__)  # its words may hold the address
    finally:
        meter.stop_waiting()
    return None


def _read(session: Session, link: CaptionLink) -> bytes:
    if link.content is not None:
        return _bounded(link.content.encode("utf-8", "replace"))
    if link.is_playlist:
        return _bounded(read_caption_playlist(session, link))
    with closing(session.urlopen(Request(link.address, headers=link.headers))) as response:
        if str(response.headers.get("Content-Type") or "").lower().startswith("text/html"):
            raise UnusableCaptionsError("a page in their place")
        content = bytearray()
        while len(content) <= LARGEST_BYTES and (block := response.read(_BLOCK_BYTES)):
            content += block
    return _bounded(bytes(content))


def _bounded(content: bytes) -> bytes:
    if len(content) > LARGEST_BYTES:
        raise UnusableCaptionsError("too large")
    return content


def _is_peertubes_own(session: Session, link: CaptionLink, identity: str) -> bool:
    """Whether PeerTube wrote them itself: yt-dlp does not say so, the server does."""
    address = urlsplit(link.address)
    asked = f"{address.scheme}://{address.netloc}/api/v1/videos/{identity}/captions"
    with closing(session.urlopen(Request(asked))) as response:
        try:
            said = json.loads(response.read())
        except (ValueError, RecursionError) as error:
            raise UnusableCaptionsError("nobody knows who made them") from error
    return any(path and address.path.endswith(path) for path in _made_by_peertube(said))


def _made_by_peertube(said: Any) -> Iterator[str]:
    rows = said.get("data") if isinstance(said, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("automaticallyGenerated") is True:
            yield str(row.get("captionPath") or row.get("fileUrl") or "").rpartition("/")[2]
