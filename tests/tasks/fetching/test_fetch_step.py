"""Fetching from a server that misbehaves, over real sockets on the loopback."""

import datetime
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from pathlib import Path

import imageio_ffmpeg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tasks.fetching.fetch_step import FetchLimits, FetchProgress, fetch
from tests import misbehaving_server as server
from tests.kinds import kind_of
from tests.misbehaving_server import Asked, Exchange, Site, serve, serve_folder
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.media.media_values import Fetched
from transcripts.sources.source_url import parse_source_url
from transcripts.wording.error_wording import explain

SAMPLE = Path(__file__).parents[2] / "samples" / "netzwerktreffen.mp4"
CONTENT = SAMPLE.read_bytes()
OTHER = bytes(reversed(CONTENT))
SECRET = "geheim-4711"


@dataclass(frozen=True)
class Case:
    """One fetch of `path` from a site that answers with `pages`, and that is allowed by default."""

    pages: Mapping[str, server.Handler]
    path: str = "a.mp4"
    host: str = "127.0.0.1"
    scheme: str = "http"
    max_size_bytes: int = 50_000_000
    max_duration_seconds: float = 8 * 3600
    stall_timeout_seconds: float = 2


@dataclass(frozen=True)
class Outcome:
    """How a case ended, and what is left of it."""

    result: Fetched | StepError
    folder: Path
    requests: list[Asked]

    @property
    def fetched(self) -> Fetched:
        assert isinstance(self.result, Fetched), repr(self.result)
        return self.result

    @property
    def contents(self) -> list[bytes]:
        return [file.path.read_bytes() for file in self.fetched.files]

    @property
    def error(self) -> StepError:
        assert isinstance(self.result, StepError), repr(self.result)
        return self.result

    @property
    def kind(self) -> tuple[type[StepError], str]:
        return kind_of(self.error), self.error.code

    @property
    def part(self) -> bytes:
        return self.folder.joinpath("source.mp4.part").read_bytes()


def ignore(_: FetchProgress) -> None:
    """Watch nothing."""


def run(case: Case, folder: Path) -> Outcome:
    """Serve the pages of the case and fetch from them."""
    tls = _self_signed(folder.with_suffix(".pem")) if case.scheme == "https" else None
    with serve(case.pages, tls=tls) as site:
        limits = FetchLimits(
            allow_hosts=(site.authority,),
            max_duration_seconds=case.max_duration_seconds,
            max_size_bytes=case.max_size_bytes,
            timezone="Europe/Berlin",
            stall_timeout_seconds=case.stall_timeout_seconds,
        )
        source = parse_source_url(f"{case.scheme}://{case.host}:{site.port}/{case.path}")
        try:
            result: Fetched | StepError = fetch(source, folder, limits, ignore)
        except StepError as error:
            result = error
        return Outcome(result, folder, site.requests)


def fetch_from(
    site: Site, path: str, folder: Path, on_progress: Callable[[FetchProgress], None] = ignore
) -> Fetched:
    """One fetch of several from the same site into the same folder."""
    return fetch(parse_source_url(site.url(path)), folder, limits_for(site), on_progress)


def failure_from(site: Site, path: str, folder: Path) -> StepError:
    with pytest.raises(StepError) as caught:
        fetch_from(site, path, folder)
    return caught.value


def limits_for(site: Site) -> FetchLimits:
    return FetchLimits((site.authority,), 8 * 3600, 50_000_000, "Europe/Berlin", stall_timeout_seconds=2)


def hls(text: str) -> server.Handler:
    return partial(server.file, content=text.encode(), kind="application/x-mpegurl")


def whole(content: bytes) -> server.Handler:
    return partial(server.file, content=content)


