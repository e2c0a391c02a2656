"""The mails' HTML as mail programs show it: narrow and wide, light and dark, and read aloud."""

from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from config.settings import Settings
from flows.doctor.example_mails import FULL_EXAMPLE, example_mails
from tests.browser.conftest import Reading
from tests.sample_record import sample_chapters
from transcripts.mail.announcement_mail import render_announcement

pytestmark = pytest.mark.browser

SAMPLE = replace(FULL_EXAMPLE, chapters=sample_chapters(), change="", shows_poster=False)
LONG = "https://mitschnitt.example.org/recordings/2026-11-19-" + "losverfahren-in-kleinen-gemeinden-" * 4


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The announcement of the sample, with an address that is hard to break."""
    file = tmp_path_factory.mktemp("mail") / "body.html"
    file.write_text(render_announcement(replace(SAMPLE, record_url=LONG)).html, encoding="utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_the_announcement_fits_and_is_accessible(
    reading: Reading, mail: Path, width: int, scheme: str
) -> None:
    page = reading.page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(mail.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert reading.requests == [mail.as_uri()], "a mail loads nothing"


def test_every_kind_of_mail_is_accessible(reading: Reading, tmp_path: Path) -> None:
    kinds = 0
    for number, each in enumerate(example_mails(Settings())):
        file = tmp_path / f"{number}.html"
        file.write_text(each.html.replace("cid:poster", "data:image/gif;base64,R0lGODlhAQABAAAAACw="))
        reading.page.goto(file.as_uri())
        results = Axe().run(reading.page)
        assert results.violations_count == 0, f"{each.subject}: {results.generate_report()}"
        kinds += 1
    assert kinds >= 8


def test_read_aloud_the_title_comes_first_then_the_way_in_then_the_chapters(
    reading: Reading, mail: Path
) -> None:
    reading.page.goto(mail.as_uri())
    headings = reading.page.evaluate("[...document.querySelectorAll('h1, h2')].map(e => e.tagName)")
    assert headings[0] == "H1"
    assert headings.count("H1") == 1
    links = reading.page.evaluate("[...document.links].map(e => e.textContent)")
    assert links[0] == "Zur Aufzeichnung"
    assert links[1:6] == [chapter.title for chapter in sample_chapters()]
