"""Shares of Seafile: a file, or a folder that its own interface for pages lists."""

from functools import partial
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ValidationError

from tasks.fetching.bounded_requests import Answer, ask
from tasks.fetching.protected_pages import page_behind
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.shared_file import files_below, found_recording_of, only_file
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.source_errors import (
    LoginRequiredError,
    ShareGoneError,
    ShareNoDownloadError,
    ShareUnreadableError,
)
from transcripts.sources.content_disposition import disposition_file_name
from transcripts.sources.listed_files import ListedFile, Listing, shown_name
from transcripts.sources.share_address import SeafileShare, seafile_share
from transcripts.sources.source_url import passcode_in

EXTRACTOR = "Seafile"
_MARKS = ("seafile", "seahub")


class _Dirent(BaseModel):
    """A file or a folder as Seafile lists it."""

    is_dir: bool
    size: int | None = None
    last_modified: AwareDatetime | None = None
    file_path: str = ""
    folder_path: str = ""


class _Dirents(BaseModel):
    """A listing."""

    dirent_list: list[_Dirent]


def look_up(session: Session, full: str, zone: ZoneInfo) -> FoundRecording | None:
    """The recording of a share; None where the address is not one.

    Raises PasscodeNeededError, PasscodeWrongError, LoginRequiredError, ShareGoneError,
    ShareNoDownloadError, and what `only_file` raises.
    """
    share = seafile_share(full)
    if share is None:
        return None
    page = ask(session, share.page)
    if not _is_seafile(page):
        return None
    if page.status == 404:
        raise ShareGoneError()
    page_behind(session, share.page, passcode_in(full))
    if share.is_folder and not share.path:
        file = _chosen(session, share, zone)
        return _find(session, SeafileShare(share.base, share.token, True, file.path), file, zone)
    return _find(session, share, ListedFile(share.path), zone)


def _is_seafile(page: Answer) -> bool:
    return page.is_html and any(mark in page.text.lower() for mark in _MARKS)


def _chosen(session: Session, share: SeafileShare, zone: ZoneInfo) -> ListedFile:
    listing = partial(_folder, session, share)
    files, is_all = files_below(listing, listing("/"))
    return only_file(files, share.address_of, zone, is_all=is_all, sought=session.sought)


def _folder(session: Session, share: SeafileShare, path: str) -> Listing:
    """What lies in a folder of the share."""
    address = f"{share.base}/api/v2.1/share-links/{share.token}/dirents/?path={quote(path, safe='')}"
    answer = ask(session, address, headers={"Accept": "application/json"})
    if answer.status == 403:
        raise LoginRequiredError()
    if answer.is_html:
        raise ShareGoneError()
    try:
        found = _Dirents.model_validate_json(answer.body)
    except ValidationError:
        raise ShareUnreadableError() from None
    return Listing(
        tuple(_file(each) for each in found.dirent_list if not each.is_dir),
        tuple(each.folder_path for each in found.dirent_list if each.is_dir),
    )


def _file(dirent: _Dirent) -> ListedFile:
    return ListedFile(dirent.file_path.strip("/"), dirent.size, dirent.last_modified)


def _find(session: Session, share: SeafileShare, listed: ListedFile, zone: ZoneInfo) -> FoundRecording:
    """The file under the name by which it is handed out. It lies on a path of its own, which changes."""
    seen = ask(session, share.file_address)
    if seen.status == 404:
        raise ShareNoDownloadError()
    if seen.is_html:
        raise ShareGoneError()  # some versions say so on a page like any other
    name = disposition_file_name(seen.disposition) or listed.name or _last_of(seen.address)
    named = ListedFile(name, listed.size_bytes, listed.modified_at, seen.kind)
    file = only_file([named], share.address_of, zone, sought=session.sought)
    return found_recording_of(file, share.file_address, {}, EXTRACTOR, zone)


def _last_of(address: str) -> str:
    return shown_name(unquote(urlsplit(address).path).rpartition("/")[2])
