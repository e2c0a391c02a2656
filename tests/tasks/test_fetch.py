"""Fetching from a server that misbehaves, over real sockets on the loopback."""

import datetime
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import imageio_ffmpeg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tasks.fetch import FetchLimits, FetchProgress, fetch
from tests import misbehaving_server as server
from tests.misbehaving_server import Exchange, Site, serve, serve_folder
from transcripts.errors import PermanentError, StepError, TemporaryError
from transcripts.media import Fetched
from transcripts.source_url import parse_source_url

SAMPLE = Path(__file__).parents[1] / "samples" / "netzwerktreffen.mp4"
CONTENT = SAMPLE.read_bytes()
OTHER = bytes(reversed(CONTENT))
SECRET = "geheim-4711"


@dataclass
class Fetcher:
    """Fetches into one folder, from one site that is allowed although it is on the loopback."""

    folder: Path
    max_size_bytes: int = 50_000_000
    max_duration_seconds: float = 8 * 3600
    stall_timeout_seconds: float = 1

    def __call__(
        self,
        url: str,
        *,
        allow: tuple[str, ...] = (),
        on_progress: Callable[[FetchProgress], None] = lambda _: None,
    ) -> Fetched:
        limits = FetchLimits(
            allow_hosts=allow,
            max_duration_seconds=self.max_duration_seconds,
            max_size_bytes=self.max_size_bytes,
            stall_timeout_seconds=self.stall_timeout_seconds,
        )
        return fetch(parse_source_url(url), self.folder, limits, on_progress)

    def from_site(
        self, site: Site, path: str, on_progress: Callable[[FetchProgress], None] = lambda _: None
    ) -> Fetched:
        return self(site.url(path), allow=(site.authority,), on_progress=on_progress)

    def failing(self, site: Site, path: str) -> StepError:
        with pytest.raises(StepError) as caught:
            self.from_site(site, path)
        return caught.value

    def left_over(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path / "work")


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first seconds of the sample as HLS: `plain.m3u8`, and `master.m3u8` with its own sound."""
    folder = tmp_path_factory.mktemp("stream")
    small = ["-t", "6", "-vf", "scale=160:-2", "-r", "10", "-g", "20", "-preset", "ultrafast"]
    hls = ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod"]
    grouped = ["-map", "0:v", "-map", "0:a", "-var_stream_map", "a:0,agroup:ton v:0,agroup:ton"]
    _ffmpeg(folder, *small, *hls, "-hls_segment_filename", "plain%d.ts", "plain.m3u8")
    names = ["-master_pl_name", "master.m3u8", "-hls_segment_filename", "v%v_%d.ts", "v%v.m3u8"]
    _ffmpeg(folder, *small, *grouped, *hls, *names)
    return folder


def _ffmpeg(folder: Path, *options: str) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run(
        [program, "-v", "error", "-threads", "1", "-i", str(SAMPLE), *options], cwd=folder, check=True
    )


def _children_that_fetch(parent: int) -> Iterator[Path]:
    """The folders in /proc of the fetching processes that `parent` started."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent_of = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = folder.joinpath("cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent_of == parent and b"tasks.fetch_child" in command:
            yield folder


def _eventually(holds: Callable[[], bool], within_seconds: float = 10) -> bool:
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


# -- What works --


