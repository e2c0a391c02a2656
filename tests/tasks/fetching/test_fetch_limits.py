"""What a hostile server or page may cost: little, once, and the organiser is told what was too much."""

import gzip
import time
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import brotli  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yt_dlp import YoutubeDL
from yt_dlp.extractor.common import InfoExtractor

from tasks.fetching.dash_manifests import dash_segments, smooth_segments
from tasks.fetching.fetch_step import FetchLimits, fetch
from tasks.fetching.yt_dlp_session import DiscardingLogger
from tests import misbehaving_server as server
from tests.kinds import kind_of
from tests.misbehaving_server import Exchange, Handler, serve
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.sources.source_url import parse_source_url

BLANKS = b" " * (48 * 2**20)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, compresslevel=1),
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=1),
}
HTML, HLS, DASH = "text/html", "application/x-mpegurl", "application/dash+xml"
SECRET = "geheim-4711"


def failure_of(pages: Mapping[str, Handler], folder: Path, stall_seconds: float = 2.0) -> StepError:
    with serve(pages) as site:
        limits = FetchLimits((site.authority,), 8 * 3600, 10**9, "Europe/Berlin", stall_seconds)
        source = parse_source_url(site.url(""))
        with pytest.raises(StepError) as caught:
            fetch(source, folder / "fetched", limits, lambda _progress: None)
    return caught.value


def kind_and_code(error: StepError) -> tuple[type[StepError], str]:
    return kind_of(error), error.code


def packed(exchange: Exchange, *, body: bytes, kind: str, packing: str, status: int = 200) -> None:
    exchange.reply(status, body, Content_Type=kind, Content_Encoding=packing, Location="/again")


@pytest.mark.parametrize("kind", [HTML, DASH, "video/mp4"])
@pytest.mark.parametrize("packing", PACKERS)
def test_what_is_packed_may_not_swell_beyond_measure(kind: str, packing: str, tmp_path: Path) -> None:
    bomb = partial(packed, body=PACKERS[packing](BLANKS), kind=kind, packing=packing)
    code = "no_media" if kind == HTML else "packed_bomb"  # of a page, only the beginning is read
    assert kind_and_code(failure_of({"/": bomb}, tmp_path)) == (PermanentError, code)
    assert sum(each.stat().st_size for each in (tmp_path / "fetched").rglob("*")) < 40_000_000


@pytest.mark.parametrize("packing", PACKERS)
def test_a_packed_segment_is_bounded_too(packing: str, tmp_path: Path) -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/a.ts\n#EXT-X-ENDLIST\n"
    bomb = partial(packed, body=PACKERS[packing](BLANKS), kind="video/mp2t", packing=packing)
    pages = {"/": partial(server.file, content=playlist, kind=HLS), "/a.ts": bomb}
    assert kind_and_code(failure_of(pages, tmp_path)) == (PermanentError, "packed_bomb")


def test_an_honest_page_may_be_packed(tmp_path: Path) -> None:
    html = b"<html><title>Treffen</title><body><p>Guten Tag, allerseits.</p>" * 3000
    page = partial(packed, body=gzip.compress(html), kind=HTML, packing="gzip")
    assert kind_and_code(failure_of({"/": page}, tmp_path)) == (PermanentError, "no_media")


def test_the_body_of_a_redirection_is_not_read(tmp_path: Path) -> None:
    bomb = partial(packed, body=PACKERS["gzip"](BLANKS * 4), kind=HTML, packing="gzip", status=302)
    pages = {"/": bomb, "/again": partial(server.error, status=404)}
    assert kind_and_code(failure_of(pages, tmp_path)) == (PermanentError, "not_found")


def test_a_page_that_burns_time_is_refused_for_good(tmp_path: Path) -> None:
    page = partial(server.page, html="<html><title>x</title>" + "<video src='a" * 200_000)
    assert kind_and_code(failure_of({"/": page}, tmp_path, stall_seconds=10)) == (
        PermanentError,
        "page_too_costly",
    )