@dataclass(frozen=True)
class Stream:
    """The first seconds of the sample as HLS, made by ffmpeg."""

    folder: Path

    def text(self, playlist: str) -> str:
        return self.folder.joinpath(playlist).read_text()

    def segments(self, playlist: str) -> dict[str, bytes]:
        names = [line for line in self.text(playlist).splitlines() if line.endswith(".ts")]
        return {f"/{name}": self.folder.joinpath(name).read_bytes() for name in names}

    def pages(self, *playlists: str) -> dict[str, server.Handler]:
        parts = [self.segments(playlist) for playlist in playlists]
        media = {path: whole(content) for part in parts for path, content in part.items()}
        return {**media, **{f"/{playlist}": hls(self.text(playlist)) for playlist in playlists}}


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Stream:
    """`plain.m3u8`, and `master.m3u8` whose sound (`v0.m3u8`) lies apart from its picture (`v1.m3u8`)."""
    folder = tmp_path_factory.mktemp("stream")
    small = ["-t", "6", "-vf", "scale=160:-2", "-r", "10", "-g", "20", "-preset", "ultrafast"]
    form = ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod"]
    apart = ["-map", "0:v", "-map", "0:a", "-var_stream_map", "a:0,agroup:ton v:0,agroup:ton"]
    _ffmpeg(folder, *small, *form, "-hls_segment_filename", "plain%d.ts", "plain.m3u8")
    names = ["-master_pl_name", "master.m3u8", "-hls_segment_filename", "v%v_%d.ts", "v%v.m3u8"]
    _ffmpeg(folder, *small, *apart, *form, *names)
    return Stream(folder)


def _ffmpeg(folder: Path, *options: str) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    command = [program, "-v", "error", "-threads", "1", "-i", str(SAMPLE), *options]
    subprocess.run(command, cwd=folder, check=True)


@pytest.fixture(scope="module")
def private() -> Iterator[Site]:
    """A server inside the house, which nobody may be led to."""
    with serve({}, host="127.0.0.2") as site:
        yield site


def _good(stream: Stream) -> dict[str, Case]:
    page = "<html><title>Treffen im Mai</title><body><video src='/a.mp4'></video></body></html>"
    bad, good = partial(server.error, status=500), whole(CONTENT)
    return {
        "page": Case({"/": partial(server.page, html=page), "/a.mp4": good}, path=""),
        "traversal": Case({"/../../evil.sh": _dangerous}, path="..%2f..%2fevil.sh"),
        "segments": Case(stream.pages("plain.m3u8"), path="plain.m3u8"),
        "own sound": Case(stream.pages("v0.m3u8", "v1.m3u8", "master.m3u8"), path="master.m3u8"),
        "passing fault": Case({"/a.mp4": server.FirstThen(good, server.FirstThen(bad, good))}),
        "cut once": Case({"/a.mp4": server.CutAtHalf(CONTENT, cuts=1)}),
        "cut once, no ranges": Case({"/a.mp4": server.CutAtHalf(CONTENT, cuts=1, has_ranges=False)}),
    }


def _dangerous(exchange: Exchange) -> None:
    name = 'attachment; filename="../../../evil.sh"'
    exchange.reply(200, CONTENT, Content_Type="application/x-sh", Content_Disposition=name)


def _private(stream: Stream, private: Site) -> dict[str, Case]:
    inside = f"http://127.0.0.2:{private.port}"
    segment = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{}\n#EXT-X-ENDLIST\n"
    key = f'#EXT-X-KEY:METHOD=AES-128,URI="{inside}/key"\n#EXTINF'
    keyed = {
        **stream.pages("plain.m3u8"),
        "/a.m3u8": hls(stream.text("plain.m3u8").replace("#EXTINF", key, 1)),
    }
    targets = {
        "redirect": f"{inside}/a.mp4",
        "redirect to mapped": f"http://[::ffff:127.0.0.2]:{private.port}/",
        "redirect to 10": "http://10.0.0.1/",
    }
    redirects = {name: Case({"/": partial(server.redirect, to=to)}, path="") for name, to in targets.items()}
    return {
        **redirects,
        "private segment": Case({"/a.m3u8": hls(segment.format(f"{inside}/a.ts"))}, path="a.m3u8"),
        "file segment": Case({"/a.m3u8": hls(segment.format("file:///etc/passwd"))}, path="a.m3u8"),
        "private key": Case(keyed, path="a.m3u8"),
        "own name": Case({}, host="localhost"),
    }