def test_a_file_arrives_whole_with_its_title_its_date_and_its_progress(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    recording = folder / "2026-11-19_Treffen-der-Räte.mp4"
    recording.write_bytes(CONTENT)
    os.utime(recording, (1_795_130_400, 1_795_130_400))  # 2026-11-19 23:20 UTC: already the 20th in Berlin
    seen: list[FetchProgress] = []
    with serve_folder(folder) as site:
        fetched = fetcher.from_site(site, "2026-11-19_Treffen-der-R%C3%A4te.mp4", seen.append)
    assert [file.path.read_bytes() for file in fetched.files] == [CONTENT]
    assert fetched.title == "2026-11-19 Treffen der Räte"
    assert fetched.recorded_on == datetime.date(2026, 11, 20)
    assert fetched.extractor == "Generic"
    assert seen[-1].received_bytes == seen[-1].total_bytes == len(CONTENT)


def test_fetching_again_asks_for_one_byte_only(fetcher: Fetcher) -> None:
    with serve_folder(SAMPLE.parent) as site:
        first = fetcher.from_site(site, SAMPLE.name)
        again = fetcher.from_site(site, SAMPLE.name)
    assert again == first
    assert site.requests[-1].range == f"bytes={len(CONTENT) - 1}-"


def test_a_finished_file_is_fetched_anew_if_the_server_has_another_one_by_now(fetcher: Fetcher) -> None:
    before, after = (partial(server.file, content=content) for content in (CONTENT, OTHER))
    with serve({"/a.mp4": server.FirstThen(before, after, count=2)}) as site:
        fetcher.from_site(site, "a.mp4")
        assert fetcher.from_site(site, "a.mp4").files[0].path.read_bytes() == OTHER


def test_a_page_with_one_video_gives_that_video_and_the_title_of_the_page(fetcher: Fetcher) -> None:
    html = "<html><title>Treffen im Mai</title><body><video src='/a.mp4'></video></body></html>"
    pages = {"/": partial(server.page, html=html), "/a.mp4": partial(server.file, content=CONTENT)}
    with serve(pages) as site:
        fetched = fetcher.from_site(site, "")
    assert fetched.title == "Treffen im Mai"
    assert fetched.files[0].path.read_bytes() == CONTENT


def test_names_given_by_the_server_never_leave_the_folder(fetcher: Fetcher, tmp_path: Path) -> None:
    def answer(exchange: Exchange) -> None:
        name = 'attachment; filename="../../../evil.sh"'
        exchange.reply(200, CONTENT, Content_Type="application/x-sh", Content_Disposition=name)

    with serve({"/../../evil.sh": answer}) as site:
        fetched = fetcher.from_site(site, "..%2f..%2fevil.sh")
    assert [file.path for file in fetched.files] == [fetcher.folder / "source.bin"]
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


# -- HLS --


def test_a_stream_in_segments_becomes_one_file(fetcher: Fetcher, stream: Path) -> None:
    with serve_folder(stream) as site:
        fetched = fetcher.from_site(site, "plain.m3u8")
    segments = b"".join(stream.joinpath(f"plain{number}.ts").read_bytes() for number in range(3))
    assert [file.path.read_bytes() for file in fetched.files] == [segments]


def test_a_stream_with_its_own_sound_becomes_two_files_picture_first(fetcher: Fetcher, stream: Path) -> None:
    with serve_folder(stream) as site:
        fetched = fetcher.from_site(site, "master.m3u8")
    picture, sound = (file.path.read_bytes() for file in fetched.files)
    assert sound == b"".join(stream.joinpath(f"v0_{number}.ts").read_bytes() for number in range(3))
    assert picture == b"".join(stream.joinpath(f"v1_{number}.ts").read_bytes() for number in range(3))


def test_a_broken_stream_goes_on_with_the_missing_segment(fetcher: Fetcher, stream: Path) -> None:
    whole = {f"/plain{number}.ts": stream.joinpath(f"plain{number}.ts").read_bytes() for number in range(3)}
    playlist = partial(
        server.file, content=stream.joinpath("plain.m3u8").read_bytes(), kind="application/x-mpegurl"
    )
    segments = {
        path: partial(server.file, content=content, kind="video/mp2t") for path, content in whole.items()
    }
    gap = {**segments, "/plain2.ts": partial(server.error, status=503)}
    pages: dict[str, server.Handler] = {"/plain.m3u8": playlist, **gap}
    with serve(pages) as site:
        assert fetcher.failing(site, "plain.m3u8").code == "server_error"
        part = fetcher.folder / "source.mp4.part"
        part.write_bytes(part.read_bytes() + whole["/plain1.ts"])  # as if killed before it was noted
        pages.update(segments)
        site.requests.clear()
        fetched = fetcher.from_site(site, "plain.m3u8")
    assert fetched.files[0].path.read_bytes() == b"".join(whole.values())
    assert not site.asked("/plain0.ts")


def test_a_stream_whose_playlist_changed_is_fetched_from_the_start(fetcher: Fetcher, stream: Path) -> None:
    text = stream.joinpath("plain.m3u8").read_text()
    longer = text.replace("#EXT-X-ENDLIST", "#EXTINF:2.0,\nplain0.ts\n#EXT-X-ENDLIST")
    contents = {f"/plain{n}.ts": stream.joinpath(f"plain{n}.ts").read_bytes() for n in range(3)}
    pages: dict[str, server.Handler] = {
        "/plain.m3u8": partial(server.file, content=text.encode(), kind="application/x-mpegurl"),
        "/plain0.ts": partial(server.file, content=contents["/plain0.ts"]),
        "/plain1.ts": partial(server.error, status=404),
        "/plain2.ts": partial(server.file, content=contents["/plain2.ts"]),
    }
    with serve(pages) as site:
        assert fetcher.failing(site, "plain.m3u8").code == "not_found"
        pages["/plain.m3u8"] = partial(server.file, content=longer.encode(), kind="application/x-mpegurl")
        pages["/plain1.ts"] = partial(server.file, content=contents["/plain1.ts"])
        fetched = fetcher.from_site(site, "plain.m3u8")
    assert fetched.files[0].path.read_bytes() == b"".join([*contents.values(), contents["/plain0.ts"]])


@pytest.mark.parametrize(
    ("segment", "host"),
    [("http://127.0.0.2:{port}/a.ts", "127.0.0.2"), ("file:///etc/passwd", "file://")],
)
def test_a_stream_with_a_segment_inside_the_house_is_refused(
    fetcher: Fetcher, segment: str, host: str
) -> None:
    with serve({}, host="127.0.0.2") as private:
        lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", "#EXTINF:2,", segment.format(port=private.port)]
        content = "\n".join([*lines, "#EXT-X-ENDLIST", ""]).encode()
        playlist = partial(server.file, content=content, kind="application/x-mpegurl")
        with serve({"/a.m3u8": playlist}) as site:
            error = fetcher.failing(site, "a.m3u8")
    assert (error.code, error.details) == ("address_private", {"host": host})
    assert private.requests == []


def test_a_stream_with_a_key_inside_the_house_is_refused(fetcher: Fetcher, stream: Path) -> None:
    with serve({}, host="127.0.0.2") as private:
        key = f'#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.2:{private.port}/key"'
        text = stream.joinpath("plain.m3u8").read_text().replace("#EXTINF", f"{key}\n#EXTINF", 1)
        pages: dict[str, server.Handler] = {
            "/a.m3u8": partial(server.file, content=text.encode(), kind="application/x-mpegurl"),
            "/plain0.ts": partial(server.file, content=bytes(16)),
        }
        with serve(pages) as site:
            assert fetcher.failing(site, "a.m3u8").code == "address_private"
    assert private.requests == []


def test_a_stream_without_an_end_is_live(fetcher: Fetcher, stream: Path) -> None:
    text = stream.joinpath("plain.m3u8").read_text()
    endless = text.replace("#EXT-X-ENDLIST", "").replace("#EXT-X-PLAYLIST-TYPE:VOD", "")
    playlist = partial(server.file, content=endless.encode(), kind="application/x-mpegurl")
    with serve({"/a.m3u8": playlist}) as site:
        assert fetcher.failing(site, "a.m3u8").code == "live"


def test_a_stream_longer_than_the_limit_is_refused_before_a_segment_is_asked_for(
    fetcher: Fetcher, stream: Path
) -> None:
    fetcher.max_duration_seconds = 3
    with serve_folder(stream) as site:
        error = fetcher.failing(site, "plain.m3u8")
    assert error.code == "too_long"
    assert error.details["limit_hours"] == pytest.approx(3 / 3600)
    assert not site.asked("/plain0.ts")


# -- Addresses that are not public --


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2:{port}/a.mp4",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706434:{port}/",
    ],
)
def test_a_redirect_into_the_house_is_refused(fetcher: Fetcher, target: str) -> None:
    with serve({}, host="127.0.0.2") as private:
        handlers = {"/": partial(server.redirect, to=target.format(port=private.port))}
        with serve(handlers) as site:
            error = fetcher.failing(site, "")
    assert isinstance(error, PermanentError)
    assert error.code == "address_private"
    assert private.requests == []


