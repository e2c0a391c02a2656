"""Captions and chapters beside a recording: what is fetched, and that they never keep a recording from us."""

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.fetching.captions import fetch_captions
from tasks.fetching.captions_named import CaptionLink, caption_links, chapters_in
from tasks.fetching.fetch_step import FetchLimits, fetch
from tasks.fetching.recording_lookup import FoundRecording
from tasks.fetching.transfer import Meter
from tasks.fetching.yt_dlp_session import Session
from tests import misbehaving_server as server
from tests.captioned_files import right_cues, vtt
from tests.media_samples import MEETING, make
from tests.misbehaving_server import Exchange, Handler, Site, serve
from transcripts.captions.reading import LARGEST_BYTES, read_captions
from transcripts.media.media_values import Fetched, SourceChapter
from transcripts.sources.source_url import parse_source_url

CAPTIONS = vtt(right_cues(20)).encode()


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("video") / "a.mp4"
    return make(path, "-t", "3", "-i", str(MEETING), "-c", "copy").read_bytes()


def text(content: bytes, kind: str = "text/vtt") -> Handler:
    return partial(server.file, content=content, kind=kind)


def page(tracks: str) -> Handler:
    video = f"<video src='a.mp4'>{tracks}</video>"
    return partial(server.page, html=f"<html><title>Treffen</title><body>{video}</body></html>")


def fetched(site: Site, folder: Path, language: str = "de") -> Fetched:
    limits = FetchLimits((site.authority,), 3600, 50_000_000, "Europe/Berlin", 2, language)
    return fetch(parse_source_url(site.url("seite")), folder, limits, lambda _progress: None)


def track(address: str, language: str, kind: str = "captions") -> str:
    return f"<track kind='{kind}' src='{address}' srclang='{language}'>"


def test_captions_of_the_language_come_with_the_recording(video: bytes, tmp_path: Path) -> None:
    tracks = track("de.vtt", "de-CH", "subtitles") + track("en.vtt", "en") + track("auto.vtt", "de-auto")
    pages: dict[str, Handler] = {
        "/seite": page(tracks),
        "/a.mp4": partial(server.file, content=video),
        **{f"/{name}.vtt": text(CAPTIONS) for name in ("de", "en", "auto")},
    }
    with serve(pages) as site:
        found = fetched(site, tmp_path)
        again = fetched(site, tmp_path)
        asked = {each.path for each in site.requests}
    assert [(each.language, each.file.path.read_bytes()) for each in found.captions] == [("de-CH", CAPTIONS)]
    assert found == again
    assert "/en.vtt" not in asked
    assert "/auto.vtt" not in asked


@pytest.mark.parametrize(
    "answer",
    [
        partial(server.error, status=404),
        partial(server.error, status=503),
        partial(server.page, html="<html>Bitte anmelden</html>"),
        text(b"a" * (LARGEST_BYTES + 1)),
        partial(server.endless, kind="text/vtt"),
        partial(server.redirect, to="http://10.1.2.3/de.vtt"),
        partial(server.redirect, to="file:///etc/passwd"),
        partial(server.stalled, content=CAPTIONS, after=20, seconds=8),
    ],
    ids=["gone", "busy", "a page", "too large", "endless", "private address", "a file", "stalled"],
)
def test_captions_that_cannot_be_had_are_passed_over(answer: Handler, video: bytes, tmp_path: Path) -> None:
    pages: dict[str, Handler] = {
        "/seite": page(track("de.vtt", "de")),
        "/a.mp4": partial(server.file, content=video),
        "/de.vtt": answer,
    }
    with serve(pages) as site:
        found = fetched(site, tmp_path)
        assert site.asked("/de.vtt")
    assert [each.path.read_bytes() for each in found.files] == [video]
    assert found.captions == ()


@pytest.mark.parametrize(("by_machine", "count"), [(True, 0), (False, 1), (None, 1)])
def test_what_peertube_wrote_itself_is_passed_over(
    by_machine: bool | None, count: int, tmp_path: Path
) -> None:
    row: dict[str, object] = {"language": {"id": "de"}, "captionPath": "/lazy-static/video-captions/x-de.vtt"}
    if by_machine is not None:
        row["automaticallyGenerated"] = by_machine
    pages: dict[str, Handler] = {
        "/api/v1/videos/abc/captions": text(
            json.dumps({"total": 1, "data": [row]}).encode(), "application/json"
        ),
        "/lazy-static/video-captions/x-de.vtt": text(CAPTIONS),
    }
    with serve(pages) as site:
        link = CaptionLink(site.url("lazy-static/video-captions/x-de.vtt"), "de", "vtt")
        find = FoundRecording((), None, None, "PeerTube", "abc", captions=(link,))
        with Session(tmp_path, 2, None) as session:
            got = fetch_captions(session, find, tmp_path, "de", Meter(10**9, 30, lambda _: None))
    assert len(got.files) == count
    assert len(got.passed_over) == 1 - count


def test_of_several_formats_the_plainest_is_named_and_none_that_a_machine_wrote() -> None:
    kinds = [
        {"url": "https://a/de.json3", "ext": "json3"},
        {"url": "https://a/de.srt"},
        {"url": "https://a/de.vtt?x=1"},
    ]
    info = {
        "subtitles": {
            "de": kinds,
            "fr": [{"url": "https://a/fr.ttml", "ext": "ttml"}],
            "it": [{"url": "https://a/it.vtt", "name": "Italiano (auto-generated)"}],
            "nl": [{"url": "https://a/nl.m3u8", "ext": "vtt", "protocol": "m3u8_native"}],
            "live_chat": [{"url": "https://a/chat", "ext": "json"}],
            "pl": [{"ext": "vtt", "data": "WEBVTT"}],
        },
        "automatic_captions": {"de": [{"url": "https://a/auto.vtt", "ext": "vtt"}]},
    }
    found = [(each.language, each.address, each.content) for each in caption_links(info)]
    assert found == [
        ("de", "https://a/de.vtt?x=1", None),
        ("nl", "https://a/nl.m3u8", None),
        ("pl", "", "WEBVTT"),
    ]


