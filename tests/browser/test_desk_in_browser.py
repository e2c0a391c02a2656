"""The organisers' desk in a real browser: phone and desk, light and dark, with scripts and without."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from config.settings import Settings
from flows.duties import ALL, INDEX, RETRIES
from flows.jobs.job import JobState
from flows.reading_room.access_control import access_control_of
from flows.reading_room.app import create_app
from flows.serving.room_server import room_of
from tasks.archive.publishing import publish
from tasks.archive.upload_store import Uploads
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT
from tests.browser.conftest import photograph, sign_in, watch
from tests.browser.test_sign_in_in_browser import found_by_axe, record_with_video, running
from tests.desks import ListedJobs, desk_routers, some_job
from tests.media_samples import MEETING
from tests.s3_server import free_port
from transcripts.duties.duty import PREFECT_AWAY, DutyReport, DutyState, Trouble, report
from transcripts.model import Stage

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 360, "height": 740}


@dataclass(frozen=True, slots=True)
class DeskHouse:
    """A running room with a desk; its jobs are set by the tests."""

    url: str
    jobs: ListedJobs
    storage: FolderStorage
    owner_link: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskHouse]:
    folder, port, jobs = tmp_path_factory.mktemp("desk"), free_port(), ListedJobs()
    storage = FolderStorage(folder / "archive")
    publish(storage, record_with_video(folder), IMPRINT)
    settings = Settings.model_validate(
        {
            "network": {"name": "Netzwerk Bürgerräte", "base_url": f"http://127.0.0.1:{port}"},
            "work": {"dir": str(folder / "work"), "state_dir": str(folder / "state")},
        }
    )
    room = room_of(settings, storage)
    access_control = access_control_of(settings, room, port)
    routers = (*access_control.routers, *desk_routers(jobs, storage, duties=all_duties))
    app = create_app(room, routers, access_control.middleware)
    with access_control.at_work(), running(app, port):
        yield DeskHouse(f"http://127.0.0.1:{port}", jobs, storage, access_control.owner_link())


@pytest.fixture(scope="module")
def organiser(browser: Browser, house: DeskHouse) -> Iterator[BrowserContext]:
    """A phone that is signed in."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    sign_in(context.new_page(), house.owner_link).close()
    yield context
    context.close()


@pytest.fixture
def page(organiser: BrowserContext, house: DeskHouse) -> Iterator[Page]:
    house.jobs.listed.clear()
    house.jobs.requests.clear()
    page = organiser.new_page()
    reading = watch(page)
    yield page
    page.close()
    assert all(url.startswith((house.url, "data:")) for url in reading.requests)


def all_duties() -> list[DutyReport]:
    """All of them: one that fails, one that waits for Prefect's server, and the others as they should be."""
    now = datetime.now(UTC)
    well = DutyState(now - timedelta(minutes=4), now + timedelta(hours=6))
    states = dict.fromkeys(ALL, well)
    states[INDEX] = DutyState(
        now - timedelta(hours=3), now, Trouble("OverflowError", now - timedelta(hours=2))
    )
    states[RETRIES.duty] = DutyState(None, None, Trouble(PREFECT_AWAY, now - timedelta(days=2)))
    return [report(each, state, now) for each, state in states.items()]


def all_kinds(jobs: ListedJobs) -> None:
    """One job of each kind."""
    running_job = replace(
        some_job("laeuft", JobState.RUNNING),
        title="Netzwerktreffen Bürgerräte: Was ein Bürgerrat kostet",
        stage=Stage.TRANSCODED,
        progress_percent=41.0,
        seconds_left=754.0,
    )
    failed = replace(
        some_job("hilfe", JobState.FAILED, "https://zoom.example.org/rec/share/" + "x" * 60),
        message="Der Kenncode der Aufzeichnung fehlt oder ist falsch. Bitte hier eintragen.",
        error_code="passcode_wrong",
    )
    again = replace(some_job("nochmal", JobState.RETRYING), message="Der Server meldet eine Störung (503).")
    done = replace(
        some_job("fertig", JobState.DONE), title="Fertiges", stage=Stage.ANNOUNCED, record_id="weg"
    )
    stopped = some_job("angehalten", JobState.CANCELLED)
    jobs.listed[:] = [some_job("wartet"), running_job, failed, again, stopped, done]


def test_from_an_address_by_keyboard_to_a_page_that_follows_by_itself(page: Page, house: DeskHouse) -> None:
    page.goto(f"{house.url}/")
    page.get_by_role("link", name="Redaktion").click()
    page.get_by_role("link", name="Neue Aufzeichnung").click()
    page.get_by_label("Adresse der Aufzeichnung").focus()
    page.keyboard.type("https://example.org/treffen.mp4")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{house.url}/redaktion/auftraege/job-1")
    state = page.locator("[data-live] .state")
    expect(state).to_have_text("Wartet, bis eine Maschine frei ist")
    job = house.jobs.job("job-1")
    working = replace(job, state=JobState.RUNNING, stage=Stage.FETCHED, progress_percent=12, seconds_left=90)
    house.jobs.listed[:] = [working]
    expect(state).to_have_text("In Arbeit")
    expect(page.locator("[aria-current=step]")).to_contain_text("12 %, noch etwa")
    expect(page.locator("[data-says]")).to_contain_text("In Arbeit")
    page.get_by_role("button", name="Anhalten").click()
    expect(state).to_have_text("Angehalten")
    page.get_by_role("button", name="Doch weitermachen").click()
    expect(state).to_have_text("Wartet, bis eine Maschine frei ist")


