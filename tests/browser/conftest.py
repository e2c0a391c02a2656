"""A real browser, and the sample record as files to open in it."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.sample_record import SAMPLE_VIDEO, sample_captions, sample_page
from transcripts.pages.standalone_page import render_page

CHROMIUM = Path("/usr/bin/chromium")
PHOTOGRAPHS_TRIED = 3
PATIENCE_SECONDS = 120  # a machine that does other things too is no fault of a page
CHROMIUM_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]


@dataclass(frozen=True, slots=True)
class Reading:
    """An open page, and what it asked for and complained about since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium; a machine without it fails the tests, for a page nobody looked at is not tested."""
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing; install Debian's package `chromium`")
    expect.set_options(timeout=1000 * PATIENCE_SECONDS)
    with sync_playwright() as playwright:
        # The sandbox needs a user namespace, which root in a container does not get; pages are our own.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS, chromium_sandbox=False
        )
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile of desktop size."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    yield context
    context.close()


@pytest.fixture
def reading(context: BrowserContext) -> Reading:
    """A page that notes its requests and complaints; nothing is opened in it yet."""
    return watch(context.new_page())


@pytest.fixture(scope="session")
def record_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample record as the archive lays it out, as far as its page needs it."""
    folder = tmp_path_factory.mktemp("record")
    for name in ("media", "transcript"):
        (folder / name).mkdir()
    shutil.copy(SAMPLE_VIDEO, folder / "media" / "video.mp4")
    _ffmpeg("-i", SAMPLE_VIDEO, "-vn", "-c", "copy", folder / "media" / "audio.m4a")
    _ffmpeg("-ss", "60", "-i", SAMPLE_VIDEO, "-frames:v", "1", folder / "media" / "poster.jpg")
    (folder / "transcript" / "transcript.vtt").write_text(sample_captions(), encoding="utf-8")
    (folder / "index.html").write_text(render_page(sample_page()), encoding="utf-8")
    (folder / "nur-ton.html").write_text(render_page(sample_page(has_video=False)), encoding="utf-8")
    return folder


def watch(page: Page) -> Reading:
    """Note every request, console error and script error of `page` from now on."""
    reading = Reading(page)
    page.on("request", lambda request: reading.requests.append(request.url))
    page.on("pageerror", lambda error: reading.complaints.append(str(error)))
    page.on("console", lambda message: _note_error(reading, message.type, message.text))
    return reading


def wait_until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression holds in `page`, or fail after a minute.

    Playwright's own `wait_for_function` evaluates text inside the page, which a
    strict Content Security Policy forbids from the second look on.
    """
    deadline = monotonic() + PATIENCE_SECONDS
    while not (found := _evaluated(page, condition)) or isinstance(found, Error):
        assert monotonic() < deadline, f"still not so: {condition} ({found})"
        page.wait_for_timeout(50)


def _evaluated(page: Page, condition: str) -> object:
    """What it is now; an error where the page is going away, or is not there as a whole yet."""
    try:
        return page.evaluate(condition)
    except Error as error:
        return error


def sign_in(page: Page, link: str) -> Page:
    """Press the button behind a sign-in link and see what lies behind it; the same page.

    Who goes on before that has no cookie yet, and a page closed on its way may never be reported closed.
    """
    page.goto(link)
    page.get_by_role("button", name="Jetzt anmelden").click()
    page.wait_for_url(lambda url: "/anmelden" not in url)
    return page


def photograph(page: Page, file: Path) -> None:
    """A picture of the whole page for people to look at; on a busy machine Chromium needs several tries."""
    for left in reversed(range(PHOTOGRAPHS_TRIED)):
        try:
            page.screenshot(path=file, full_page=True)
        except Error:
            if not left:
                raise
            page.wait_for_timeout(1_000)
        else:
            return


def _note_error(reading: Reading, kind: str, text: str) -> None:
    if kind == "error":
        reading.complaints.append(text)


def _ffmpeg(*arguments: str | Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", *map(str, arguments)]
    subprocess.run(command, check=True)