def test_an_address_in_the_house_is_refused_by_its_name(fetcher: Fetcher) -> None:
    with serve_folder(SAMPLE.parent) as site, pytest.raises(PermanentError) as caught:
        fetcher(f"http://localhost:{site.port}/{SAMPLE.name}")
    assert (caught.value.code, caught.value.details) == ("address_private", {"host": "localhost"})
    assert site.requests == []


def test_an_allowed_host_may_be_in_the_house_but_not_its_other_ports(fetcher: Fetcher) -> None:
    with serve_folder(SAMPLE.parent) as other:
        handlers = {"/": partial(server.redirect, to=other.url(SAMPLE.name))}
        with serve(handlers) as site, pytest.raises(PermanentError, match="address_private"):
            fetcher(f"http://localhost:{site.port}/", allow=(f"localhost:{site.port}",))
    assert site.requests
    assert other.requests == []


# -- Refusals of the server --


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (404, PermanentError, "not_found"),
        (410, PermanentError, "not_found"),
        (401, PermanentError, "login_required"),
        (403, PermanentError, "forbidden"),
        (429, TemporaryError, "server_error"),
        (503, TemporaryError, "server_error"),
    ],
)
def test_each_status_has_its_meaning(fetcher: Fetcher, status: int, kind: type[StepError], code: str) -> None:
    with serve({"/a.mp4": partial(server.error, status=status)}) as site:
        error = fetcher.failing(site, "a.mp4")
    assert (type(error), error.code) == (kind, code)


