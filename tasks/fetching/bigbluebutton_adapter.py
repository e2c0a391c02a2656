"""Finds the parts of a recording on a BigBlueButton server, for which yt-dlp has no extractor.

All is asked for through the session of yt-dlp, and transferred as any other source, so that guard, limits
and resuming are the same. Which files there are is known by their names alone: nothing that the
server's documents say leads anywhere else.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from yt_dlp.networking import Request, Response
from yt_dlp.networking.exceptions import HTTPError

from tasks.clock import utc_now
from tasks.fetching.captions_named import CaptionLink
from tasks.fetching.recording_lookup import FoundRecording, Info
from tasks.fetching.transfer import MISSING
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.error_kinds import StepError
from transcripts.errors.source_errors import (
    NoMediaError,
    RecordingDeletedError,
    RecordingNotYetError,
    RecordingProcessingError,
    RecordingUnknownError,
    RecordingUnpublishedError,
)
from transcripts.media.presentation import Presentation, ShownSlide, Stretch
from transcripts.sources.bigbluebutton_files import (
    Metadata,
    SlideChange,
    SlideKey,
    caption_file,
    plain_text,
    read_caption_languages,
    read_deskshare,
    read_metadata,
    read_shapes,
    read_slide_texts,
    sharings_by_slides,
    slide_picture,
    slide_text_file,
)
from transcripts.sources.bigbluebutton_links import PlaybackFormat, PlaybackLink, playback_link
from transcripts.wording.local_time import local_day

EXTRACTOR = "BigBlueButton"
# Servers need hours to make a recording of a meeting; so long one that is not there may yet come.
PROCESSING_TIME = timedelta(hours=24)
LARGEST_METADATA_BYTES, LARGEST_DRAWING_BYTES, LARGEST_TEXT_BYTES = 2**21, 2**25, 2**23
LARGEST_SLIDE_TEXT_BYTES, LARGEST_CAPTION_LIST_BYTES = 2**16, 2**16
MOST_PICTURES, MOST_TEXT_FILES = 500, 200

_SOUNDS = ("video/webcams.webm", "video/webcams.mp4", "audio/audio.webm", "audio/audio.ogg")
_SCREENS = ("deskshare/deskshare.webm", "deskshare/deskshare.mp4")
_VIDEOS = ("video-0.m4v", "video-0.mp4", "video-0.webm")
_UNPUBLISHED, _DELETED = "unpublished", "deleted"
_IN_THE_MAKING = frozenset(["processing", "processed", "publishing", "archived", "recorded", "sanity"])


_SLIDE_ENDINGS = ("png", "jpg", "jpeg", "svg")


@dataclass(slots=True)
class _Parts:
    """What is to be transferred, with the names that it gets."""

    folder: str
    formats: list[Info] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, path: str, name: str, *, may_be_missing: bool = False) -> str:
        ending = path.rpartition(".")[2]
        address = f"{self.folder}/{quote(path)}"
        one = {"url": address, "ext": ending, "format_id": path, "protocol": _protocol(address)}
        is_slide = ending in _SLIDE_ENDINGS
        self.formats.append({**one, "may_be_missing": may_be_missing, "is_slide": is_slide})
        self.names.append(f"source.{name}.{ending}")
        return self.names[-1]


def look_up(session: Session, full: str, zone: ZoneInfo) -> FoundRecording | None:
    """The recording behind an address of BigBlueButton's; None for any other address.

    Raises RecordingUnknownError, RecordingUnpublishedError, RecordingDeletedError, NoMediaError,
    RecordingProcessingError, RecordingNotYetError, and whatever yt-dlp raises.
    """
    link = playback_link(full)
    if link is not None and link.is_forwarded:
        link = _forwarded(session, full, link)
    if link is None:
        return None
    folder, metadata = _published(session, link, utc_now())
    parts = _Parts(folder)
    presentation = None
    if link.format is PlaybackFormat.VIDEO:
        parts.add(_first_there(session, folder, _VIDEOS), "video")
    else:
        presentation = _presentation(session, parts, metadata)
    began_at = metadata.began_at or link.began_at
    return FoundRecording(
        formats=tuple(parts.formats),
        title=metadata.title,
        recorded_on=local_day(began_at, zone) if began_at else None,
        extractor=EXTRACTOR,
        id=link.id,
        names=tuple(parts.names),
        duration_seconds=metadata.duration_seconds,
        presentation=presentation,
        captions=_captions(session, folder),
    )


def _captions(session: Session, folder: str) -> tuple[CaptionLink, ...]:
    """What people typed as captions in the meeting; a list that cannot be read names none."""
    content = _read(session, f"{folder}/captions.json", LARGEST_CAPTION_LIST_BYTES)
    try:
        languages = read_caption_languages(content) if content is not None else ()
    except ValueError:
        languages = ()
    return tuple(CaptionLink(f"{folder}/{caption_file(each)}", each, "vtt") for each in languages)


def _forwarded(session: Session, full: str, link: PlaybackLink) -> PlaybackLink:
    """Where Scalelite leads on; it may give a cookie on the way. Without redirect, the link as it is."""
    with _missing_as(_unknown(link)), session.urlopen(Request(full)) as response:
        found = playback_link(response.url)
    return found if found is not None and not found.is_forwarded else link


def _published(session: Session, link: PlaybackLink, now: datetime) -> tuple[str, Metadata]:
    """The folder in which the recording lies, and what it says of itself."""
    for folder in link.folders:
        content = _read(session, f"{folder}/metadata.xml", LARGEST_METADATA_BYTES)
        try:
            metadata = read_metadata(content or b"")
        except ValueError:
            continue  # nothing, or a page that says so
        _check_published(metadata)
        return folder, metadata
    raise _unknown(link, now)


def _check_published(metadata: Metadata) -> None:
    if metadata.state == _DELETED:
        raise RecordingDeletedError()
    if metadata.state in _IN_THE_MAKING:
        raise RecordingProcessingError()
    if metadata.state == _UNPUBLISHED or not metadata.is_published:
        raise RecordingUnpublishedError()


def _unknown(link: PlaybackLink, now: datetime | None = None) -> StepError:
    """There is no such recording, or not yet: its id tells when the meeting began."""
    if now is not None and link.began_at is not None and now - link.began_at < PROCESSING_TIME:
        return RecordingNotYetError()
    return RecordingUnknownError()


def _presentation(session: Session, parts: _Parts, metadata: Metadata) -> Presentation:
    sound = parts.add(_first_there(session, parts.folder, _SOUNDS), "sound")
    changes = _slide_changes(session, parts.folder)
    screen_path = next(_there(session, parts.folder, _SCREENS), None)
    screen = parts.add(screen_path, "screen") if screen_path else None
    sharings = _sharings(session, parts.folder, changes or ())
    return Presentation(
        sound=sound,
        screen=screen,
        sharings=sharings,
        slides=_slides(session, parts, changes or ()),
        stated_seconds=metadata.duration_seconds,
        has_readable_slides=changes is not None,
    )


def _slide_changes(session: Session, folder: str) -> tuple[SlideChange, ...] | None:
    """None for a list that cannot be read; where there is none, there were no slides."""
    content = _read(session, f"{folder}/shapes.svg", LARGEST_DRAWING_BYTES)
    try:
        return read_shapes(content) if content is not None else ()
    except ValueError:
        return None


def _sharings(session: Session, folder: str, changes: tuple[SlideChange, ...]) -> tuple[Stretch, ...]:
    content = _read(session, f"{folder}/deskshare.xml", LARGEST_TEXT_BYTES)
    try:
        found = read_deskshare(content or b"")
    except ValueError:
        found = ()
    return tuple(
        Stretch(start_seconds=each.start_seconds, end_seconds=each.end_seconds)
        for each in found or sharings_by_slides(changes)
    )


def _slides(session: Session, parts: _Parts, changes: tuple[SlideChange, ...]) -> tuple[ShownSlide, ...]:
    endings = {each.slide: each.ending for each in changes if each.slide}
    pictures = {
        slide: parts.add(slide_picture(slide, ending), f"slide-{number:03}", may_be_missing=True)
        for number, (slide, ending) in enumerate(list(endings.items())[:MOST_PICTURES], 1)
    }
    texts = _texts(session, parts.folder, list(pictures))
    return tuple(_shown(each, pictures, texts) for each in changes)


def _shown(
    change: SlideChange, pictures: Mapping[SlideKey, str], texts: Mapping[SlideKey, str]
) -> ShownSlide:
    if change.slide is None:
        return ShownSlide(start_seconds=change.start_seconds)
    return ShownSlide(
        start_seconds=change.start_seconds,
        picture=pictures.get(change.slide, "one slide too many"),
        text=texts.get(change.slide, ""),
    )


def _texts(session: Session, folder: str, slides: Sequence[SlideKey]) -> Mapping[SlideKey, str]:
    """What stands on these slides: by one file for all of them, else by one for each."""
    content = _read(session, f"{folder}/presentation_text.json", LARGEST_TEXT_BYTES)
    try:
        texts = dict(read_slide_texts(content or b""))
    except ValueError:
        texts = {}
    if texts:
        return texts
    for slide in slides[:MOST_TEXT_FILES]:
        address = f"{folder}/{quote(slide_text_file(slide))}"
        texts[slide] = plain_text(
            (_read(session, address, LARGEST_SLIDE_TEXT_BYTES) or b"").decode(errors="replace")
        )
    return texts


def _first_there(session: Session, folder: str, paths: Sequence[str]) -> str:
    found = next(_there(session, folder, paths), None)
    if found is None:
        raise NoMediaError()
    return found


def _there(session: Session, folder: str, paths: Sequence[str]) -> Iterator[str]:
    """Those of these files that the server has. A web page in the place of one is none."""
    for path in paths:
        request = Request(f"{folder}/{path}", headers={"Range": "bytes=0-0"})
        with _opened(session, request) as response:
            if response is not None and not _is_page(response):
                yield path


def _read(session: Session, address: str, limit_bytes: int) -> bytes | None:
    """A small file; None if there is none. What is longer than it may be is as good as damaged: it is cut."""
    with _opened(session, Request(address)) as response:
        if response is None or _is_page(response):
            return None
        content = bytearray()
        while len(content) < limit_bytes and (block := response.read(2**16)):
            content += block
        return bytes(content[:limit_bytes])


@contextmanager
def _opened(session: Session, request: Request) -> Iterator[Response | None]:
    try:
        response = session.urlopen(request)
    except HTTPError as error:
        if error.status not in MISSING:
            raise
        yield None
        return
    with response:
        yield response


@contextmanager
def _missing_as(said: StepError) -> Iterator[None]:
    try:
        yield
    except HTTPError as error:
        if error.status not in MISSING:
            raise
        raise said from error


def _is_page(response: Response) -> bool:
    return str(response.headers.get("Content-Type") or "").lower().startswith("text/html")


def _protocol(address: str) -> str:
    return address.partition(":")[0].lower()
