"""The review in a real browser: by keyboard on a phone, in place, with sound, and then members read it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, ViewportSize, expect

from config.settings import Settings
from flows.reading_room.access_control import access_control_of
from flows.reading_room.app import create_app
from flows.serving.room_server import room_of
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.correction_store import read_draft
from tasks.archive.publishing import publish
from tasks.archive.record_store import set_stage
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT
from tests.browser.conftest import sign_in, wait_until, watch
from tests.browser.test_sign_in_in_browser import found_by_axe, record_with_video, running
from tests.desks import ListedJobs, desk_routers
from tests.reading_rooms import SAMPLE_ID, sample_meeting
from tests.s3_server import free_port
from transcripts.model import Stage

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=360, height=740)
PATH = f"/redaktion/aufzeichnungen/{SAMPLE_ID}/"
SENTENCE = "s0002"


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A running room with one record that waits for release; `member_link` signs a member in."""

    url: str
    storage: FolderStorage
    jobs: ListedJobs
    owner_link: str
    member_link: str

    def text_of(self, sentence: str) -> str:
        """What stands there now, with all corrections."""
        found = read_draft(self.storage, SAMPLE_ID).now.sentence(sentence)
        assert found is not None
        return found.text


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    port, jobs, storage = free_port(), ListedJobs(), FolderStorage(tmp_path / "archive")
    publish(storage, replace(record_with_video(tmp_path), transcript=sample_meeting()), IMPRINT)
    set_stage(storage, SAMPLE_ID, Stage.HELD, IMPRINT.writer)
    update_catalogue(storage, IMPRINT, anew=(SAMPLE_ID,))
    (tmp_path / "members.txt").write_text("anna@example.org\n", encoding="utf-8")
    settings = Settings.model_validate(
        {
            "network": {"name": "Netzwerk Bürgerräte", "base_url": f"http://127.0.0.1:{port}"},
            "work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")},
            "reading_room": {"members_file": str(tmp_path / "members.txt")},
        }
    )
    room = room_of(settings, storage)
    access_control = access_control_of(settings, room, port)
    routers = (*access_control.routers, *desk_routers(jobs, storage, library=room.library))
    with access_control.at_work(), running(create_app(room, routers, access_control.middleware), port):
        tokens = access_control.authenticator.tokens
        member = tokens.link(tokens.member_key("anna@example.org"), "/")
        url = f"http://127.0.0.1:{port}"
        yield Newsroom(url, storage, jobs, access_control.owner_link(), f"{url}/anmelden/link?t={member}")


