"""When yt-dlp finds nothing on a page: what the page itself says, and the files that it lists."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from tasks.fetching.bounded_requests import Answer, ask
from tasks.fetching.protected_pages import page_behind
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.shared_file import files_below, only_file
from tasks.fetching.yt_dlp_session import Session
from transcripts.sources.listed_files import ListedFile, Listing
from transcripts.sources.login_pages import listed_links
from transcripts.sources.source_url import parse_source_url, passcode_in


def linked_recording(
    session: Session, full: str, zone: ZoneInfo, look_up: Callable[[str], FoundRecording]
) -> FoundRecording | None:
    """The recording behind a passcode or in a web server's own listing of a folder; None for any other page.

    Raises what `page_behind` and `only_file` raise.
    """
    page = page_behind(session, full, passcode_in(full))
    links = links_on(page.answer)
    if links:
        return look_up(_only_link(session, links, zone))
    return look_up(full) if page.was_opened else None


def links_on(answer: Answer) -> tuple[str, ...]:
    """What a server's own listing lists, files and folders; nothing from any other page."""
    return listed_links(answer.text, answer.address) if answer.is_html else ()


def _only_link(session: Session, links: tuple[str, ...], zone: ZoneInfo) -> str:
    """The address of the one recording in this folder, or in those below it."""
    files, is_all = files_below(lambda address: _listing(links_on(ask(session, address))), _listing(links))

    def public(address: str) -> str:
        return parse_source_url(address).public

    addresses = {_path_of(each.path): each.path for each in files}
    named = [ListedFile(path) for path in addresses]
    file = only_file(named, lambda path: public(addresses[path]), zone, is_all=is_all)
    return addresses[file.path]


def _listing(links: tuple[str, ...]) -> Listing:
    """With addresses in the place of paths."""
    folders = tuple(each for each in links if each.endswith("/"))
    return Listing(tuple(ListedFile(each) for each in links if each not in folders), folders)


def _path_of(address: str) -> str:
    return unquote(urlsplit(address).path)