def _refused(stream: Stream) -> dict[str, Case]:
    two = "<html><video src='/a.mp4'></video><video src='/b.mp4'></video></html>"
    plain = stream.text("plain.m3u8").replace("#EXT-X-PLAYLIST-TYPE:VOD", "")
    locked = plain.replace("#EXTINF", '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="/key"\n#EXTINF', 1)
    statuses = {
        str(status): Case({"/a.mp4": partial(server.error, status=status)}) for status in (401, 403, 404, 503)
    }
    return {
        **statuses,
        "no media": Case({"/": partial(server.page, html="<html><p>Nur Text</p></html>")}, path=""),
        "two": Case({"/": partial(server.page, html=two)}, path=""),
        "live": Case({"/a.m3u8": hls(plain.replace("#EXT-X-ENDLIST", ""))}, path="a.m3u8"),
        "locked": Case({"/a.m3u8": hls(locked)}, path="a.m3u8"),
        "certificate": Case({}, scheme="https"),
        "too long": Case(stream.pages("plain.m3u8"), path="plain.m3u8", max_duration_seconds=3),
        "endless": Case({"/a.mp4": server.endless}, max_size_bytes=3_000_000),
        "too large": Case({"/a.mp4": partial(server.announced, size_bytes=5 * 10**9)}),
        "no room": Case({"/a.mp4": partial(server.announced, size_bytes=10**18)}, max_size_bytes=10**19),
    }


def _lost() -> dict[str, Case]:
    stalling = partial(server.stalled, content=CONTENT, after=300_000, seconds=2)
    return {
        "stalled": Case({"/a.mp4": stalling}, stall_timeout_seconds=0.5),
        "always cut": Case({"/a.mp4": server.CutAtHalf(CONTENT, cuts=99)}),
        "hung up": Case({"/a.mp4": server.refusing_to_speak}),
    }


@pytest.fixture(scope="module")
def cases(
    stream: Stream, private: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Outcome]]]:
    """All cases, two at a time in the background: each takes seconds and none needs another."""
    named = {**_good(stream), **_private(stream, private), **_refused(stream), **_lost()}
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {
            name: pool.submit(run, case, tmp_path_factory.mktemp("case") / "work")
            for name, case in named.items()
        }


@pytest.fixture
def ended(cases: dict[str, Future[Outcome]]) -> Callable[[str], Outcome]:
    return lambda name: cases[name].result()


End = Callable[[str], Outcome]


# -- What works --


def test_a_page_with_one_video_gives_that_video_and_the_title_of_the_page(ended: End) -> None:
    assert ended("page").contents == [CONTENT]
    assert ended("page").fetched.title == "Treffen im Mai"
    assert not ended("page").fetched.is_file_name


def test_names_given_by_the_server_never_leave_the_folder(ended: End) -> None:
    outcome = ended("traversal")
    assert [file.path for file in outcome.fetched.files] == [outcome.folder / "source.bin"]
    assert [path.name for path in outcome.folder.parent.iterdir()] == ["work"]


def test_a_stream_in_segments_becomes_one_file(ended: End, stream: Stream) -> None:
    assert ended("segments").contents == [b"".join(stream.segments("plain.m3u8").values())]


def test_a_stream_with_its_own_sound_becomes_two_files_picture_first(ended: End, stream: Stream) -> None:
    picture, sound = ended("own sound").contents
    assert picture == b"".join(stream.segments("v1.m3u8").values())
    assert sound == b"".join(stream.segments("v0.m3u8").values())


def test_a_passing_fault_of_the_server_is_overcome(ended: End) -> None:
    assert ended("passing fault").contents == [CONTENT]


def test_a_body_cut_at_half_is_completed_within_the_same_fetch(ended: End) -> None:
    assert ended("cut once").contents == [CONTENT]
    assert ended("cut once").requests[-1].range


def test_a_server_that_knows_no_ranges_is_asked_for_the_whole_again(ended: End) -> None:
    assert ended("cut once, no ranges").contents == [CONTENT]
    assert not ended("cut once, no ranges").requests[-1].range


def test_a_file_comes_with_title_date_and_progress_and_again_only_if_it_is_new(tmp_path: Path) -> None:
    site_folder, work = tmp_path / "site", tmp_path / "work"
    recording = site_folder / "2026-11-19_Treffen-der-Räte.mp4"
    site_folder.mkdir()
    recording.write_bytes(CONTENT)
    os.utime(recording, (1_795_130_400, 1_795_130_400))  # 2026-11-19 23:20 UTC: already the 20th in Berlin
    seen: list[FetchProgress] = []
    with serve_folder(site_folder) as site:
        first = fetch_from(site, "2026-11-19_Treffen-der-R%C3%A4te.mp4", work, seen.append)
        assert first.files[0].path.read_bytes() == CONTENT
        assert (first.title, first.extractor) == ("Treffen der Räte", "Generic")
        assert (first.recorded_on, first.is_day_guessed) == (datetime.date(2026, 11, 19), False)
        assert first.changed_on == datetime.date(2026, 11, 20)
        assert first.is_file_name, "nobody called the meeting so"
        assert seen[-1].received_bytes == seen[-1].total_bytes == len(CONTENT)

        assert fetch_from(site, "2026-11-19_Treffen-der-R%C3%A4te.mp4", work) == first
        assert site.requests[-1].range == f"bytes={len(CONTENT) - 1}-"

        recording.write_bytes(OTHER)
        new = fetch_from(site, "2026-11-19_Treffen-der-R%C3%A4te.mp4", work)
        assert new.files[0].path.read_bytes() == OTHER