@pytest.fixture
def organiser(browser: Browser, newsroom: Newsroom) -> Iterator[BrowserContext]:
    """A phone that is signed in."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    sign_in(context.new_page(), newsroom.owner_link)
    yield context
    context.close()


def place(page: Page) -> Locator:
    """The field of the sentence that is open."""
    return page.get_by_role("textbox", name="Satz bei")


def test_from_a_misheard_name_to_what_members_read_on_a_phone(
    organiser: BrowserContext, newsroom: Newsroom, browser: Browser
) -> None:
    page = organiser.new_page()
    reading = watch(page)
    page.goto(f"{newsroom.url}/redaktion/")
    page.get_by_role("link", name="Losverfahren in kleinen Gemeinden").click()
    # A sentence by keyboard.
    wait_until(page, "document.documentElement.classList.contains('ready')")
    first = page.locator(".text .s").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    field = place(page)
    expect(field).to_be_focused()
    wait_until(page, "!document.querySelector('video').paused")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Guten Abend an die Bürgerräte!")
    page.locator("form.edit").get_by_label("Name").fill("Alma")
    field.focus()
    page.keyboard.press("Control+Enter")
    second = page.locator(".text .s").nth(1)
    expect(second).to_have_text("Guten Abend an die Bürgerräte!")
    expect(second).to_be_focused()
    expect(page.locator("[data-says]")).to_have_text("Gesichert als Berichtigung 1.")
    # A name everywhere.
    page.get_by_role("link", name="Überall ersetzen").click()
    page.get_by_label("Bisher steht da").fill("Gemeinde")
    page.get_by_label("Richtig ist").fill("Kommune")
    page.get_by_role("button", name="Fundstellen zeigen").click()
    count = page.locator(".hits li").count()
    assert count > 1
    page.get_by_role("button", name="Ersetzen").click()
    expect(page.locator(".saved")).to_contain_text("Gesichert als Berichtigung 2")
    # A chapter.
    page.get_by_role("link", name="Kapitel ändern: Was ein Bürgerrat kostet").click()
    page.get_by_label("Kapitel: Titel").fill("Kosten eines Bürgerrats")
    page.keyboard.press("Enter")
    expect(page.locator(".saved")).to_contain_text("Gesichert als Berichtigung 3")
    # The mail, then the release.
    page.get_by_role("link", name="Mail ansehen").click()
    expect(page.locator("pre")).to_contain_text("Kosten eines Bürgerrats")
    page.get_by_role("link", name="Zur Freigabe").click()
    page.get_by_role("checkbox", name="Der ganze Text ist").check()
    page.get_by_role("button", name="Freigeben und ankündigen").click()
    expect(page.locator(".notice").first).to_contain_text("Freigegeben.")
    assert [each.made_by for each in read_draft(newsroom.storage, SAMPLE_ID).corrections] == ["Alma"] * 4
    assert reading.complaints == []
    assert all(url.startswith((newsroom.url, "data:")) for url in reading.requests)
    page.close()
    # And a member.
    member = sign_in(browser.new_context(viewport=PHONE).new_page(), newsroom.member_link)
    member.goto(f"{newsroom.url}/recordings/{SAMPLE_ID}/")
    expect(member.locator("#text")).to_contain_text("Guten Abend an die Bürgerräte!")
    expect(member.locator(".chapters")).to_contain_text("Kosten eines Bürgerrats")
    expect(member.locator(".made")).to_contain_text("von Hand geprüft")
    member.context.close()


def test_who_was_slower_is_shown_both_and_decides(organiser: BrowserContext, newsroom: Newsroom) -> None:
    pages = [organiser.new_page() for _ in range(2)]
    for page in pages:
        page.goto(f"{newsroom.url}{PATH}")
        page.locator(f"#{SENTENCE}").click()
        expect(place(page)).to_be_focused()
    for page, text in zip(pages, ("Von der Ersten.", "Von der Zweiten."), strict=True):
        place(page).fill(text)
        page.locator("form.edit").get_by_label("Name").fill("Berta")
        page.get_by_role("button", name="Sichern").click()
    slower = pages[1]
    expect(slower.get_by_role("alert")).to_contain_text("Jemand anderes hat diese Stelle")
    expect(slower.locator(".rival")).to_contain_text("Von der Ersten.")
    expect(place(slower)).to_have_value("Von der Zweiten.")
    assert newsroom.text_of(SENTENCE) == "Von der Ersten."
    slower.get_by_role("button", name="Trotzdem so sichern").click()
    expect(slower.locator(f"#{SENTENCE}")).to_have_text("Von der Zweiten.")
    assert newsroom.text_of(SENTENCE) == "Von der Zweiten."


def test_nothing_typed_is_thrown_away_without_a_question(
    organiser: BrowserContext, newsroom: Newsroom
) -> None:
    page, asked = organiser.new_page(), []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"{newsroom.url}{PATH}")
    page.locator(f"#{SENTENCE}").click()
    place(page).fill("Noch nicht fertig")
    page.keyboard.press("Escape")
    page.locator(".text .s").nth(3).click()
    expect(place(page)).to_have_value("Noch nicht fertig")
    assert asked == ["Die Änderung an dieser Stelle ist noch nicht gesichert. Verwerfen?"] * 2


def test_enter_saves_and_opens_the_next_sentence(organiser: BrowserContext, newsroom: Newsroom) -> None:
    page = organiser.new_page()
    page.goto(f"{newsroom.url}{PATH}")
    page.locator(f"#{SENTENCE}").click()
    place(page).fill("Anders.")
    page.locator("form.edit").get_by_label("Name").fill("Alma")
    place(page).press("Enter")
    expect(page.locator(f"#{SENTENCE}")).to_have_text("Anders.")
    following = page.locator(".text .s").nth(2)
    expect(place(page)).to_have_value(following.inner_text())


def test_it_works_without_scripts(organiser: BrowserContext, newsroom: Newsroom, browser: Browser) -> None:
    plain = browser.new_context(viewport=PHONE, java_script_enabled=False)
    plain.add_cookies(organiser.cookies())  # type: ignore[arg-type] # what one gives, the other takes
    page = plain.new_page()
    page.goto(f"{newsroom.url}{PATH}")
    page.get_by_role("link", name="Satz bei").nth(1).click()
    place(page).fill("Ohne Skript.")
    page.locator("form.edit").get_by_label("Name").fill("Alma")
    page.get_by_role("button", name="Sichern").click()
    expect(page.locator(".text")).to_contain_text("Ohne Skript.")
    page.get_by_role("button", name="Zurücknehmen").click()
    expect(page.locator(".text")).not_to_contain_text("Ohne Skript.")
    plain.close()


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_nothing_runs_over_the_edge(
    organiser: BrowserContext, newsroom: Newsroom, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = organiser.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    queries = ("", "?satz=s0003#bearbeiten", "?kapitel=neu", "ersetzen?alt=Gemeinde&neu=Kommune", "mail")
    for query in (*queries, "berichtigungen", "tagesordnung"):
        page.goto(f"{newsroom.url}{PATH}{query}")
        assert found_by_axe(page) == "", query
        assert page.evaluate("document.documentElement.scrollWidth") <= width, query
