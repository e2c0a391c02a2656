"""Documents in a real browser: found, read, quoted, on a phone, on paper, without scripts."""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.reading_room.document_routes import document_files_router
from flows.reading_room.media_routes import MediaDelivery
from tasks.storage.folder_storage import FolderStorage
from tests.browser.conftest import Reading
from tests.browser.test_reading_room_in_browser import found_by_axe
from tests.reading_rooms import open_room, serving
from tests.sample_documents import MODEL_MOTION, council_paper, model_motion, publish_sample_document

pytestmark = pytest.mark.browser

PAPER = f"/{MODEL_MOTION}/"
FOUND = f"{PAPER}?q=Melderegister#p0004"
PAGES = (
    PAPER,
    FOUND,
    "/",
    "/documents/",
    "/documents/?dokumentart=model_motion",
    "/suche?q=Losverfahren",
    "/suche?q=Klimaschutz&art=dokument",
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A reading room with two documents, under a strict Content Security Policy."""
    folder = tmp_path_factory.mktemp("house")
    storage = FolderStorage(folder / "archive")
    for sample in (model_motion(), council_paper()):
        publish_sample_document(storage, folder, sample)
    files = document_files_router(MediaDelivery(storage, "proxied"))
    with serving(open_room(storage, folder / "search.sqlite"), [files]) as address:
        yield address


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_a_paragraph_is_found_marked_on_its_page_and_quoted(reading: Reading, house: str) -> None:
    page = reading.page
    page.goto(house)
    page.get_by_label("In Aufzeichnungen und Dokumenten suchen").fill("Melderegister")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="S. 2").click()
    paragraph = page.locator("#p0004")
    expect(paragraph).to_be_in_viewport()
    expect(paragraph.locator("mark")).to_have_text("Melderegister")
    expect(page.locator(".picture rect.wanted")).to_have_count(1)
    paragraph.get_by_role("link", name="Adresse dieses Absatzes").click()
    expect(page.get_by_label("Link zu diesem Absatz")).to_have_value(f"{house}{PAPER}#p0004")
    quoted = page.get_by_label("Zitat mit Quelle").input_value()
    assert quoted.startswith("„• Die Teilnehmenden werden aus dem Melderegister ausgelost.“")
    assert "Musterantrag, Lindenau an der Aue, 2024, 2 Seiten, S. 2." in quoted
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert [url for url in reading.requests if not url.startswith(house)] == []


def test_the_address_of_another_paragraph_moves_the_mark(reading: Reading, house: str) -> None:
    page = reading.page
    page.goto(house + PAPER + "#p0004")
    expect(page.locator(".picture rect.wanted")).to_have_attribute("y", "200")
    page.evaluate("location.hash = '#p0005'")
    expect(page.locator(".picture rect.wanted")).to_have_attribute("y", "300")
    page.evaluate("location.hash = '#inhalt'")
    expect(page.locator(".picture rect.wanted")).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(
    browser: Browser, house: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(house + path)
    assert found_by_axe(page) == ""
    page.close()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_the_smallest_phone(browser: Browser, house: str, path: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(house + path)
    assert overflow(page) <= 0
    page.evaluate("document.querySelectorAll('footer a, main p a').forEach(a => a.append('x'.repeat(90)))")
    assert overflow(page) <= 0, "an address without a hyphen"
    page.close()


def test_everything_is_read_without_scripts(browser: Browser, house: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(house + FOUND)
    expect(page.locator("#p0004 mark")).to_have_text("Melderegister")
    expect(page.locator("#p0004")).to_be_in_viewport()
    expect(page.locator(".picture rect")).to_have_count(1)
    page.get_by_label("In diesem Dokument suchen").fill("Haustür")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in diesem Dokument")
    context.close()


def test_on_paper_there_is_the_text_alone(reading: Reading, house: str) -> None:
    page = reading.page
    page.goto(house + PAPER)
    page.emulate_media(media="print")
    expect(page.locator("#p0004")).to_be_visible()
    for hidden in (".picture", ".within", ".files", ".house"):
        expect(page.locator(hidden).first).to_be_hidden()