def test_a_passing_fault_of_the_server_is_overcome(fetcher: Fetcher) -> None:
    good, bad = partial(server.file, content=CONTENT), partial(server.error, status=500)
    handler = server.FirstThen(good, server.FirstThen(bad, good), count=1)
    with serve({"/a.mp4": handler}) as site:
        assert fetcher.from_site(site, "a.mp4").files[0].path.read_bytes() == CONTENT


def test_a_page_without_a_recording_is_no_media(fetcher: Fetcher) -> None:
    with serve({"/": partial(server.page, html="<html><p>Nur Text</p></html>")}) as site:
        assert fetcher.failing(site, "").code == "no_media"


def test_a_page_with_two_recordings_asks_which_one(fetcher: Fetcher) -> None:
    html = "<html><video src='/a.mp4'></video><video src='/b.mp4'></video></html>"
    with serve({"/": partial(server.page, html=html)}) as site:
        error = fetcher.failing(site, "")
    assert (error.code, error.details) == ("many_recordings", {"count": 2})


def test_a_certificate_that_nobody_vouches_for_is_refused(fetcher: Fetcher, tmp_path: Path) -> None:
    with serve({}, tls=_self_signed(tmp_path / "pair.pem")) as site, pytest.raises(PermanentError) as caught:
        fetcher(f"https://{site.authority}/a.mp4", allow=(site.authority,))
    assert (caught.value.code, caught.value.details) == ("certificate", {"host": "127.0.0.1"})


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


# -- Limits --


def test_a_body_without_end_is_stopped_at_the_limit(fetcher: Fetcher) -> None:
    fetcher.max_size_bytes = 3_000_000
    with serve({"/a.mp4": server.endless}) as site:
        error = fetcher.failing(site, "a.mp4")
    assert error.code == "too_large"
    assert error.details["limit_gigabytes"] == pytest.approx(0.003)
    assert fetcher.folder.joinpath("source.mp4.part").stat().st_size < 10_000_000


def test_a_file_announced_as_too_large_is_refused_before_the_first_byte(fetcher: Fetcher) -> None:
    fetcher.max_size_bytes = 3_000_000
    with serve({"/a.mp4": partial(server.announced, size_bytes=5_000_000_000)}) as site:
        error = fetcher.failing(site, "a.mp4")
    assert (error.code, error.details["gigabytes"]) == ("too_large", 5.0)
    assert fetcher.left_over() == set()


def test_a_file_larger_than_the_free_space_is_refused_before_the_first_byte(fetcher: Fetcher) -> None:
    fetcher.max_size_bytes = 10**19
    with serve({"/a.mp4": partial(server.announced, size_bytes=10**18)}) as site:
        error = fetcher.failing(site, "a.mp4")
    assert isinstance(error, TemporaryError)
    assert (error.code, error.details) == ("disk_full", {"path": str(fetcher.folder)})


# -- Broken connections --


def test_a_server_that_stalls_is_left_after_the_timeout_and_its_part_is_kept(fetcher: Fetcher) -> None:
    fetcher.stall_timeout_seconds = 0.3
    stalling = partial(server.stalled, content=CONTENT, after=300_000, seconds=1)
    with serve({"/a.mp4": stalling}) as site:
        error = fetcher.failing(site, "a.mp4")
    assert (type(error), error.code) == (TemporaryError, "timeout")


@pytest.mark.parametrize("has_ranges", [True, False])
def test_a_body_cut_at_half_is_completed_within_the_same_fetch(fetcher: Fetcher, has_ranges: bool) -> None:
    cut = server.CutAtHalf(CONTENT, cuts=1, has_ranges=has_ranges)
    with serve({"/a.mp4": cut}) as site:
        assert fetcher.from_site(site, "a.mp4").files[0].path.read_bytes() == CONTENT
    assert bool(site.requests[-1].range) == has_ranges


def test_a_body_that_is_always_cut_is_lost_for_now_and_its_part_is_kept(fetcher: Fetcher) -> None:
    with serve({"/a.mp4": server.CutAtHalf(CONTENT, cuts=99)}) as site:
        error = fetcher.failing(site, "a.mp4")
    assert (type(error), error.code) == (TemporaryError, "connection_lost")
    part = fetcher.folder.joinpath("source.mp4.part").read_bytes()
    assert len(part) > len(CONTENT) // 2
    assert CONTENT.startswith(part)


