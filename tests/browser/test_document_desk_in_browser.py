"""The desk's pages of documents in a real browser at a phone's width: with scripts and without."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from config.settings import Settings
from flows.jobs.job import JobState
from flows.reading_room.access_control import access_control_of
from flows.reading_room.app import create_app
from flows.serving.room_server import room_of
from tasks.archive.document_publishing import publish_document
from tasks.archive.document_store import read_document
from tasks.storage.folder_storage import FolderStorage
from tests.archive_documents import CONVERTER, DOCUMENT_ID, small_document
from tests.archive_records import IMPRINT
from tests.browser.conftest import photograph, sign_in, watch
from tests.browser.test_sign_in_in_browser import found_by_axe, running
from tests.document_desks import ListedDocumentJobs, document_routers
from tests.s3_server import free_port
from tests.small_pdf import small_pdf
from transcripts.documents.document_record import DocumentStage

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK = "/redaktion/dokumente/"
PAGE = f"{DESK}{DOCUMENT_ID.partition('/')[2]}/"


@dataclass(frozen=True, slots=True)
class DocumentHouse:
    """A running room with a desk for documents; its jobs are set by the tests."""

    url: str
    jobs: ListedDocumentJobs
    storage: FolderStorage
    owner_link: str


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DocumentHouse]:
    port, jobs = free_port(), ListedDocumentJobs()
    storage = FolderStorage(tmp_path / "archive")
    publish_document(storage, small_document(tmp_path / "document"), CONVERTER, IMPRINT)
    settings = Settings.model_validate(
        {
            "network": {"name": "Netzwerk Bürgerräte", "base_url": f"http://127.0.0.1:{port}"},
            "work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")},
        }
    )
    room = room_of(settings, storage)
    access_control = access_control_of(settings, room, port)
    routers = (*access_control.routers, *document_routers(jobs, storage, follow=room.library.catch_up))
    app = create_app(room, routers, access_control.middleware)
    with running(app, port), access_control.at_work():
        yield DocumentHouse(f"http://127.0.0.1:{port}", jobs, storage, access_control.owner_link())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_document_goes_from_a_phone_to_the_members(
    house: DocumentHouse,
    browser: Browser,
    tmp_path: Path,
    scheme: Literal["light", "dark"],
    has_scripts: bool,
) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, java_script_enabled=has_scripts)
    page = context.new_page()
    sign_in(page, house.owner_link)
    reading = watch(page)
    page.goto(f"{house.url}{DESK}")
    (tmp_path / "Antrag.pdf").write_bytes(small_pdf("Antrag"))
    (tmp_path / "Brief.pdf").write_bytes(small_pdf("Brief"))
    files = [tmp_path / "Antrag.pdf", tmp_path / "Brief.pdf"]
    page.get_by_label("Dateien", exact=True).set_input_files(files)
    page.get_by_role("button", name="Aufnehmen").click()
    expect(page.get_by_text("2 Dokumente sind angekommen")).to_be_visible()
    assert [each.file_name for each in house.jobs.orders] == ["Antrag.pdf", "Brief.pdf"]
    house.jobs.listed[0] = replace(
        house.jobs.listed[0], state=JobState.FAILED, message="Die Datei ist beschädigt."
    )
    page.goto(f"{house.url}{DESK}")
    expect(page.get_by_text("Die Datei ist beschädigt.")).to_be_visible()
    _expect_fit(page, has_scripts=has_scripts)
    photograph(page, tmp_path / f"dokumente-{scheme}.png")
    page.get_by_role("link", name="Musterantrag Losverfahren").click()
    expect(page.get_by_text("Telefonnummer auf Seite 2")).to_be_visible()
    _expect_fit(page, has_scripts=has_scripts)
    photograph(page, tmp_path / f"dokument-{scheme}.png")
    page.get_by_label("Titel").fill("Antrag an den Rat")
    page.get_by_label("Land").select_option("Österreich")
    page.get_by_role("button", name="Sichern und freigeben").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Antrag an den Rat")
    assert read_document(house.storage, DOCUMENT_ID).record.stage is DocumentStage.RELEASED
    page.get_by_role("button", name="Freigabe zurücknehmen").click()
    expect(page.get_by_text("wartet auf Freigabe")).to_be_visible()
    assert reading.complaints == []
    context.close()


def _expect_fit(page: Page, *, has_scripts: bool) -> None:
    """Nothing is wider than the phone, and axe finds nothing."""
    if not has_scripts:
        return
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert found_by_axe(page) == ""