@dataclass
class Broken:
    """A site whose last segment is missing, and the folder of a fetch that failed on it."""

    site: Site
    pages: dict[str, server.Handler]
    folder: Path
    error: StepError


@pytest.fixture(scope="module")
def broken(stream: Stream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broken]:
    folder = tmp_path_factory.mktemp("broken") / "work"
    *_, last = stream.segments("plain.m3u8")
    pages: dict[str, server.Handler] = {**stream.pages("plain.m3u8"), last: partial(server.error, status=503)}
    with serve(pages) as site:
        error = failure_from(site, "plain.m3u8", folder)
        pages.update(stream.pages("plain.m3u8"))
        yield Broken(site, pages, folder, error)


def test_a_broken_stream_goes_on_with_the_missing_segment(
    tmp_path: Path, stream: Stream, broken: Broken
) -> None:
    segments = stream.segments("plain.m3u8")
    first, *_ = segments
    work = shutil.copytree(broken.folder, tmp_path / "work")
    with work.joinpath("source.mp4.part").open("ab") as part:
        part.write(segments[first])  # as if killed after this was written and before it was noted
    broken.site.requests.clear()
    fetched = fetch_from(broken.site, "plain.m3u8", work)
    assert broken.error.code == "server_error"
    assert fetched.files[0].path.read_bytes() == b"".join(segments.values())
    assert not broken.site.asked(first)


def test_a_stream_whose_playlist_changed_is_fetched_from_the_start(
    tmp_path: Path, stream: Stream, broken: Broken
) -> None:
    segments = stream.segments("plain.m3u8")
    first, *_ = segments
    work = shutil.copytree(broken.folder, tmp_path / "work")
    more = f"#EXTINF:2,\n{first[1:]}\n#EXT-X-ENDLIST"
    broken.pages["/plain.m3u8"] = hls(stream.text("plain.m3u8").replace("#EXT-X-ENDLIST", more))
    broken.site.requests.clear()
    fetched = fetch_from(broken.site, "plain.m3u8", work)
    assert fetched.files[0].path.read_bytes() == b"".join([*segments.values(), segments[first]])
    assert len(broken.site.asked(first)) == 2


# -- Addresses that are not public --


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("redirect", "127.0.0.2"),
        ("redirect to mapped", "::ffff:127.0.0.2"),
        ("redirect to 10", "10.0.0.1"),
        ("private segment", "127.0.0.2"),
        ("private key", "127.0.0.2"),
        ("file segment", "file://"),
        ("own name", "localhost"),
    ],
)
def test_nobody_is_led_into_the_house(ended: End, private: Site, name: str, host: str) -> None:
    error = ended(name).error
    assert (kind_of(error), error.code, error.details) == (PermanentError, "address_private", {"host": host})
    assert private.requests == []
    assert name != "own name" or ended(name).requests == []


# -- Refusals and limits --


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("401", (PermanentError, "login_required")),
        ("403", (PermanentError, "forbidden")),
        ("404", (PermanentError, "not_found")),
        ("503", (TemporaryError, "server_error")),
    ],
)
def test_each_status_has_its_meaning(ended: End, name: str, kind: tuple[type[StepError], str]) -> None:
    assert ended(name).kind == kind


def test_a_page_without_a_recording_is_no_media(ended: End) -> None:
    assert ended("no media").kind == (PermanentError, "no_media")


def test_a_page_with_two_recordings_asks_which_one(ended: End) -> None:
    assert ended("two").kind == (PermanentError, "many_recordings")
    assert ended("two").error.details == {"count": 2}


