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
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import photograph, sign_in, watch
from tests.flows.operations import Machine, wait_for
from tests.flows.workplace import recording_of
from tests.media_samples import meeting_clip
from tests.misbehaving_server import Site, serve_folder
from tests.s3_server import free_port

pytestmark = pytest.mark.browser

ANNA, BERT = "anna@example.org", "bert@example.org"
PHONE: ViewportSize = {"width": 360, "height": 740}
PIPELINE_SECONDS = 480
RECORD = "2026-11-19-netzwerktreffen-im-november"


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

    def announced(self, title: str) -> list[EmailMessage]:
        """The mails to the list about a recording."""
        return [each for each in self.mails("liste@example.org") if title in str(each["Subject"])]

    def signed_in(self, browser: Browser, address: str) -> BrowserContext:
        """A phone whose owner has asked for a link, and pressed the button behind it."""
        context = browser.new_context(viewport=PHONE)
        context.set_default_timeout(60_000)
        page, before = context.new_page(), len(self.mails(address))
        page.goto(f"{self.url}/anmelden")
        page.get_by_label("Mailadresse").fill(address)
        page.get_by_role("button", name="Link schicken").click()
        wait_for(lambda: len(self.mails(address)) > before, 30)
        body = self.mails(address)[-1].get_body(("plain",))
        assert body is not None
        (link,) = re.findall(rf"{self.url}/anmelden/link\S+", body.get_content())
        sign_in(page, link).close()
        return context

    def shoot(self, page: Page, name: str) -> None:
        photograph(page, self.shots / f"{name}.png")


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("network")
    served = folder / "served"
    served.mkdir()
    meeting_clip(served / "treffen.mp4", 0, 75)
    settings = {
        "MITSCHNITT_NETWORK__NAME": "Netzwerk Bürgerräte",
        "MITSCHNITT_PREFECT__PORT": str(free_port()),
        "MITSCHNITT_READING_ROOM__ORGANISERS": BERT,
        "MITSCHNITT_READING_ROOM__MEMBERS_FILE": str(folder / "members.txt"),
        "MITSCHNITT_ANNOUNCEMENT__TO": "liste@example.org",
        "MITSCHNITT_ANNOUNCEMENT__FROM": "Netzwerk <netzwerk@example.org>",
    }
    (folder / "members.txt").write_text(f"{ANNA}\n")
    machine = Machine(folder / "machine", settings)
    with serve_folder(served) as site, machine.running("serve", "--port", "0"):
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
    page, theirs = organiser.new_page(), member.new_page()
    hand_in_to_be_held(page, network)
    reading = watch(page)  # before, browsers complain of each "not ready yet"
    nobody_sees_it(theirs, network)
    page.get_by_role("link", name="Ansehen, berichtigen, freigeben").click()
    network.shoot(page, "3-durchsicht")
    replace_everywhere(page, network, "Losverfahren", "Auslosung")
    rename_first_chapter(page, "Ankommen und Ablauf")
    page.get_by_role("link", name="Mail ansehen", exact=True).click()
    letter = page.get_by_label("Die Mail als reiner Text")
    expect(letter).to_contain_text("Ankommen und Ablauf")
    network.shoot(page, "6-mail")
    nobody_sees_it(theirs, network)
    page.get_by_role("link", name="Zur Freigabe").click()
    page.get_by_role("button", name="Freigeben und ankündigen").click()
    expect(page.locator("main")).to_contain_text("veröffentlicht")
    network.shoot(page, "7-freigegeben")
    everybody_sees_it(theirs, network)
    (mail,) = wait_for(lambda: network.announced("Netzwerktreffen im November"), 60)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Ankommen und Ablauf" in body.get_content()
    assert reading.complaints == []


def hand_in_to_be_held(page: Page, network: Network) -> None:
    page.goto(f"{network.url}/redaktion/neu")
    page.get_by_label("Erst nach Durchsicht").check()
    fields = {
        "Adresse der Aufzeichnung": network.site.url("treffen.mp4"),
        "Titel": "Netzwerktreffen im November",
        "Tag des Treffens": "2026-11-19",
        "Tagesordnung": "Begrüßung\nDas Losverfahren in kleinen Gemeinden",
        "am Ende": "0:05",
    }
    hand_in(page, fields)
    network.shoot(page, "1-laeuft")
    ended(page, "Wartet auf Freigabe")
    network.shoot(page, "2-wartet")


