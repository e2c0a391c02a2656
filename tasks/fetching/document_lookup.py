"""Finds the one document behind an address: the file of a share, or what lies there directly. No page is one.

As `tasks.fetching.recording_lookup` does for recordings, in the same session and behind the same guard.
"""

from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from yt_dlp.networking import Request, Response

from tasks.fetching import nextcloud_adapter, seafile_adapter
from tasks.fetching.protected_pages import reason_of
from tasks.fetching.recording_lookup import FoundRecording, announced_bytes, check_size
from tasks.fetching.shared_file import found_recording_of
from tasks.fetching.yt_dlp_session import Session
from transcripts.documents.file_kinds import DOCUMENT_ENDINGS, ending_of
from transcripts.errors.source_errors import DocumentPageError
from transcripts.sources.content_disposition import disposition_file_name
from transcripts.sources.listed_files import ListedFile, shown_name
from transcripts.sources.login_pages import LONGEST_PAGE

EXTRACTOR = "file"
_HTML = ("text/html", "application/xhtml+xml")
_MOST_DIGITS = 15
_SHARES = (nextcloud_adapter.look_up, seafile_adapter.look_up)


def find_document(session: Session, full: str, zone: ZoneInfo, max_size_bytes: int) -> FoundRecording:
    """The document, whose title is the name of its file.

    Raises what the adapters of shares raise, DocumentPageError, LoginPageError, TooLargeError (gigabytes,
    limit_gigabytes), and whatever yt-dlp raises.
    """
    found = next((each for look_up in _SHARES if (each := look_up(session, full, zone))), None)
    if found is None:
        found = _direct(session, full, zone)
    check_size(announced_bytes(found.formats), max_size_bytes)
    return replace(found, title=shown_name(PurePosixPath(found.id).name))


def _direct(session: Session, full: str, zone: ZoneInfo) -> FoundRecording:
    response = session.urlopen(Request(full))
    try:
        kind = (response.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind in _HTML:
            page = response.read(LONGEST_PAGE).decode("utf-8", "ignore")
            raise reason_of(page) or DocumentPageError()
        file = ListedFile(_name(response, kind), size_bytes=_size_bytes(response))
    finally:
        response.close()
    return found_recording_of(file, full, {}, EXTRACTOR, zone)


def _name(response: Response, kind: str) -> str:
    """What the server calls it, else its address; with the ending of its type where it has none."""
    said = disposition_file_name(response.headers.get("Content-Disposition") or "")
    name = said or shown_name(PurePosixPath(unquote(urlsplit(response.url).path)).name) or EXTRACTOR
    has_ending = PurePosixPath(name).suffix.lower() in DOCUMENT_ENDINGS
    return name if has_ending else f"{name}{ending_of(kind)}"


def _size_bytes(response: Response) -> int | None:
    """As it is announced; None where it is packed, for then it is another one."""
    announced = response.headers.get("Content-Length") or ""
    is_packed = bool(response.headers.get("Content-Encoding"))
    is_number = announced.isascii() and announced.isdecimal() and len(announced) <= _MOST_DIGITS
    return int(announced) if is_number and not is_packed else None
