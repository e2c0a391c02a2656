"""The page of a record in a real browser, opened from a disk as a member would who saved it."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Reading, wait_until
from tests.sample_record import sample_captions, sample_transcript

pytestmark = pytest.mark.browser

HAS_METADATA = "document.querySelector('video, audio').readyState > 0"
IS_PLAYING = "!document.querySelector('video, audio').paused"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def open_page(page: Page, folder: Path, address: str = "", name: str = "index.html") -> None:
    page.goto((folder / name).as_uri() + address)
    wait_until(page, HAS_METADATA)


def played_seconds(page: Page) -> float:
    return float(page.evaluate("document.querySelector('video, audio').currentTime"))


def found_by_axe(page: Page) -> str:
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    return str(Axe().run(page, options=options).generate_snapshot())


@pytest.mark.parametrize("width", [320, 360, 1200])
def test_the_page_never_scrolls_sideways(reading: Reading, record_folder: Path, width: int) -> None:
    reading.page.set_viewport_size({"width": width, "height": 740})
    open_page(reading.page, record_folder)
    assert reading.page.evaluate("document.documentElement.scrollWidth") == width


def test_the_page_asks_for_nothing_outside_its_folder_and_complains_of_nothing(
    reading: Reading, record_folder: Path
) -> None:
    open_page(reading.page, record_folder)
    reading.page.locator("#s0020").click()
    wait_until(reading.page, IS_PLAYING)
    inside = (record_folder.as_uri() + "/", "data:")
    assert [url for url in reading.requests if not url.startswith(inside)] == []
    assert [url for url in reading.requests if url.endswith("video.mp4")] != []
    assert reading.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing(
    reading: Reading, record_folder: Path, scheme: Literal["light", "dark"], width: int
) -> None:
    reading.page.emulate_media(color_scheme=scheme)
    reading.page.set_viewport_size({"width": width, "height": 740})
    open_page(reading.page, record_folder)
    assert found_by_axe(reading.page) == ""
    reading.page.locator("#s0020").click()
    expect(reading.page.locator("#s0020")).to_have_attribute("aria-current", "true")
    assert found_by_axe(reading.page) == ""


def test_light_and_dark_differ(reading: Reading, record_folder: Path) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        reading.page.emulate_media(color_scheme=scheme)
        open_page(reading.page, record_folder)
        grounds.add(reading.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2


def test_a_clicked_sentence_is_played_marked_and_named_in_the_address(
    reading: Reading, record_folder: Path
) -> None:
    open_page(reading.page, record_folder)
    sentence = sample_transcript().segments[19]
    reading.page.locator(f"#{sentence.id}").click()
    wait_until(reading.page, IS_PLAYING)
    assert sentence.start_seconds <= played_seconds(reading.page) < sentence.end_seconds
    marked = reading.page.locator("[aria-current]")
    expect(marked).to_have_text(sentence.text)
    expect(marked).to_have_css("text-decoration-line", "underline")
    assert reading.page.url.endswith(f"#{sentence.id}")


def test_the_mark_moves_on_with_the_voice(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder)
    first, second = sample_transcript().segments[19:21]
    reading.page.evaluate(f"document.querySelector('video').currentTime = {first.end_seconds - 0.5}")
    expect(reading.page.locator("[aria-current]")).to_have_text(first.text)
    reading.page.evaluate("document.querySelector('video').play()")
    expect(reading.page.locator("[aria-current]")).to_have_text(second.text)


def test_a_time_is_played_with_the_keyboard_alone(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder)
    reading.page.locator("#text a[href='#t=70']").focus()
    reading.page.keyboard.press("Enter")
    wait_until(reading.page, IS_PLAYING)
    assert 70.06 <= played_seconds(reading.page) < 75


def test_a_chapter_is_played_and_its_text_comes_into_view(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder)
    reading.page.get_by_role("link", name="Was ein Bürgerrat kostet").click()
    wait_until(reading.page, IS_PLAYING)
    assert 174.32 <= played_seconds(reading.page) < 180
    expect(reading.page.get_by_role("heading", name="Was ein Bürgerrat kostet")).to_be_in_viewport()


def test_the_first_tab_leads_past_the_player_to_the_text(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder)
    reading.page.keyboard.press("Tab")
    link = reading.page.get_by_role("link", name="Zum Text springen")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    reading.page.keyboard.press("Enter")
    expect(reading.page.locator("#text")).to_be_focused()


@pytest.mark.parametrize(
    ("address", "seconds"),
    [("?t=60", 60.0), ("#t=60", 60.0), ("?t=55", 55.68), ("#t=55", 55.68), ("?t=3&x=1#t=70", 70.06)],
)
def test_an_address_with_a_time_seeks_there(
    reading: Reading, record_folder: Path, address: str, seconds: float
) -> None:
    open_page(reading.page, record_folder, address)
    wait_until(reading.page, "document.querySelector('video').currentTime > 0")
    assert played_seconds(reading.page) == pytest.approx(seconds, abs=0.02)
    expect(reading.page.locator("[aria-current]")).to_be_in_viewport()
    assert not reading.page.evaluate(IS_PLAYING)


def test_the_address_of_a_sentence_seeks_and_scrolls_there(reading: Reading, record_folder: Path) -> None:
    sentence = sample_transcript().segments[40]
    open_page(reading.page, record_folder, f"#{sentence.id}")
    wait_until(reading.page, "document.querySelector('video').currentTime > 0")
    assert played_seconds(reading.page) == pytest.approx(sentence.start_seconds, abs=0.02)
    expect(reading.page.locator(f"#{sentence.id}")).to_be_in_viewport()


def test_an_address_typed_into_the_open_page_is_followed(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder)
    reading.page.evaluate("location.hash = 't=200'")
    wait_until(reading.page, "document.querySelector('video').currentTime >= 200")
    expect(reading.page.locator("[aria-current]")).to_be_in_viewport()


def test_captions_have_a_cue_for_every_sentence(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder)
    reading.page.evaluate("document.querySelector('video').textTracks[0].mode = 'showing'")
    wait_until(reading.page, "document.querySelector('track').readyState === 2")
    cues = reading.page.evaluate("document.querySelector('track').track.cues.length")
    assert cues == sample_captions().count("-->") == len(sample_transcript().segments)


def test_without_script_the_text_its_anchors_and_its_mark_are_there(
    browser: Browser, record_folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto((record_folder / "index.html").as_uri() + "#s0041")
    shown = page.locator("#text").inner_text()
    assert all(segment.text in shown for segment in sample_transcript().segments)
    expect(page.locator("#s0041")).to_be_in_viewport()
    expect(page.locator("#s0041")).to_have_css("text-decoration-line", "underline")
    expect(page.locator(".hint")).to_be_hidden()
    page.get_by_role("link", name="Was ein Bürgerrat kostet").click()
    expect(page.get_by_role("heading", name="Was ein Bürgerrat kostet")).to_be_in_viewport()
    context.close()


def test_a_recording_without_picture_is_played_from_its_text(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder, name="nur-ton.html")
    reading.page.locator("#s0020").click()
    wait_until(reading.page, IS_PLAYING)
    assert played_seconds(reading.page) >= sample_transcript().segments[19].start_seconds
    assert found_by_axe(reading.page) == ""


def test_on_a_phone_the_player_stays_in_view_while_it_plays(reading: Reading, record_folder: Path) -> None:
    reading.page.set_viewport_size({"width": 360, "height": 740})
    open_page(reading.page, record_folder)
    reading.page.locator("#s0041").click()
    expect(reading.page.locator("video")).to_be_in_viewport()
    expect(reading.page.locator("#s0041")).to_be_in_viewport()
    reading.page.evaluate("document.querySelector('video').pause()")
    expect(reading.page.locator("video")).not_to_be_in_viewport()


def test_print_shows_the_text_without_the_player(reading: Reading, record_folder: Path) -> None:
    open_page(reading.page, record_folder)
    reading.page.emulate_media(media="print", color_scheme="dark")
    expect(reading.page.locator("video")).to_be_hidden()
    expect(reading.page.locator("#s0041")).to_be_visible()
    expect(reading.page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(reading.page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")
