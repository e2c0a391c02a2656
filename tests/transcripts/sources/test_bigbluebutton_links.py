"""Which addresses mean a recording on a BigBlueButton server."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.sources.bigbluebutton_links import PlaybackFormat, playback_link

ID = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1795287600000"
PRESENTATION, VIDEO = PlaybackFormat.PRESENTATION, PlaybackFormat.VIDEO
PATHS = {
    f"/playback/presentation/2.0/playback.html?meetingId={ID}": PRESENTATION,
    f"/playback/presentation/0.9.0/playback.html?x=1&meetingId={ID}#t=1": PRESENTATION,
    f"/playback/presentation/playback.html?meetingId={ID}": PRESENTATION,
    f"/playback/presentation/2.3/{ID}": PRESENTATION,
    f"/playback/presentation/2.3/{ID}/": PRESENTATION,
    f"/playback/presentation/2.3/{ID}?t=1h10m5s": PRESENTATION,
    f"/presentation/{ID}": PRESENTATION,
    f"/presentation/{ID}/metadata.xml": PRESENTATION,
    f"/presentation/{ID}/video/webcams.webm": PRESENTATION,
    f"/presentation/{ID}/deskshare/deskshare.mp4": PRESENTATION,
    f"/playback/video/{ID}": VIDEO,
    f"/playback/video/{ID}/": VIDEO,
    f"/playback/video/{ID}/video-0.m4v": VIDEO,
    f"/video/{ID}/video-0.m4v": VIDEO,
    f"/video/{ID}/": VIDEO,
}
OTHERS = [
    "https://example.org/",
    "https://example.org/presentation/losverfahren",
    "https://example.org/video/2026/treffen.mp4",
    "https://example.org/playback/presentation/",
    "https://example.org/playback/presentation/2.0/playback.html",
    "https://example.org/playback/presentation/2.3/..%2f..",
    "https://example.org/playback/audio/" + ID,
    f"https://example.org/recording/{ID}",
    "https://example.org/recording/4711/presentation",
    f"https://example.org/?u=/playback/presentation/2.3/{ID}",
    "http://[",
]


@pytest.mark.parametrize("before", ["", "/b", "/video/bbb1", "/presentation"])
@pytest.mark.parametrize("path", PATHS)
def test_a_link_is_understood_as_the_browser_shows_it(path: str, before: str) -> None:
    link = playback_link(f"https://bbb.example.org{before}{path}")
    assert link is not None
    assert (link.id, link.format, link.is_forwarded) == (ID, PATHS[path], False)
    assert link.folders[0].startswith(f"https://bbb.example.org{before}/")
    assert all(folder.endswith(f"/{link.format}/{ID}") for folder in link.folders)
    assert f"https://bbb.example.org/{link.format}/{ID}" in link.folders


@pytest.mark.parametrize("address", OTHERS)
def test_other_addresses_are_left_to_others(address: str) -> None:
    assert playback_link(address) is None


def test_short_ids_are_known_by_the_page_or_the_file() -> None:
    assert playback_link("https://example.org/playback/presentation/2.3/abc-1") is not None
    assert playback_link("https://example.org/presentation/abc-1/shapes.svg") is not None
    assert playback_link("https://example.org/presentation/abc-1/index.html") is None


def test_the_id_tells_when_the_meeting_began() -> None:
    link = playback_link(f"https://example.org/playback/presentation/2.3/{ID}")
    assert link is not None
    assert link.began_at == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", PlaybackFormat)
def test_scalelite_forwards(kind: PlaybackFormat) -> None:
    link = playback_link(f"https://example.org/recording/{ID}/{kind}?token=geheim")
    assert link is not None
    assert (link.format, link.is_forwarded) == (kind, True)


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for address in (
        text,
        f"https://example.org/playback/presentation/2.3/{text}",
        f"https://a/{text}/metadata.xml",
    ):
        link = playback_link(address)
        assert link is None or ".." not in link.id