def test_a_server_that_only_drips_is_not_tried_again(tmp_path: Path) -> None:
    def dripping(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": HTML, "Content-Length": "100000"})
        while True:
            exchange.wfile.write(b" ")
            exchange.wfile.flush()
            time.sleep(0.05)

    error = failure_of({"/": dripping}, tmp_path, stall_seconds=0.2)
    assert kind_and_code(error) == (PermanentError, "server_too_slow")


def test_a_server_that_is_silent_may_come_back(tmp_path: Path) -> None:
    silent = partial(server.stalled, content=bytes(1000), after=10, seconds=3)
    assert isinstance(failure_of({"/": silent}, tmp_path, stall_seconds=0.3), TemporaryError)


def test_headers_without_end_are_refused_for_good(tmp_path: Path) -> None:
    def endless(exchange: Exchange) -> None:
        exchange.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            exchange.wfile.write(b"X-More: " + b"x" * 60_000 + b"\r\n")

    assert kind_and_code(failure_of({"/": endless}, tmp_path)) == (PermanentError, "fetch_failed")


def test_the_fetching_process_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MITSCHNITT_ARCHIVE__SECRET_ACCESS_KEY", SECRET)
    seen: list[bytes] = []

    def look(_progress: object) -> None:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if b"tasks.fetching.fetch_child" in (folder / "cmdline").read_bytes():
                    seen.append((folder / "environ").read_bytes())
            except OSError:
                continue  # it has ended meanwhile

    content = bytes(1_000_000)
    with serve({"/a.mp4": partial(server.slow, content=content)}) as site:
        limits = FetchLimits((site.authority,), 3600, 10**9, "Europe/Berlin", 2)
        fetch(parse_source_url(site.url("a.mp4")), tmp_path, limits, look)
    assert any(b"YTDLP_NO_PLUGINS" in each for each in seen)
    assert not any(SECRET.encode() in each for each in seen if b"YTDLP_NO_PLUGINS" in each)


# -- Manifests --

EXTRACTOR = InfoExtractor(YoutubeDL({"logger": DiscardingLogger()}))
XMLNS = "urn:mpeg:dash:schema:mpd:2011"
numbers = st.integers(0, 40)
repeats = st.lists(st.integers(-2, 40), max_size=5)


@st.composite
def templates(draw: st.DrawFn) -> str:
    """A list of segments in one of the ways there are."""
    length = draw(st.sampled_from(["", 'duration="1"', 'duration="7" timescale="2"', 'timescale="3"']))
    media = draw(st.sampled_from(["$Number$.m4s", "$Time$.m4s", "$RepresentationID$-$Number%05d$.m4s"]))
    timeline = "".join(f'<S d="2" r="{r}"/>' for r in draw(repeats))
    inside = f"<SegmentTimeline>{timeline}</SegmentTimeline>" if timeline else ""
    return f'<SegmentTemplate {length} media="{media}">{inside}</SegmentTemplate>'


@st.composite
def manifests(draw: st.DrawFn) -> str:
    """Templates at every level, each of which may be left out."""
    maybe = st.one_of(st.just(""), templates())
    sets = []
    for _ in range(draw(st.integers(1, 2))):
        inside = "".join(
            f'<Representation id="{n}" bandwidth="{n}">{draw(maybe)}</Representation>'
            for n in range(1, draw(st.integers(1, 3)) + 1)
        )
        sets.append(f'<AdaptationSet mimeType="video/mp4">{draw(maybe)}{inside}</AdaptationSet>')
    length = f'mediaPresentationDuration="PT{draw(numbers)}S"'
    return f'<MPD xmlns="{XMLNS}" {length}><Period>{draw(maybe)}{"".join(sets)}</Period></MPD>'


@settings(max_examples=200, deadline=None)
@given(manifests())
def test_no_manifest_becomes_more_segments_than_were_counted(text: str) -> None:
    document = ElementTree.fromstring(text)  # noqa: S314  # our own text
    try:
        formats, _ = EXTRACTOR._parse_mpd_formats_and_subtitles(document, mpd_id="x")
    except (KeyError, TypeError, ZeroDivisionError):
        return  # yt-dlp refuses it by itself
    listed = sum(len(each.get("fragments", [])) for each in formats)
    assert listed <= sum(count + 1 for count in dash_segments(document))


def test_repeats_in_smooth_streaming_are_counted() -> None:
    stream = '<StreamIndex><QualityLevel/><QualityLevel/><c d="1" r="5"/><c d="1"/></StreamIndex>'
    manifest = ElementTree.fromstring(f"<SmoothStreamingMedia>{stream}</SmoothStreamingMedia>")  # noqa: S314
    assert smooth_segments(manifest) == [6, 6]


ENDLESS = '<SegmentTemplate timescale="1000000000" duration="1" media="$Number$.m4s"/>'
REPEATED = (
    '<SegmentTemplate media="$Time$.m4s"><SegmentTimeline><S d="1" r="2000000000"/>'
    "</SegmentTimeline></SegmentTemplate>"
)


@pytest.mark.parametrize("template", [ENDLESS, REPEATED])
def test_a_manifest_of_a_thousand_million_segments_is_refused_before_it_is_listed(
    template: str, tmp_path: Path
) -> None:
    inside = f'<AdaptationSet mimeType="video/mp4">{template}<Representation id="1" bandwidth="1"/>'
    head = f'<MPD xmlns="{XMLNS}" type="static" mediaPresentationDuration="PT1H">'
    text = f'<?xml version="1.0"?>{head}<Period>{inside}</AdaptationSet></Period></MPD>'
    page = partial(server.file, content=text.encode(), kind=DASH)
    assert kind_and_code(failure_of({"/": page}, tmp_path)) == (PermanentError, "too_many_segments")


def test_a_playlist_of_too_many_segments_is_refused_before_any_is_asked_for(tmp_path: Path) -> None:
    listed = "#EXTINF:0.01,\n/a.ts\n" * 60_001
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{listed}#EXT-X-ENDLIST\n"
    page = partial(server.file, content=text.encode(), kind=HLS)
    assert kind_and_code(failure_of({"/": page}, tmp_path)) == (PermanentError, "too_many_segments")