def nobody_sees_it(theirs: Page, network: Network) -> None:
    """Neither on the shelf nor at its address; and nobody was told."""
    theirs.goto(f"{network.url}/")
    expect(theirs.locator("main")).not_to_contain_text("Netzwerktreffen im November")
    assert theirs.request.get(f"{network.url}/recordings/{RECORD}/").status == 404
    assert network.announced("Netzwerktreffen im November") == []


def replace_everywhere(page: Page, network: Network, before: str, after: str) -> None:
    page.get_by_role("link", name="Überall ersetzen").click()
    page.get_by_label("Bisher steht da").fill(before)
    page.get_by_label("Richtig ist").fill(after)
    page.get_by_role("button", name="Fundstellen zeigen").click()
    expect(page.locator("#fundstellen")).to_contain_text("Fundstellen")
    network.shoot(page, "4-ersetzen")
    page.get_by_label("Name (steht bei der Berichtigung)").fill("Bert")
    page.get_by_role("button", name="Ersetzen", exact=True).click()
    expect(page.locator(".saved")).to_contain_text("Gesichert")
    network.shoot(page, "5-ersetzt")


def rename_first_chapter(page: Page, title: str) -> None:
    page.get_by_role("link", name=re.compile("^Kapitel ändern")).first.click()
    page.get_by_label("Kapitel: Titel").fill(title)
    page.get_by_role("button", name="Sichern").click()
    expect(page.get_by_role("heading", name=re.compile(f"^{title}"))).to_be_visible()


def everybody_sees_it(theirs: Page, network: Network) -> None:
    """On the shelf, on its own page, in its captions and in the search."""
    deadline = time.monotonic() + 60
    theirs.goto(f"{network.url}/")
    while not theirs.get_by_role("link", name="Netzwerktreffen im November").count():
        assert time.monotonic() < deadline, theirs.locator("main").inner_text()
        theirs.wait_for_timeout(1_000)
        theirs.reload()
    theirs.get_by_role("link", name="Netzwerktreffen im November").click()
    expect(theirs.get_by_role("heading", name=re.compile("^Ankommen und Ablauf"))).to_be_visible()
    expect(theirs.locator("#text")).to_contain_text("Auslosung")
    expect(theirs.locator("#text")).not_to_contain_text("Losverfahren")
    network.shoot(theirs, "8-mitglied")
    captions = theirs.request.get(f"{network.url}/recordings/{RECORD}/transcript/transcript.vtt").text()
    assert "Auslosung" in captions
    assert "Losverfahren" not in captions
    theirs.goto(f"{network.url}/suche?q=Auslosung")
    expect(theirs.locator("main")).to_contain_text("Netzwerktreffen im November")


def test_a_file_becomes_a_record_and_leaves_nothing_behind(
    organiser: BrowserContext, member: BrowserContext, network: Network, tmp_path: Path
) -> None:
    movie = meeting_clip(tmp_path / "Aufnahme von gestern.mp4", 100, 30)
    page = organiser.new_page()
    page.goto(f"{network.url}/redaktion/neu")
    page.locator("input[type=file]").set_input_files(movie)
    expect(page.locator(".how")).to_have_text("Die Datei ist da.", timeout=60_000)
    fields = {"Titel": "Aus einer Datei", "Tag des Treffens": "2026-11-18", "am Anfang": "0:10"}
    hand_in(page, fields)
    ended(page, "Fertig und angekündigt")
    page.get_by_role("link", name="Zur Aufzeichnung").click()
    expect(page.locator("h1")).to_have_text("Aus einer Datei")
    theirs = member.new_page()
    theirs.goto(f"{network.url}/")
    expect(theirs.get_by_role("link", name="Aus einer Datei").first).to_be_visible()
    assert len(network.announced("Aus einer Datei")) == 1
    assert not list((network.machine.folder / "archive/uploads").glob("*/*"))
    record = next((network.machine.folder / "archive/recordings").glob("2026-11-18-*"))
    assert recording_of(record).duration_seconds == pytest.approx(20.25, abs=0.3)
    assert recording_of(record).source.url == "upload:Aufnahme%20von%20gestern.mp4"
