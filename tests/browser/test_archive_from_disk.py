"""An archive that was downloaded, opened from the disk: everything works but search."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tasks.archive.next_version import Replacement
from tasks.archive.publishing import publish, replace_content
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, RECORD_ID, WRITER, small_record, small_transcript
from tests.browser.conftest import Reading, wait_until
from tests.media_samples import meeting_clip
from transcripts.archive import layout
from transcripts.media.media_values import LocalFile

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two records, one of them with a replaced video."""
    folder = tmp_path_factory.mktemp("disk")
    storage = FolderStorage(folder / "archive")
    publish(storage, small_record(folder / "work"), IMPRINT)
    publish(storage, small_record(folder / "work", "zwei", "Losverfahren & mehr"), IMPRINT)
    meeting_clip(folder / "clip.mp4", 0, 12)
    new = Replacement(
        WRITER,
        transcript=small_transcript("Guten Abend."),
        media={layout.VIDEO: LocalFile.of(folder / "clip.mp4")},
        duration_seconds=12.0,
    )
    replace_content(storage, RECORD_ID, new, IMPRINT)
    return folder / "archive"


def test_from_the_catalogue_to_the_replaced_video(reading: Reading, archive: Path) -> None:
    page = reading.page
    page.goto((archive / "index.html").as_uri())
    assert page.locator("h1").inner_text() == "Aufzeichnungen"
    assert page.locator("main li").count() == 2
    page.get_by_role("link", name="Bürgerräte").click()
    wait_until(page, "document.querySelector('video').readyState >= 1")
    assert page.evaluate("document.querySelector('video').duration") == pytest.approx(12, abs=0.5)
    assert f"video.{LocalFile.of(archive.parent / 'clip.mp4').sha256[:12]}.mp4" in str(
        page.locator("video").get_attribute("src")
    )
    assert "Guten Abend." in page.locator("article").inner_text()
    assert all(url.startswith(("file:", "data:")) for url in reading.requests)
    assert reading.complaints == []


def test_every_file_the_pages_link_is_there(reading: Reading, archive: Path) -> None:
    for html in archive.rglob("index.html"):
        reading.page.goto(html.as_uri())
        links = reading.page.evaluate(
            "[...document.querySelectorAll('a[href], [src]')].map(e => e.href || e.src)"
        )
        files = [link.split("#")[0].removeprefix("file://") for link in links if link.startswith("file:")]
        assert files
        assert [file for file in files if not Path(file).is_file()] == []


def test_the_catalogue_page_is_accessible(reading: Reading, archive: Path) -> None:
    reading.page.goto((archive / "index.html").as_uri())
    results = Axe().run(reading.page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 1200])
def test_the_catalogue_page_fits_the_window(reading: Reading, archive: Path, width: int) -> None:
    reading.page.set_viewport_size({"width": width, "height": 700})
    reading.page.goto((archive / "index.html").as_uri())
    assert reading.page.evaluate("document.documentElement.scrollWidth") <= width
