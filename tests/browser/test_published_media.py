"""Chromium plays each shape of published media: to its end, with flashes and beeps at their times."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bench.matrix.container_rows import PCM
from bench.matrix.marks import whole
from bench.matrix.material import AAC, OPUS, VP8, VP9, X264, Heard, Shown, Workshop, beeps
from bench.matrix.processing import processed
from bench.matrix.rows import Made
from tests.browser.conftest import Reading, wait_until
from tests.misbehaving_server import serve_folder
from transcripts.media.media_values import LocalFile, Media

pytestmark = pytest.mark.browser

SECONDS = 6
SHOWN, HEARD = Shown(seconds=SECONDS), Heard(seconds=SECONDS)
STEREO = replace(HEARD, channels=(beeps(), beeps()))
PLAYER = (
    '<!doctype html><title>Film</title><link rel="icon" href="data:,">'
    '<{tag} id="player" src="media/{name}" controls preload="auto"></{tag}>'
)
# How bright the lower middle of the picture is, 0 to 255, once the player shows the frame of a time.
# "seeked" may come while the frame before is still shown; each frame tells its own time when it is.
BRIGHTNESS = """async seconds => {
  const isItsFrame = time => time <= seconds + 0.01 && time > seconds - 0.15;
  const shown = new Promise(done => {
    const look = (_, {mediaTime}) => isItsFrame(mediaTime) ? done() : player.requestVideoFrameCallback(look);
    player.requestVideoFrameCallback(look);
  });
  player.currentTime = seconds;
  await shown;
  const canvas = new OffscreenCanvas(player.videoWidth, player.videoHeight), ink = canvas.getContext('2d');
  ink.drawImage(player, 0, 0);
  const [width, height] = [canvas.width, canvas.height];
  const {data} = ink.getImageData(width / 4, height * 0.75, width / 2, height / 8);
  return data.filter((_, index) => index % 4 == 1).reduce((sum, value) => sum + value, 0) / (data.length / 4);
}"""
# Of each tenth of a second, how loud the left ear hears it, 0 to 1.
LOUDNESS = """async address => {
  const content = await (await fetch(address)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(content);
  const samples = sound.getChannelData(0), tenths = [];
  for (let start = 0; start < samples.length; start += 1600)
    tenths.push(Math.max(...samples.subarray(start, start + 1600).map(Math.abs)));
  return tenths;
}"""

SHAPES: dict[str, Callable[[Workshop], Path]] = {
    "copied picture, stereo": lambda made: made.mux("mp4", SHOWN, STEREO, *X264, *AAC),
    "copied picture, mono": lambda made: made.mux("mp4", SHOWN, HEARD, *X264, *AAC),
    "copied picture from MKV, B-frames": lambda made: made.mux("mkv", SHOWN, HEARD, *X264, "-bf", "3", *OPUS),
    "copied picture that begins late": lambda made: made.mux(
        "mkv", SHOWN, HEARD, *X264, *AAC, "-output_ts_offset", "600"
    ),
    "encoded picture": lambda made: made.mux("webm", SHOWN, HEARD, *VP9, *OPUS),
    "encoded picture of odd size": lambda made: made.mux(
        "webm", replace(SHOWN, width=321, height=181), HEARD, *VP8, *OPUS
    ),
    "sound only, stereo": lambda made: made.mux("wav", None, STEREO, *PCM),
    "sound only, mono": lambda made: made.mux("opus", None, HEARD, *OPUS),
}


def published(shape: str, folder: Path) -> Media:
    """What becomes of an input of this shape."""
    workshop = Workshop(folder)
    media = processed(Made(whole(SECONDS), (SHAPES[shape](workshop),)), folder)
    assert isinstance(media, Media), media
    return media


def assert_is_played_to_its_end(page: Page) -> None:
    page.evaluate("player.playbackRate = 4, player.play()")
    wait_until(page, "player.ended || player.error")
    assert page.evaluate("player.error?.message") is None
    assert page.evaluate("player.duration") == pytest.approx(SECONDS, abs=0.15)


def assert_flashes_are_seen_in_place(page: Page) -> None:
    for second in range(SECONDS):
        assert page.evaluate(BRIGHTNESS, second + 0.46) > 100, f"no flash in second {second}"
        assert page.evaluate(BRIGHTNESS, second + 0.8) < 100, f"a flash too long in second {second}"


def assert_beeps_are_heard_in_place(page: Page, file: LocalFile) -> None:
    tenths = page.evaluate(LOUDNESS, f"media/{file.path.name}")
    loud = {index for index, height in enumerate(tenths) if height > 0.5 * max(tenths)}
    wanted = {10 * second + 4 for second in range(SECONDS)}
    assert wanted <= loud <= wanted | {index + 1 for index in wanted}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_browser_plays_what_is_published(reading: Reading, tmp_path: Path, shape: str) -> None:
    media = published(shape, tmp_path)
    played = media.video or media.audio
    tag = "video" if media.video else "audio"
    (tmp_path / "index.html").write_text(PLAYER.format(tag=tag, name=played.path.name))
    with serve_folder(tmp_path) as site:
        reading.page.goto(site.url("index.html"))
        wait_until(reading.page, "player.readyState >= 3 || player.error")
        assert_is_played_to_its_end(reading.page)
        if media.video:
            assert_flashes_are_seen_in_place(reading.page)
            assert_beeps_are_heard_in_place(reading.page, media.video)
        assert_beeps_are_heard_in_place(reading.page, media.audio)
    assert reading.complaints == []