def test_a_passcode_that_is_being_typed_is_not_taken_away(page: Page, house: DeskHouse) -> None:
    all_kinds(house.jobs)
    page.goto(f"{house.url}/redaktion/auftraege/hilfe")
    field = page.get_by_label("Kenncode der Aufzeichnung")
    field.fill("S3sam")
    house.jobs.listed[2] = replace(house.jobs.listed[2], message="Noch etwas anderes.")
    page.wait_for_timeout(5_000)
    expect(field).to_have_value("S3sam")
    page.get_by_role("button", name="Mit diesem Kenncode weiter").click()
    expect(page.locator("[data-live] .state")).to_have_text("Wartet, bis eine Maschine frei ist")
    assert house.jobs.done[-1] == ("retry", "hilfe", "S3sam")


def test_a_focused_button_stays_focused_when_the_page_follows(page: Page, house: DeskHouse) -> None:
    all_kinds(house.jobs)
    page.goto(f"{house.url}/redaktion/auftraege/laeuft")
    page.get_by_role("button", name="Anhalten").focus()
    house.jobs.listed[1] = replace(house.jobs.listed[1], progress_percent=77)
    expect(page.locator("[aria-current=step]")).to_contain_text("77 %")
    assert page.evaluate("document.activeElement.textContent") == "Anhalten"


@pytest.mark.parametrize("has_scripts", [True, False])
def test_bad_input_is_answered_beside_the_field_and_nothing_typed_is_lost(
    browser: Browser, organiser: BrowserContext, house: DeskHouse, has_scripts: bool
) -> None:
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=has_scripts, storage_state=organiser.storage_state()
    )
    page = context.new_page()
    page.goto(f"{house.url}/redaktion/neu")
    typed = {
        "Titel": "Das „Treffen“ <b>",
        "Tag des Treffens": "2026-11-19",
        "Tagesordnung": "Begrüßung\nLosverfahren & mehr",
        "Kenncode": "S3sam öffne dich",
        "am Anfang": "drei Minuten",
        "am Ende": "1:00",
    }
    for label, text in typed.items():
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Erst nach Durchsicht").check()
    page.get_by_role("button", name="Abschicken").click()
    expect(page.get_by_role("alert")).to_contain_text("2 Angaben")
    for label, text in typed.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(text)
    expect(page.get_by_label("Erst nach Durchsicht")).to_be_checked()
    address = page.get_by_label("Adresse der Aufzeichnung")
    expect(address).to_have_accessible_description(
        re.compile("Bitte die Adresse der Aufzeichnung einfügen oder eine Datei hochladen.$")
    )
    if has_scripts:
        expect(address).to_be_focused()
    address.fill("https://example.org/treffen.mp4")
    page.get_by_label("am Anfang", exact=True).fill("3:00")
    page.get_by_role("button", name="Abschicken").click()
    expect(page.locator("h1")).to_have_text("Das „Treffen“ <b>")
    assert house.jobs.requests[-1].cut_start_seconds == 180
    context.close()


def test_an_agenda_is_shown_as_it_is_understood_while_it_is_typed_and_mended(
    page: Page, house: DeskHouse
) -> None:
    page.goto(f"{house.url}/redaktion/neu")
    field, shown = page.get_by_label("Tagesordnung", exact=True), page.locator("#agenda-verstanden")
    field.fill("Hallo,\n1. Begrüßung (Anna)\n2. 19.10h Kosten\nLG Jens")
    expect(shown.locator(".item")).to_have_text(["Begrüßung", "Kosten"])
    expect(shown).to_contain_text("Zeit: 19:10")
    page.get_by_role("button", name="Im Feld ordnen").click()
    expect(field).to_have_value("1) Begrüßung | Wer: Anna\n2) 19:10 | Kosten")
    field.press("End")
    field.fill("")
    field.evaluate(
        PASTE, "<style>p {}</style><ul><li>Eins</li><li><a href='https://example.org/a'>Zwei</a></li></ul>"
    )
    expect(shown.locator(".item")).to_have_text(["Eins", "Zwei"])
    expect(shown.get_by_role("link")).to_have_attribute("href", "https://example.org/a")
    assert house.jobs.requests == []