def piece(start: float, texts: list[str], moved_seconds: float = 0.0) -> Handler:
    """Captions of two seconds each, whose clock begins `moved_seconds` before the stream's."""
    lines = ["WEBVTT", f"X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:{round(900_000 + 90_000 * moved_seconds)}"]
    for number, each in enumerate(texts):
        begins = start + 2 * number - moved_seconds
        lines += ["", f"00:{begins:06.3f} --> 00:{begins + 2:06.3f}", each]
    return text("\n".join([*lines, ""]).encode())


def media_playlist(*pieces: str, end: str = "#EXT-X-ENDLIST") -> Handler:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:10", *(f"#EXTINF:4,\n{each}" for each in pieces), end, ""]
    return partial(server.file, content="\n".join(lines).encode(), kind="application/vnd.apple.mpegurl")


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Handler]:
    """A stream with captions in pieces; the second repeats one, and has a clock of its own."""
    path = tmp_path_factory.mktemp("stream") / "a.ts"
    content = make(path, "-t", "3", "-i", str(MEETING), "-c", "copy").read_bytes()
    master = [
        "#EXTM3U",
        '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="Deutsch",LANGUAGE="de",URI="de.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=100000,SUBTITLES="s"',
        "video.m3u8",
    ]
    return {
        "/seite": partial(
            server.file, content="\n".join(master).encode(), kind="application/vnd.apple.mpegurl"
        ),
        "/video.m3u8": media_playlist("a.ts"),
        "/a.ts": partial(server.file, content=content, kind="video/mp2t"),
        "/de.m3u8": media_playlist("1.vtt", "2.vtt"),
        "/1.vtt": piece(0, ["Guten Abend", "zusammen"]),
        "/2.vtt": piece(2, ["zusammen", "und willkommen"], moved_seconds=2),
    }


def test_captions_in_pieces_are_put_together(stream: dict[str, Handler], tmp_path: Path) -> None:
    with serve(stream) as site:
        (captions,) = fetched(site, tmp_path).captions
    assert captions.language == "de"
    cues = read_captions(captions.file.path.read_bytes()).cues
    assert [(each.start_seconds, each.text) for each in cues] == [
        (0.0, "Guten Abend"),
        (2.0, "zusammen"),
        (4.0, "und willkommen"),
    ]


@pytest.mark.parametrize(
    "answers",
    [
        {"/2.vtt": partial(server.error, status=404)},
        {"/2.vtt": text(b"\x00\x01 no captions")},
        {"/2.vtt": partial(server.endless, kind="text/vtt")},
        {"/2.vtt": partial(server.redirect, to="http://10.1.2.3/2.vtt")},
        {"/de.m3u8": media_playlist("http://10.1.2.3/1.vtt")},
        {"/de.m3u8": media_playlist("file:///etc/passwd")},
        {"/de.m3u8": media_playlist("1.vtt", end="")},
        {"/de.m3u8": media_playlist(*["1.vtt"] * 5_001)},
        {"/de.m3u8": media_playlist("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=skd://a", "1.vtt")},
        {"/de.m3u8": partial(server.endless, kind="application/vnd.apple.mpegurl")},
        {"/de.m3u8": partial(server.page, html="<html>Bitte anmelden</html>")},
    ],
    ids=[
        "a missing piece",
        "no captions",
        "an endless piece",
        "a private address behind a piece",
        "a private address",
        "a file",
        "not ended",
        "too many",
        "locked",
        "an endless list",
        "a page",
    ],
)
def test_pieces_of_captions_that_cannot_be_had_are_passed_over(
    answers: dict[str, Handler], stream: dict[str, Handler], tmp_path: Path
) -> None:
    with serve(stream | answers) as site:
        found = fetched(site, tmp_path)
        assert site.asked("/de.m3u8")
    assert len(found.files) == 1
    assert found.captions == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["de", "url", "ext", "protocol", "name", "data", "start_time", "title", "http_headers"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING, ANYTHING)
def test_whatever_yt_dlp_says_names_captions_and_chapters_or_none(
    subtitles: object, chapters: object
) -> None:
    info = {"subtitles": subtitles, "chapters": chapters}
    assert all(each.ending in ("vtt", "srt") for each in caption_links(info))
    assert all(isinstance(each, SourceChapter) for each in chapters_in(info))


def test_chapters_are_those_of_the_page(video: bytes, tmp_path: Path) -> None:
    clips = [
        {"@type": "Clip", "name": name, "startOffset": start, "endOffset": start + 1}
        for start, name in ((0, "Begrüßung"), (1, "Losverfahren"))
    ]
    said = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": "Treffen",
        "duration": "PT3S",
        "hasPart": clips,
    }

    def seite(exchange: Exchange) -> None:
        ld = json.dumps(said | {"contentUrl": exchange.site.url("a.mp4")})
        html = f"<html><head><script type='application/ld+json'>{ld}</script></head></html>"
        server.page(exchange, html=html)

    pages: dict[str, Handler] = {
        "/seite": seite,
        "/a.mp4": partial(server.file, content=video),
    }
    with serve(pages) as site:
        found = fetched(site, tmp_path)
    assert [(each.start_seconds, each.title) for each in found.chapters] == [
        (0, "Begrüßung"),
        (1, "Losverfahren"),
    ]
