"""Shares of Nextcloud and ownCloud: listed and fetched over their public WebDAV addresses.

Nextcloud has one since version 29 and an older one; ownCloud 10 has the older one and its own, which
ownCloud Infinite Scale and OpenCloud have, too. Which a server has is found out by asking.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from tasks.fetching.bounded_requests import Answer, ask
from tasks.fetching.page_links import links_on
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.shared_file import files_below, found_recording_of, only_file
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.error_kinds import StepError
from transcripts.errors.source_errors import (
    PasscodeNeededError,
    PasscodeWrongError,
    ShareGoneError,
    ShareNoDownloadError,
    ShareUnreadableError,
    ShareUploadOnlyError,
)
from transcripts.sources.content_disposition import disposition_file_name
from transcripts.sources.dav_listing import QUESTION, DavAnswer, is_dav_error, read_answer
from transcripts.sources.listed_files import ListedFile, Listing, kind_of_type
from transcripts.sources.share_address import CloudShare, cloud_share
from transcripts.sources.source_url import passcode_in

EXTRACTOR = "CloudShare"
_LISTED = 207
_LISTS_NOTHING = frozenset({403, 405, 501})


@dataclass(frozen=True, slots=True)
class _Entrance:
    """One of the addresses by which a share may be open, and how it is told the passcode.

    `says_unknown` is whether it tells a share that does not exist from one that asks for a passcode.
    """

    root: str
    headers: dict[str, str]
    says_unknown: bool

    def address_of(self, path: str) -> str:
        return f"{self.root}/{quote(path)}" if path else f"{self.root}/"


def look_up(session: Session, full: str, zone: ZoneInfo) -> FoundRecording | None:
    """The recording of a share; None where the address is not one.

    Raises PasscodeNeededError, PasscodeWrongError, ShareGoneError, ShareUploadOnlyError,
    ShareNoDownloadError, and what `only_file` raises.
    """
    share, passcode = cloud_share(full), passcode_in(full)
    if share is None:
        return None
    refused: list[StepError] = []
    lists_nothing = False
    for entrance in _entrances(share, passcode):
        answer = ask(session, entrance.address_of(share.path), "PROPFIND", _question(entrance), QUESTION)
        listed = _listed(answer, entrance, share.path)
        if listed is not None:
            return _find(session, share, entrance, listed, zone)
        refused += _refusal(session, answer, share, entrance, passcode)
        lists_nothing = lists_nothing or answer.status in _LISTS_NOTHING
    return _without_listing(session, share, refused, zone) if lists_nothing else None


def _entrances(share: CloudShare, passcode: str | None) -> tuple[_Entrance, ...]:
    """Nextcloud's own, the older one, ownCloud's own."""
    nextcloud = f"{share.base}/public.php/dav/files/{share.token}"
    older = f"{share.base}/public.php/webdav"
    owncloud = f"{share.base}/remote.php/dav/public-files/{share.token}"
    # Any name does for the first; the last one wants this name, and neither asks for one without need.
    headers = _basic("public", passcode) if passcode is not None else {}
    return (
        _Entrance(nextcloud, headers, says_unknown=True),
        _Entrance(older, _basic(share.token, passcode or ""), says_unknown=False),
        _Entrance(owncloud, headers, says_unknown=True),
    )


def _basic(name: str, word: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{word}".encode()).decode()}


def _question(entrance: _Entrance) -> dict[str, str]:
    return {
        **_polite(entrance),
        "Depth": "1",
        "Content-Type": "application/xml; charset=utf-8",
        "Accept": "application/xml",
    }


def _polite(entrance: _Entrance) -> dict[str, str]:
    """As a script of the server's own page asks: some servers answer nobody else."""
    return {**entrance.headers, "X-Requested-With": "XMLHttpRequest"}


def _listed(answer: Answer, entrance: _Entrance, path: str) -> DavAnswer | None:
    if answer.status != _LISTED:
        return None
    return read_answer(answer.body, urlsplit(entrance.address_of(path)).path, path)


def _refusal(
    session: Session, answer: Answer, share: CloudShare, entrance: _Entrance, passcode: str | None
) -> Iterator[StepError]:
    """What the refusal to list means, and nothing where this server has no such entrance.

    Raises what holds for the share itself.
    """
    if not is_dav_error(answer.body):
        return
    if answer.status == 401 and (entrance.says_unknown or _is_there(session, share)):
        raise PasscodeNeededError() if passcode is None else PasscodeWrongError()
    if answer.status in (401, 404):
        raise ShareGoneError()
    if answer.status == 405:
        yield ShareUploadOnlyError()
    if answer.status == 403:
        yield ShareNoDownloadError()


def _without_listing(
    session: Session, share: CloudShare, refused: Sequence[StepError], zone: ZoneInfo
) -> FoundRecording | None:
    """What a server hands out that lists nothing, or whose proxy lets no such question pass.

    None for a page that says more to others. Raises the first of what was `refused`, ShareUnreadableError for
    a folder that is handed out as a whole, and what `only_file` raises.
    """
    answer = ask(session, share.download)
    if answer.status < 400 and not answer.is_html:
        if kind_of_type(answer.kind) == "ZIP":
            raise ShareUnreadableError()
        name = disposition_file_name(answer.disposition) or PurePosixPath(share.path).name or share.token
        file = only_file([ListedFile(name, kind=answer.kind)], share.address_of, zone, sought=session.sought)
        return found_recording_of(file, share.download, {}, EXTRACTOR, zone)
    if refused and not links_on(ask(session, share.page)):
        raise refused[0]
    return None


def _is_there(session: Session, share: CloudShare) -> bool:
    """Whether the share's page exists: the older entrance refuses unknown and closed shares alike."""
    return ask(session, share.page).status < 400


def _find(
    session: Session, share: CloudShare, entrance: _Entrance, listed: DavAnswer, zone: ZoneInfo
) -> FoundRecording:
    if listed.is_file:
        # A share of one file may be listed without its name.
        listed_file = replace(listed.listing.files[0], path=share.path or listed.own_name)
        address = entrance.address_of(share.path)
        file = only_file(
            [_seen(session, listed_file, address, entrance)], share.address_of, zone, sought=session.sought
        )
    else:
        files, is_all = files_below(partial(_folder, session, entrance), listed.listing)
        chosen = only_file(files, share.address_of, zone, is_all=is_all, sought=session.sought)
        address = entrance.address_of(chosen.path)
        file = _seen(session, chosen, address, entrance)
    return found_recording_of(file, address, _polite(entrance), EXTRACTOR, zone)


def _seen(session: Session, file: ListedFile, address: str, entrance: _Entrance) -> ListedFile:
    """The file under the name by which it is handed out. Raises ShareNoDownloadError, ShareGoneError."""
    answer = ask(session, address, "HEAD", _polite(entrance))
    if answer.status == 403:
        raise ShareNoDownloadError()
    if answer.status == 404:
        raise ShareGoneError()
    name = disposition_file_name(answer.disposition)
    folder = file.path.rpartition("/")[0]
    return replace(file, path="/".join(each for each in (folder, name) if each)) if name else file


def _folder(session: Session, entrance: _Entrance, path: str) -> Listing:
    """What lies in a folder of the share; one that cannot be listed shows nothing."""
    answer = ask(session, entrance.address_of(path), "PROPFIND", _question(entrance), QUESTION)
    listed = _listed(answer, entrance, path)
    return listed.listing if listed else Listing(())
