"""What Chromium's recorder writes, as meetings in browsers do: live files without size, length or index."""

import base64
from pathlib import Path

import pytest

from tests.browser.conftest import Reading
from tests.cut_files import sign_of

pytestmark = pytest.mark.browser

CUTS = 12
RECORD = """async (type) => {
    const canvas = document.body.appendChild(document.createElement("canvas"));
    const brush = canvas.getContext("2d");
    let frames = 0;
    const painting = setInterval(() => {
        brush.fillStyle = `hsl(${frames++ * 7 % 360} 90% 50%)`;
        brush.fillRect(0, 0, canvas.width, canvas.height);
    }, 40);
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const heard = audio.createMediaStreamDestination();
    tone.connect(heard);
    tone.start();
    const tracks = [...canvas.captureStream(25).getTracks(), ...heard.stream.getTracks()];
    const recorder = new MediaRecorder(new MediaStream(tracks), {mimeType: type});
    const parts = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
    recorder.start(500);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    recorder.stop();
    await stopped;
    clearInterval(painting);
    const reader = new FileReader();
    const read = new Promise((resolve) => { reader.onload = resolve; });
    reader.readAsDataURL(new Blob(parts));
    await read;
    return reader.result.split(",")[1];
}"""


@pytest.mark.parametrize("kind", ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus", "video/mp4"])
def test_what_a_browser_records_is_whole_and_shows_a_cut(reading: Reading, kind: str, tmp_path: Path) -> None:
    reading.page.goto("about:blank")
    content = base64.b64decode(reading.page.evaluate(RECORD, kind))
    assert sign_of(content, tmp_path / "whole") is None
    for part in range(1, CUTS + 1):
        kept_bytes = len(content) * part // (CUTS + 1)
        # Where one cut falls exactly between two blocks, which nobody can know, the other does not.
        signs = [sign_of(content[: kept_bytes - less], tmp_path / "cut") for less in (0, 1)]
        assert any(signs)
