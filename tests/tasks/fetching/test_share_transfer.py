"""From a share to the file on disk, through the guarded child, while the server misbehaves."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tasks.fetching.fetch_step import FetchLimits, fetch
from tests import misbehaving_server as server
from tests.kinds import kind_of
from tests.misbehaving_server import Exchange, Handler, Site, serve
from tests.share_servers import CLOUDS, SEAFILE_TOKEN, TOKEN, Program, Share, serve_share
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.media.media_values import Fetched
from transcripts.sources.source_url import parse_source_url, with_passcode

NAME = "Treffen in Köln 2026-11-19.mp4"
PASSWORD = "Bürger+Rat"
CONTENT = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 4_000
OTHER = CONTENT[:12] + bytes(reversed(CONTENT[12:]))
LOGIN = "<form><input type='text' name='user'><input type='password' name='password'></form>"
PASSCODE = "<form method='post'><input type='password' name='pw'></form>"


def fetched_from(site: Site, path: str, folder: Path, passcode: str | None = None) -> Fetched | StepError:
    limits = FetchLimits((site.authority,), 3600, 50_000_000, "Europe/Berlin", stall_timeout_seconds=2)
    address = with_passcode(site.url(path), passcode) if passcode else site.url(path)
    try:
        return fetch(parse_source_url(address), folder, limits, lambda _: None)
    except StepError as error:
        return error


def contents(result: Fetched | StepError) -> list[bytes]:
    assert isinstance(result, Fetched), repr(result)
    return [each.path.read_bytes() for each in result.files]


def share_with(handler: Handler | None = None, password: str | None = None) -> Share:
    return Share({NAME: CONTENT}, password=password, handlers={NAME: handler} if handler else {})


@pytest.mark.parametrize("program", [*CLOUDS, Program.SEAFILE])
def test_a_share_behind_a_passcode_comes_to_disk_named_by_its_file(program: Program, tmp_path: Path) -> None:
    path = f"f/{SEAFILE_TOKEN}/" if program is Program.SEAFILE else f"s/{TOKEN}"
    with serve_share(program, share_with(password=PASSWORD)) as (site, _):
        asked = fetched_from(site, path, tmp_path / "a")
        assert isinstance(asked, PermanentError)
        assert asked.code == "passcode_needed"
        result = fetched_from(site, path, tmp_path / "b", PASSWORD)
    assert contents(result) == [CONTENT]
    assert isinstance(result, Fetched)
    assert (result.title, str(result.recorded_on)) == ("Treffen in Köln", "2026-11-19")
    assert PASSWORD not in "".join(each.name for each in (tmp_path / "b").iterdir())
    assert not any(PASSWORD.encode() in each.read_bytes() for each in (tmp_path / "b").glob("*.json"))


class Cut:
    """A file that breaks off in the middle the first time, and may be another one the second time."""

    def __init__(self, then: bytes, *, lies: bool = False) -> None:
        self._then = then
        self._lies = lies
        self.ranges: list[str] = []

    def __call__(self, exchange: Exchange) -> None:
        self.ranges.append(exchange.headers.get("Range", ""))
        if len(self.ranges) == 1:
            size = str(len(CONTENT))
            exchange.start(200, {"Content-Type": "video/mp4", "Content-Length": size, "ETag": '"a"'})
            exchange.wfile.write(CONTENT[: len(CONTENT) // 2])
            exchange.wfile.flush()
            exchange.hang_up()
        elif self._lies and exchange.headers.get("Range"):
            whole = f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"
            exchange.reply(206, CONTENT, Content_Type="video/mp4", ETag='"a"', Content_Range=whole)
        else:
            tag = '"a"' if self._then == CONTENT else '"b"'
            server.file(exchange, content=self._then, etag=tag)


@pytest.mark.parametrize(
    ("cut", "whole"), [(Cut(CONTENT), CONTENT), (Cut(OTHER), OTHER), (Cut(CONTENT, lies=True), CONTENT)]
)
def test_a_broken_line_never_joins_two_versions(cut: Cut, whole: bytes, tmp_path: Path) -> None:
    with serve_share(Program.NEXTCLOUD_31, share_with(cut, PASSWORD)) as (site, _):
        result = fetched_from(site, f"s/{TOKEN}", tmp_path, PASSWORD)
    assert contents(result) == [whole]
    assert len(cut.ranges) >= 2


def _busy(exchange: Exchange) -> None:
    exchange.reply(429, b"", Retry_After="90")


@dataclass(frozen=True)
class Instead:
    """What comes in place of the recording, and what it is told as."""

    handler: Handler
    error: type[StepError]
    code: str


def typed(kind: str, content: bytes = b"PK\x03\x04") -> Handler:
    return partial(server.file, content=content, kind=kind)


INSTEAD = {
    "login": Instead(partial(server.page, html=LOGIN), PermanentError, "login_page"),
    "passcode": Instead(partial(server.page, html=PASSCODE), PermanentError, "login_page"),
    "page": Instead(partial(server.page, html="<p>Hallo"), PermanentError, "no_media"),
    "quota": Instead(
        partial(server.page, html="<h1>Bandwidth Limit Exceeded</h1>"), PermanentError, "quota_used_up"
    ),
    "zip": Instead(typed("application/zip"), PermanentError, "zip_file"),
    "pdf": Instead(typed("application/pdf"), PermanentError, "other_files"),
    "busy": Instead(_busy, TemporaryError, "too_many_requests"),
    "forbidden": Instead(partial(server.error, status=403), PermanentError, "forbidden"),
}


@pytest.mark.parametrize("name", INSTEAD)
def test_what_comes_in_place_of_the_recording_is_told_as_what_it_is(name: str, tmp_path: Path) -> None:
    instead = INSTEAD[name]
    with serve_share(Program.NEXTCLOUD_28, share_with(instead.handler)) as (site, _):
        result = fetched_from(site, f"s/{TOKEN}", tmp_path)
    assert isinstance(result, StepError)
    assert (kind_of(result), result.code) == (instead.error, instead.code)
    if isinstance(result, TemporaryError):
        assert result.retry_after_seconds == 90


def test_a_recording_that_its_server_calls_a_page_is_still_one(tmp_path: Path) -> None:
    with serve_share(Program.NEXTCLOUD_31, share_with(typed("text/html", CONTENT))) as (site, _):
        assert contents(fetched_from(site, f"s/{TOKEN}", tmp_path)) == [CONTENT]


def redirected(to: Callable[[], str]) -> Handler:
    return lambda exchange: server.redirect(exchange, to=to())


def test_a_share_leads_nobody_into_the_house(tmp_path: Path) -> None:
    with serve({"/a.mp4": typed("video/mp4", CONTENT)}, host="127.0.0.2") as inside:
        there = f"http://127.0.0.2:{inside.port}/a.mp4"
        share = share_with(redirected(lambda: there), PASSWORD)
        with serve_share(Program.NEXTCLOUD_31, share) as (site, _):
            result = fetched_from(site, f"s/{TOKEN}", tmp_path, PASSWORD)
        assert inside.requests == []
    assert isinstance(result, PermanentError)
    assert result.code == "address_private"


def test_the_passcode_does_not_follow_to_another_server(tmp_path: Path) -> None:
    heard: list[str] = []

    def listening(exchange: Exchange) -> None:
        heard.append(exchange.headers.get("Authorization", ""))
        server.file(exchange, content=CONTENT)

    with serve({"/a.mp4": listening}) as elsewhere:
        share = share_with(redirected(lambda: elsewhere.url("a.mp4")), PASSWORD)
        with serve_share(Program.NEXTCLOUD_31, share) as (site, _):
            limits = FetchLimits((site.authority, elsewhere.authority), 3600, 50_000_000, "Europe/Berlin", 2)
            address = with_passcode(site.url(f"s/{TOKEN}"), PASSWORD)
            result = fetch(parse_source_url(address), tmp_path, limits, lambda _: None)
    assert contents(result) == [CONTENT]
    assert heard
    assert set(heard) == {""}