def test_a_stream_without_an_end_is_live(ended: End) -> None:
    assert ended("live").kind == (PermanentError, "live")


def test_a_stream_that_is_locked_is_named_so(ended: End) -> None:
    assert ended("locked").kind == (PermanentError, "drm")


def test_a_certificate_that_nobody_vouches_for_is_refused(ended: End) -> None:
    assert ended("certificate").kind == (PermanentError, "certificate_untrusted")
    assert ended("certificate").error.details == {"host": "127.0.0.1"}


def test_a_recording_longer_than_the_limit_is_refused_before_a_segment_is_asked_for(ended: End) -> None:
    assert ended("too long").kind == (PermanentError, "too_long")
    assert ended("too long").error.details["limit_hours"] == pytest.approx(3 / 3600)
    assert {asked.path for asked in ended("too long").requests} == {"/plain.m3u8"}


def test_a_body_without_end_is_stopped_at_the_limit(ended: End) -> None:
    assert ended("endless").kind == (PermanentError, "too_large")
    assert ended("endless").error.details["limit_gigabytes"] == pytest.approx(0.003)
    assert len(ended("endless").part) < 10_000_000


def test_a_file_announced_as_too_large_is_refused_before_the_first_byte(ended: End) -> None:
    assert ended("too large").kind == (PermanentError, "too_large")
    assert ended("too large").error.details["gigabytes"] == pytest.approx(5)
    assert list(ended("too large").folder.iterdir()) == []


def test_a_file_larger_than_the_free_space_waits_for_room(ended: End) -> None:
    assert ended("no room").kind == (TemporaryError, "disk_full")
    assert ended("no room").error.details == {"path": str(ended("no room").folder)}


# -- Broken connections --


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("stalled", "timeout"),
        ("always cut", "connection_lost"),
        ("hung up", "connection_lost"),
    ],
)
def test_a_connection_that_fails_may_come_back(ended: End, name: str, code: str) -> None:
    assert ended(name).kind == (TemporaryError, code)


def test_what_came_before_a_connection_failed_is_kept(ended: End) -> None:
    assert len(ended("always cut").part) > len(CONTENT) // 2
    assert CONTENT.startswith(ended("always cut").part)
    assert 200_000 < len(ended("stalled").part) <= 300_000


def test_a_part_is_never_continued_with_other_content(tmp_path: Path) -> None:
    pages: dict[str, server.Handler] = {"/a.mp4": partial(server.slow, content=CONTENT)}
    with serve(pages) as site:
        with pytest.raises(RuntimeError, match="enough"):
            fetch_from(site, "a.mp4", tmp_path, _give_up_after_some_bytes)
        assert tmp_path.joinpath("source.mp4.part").stat().st_size > 100_000
        pages["/a.mp4"] = partial(server.file, content=OTHER, etag='"b"')
        assert fetch_from(site, "a.mp4", tmp_path).files[0].path.read_bytes() == OTHER
    assert [bool(one.range) for one in site.requests[-3:]] == [False, True, False]


def _give_up_after_some_bytes(progress: FetchProgress) -> None:
    if progress.received_bytes > 200_000:
        raise RuntimeError("enough")


# -- The process. These look for it, so the cases in the background must be over. --


@pytest.fixture
def alone(cases: dict[str, Future[Outcome]]) -> None:
    wait(cases.values())