PASTE = """(field, markup) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", markup);
  clipboardData.setData("text/plain", "Eins Zwei");
  field.focus();
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def test_without_scripts_the_form_shows_what_is_understood_of_an_agenda(
    browser: Browser, organiser: BrowserContext, house: DeskHouse
) -> None:
    context = browser.new_context(
        viewport=PHONE, java_script_enabled=False, storage_state=organiser.storage_state()
    )
    page = context.new_page()
    page.goto(f"{house.url}/redaktion/neu")
    page.get_by_label("Titel", exact=True).fill("Treffen")
    page.get_by_label("Tagesordnung", exact=True).fill("Zeit\tThema\tWer\n19:00\tBegrüßung\tAnna")
    page.get_by_role("button", name="Vorschau").click()
    expect(page.locator("#agenda-verstanden")).to_contain_text("Wer: Anna")
    expect(page.get_by_label("Titel", exact=True)).to_have_value("Treffen")
    context.close()


def test_an_upload_goes_on_where_the_line_broke_and_is_the_same_file(
    page: Page, house: DeskHouse, tmp_path: Path
) -> None:
    movie = tmp_path / "Treffen März.mp4"
    movie.write_bytes(MEETING.read_bytes())
    page.goto(f"{house.url}/redaktion/neu")
    page.evaluate("localStorage.clear()")
    broken: list[str] = []

    def break_twice(route: Route) -> None:
        if route.request.method == "PATCH" and len(broken) < 2:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/redaktion/uploads/*", break_twice)
    page.locator("input[type=file]").set_input_files(movie)
    page.get_by_label("Titel", exact=True).fill("Treffen")
    page.get_by_label("Tag des Treffens").fill("2026-11-19")
    page.get_by_role("button", name="Abschicken").click()  # while the file is still on its way
    expect(page).to_have_url(f"{house.url}/redaktion/auftraege/job-1", timeout=60_000)
    assert len(broken) == 2
    request = house.jobs.requests[-1]
    assert request.file_name == "Treffen März.mp4"
    uploads = Uploads(house.storage)
    got = uploads.download(uploads.read(request.upload or ""), tmp_path / "got", lambda *_: None)
    assert got.path.read_bytes() == movie.read_bytes()


def test_a_page_that_was_closed_in_the_middle_takes_the_same_file_up_again(
    page: Page, house: DeskHouse, tmp_path: Path
) -> None:
    movie = tmp_path / "Treffen.mp4"
    movie.write_bytes(MEETING.read_bytes())
    page.goto(f"{house.url}/redaktion/neu")
    half = len(MEETING.read_bytes()) // 2
    uploads = Uploads(house.storage)
    upload = uploads.begin("Treffen.mp4", movie.stat().st_size)
    uploads.append(upload, 0, MEETING.read_bytes()[:half])
    key = f"upload Treffen.mp4 {movie.stat().st_size} {int(movie.stat().st_mtime_ns // 1_000_000)}"
    page.evaluate(f"localStorage.setItem({key!r}, '/redaktion/uploads/{upload.id}')")
    sent: list[str | None] = []
    page.on("request", lambda each: sent.append(each.headers.get("upload-offset")))
    page.locator("input[type=file]").set_input_files(movie)
    expect(page.locator(".how")).to_have_text("Die Datei ist da.", timeout=60_000)
    assert next(each for each in sent if each is not None) == str(half)
    assert uploads.received_bytes(upload) == movie.stat().st_size
    page.get_by_role("button", name="Datei weglassen").click()
    expect(page.locator(".sent")).to_be_hidden()
    page.wait_for_timeout(300)
    assert upload.id not in list(house.storage.list_folders("uploads"))


def test_a_file_that_is_no_recording_is_refused_in_german(
    page: Page, house: DeskHouse, tmp_path: Path
) -> None:
    trap = tmp_path / "Treffen.mp4"
    trap.write_text("<html><script>alert(1)</script></html>")
    page.goto(f"{house.url}/redaktion/neu")
    page.locator("input[type=file]").set_input_files(trap)
    expect(page.locator(".what")).to_contain_text("weder Video noch Ton")
    assert page.locator("[name=upload]").input_value() == ""


PAGES = {
    "liste": "/redaktion/",
    "neu": "/redaktion/neu",
    "laeuft": "/redaktion/auftraege/laeuft",
    "hilfe": "/redaktion/auftraege/hilfe",
    "fertig": "/redaktion/auftraege/fertig",
    "nochmal": "/redaktion/auftraege/nochmal",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "leer", "falsch"])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(
    page: Page, house: DeskHouse, name: str, scheme: Literal["light", "dark"], tmp_path: Path
) -> None:
    if name != "leer":
        all_kinds(house.jobs)
    page.emulate_media(color_scheme=scheme)
    for width in (360, 1200):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(house.url + PAGES.get(name, "/redaktion/neu" if name == "falsch" else "/redaktion/"))
        if name == "falsch":
            page.get_by_label("am Anfang").fill("drei Minuten")
            page.get_by_role("button", name="Abschicken").click()
            expect(page.get_by_role("alert")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        photograph(page, tmp_path / f"{name}-{scheme}-{width}.png")
    assert found_by_axe(page) == ""
    controls = "button, input:not([type=hidden], [type=radio], [type=file]), a, .choice, .pick-file"
    small = page.evaluate(
        f"[...document.querySelectorAll('main :is({controls})')]"
        ".filter(each => each.offsetParent && each.getBoundingClientRect().height < 44)"
        ".map(each => each.outerHTML)"
    )
    assert small == []