def test_a_server_that_hangs_up_or_is_not_there_is_a_lost_connection(fetcher: Fetcher) -> None:
    with serve({"/a.mp4": server.refusing_to_speak}) as site:
        assert fetcher.failing(site, "a.mp4").code == "connection_lost"
    assert fetcher.failing(site, "a.mp4").code == "connection_lost"


def test_a_killed_fetch_goes_on_where_it_stopped(fetcher: Fetcher) -> None:
    slow, quick = partial(server.slow, content=CONTENT), partial(server.file, content=CONTENT, etag='"a"')
    look = partial(server.announced, size_bytes=len(CONTENT))
    with serve({"/a.mp4": server.FirstThen(look, server.FirstThen(slow, quick))}) as site:
        with pytest.raises(TemporaryError, match="fetch_interrupted"):
            fetcher.from_site(site, "a.mp4", _kill_after_some_bytes)
        kept = fetcher.folder.joinpath("source.mp4.part").stat().st_size
        assert kept > 100_000
        assert fetcher.from_site(site, "a.mp4").files[0].path.read_bytes() == CONTENT
    assert site.requests[-1].range == f"bytes={kept}-"


def _kill_after_some_bytes(progress: FetchProgress) -> None:
    if progress.received_bytes > 200_000:
        for folder in _children_that_fetch(os.getpid()):
            os.kill(int(folder.name), signal.SIGKILL)


@pytest.mark.parametrize("knows_if_range", [True, False])
def test_a_part_is_never_continued_with_other_content(fetcher: Fetcher, knows_if_range: bool) -> None:
    new = partial(server.file, content=OTHER, etag='"b"')
    pages: dict[str, server.Handler] = {"/a.mp4": server.CutAtHalf(CONTENT, cuts=99)}
    with serve(pages) as site:
        fetcher.failing(site, "a.mp4")
        pages["/a.mp4"] = new if knows_if_range else partial(_without_if_range, then=new)
        assert fetcher.from_site(site, "a.mp4").files[0].path.read_bytes() == OTHER


def _without_if_range(exchange: Exchange, *, then: server.Handler) -> None:
    """Like a server that ignores If-Range and cuts its new file wherever it is asked to."""
    del exchange.headers["If-Range"]
    then(exchange)


def test_an_exception_of_the_caller_ends_the_fetch(fetcher: Fetcher) -> None:
    def give_up(_: FetchProgress) -> None:
        raise KeyboardInterrupt

    with serve({"/a.mp4": server.endless}) as site, pytest.raises(KeyboardInterrupt):
        fetcher.from_site(site, "a.mp4", give_up)
    assert not list(_children_that_fetch(os.getpid()))


PARENT = """
import sys
from pathlib import Path
from tasks.fetch import FetchLimits, fetch
from transcripts.source_url import parse_source_url

url, host, folder = sys.argv[1:]
limits = FetchLimits((host,), 3600, 10**9, 30)
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
        assert _eventually(lambda: not child.exists() or "Z" in child.joinpath("stat").read_text().split())


# -- Secrets --


def test_a_passcode_shows_in_no_error_no_log_no_argument_and_no_environment(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def look(_: FetchProgress) -> None:
        for child in _children_that_fetch(os.getpid()):
            shown.extend(child.joinpath(name).read_bytes().decode() for name in ("cmdline", "environ"))

    slow = partial(server.slow, content=CONTENT[:400_000])
    broken = server.FirstThen(slow, partial(server.error, status=400), count=2)
    with serve({"/a.mp4": broken}) as site:
        fetcher.from_site(site, f"a.mp4?pwd={SECRET}&token={SECRET}", look)
        with pytest.raises(StepError) as caught:
            fetcher.from_site(site, f"a.mp4?pwd={SECRET}&token={SECRET}")
    error = caught.value
    outcome = [str(error), repr(error), repr(error.__cause__), repr(error.__context__), caplog.text]
    written = [path.read_bytes().decode("latin-1") for path in fetcher.folder.glob("*.json")]
    assert error.code == "fetch_failed"
    assert any("tasks.fetch_child" in text for text in shown)
    assert SECRET not in "".join([*shown, *outcome, *written, *capfd.readouterr()])


def test_an_unknown_name_is_a_lost_connection_that_may_come_back(fetcher: Fetcher) -> None:
    with pytest.raises(TemporaryError, match="connection_lost"):
        fetcher("https://nirgendwo.invalid/a.mp4")
