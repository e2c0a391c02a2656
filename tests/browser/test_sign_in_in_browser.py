"""Signing in as a member does it: a real browser, a real server, and the mail that came by SMTP."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.settings import Settings
from flows.serving.room_server import create_reading_room
from tasks.archive.publishing import publish
from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import open_storage
from tests.archive_records import IMPRINT, medium
from tests.browser.conftest import Reading, photograph, sign_in, wait_until, watch
from tests.s3_server import free_port
from tests.sample_record import SAMPLE_VIDEO, sample_chapters, sample_recording, sample_transcript
from tests.tasks.channels.test_smtp import Mailbox, served
from transcripts.media.media_values import LocalFile, Media
from transcripts.records.record import Record

pytestmark = pytest.mark.browser

RECORD = "2026-11-19-losverfahren-in-kleinen-gemeinden"
ANNA = "anna@example.org"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True, slots=True)
class House:
    """A running reading room, and what came by mail from it."""

    url: str
    mailbox: Mailbox
    owner_link: str

    def link(self, number: int = 1) -> str:
        """The link of the mail that came as number so-and-so."""
        deadline = time.monotonic() + 60
        while len(self.mailbox.messages) < number:
            assert time.monotonic() < deadline, "no mail came"
            time.sleep(0.05)
        body = message_from_bytes(self.mailbox.messages[number - 1], policy=default).get_body(("plain",))
        assert body
        (found,) = re.findall(rf"{self.url}/anmelden/link\S+", body.get_content())
        return str(found)


def record_with_video(folder: Path) -> Record:
    """The sample meeting with its real video."""
    video, sound = LocalFile.of(SAMPLE_VIDEO), medium(folder / "audio.m4a", "sound", 1000)
    recording = sample_recording()
    media = Media(
        duration_seconds=recording.duration_seconds, audio=sound, speech=sound, video=video, tool="ffmpeg"
    )
    return Record(recording, sample_transcript(), sample_chapters(), media)


@contextmanager
def running(app: Any, port: int) -> Iterator[None]:
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, access_log=False, proxy_headers=False, log_level="warning")
    )
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, port, mailbox = tmp_path_factory.mktemp("house"), free_port(), Mailbox()
    storage = open_storage(str(folder / "archive"), S3Access())
    publish(storage, record_with_video(folder), IMPRINT)
    (folder / "members.txt").write_text(f"{ANNA}\n", encoding="utf-8")
    with served(mailbox) as smtp:
        settings = Settings.model_validate(
            {
                "network": {"name": "Netzwerk Bürgerräte", "base_url": f"http://127.0.0.1:{port}"},
                "work": {"dir": str(folder / "work"), "state_dir": str(folder / "state")},
                "announcement": {
                    "from": "Lesesaal <lesesaal@example.org>",
                    "to": "liste@example.org",
                    "smtp_url": f"smtp://{smtp.host}:{smtp.port}",
                },
                "reading_room": {"members_file": str(folder / "members.txt")},
            }
        )
        room = create_reading_room(settings, storage, port)
        room.app.state.room.library.catch_up()
        with room.access_control.at_work(), running(room.app, port):
            yield House(f"http://127.0.0.1:{port}", mailbox, room.access_control.owner_link())


@pytest.fixture(scope="module")
def member(browser: Browser, house: House) -> Iterator[BrowserContext]:
    """A browser that is signed in."""
    context = browser.new_context()
    context.set_default_timeout(60_000)
    sign_in(context.new_page(), house.owner_link)
    yield context
    context.close()


def found_by_axe(page: Page) -> str:
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    return str(Axe().run(page, options=options).generate_snapshot())


def test_from_a_shared_sentence_by_keyboard_and_mail_back_to_the_sentence(
    reading: Reading, house: House
) -> None:
    page = reading.page
    page.goto(f"{house.url}/recordings/{RECORD}/?t=55#s0007")
    expect(page).to_have_title(re.compile("^Anmelden"))
    page.get_by_label("Mailadresse").focus()
    page.keyboard.type("Anna@Example.org")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bitte ins Postfach sehen")
    link = house.link(1)
    assert "anna" not in link.lower()
    page.goto(link)
    page.keyboard.press("Tab")  # the skip link
    page.get_by_role("button", name="Jetzt anmelden").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{house.url}/recordings/{RECORD}/?t=55#s0007")
    assert page.locator("#s0007").count() == 1
    assert all(url.startswith((house.url, "data:")) for url in reading.requests)
    assert reading.complaints == []
    page.goto(link)
    expect(page).to_have_url(f"{house.url}/recordings/{RECORD}/?t=55#s0007")  # is signed in, needs no link
    page.goto(f"{house.url}/abmelden")
    page.get_by_role("main").get_by_role("button", name="Abmelden").click()
    expect(page).to_have_url(f"{house.url}/anmelden")
    page.goto(link)
    page.get_by_role("button", name="Jetzt anmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("gilt nicht mehr")
    page.goto(house.url)
    expect(page).to_have_title(re.compile("^Anmelden"))


def test_signing_in_works_without_scripts(browser: Browser, house: House) -> None:
    context = browser.new_context(java_script_enabled=False)
    page, before = context.new_page(), len(house.mailbox.messages)
    page.goto(f"{house.url}/suche?q=Losverfahren")
    page.get_by_label("Mailadresse").fill(ANNA)
    page.get_by_role("button", name="Link schicken").click()
    expect(page.locator("h1")).to_have_text("Bitte ins Postfach sehen")
    page.goto(house.link(before + 1))
    page.get_by_role("button", name="Jetzt anmelden").click()
    expect(page).to_have_url(f"{house.url}/suche?q=Losverfahren")
    context.close()


def test_the_video_plays_and_seeks_behind_the_door(member: BrowserContext, house: House) -> None:
    page = member.new_page()
    reading, statuses = watch(page), []
    page.on("response", lambda answer: statuses.append(answer.status) if "video" in answer.url else None)
    page.goto(f"{house.url}/recordings/{RECORD}/")
    wait_until(page, "document.querySelector('video').readyState >= 1")
    page.evaluate("(() => { const v = document.querySelector('video'); v.currentTime = 300; v.play(); })()")
    wait_until(page, "document.querySelector('video').currentTime > 300.3")
    assert set(statuses) == {206}
    assert reading.complaints == []
    page.close()


def test_new_feed_addresses_are_made_at_the_press_of_a_button(member: BrowserContext, house: House) -> None:
    page = member.new_page()
    page.goto(f"{house.url}/meine-feeds")
    before = page.get_by_label("Adresse des Podcasts").input_value()
    member.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Adresse kopieren").first.click()
    expect(page.get_by_role("status").first).to_have_text("Kopiert.")
    assert page.evaluate("navigator.clipboard.readText()") == before
    page.get_by_role("button", name="Neue Adressen machen").click()
    wait_until(page, f"document.querySelector('#podcast-adresse').value !== {before!r}")
    assert member.request.get(before).status == 404
    assert member.request.get(page.get_by_label("Adresse des Podcasts").input_value()).status == 200
    page.close()


PAGES = {
    "anmelden": ("/anmelden", False),
    "unterwegs": ("/anmelden/unterwegs", False),
    "gilt-nicht-mehr": ("/anmelden/link?t=x", False),
    "abmelden": ("/abmelden", True),
    "geraete": ("/meine-geraete", True),
    "feeds": ("/meine-feeds", True),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    context: BrowserContext,
    member: BrowserContext,
    house: House,
    name: str,
    scheme: Literal["light", "dark"],
    tmp_path: Path,
) -> None:
    path, is_inside = PAGES[name]
    page = (member if is_inside else context).new_page()
    page.emulate_media(color_scheme=scheme)
    for width in (360, 1200):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(house.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        photograph(page, tmp_path / f"{name}-{scheme}-{width}.png")
    assert found_by_axe(page) == ""
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main input:not([type=hidden]), main a')]"
        ".filter(each => each.getBoundingClientRect().height < 44).map(each => each.outerHTML)"
    )
    assert small == []
    page.close()


def test_the_button_behind_a_link_is_accessible(context: BrowserContext, house: House) -> None:
    page = context.new_page()
    before = len(house.mailbox.messages)
    page.goto(f"{house.url}/anmelden")
    page.get_by_label("Mailadresse").fill(ANNA)
    page.get_by_role("button", name="Link schicken").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(house.link(before + 1))
        assert found_by_axe(page) == ""
