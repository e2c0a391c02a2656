"""The whole way of an organiser on a phone: from an empty folder and an address to the announced record."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import watch
from tests.flows.operations import Machine, wait_for
from tests.flows.workplace import recording_of
from tests.media_samples import meeting_clip
from tests.misbehaving_server import Site, serve_folder

pytestmark = pytest.mark.browser

ANNA, BERT = "anna@example.org", "bert@example.org"
PHONE = {"width": 360, "height": 740}
PIPELINE_SECONDS = 240


@dataclass(frozen=True)
class Network:
    """`mitschnitt serve`, run in an empty folder, with one member and one organiser."""

    machine: Machine
    url: str
    site: Site
    shots: Path

    def mails(self, to: str) -> list[EmailMessage]:
        """What lies in the outbox for an address."""
        files = sorted(
            (self.machine.folder / "outbox").glob("[!.]*.eml"), key=lambda each: each.stat().st_mtime_ns
        )
        mails = [message_from_bytes(each.read_bytes(), policy=default) for each in files]
        return [each for each in mails if isinstance(each, EmailMessage) and to in str(each["To"])]

    def signed_in(self, browser: Browser, address: str) -> BrowserContext:
        """A phone whose owner has asked for a link, and pressed the button behind it."""
        context = browser.new_context(viewport=PHONE)
        context.set_default_timeout(20_000)
        page, before = context.new_page(), len(self.mails(address))
        page.goto(f"{self.url}/anmelden")
        page.get_by_label("Mailadresse").fill(address)
        page.get_by_role("button", name="Link schicken").click()
        wait_for(lambda: len(self.mails(address)) > before, 30)
        body = self.mails(address)[-1].get_body(("plain",))
        assert body is not None
        (link,) = re.findall(rf"{self.url}/anmelden/link\S+", body.get_content())
        page.goto(link)
        page.get_by_role("button", name="Jetzt anmelden").click()
        page.close()
        return context

    def shoot(self, page: Page, name: str) -> None:
        page.screenshot(path=self.shots / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("network")
    served = folder / "served"
    served.mkdir()
    meeting_clip(served / "treffen.mp4", 0, 75)
    settings = {
        "MITSCHNITT_NETWORK__NAME": "Netzwerk Bürgerräte",
        "MITSCHNITT_PREFECT__PORT": "0",
        "MITSCHNITT_READING_ROOM__PORT": "0",
        "MITSCHNITT_READING_ROOM__ORGANISERS": BERT,
        "MITSCHNITT_READING_ROOM__MEMBERS_FILE": str(folder / "members.txt"),
        "MITSCHNITT_ANNOUNCEMENT__TO": "liste@example.org",
        "MITSCHNITT_ANNOUNCEMENT__FROM": "Netzwerk <netzwerk@example.org>",
    }
    (folder / "members.txt").write_text(f"{ANNA}\n")
    machine = Machine(folder / "machine", settings)
    with serve_folder(served) as site, machine.running("serve"):
        yield Network(machine, opened(machine), site, folder)


def opened(machine: Machine) -> str:
    """The room's address, as soon as it answers."""
    found = wait_for(lambda: re.findall(r"Der Lesesaal ist offen: (http://\S+)/", machine.log), 120)
    url = str(found[-1])

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/anmelden").status_code == 200
        except httpx.TransportError:
            return False

    wait_for(answers, 60)
    return url


@pytest.fixture(scope="module")
def organiser(browser: Browser, network: Network) -> Iterator[BrowserContext]:
    context = network.signed_in(browser, BERT)
    yield context
    context.close()


@pytest.fixture(scope="module")
def member(browser: Browser, network: Network) -> Iterator[BrowserContext]:
    context = network.signed_in(browser, ANNA)
    yield context
    context.close()


def hand_in(page: Page, fields: dict[str, str]) -> None:
    """Fill in the form and send it, again as long as the machine says that it is not ready yet."""
    for label, text in fields.items():
        page.get_by_label(label, exact=True).fill(text)
    deadline = time.monotonic() + 120
    while page.url.endswith("/neu"):
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.get_by_role("button", name="Abschicken").click()
        page.wait_for_timeout(1_000)


def ended(page: Page, state: str) -> None:
    """Watch the page, which follows by itself, until the recording is there."""
    expect(page.locator("[data-live] .state")).to_have_text(state, timeout=PIPELINE_SECONDS * 1_000)


def test_an_organiser_takes_a_recording_from_its_address_to_the_announced_record(
    organiser: BrowserContext, member: BrowserContext, network: Network
) -> None:
    page = organiser.new_page()
    reading = watch(page)
    page.goto(f"{network.url}/redaktion/neu")
    page.get_by_label("Erst nach Durchsicht").check()
    fields = {
        "Adresse der Aufzeichnung": network.site.url("treffen.mp4"),
        "Titel": "Netzwerktreffen",
        "Tag des Treffens": "2026-11-19",
        "am Ende": "0:05",
    }
    hand_in(page, fields)
    network.shoot(page, "1-laeuft")
    ended(page, "Wartet auf Freigabe")
    network.shoot(page, "2-wartet")
    theirs = member.new_page()
    theirs.goto(f"{network.url}/")
    expect(theirs.locator("main")).to_contain_text("Noch keine Aufzeichnung")
    assert network.mails("liste@example.org") == []
    assert reading.complaints == []


def test_a_file_becomes_a_record_and_leaves_nothing_behind(
    organiser: BrowserContext, member: BrowserContext, network: Network, tmp_path: Path
) -> None:
    movie = meeting_clip(tmp_path / "Aufnahme von gestern.mp4", 100, 30)
    page = organiser.new_page()
    page.goto(f"{network.url}/redaktion/neu")
    page.locator("input[type=file]").set_input_files(movie)
    expect(page.locator(".how")).to_have_text("Die Datei ist da.")
    fields = {"Titel": "Aus einer Datei", "Tag des Treffens": "2026-11-18", "am Anfang": "0:10"}
    hand_in(page, fields)
    ended(page, "Fertig und angekündigt")
    page.get_by_role("link", name="Zur Aufzeichnung").click()
    expect(page.locator("h1")).to_have_text("Aus einer Datei")
    theirs = member.new_page()
    theirs.goto(f"{network.url}/")
    expect(theirs.get_by_role("link", name="Aus einer Datei")).to_be_visible()
    (mail,) = network.mails("liste@example.org")
    assert "Aus einer Datei" in mail["Subject"]
    assert not list((network.machine.folder / "archive/uploads").glob("*/*"))
    record = next((network.machine.folder / "archive/recordings").glob("2026-11-18-*"))
    assert recording_of(record).duration_seconds == pytest.approx(20, abs=0.3)
    assert recording_of(record).source.url == "upload:Aufnahme%20von%20gestern.mp4"