def _children_that_fetch(parent: int) -> Iterator[Path]:
    """The folders in /proc of the fetching processes that `parent` started."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent_of = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = folder.joinpath("cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent_of == parent and b"tasks.fetching.fetch_child" in command:
            yield folder


def _is_gone(process: Path) -> bool:
    return not process.exists() or "Z" in process.joinpath("stat").read_text().split()


def _eventually(holds: Callable[[], bool], within_seconds: float = 60) -> bool:
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.usefixtures("alone")
def test_a_killed_fetch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    slow, quick = partial(server.slow, content=CONTENT), partial(server.file, content=CONTENT, etag='"a"')
    look = partial(server.announced, size_bytes=len(CONTENT))
    with serve({"/a.mp4": server.FirstThen(look, server.FirstThen(slow, quick))}) as site:
        with pytest.raises(TemporaryError, match="fetch_interrupted"):
            fetch_from(site, "a.mp4", tmp_path, _kill_after_some_bytes)
        kept = tmp_path.joinpath("source.mp4.part").stat().st_size
        assert kept > 100_000
        assert fetch_from(site, "a.mp4", tmp_path).files[0].path.read_bytes() == CONTENT
    assert site.requests[-1].range == f"bytes={kept}-"


def _kill_after_some_bytes(progress: FetchProgress) -> None:
    if progress.received_bytes > 200_000:
        for folder in _children_that_fetch(os.getpid()):
            os.kill(int(folder.name), signal.SIGKILL)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_a_pause_gets_it(status: int, tmp_path: Path) -> None:
    def busy(exchange: server.Exchange) -> None:
        exchange.reply(status, b"spaeter", Retry_After="300")

    with serve({"/a.mp4": busy}) as site:
        error = failure_from(site, "a.mp4", tmp_path)
        assert isinstance(error, TemporaryError)
        code = "too_many_requests" if status == 429 else "server_error"
        assert (error.code, error.retry_after_seconds) == (code, 300.0)
        assert len(site.asked("/a.mp4")) == 1, "asked again against the server's wish"


def test_a_pause_asked_for_amid_the_download_is_kept_too(tmp_path: Path) -> None:
    look = partial(server.file, content=CONTENT)

    def busy(exchange: server.Exchange) -> None:
        exchange.reply(503, b"spaeter", Retry_After=formatdate(time.time() + 3600, usegmt=True))

    with serve({"/a.mp4": server.FirstThen(look, busy)}) as site:
        error = failure_from(site, "a.mp4", tmp_path)
        assert isinstance(error, TemporaryError)
        assert error.retry_after_seconds is not None
        assert 3000 < error.retry_after_seconds <= 3600
        assert len(site.asked("/a.mp4")) == 2, "asked again against the server's wish"


PARENT = """
import sys
from pathlib import Path
from tasks.fetching.fetch_step import FetchLimits, fetch
from transcripts.sources.source_url import parse_source_url

url, host, folder = sys.argv[1:]
limits = FetchLimits((host,), 3600, 10**9, "Europe/Berlin", 30)
fetch(parse_source_url(url), Path(folder), limits, lambda _: print("coming", flush=True))
"""


def test_a_fetch_dies_with_its_parent_and_takes_no_proxy_from_the_environment(tmp_path: Path) -> None:
    stalling = partial(server.stalled, content=CONTENT, after=300_000, seconds=5)
    with serve({"/a.mp4": stalling}) as site:
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, site.url("a.mp4"), site.authority, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"},
        )
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"coming\n"
        (child,) = _children_that_fetch(parent.pid)
        parent.kill()
        parent.wait()
        parent.stdout.close()
        assert _eventually(lambda: _is_gone(child))


@pytest.mark.usefixtures("alone")
def test_a_passcode_shows_in_no_error_no_log_no_argument_and_no_environment(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def look_at_the_child(_: FetchProgress) -> None:
        for child in _children_that_fetch(os.getpid()):
            shown.extend(child.joinpath(name).read_bytes().decode() for name in ("cmdline", "environ"))

    short = partial(server.slow, content=CONTENT[:400_000])
    pages = {"/a.mp4": server.FirstThen(short, partial(server.error, status=400), count=2)}
    path = f"a.mp4?pwd={SECRET}&token={SECRET}"
    with serve(pages) as site:
        fetched = fetch_from(site, path, tmp_path, look_at_the_child)
        error = failure_from(site, path, tmp_path)
    told = [str(error), repr(error), repr(error.__cause__), repr(error.__context__), explain(error)]
    written = [file.read_bytes().decode("latin-1") for file in tmp_path.glob("*.json")]
    assert error.code == "fetch_failed"
    assert any("tasks.fetching.fetch_child" in text for text in shown)
    assert SECRET not in "".join([*shown, *told, *written, repr(fetched), caplog.text, *capfd.readouterr()])


@pytest.mark.usefixtures("alone")
def test_an_exception_of_the_caller_ends_the_process(tmp_path: Path) -> None:
    slow = partial(server.slow, content=CONTENT)
    with serve({"/a.mp4": slow}) as site, pytest.raises(RuntimeError, match="enough"):
        fetch_from(site, "a.mp4", tmp_path, _give_up_after_some_bytes)
    assert not list(_children_that_fetch(os.getpid()))


def _self_signed(path: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    dated = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    certificate = dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(private + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
