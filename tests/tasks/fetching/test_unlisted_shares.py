"""Shares whose servers list nothing by WebDAV: what they hand out all the same, or the best sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tasks.fetching.fetch_step import FetchLimits, fetch
from tests import misbehaving_server as server
from tests.media_samples import MEETING
from tests.misbehaving_server import Exchange, Site, serve_program
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.media.media_values import Fetched
from transcripts.sources.source_url import parse_source_url

CONTENT = MEETING.read_bytes()
NAME = "2026-11-19 Losverfahren in Köln.mp4"
DISPOSITION = "attachment; filename*=UTF-8''2026-11-19%20Losverfahren%20in%20K%C3%B6ln.mp4"
DAV_ERROR = b'<?xml version="1.0"?><d:error xmlns:d="DAV:"/>'
APP = "<html><title>Wolke</title><div id='app'></div></html>"
SHARE = "s/oBzTgHkQqY3mPnx"


@contextmanager
def refusing(status: int, body: bytes, get: Callable[[Exchange, str], None]) -> Iterator[Site]:
    """A server that answers every PROPFIND so, and GET as told by path."""

    def answer(exchange: Exchange) -> None:
        length = int(exchange.headers.get("Content-Length") or 0)
        exchange.rfile.read(length)
        if exchange.command == "PROPFIND":
            kind = "application/xml" if body.startswith(b"<?xml") else "text/html"
            exchange.reply(status, body, Content_Type=kind)
        else:
            get(exchange, exchange.path.partition("?")[0])

    with serve_program(answer) as site:
        yield site


def fetched(site: Site, path: str, folder: Path) -> Fetched:
    limits = FetchLimits((site.authority,), 8 * 3600, 50_000_000, "Europe/Berlin", 5)
    return fetch(parse_source_url(site.url(path)), folder, limits, lambda _: None)


def failure(site: Site, path: str, folder: Path) -> StepError:
    with pytest.raises(PermanentError) as caught:
        fetched(site, path, folder)
    return caught.value


def hands_out(exchange: Exchange, path: str) -> None:
    """The page of a program, and the file by its button."""
    if path.endswith("/download"):
        server.file(exchange, content=CONTENT, disposition=DISPOSITION)
    else:
        server.page(exchange, html=APP)


def hands_out_all(exchange: Exchange, path: str) -> None:
    """A folder, packed."""
    if path.endswith("/download"):
        exchange.reply(200, b"PK\x03\x04" + bytes(100), Content_Type="application/zip")
    else:
        server.page(exchange, html=APP)


def only_a_page(exchange: Exchange, _path: str) -> None:
    server.page(exchange, html=APP)


def lists(exchange: Exchange, path: str, *, tree: dict[str, str]) -> None:
    """A plain listing at each folder's address, and files."""
    if path in tree:
        server.page(
            exchange, html=f"<html><title>Index of {path}</title><a href='../'>Up</a>{tree[path]}</html>"
        )
    elif path.endswith((".mp4", "/file")):
        server.file(exchange, content=CONTENT)
    else:
        server.error(exchange, status=404)


REFUSALS = [
    (405, b"<html>405 Not Allowed</html>"),
    (403, b""),
    (501, b""),
    (405, DAV_ERROR),
    (403, DAV_ERROR),
]


@pytest.mark.parametrize(("status", "body"), REFUSALS)
def test_the_file_that_the_button_hands_out_is_the_recording(
    status: int, body: bytes, tmp_path: Path
) -> None:
    with refusing(status, body, hands_out) as site:
        found = fetched(site, SHARE, tmp_path)
    assert found.files[0].path.read_bytes() == CONTENT
    assert (found.title, str(found.recorded_on)) == ("Losverfahren in Köln", "2026-11-19")


@pytest.mark.parametrize(("status", "body"), REFUSALS)
def test_a_folder_that_is_not_listed_asks_for_the_file(status: int, body: bytes, tmp_path: Path) -> None:
    with refusing(status, body, hands_out_all) as site:
        assert failure(site, SHARE, tmp_path).code == "share_unreadable"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (405, DAV_ERROR, "share_upload_only"),
        (403, DAV_ERROR, "share_no_download"),
        (405, b"", "no_media"),
        (404, b"", "no_media"),
    ],
)
def test_a_page_that_hands_out_nothing_is_told_by_what_the_server_said(
    status: int, body: bytes, code: str, tmp_path: Path
) -> None:
    with refusing(status, body, only_a_page) as site:
        assert failure(site, SHARE, tmp_path).code == code


@pytest.mark.parametrize(("status", "body"), [(405, DAV_ERROR), (405, b""), (403, DAV_ERROR)])
def test_a_listing_page_stands_in_for_webdav(status: int, body: bytes, tmp_path: Path) -> None:
    tree = {f"/{SHARE}/": "<a href='Treffen.mp4'>Treffen.mp4</a>"}
    tree[f"/{SHARE}"] = f"<a href='/{SHARE}/Treffen.mp4'>Treffen.mp4</a>"
    with refusing(status, body, partial(lists, tree=tree)) as site:
        assert fetched(site, f"{SHARE}/", tmp_path).files[0].path.read_bytes() == CONTENT


def test_the_folders_of_a_plain_listing_are_looked_into(tmp_path: Path) -> None:
    tree = {
        "/archiv/": "<a href='2026/'>2026/</a><a href='leer/'>leer/</a>",
        "/archiv/2026/": "<a href='Liesmich.txt'>Liesmich</a><a href='Netzwerktreffen%20Mai.mp4'>x</a>",
        "/archiv/leer/": "",
    }
    with refusing(405, b"", partial(lists, tree=tree)) as site:
        found = fetched(site, "archiv/", tmp_path)
    assert found.title == "Netzwerktreffen Mai"


def test_several_recordings_in_the_folders_of_a_listing_are_a_choice(tmp_path: Path) -> None:
    tree = {
        "/archiv/": "<a href='a/'>a/</a><a href='eins.mp4'>eins</a>",
        "/archiv/a/": "<a href='zwei.mp4'>zwei</a>",
    }
    with refusing(405, b"", partial(lists, tree=tree)) as site:
        error = failure(site, "archiv/", tmp_path)
    assert (error.code, error.details["count"]) == ("choose_recording", 2)
    assert "/archiv/a/zwei.mp4" in str(error.details["choices"])


def test_a_listing_that_lists_itself_comes_to_an_end(tmp_path: Path) -> None:
    def endless(exchange: Exchange, path: str) -> None:
        server.page(
            exchange, html=f"<html><title>Index of {path}</title><a href='{path}tiefer/'>t</a></html>"
        )

    with refusing(405, b"", endless) as site:
        assert failure(site, "archiv/", tmp_path).code == "folder_empty"
        assert len(site.requests) < 60
