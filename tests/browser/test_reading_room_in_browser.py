"""The reading room in a real browser: with a mouse, a keyboard, on a phone, on paper, without scripts."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Reading, wait_until
from tests.reading_rooms import (
    LONG_ID,
    SAMPLE_ID,
    SOUND_ID,
    media_router,
    open_room,
    sample_archive,
    sample_meeting,
    serving,
)

pytestmark = pytest.mark.browser

RECORD = f"/recordings/{SAMPLE_ID}/"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MEDIA = "document.querySelector('video, audio')"
IS_READY = f"document.documentElement.classList.contains('ready') && {MEDIA}.readyState > 0"
IS_PLAYING = f"!{MEDIA}.paused"
SECONDS = f"{MEDIA}.currentTime"
SMALLEST_TARGET = 44
PATIENCE_MILLISECONDS = 60_000
"""Three hours of text, on a machine that has other work."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a reading room with three records, under a strict Content Security Policy."""
    folder = tmp_path_factory.mktemp("house")
    storage = sample_archive(folder)
    with serving(open_room(storage, folder / "search.sqlite"), [media_router(storage)]) as address:
        yield address


def open_record(page: Page, house: str, address: str = RECORD) -> None:
    page.goto(house + address, timeout=PATIENCE_MILLISECONDS)
    wait_until(page, IS_READY)


def painted(page: Page, name: str) -> list[str]:
    """The texts that carry a colour."""
    texts: list[str] = page.evaluate(
        f"[...(CSS.highlights.get('{name}') ?? [])].map(range => range.toString())"
    )
    return texts


def found_by_axe(page: Page) -> str:
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    return str(Axe().run(page, options=options).generate_snapshot())


def word_box(page: Page, sentence: str, word: str) -> tuple[float, float]:
    """The middle of a word of a sentence in the window."""
    page.evaluate(f"document.getElementById('{sentence}').scrollIntoView({{block: 'center'}})")
    page.wait_for_timeout(300)
    x, y = page.evaluate(
        """([id, word]) => {
            const node = document.getElementById(id).firstChild, range = document.createRange();
            const at = node.data.indexOf(word);
            range.setStart(node, at); range.setEnd(node, at + word.length);
            const box = range.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }""",
        [sentence, word],
    )
    return x, y


def serve_changed(page: Page, change: Callable[[str], str]) -> None:
    """Let the record's page arrive changed, as after a correction or a new transcription."""

    def answer(route: Route) -> None:
        fetched = route.fetch()
        headers = {name: text for name, text in fetched.headers.items() if name != "content-encoding"}
        route.fulfill(status=200, headers=headers, body=change(fetched.text()))

    page.route(re.compile(rf"{RECORD}(\?|$)"), answer)


# Finding and listening


def test_a_remembered_sentence_is_found_played_and_followed_word_by_word(
    reading: Reading, house: str
) -> None:
    page = reading.page
    page.goto(house)
    page.get_by_label("In Aufzeichnungen und Dokumenten suchen").fill("Rücklaufquote")
    page.keyboard.press("Enter")
    page.locator(f".passages a[href*='{SAMPLE_ID}']").first.click()
    wait_until(page, IS_READY)
    sentence = page.locator(".s[aria-current]")
    expect(sentence).to_contain_text("Rücklaufquote")
    expect(sentence).to_be_in_viewport()
    wait_until(page, "CSS.highlights.get('found')?.size === 1")
    assert painted(page, "found") == ["Rücklaufquote"]
    page.get_by_role("button", name="Abspielen").click()
    wait_until(page, IS_PLAYING)
    first = painted(page, "word")
    wait_until(page, f"[...CSS.highlights.get('word')][0]?.toString() !== {first[0]!r}")
    expect(page.get_by_role("button", name="Anhalten")).to_be_visible()
    outside = [url for url in reading.requests if not url.startswith(house)]
    assert outside == []
    assert reading.complaints == []


def test_a_click_on_a_word_plays_from_that_word(reading: Reading, house: str) -> None:
    open_record(reading.page, house)
    sentence = next(each for each in sample_meeting().segments if "Melderegister" in each.text)
    word = next(each for each in sentence.words if "Melderegister" in each.text)
    reading.page.mouse.click(*word_box(reading.page, sentence.id, "Melderegister"))
    wait_until(reading.page, IS_PLAYING)
    assert word.start_seconds <= reading.page.evaluate(SECONDS) < word.start_seconds + 2


def test_the_text_scrolls_along_until_the_reader_scrolls_and_again_when_asked_to(
    reading: Reading, house: str
) -> None:
    page = reading.page
    open_record(page, house)
    last = sample_meeting().segments[-3]
    page.evaluate(f"{MEDIA}.currentTime = {last.start_seconds - 0.4}; {MEDIA}.play()")
    expect(page.locator(f"#{last.id}")).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#{last.id}")).to_be_in_viewport()
    page.mouse.move(900, 400)
    page.mouse.wheel(0, -20_000)
    back = page.get_by_role("button", name="Zurück zur Stelle")
    expect(back).to_be_visible()
    expect(page.locator(".s[aria-current]")).not_to_be_in_viewport()
    back.click()
    expect(page.locator(".s[aria-current]")).to_be_in_viewport()
    expect(back).to_be_hidden()


def test_finds_within_a_record_are_counted_announced_and_visited(reading: Reading, house: str) -> None:
    page = reading.page
    page.emulate_media(
        reduced_motion="reduce"
    )  # while the text glides, the buttons do too: a click may miss them
    open_record(page, house)
    field = page.get_by_label("In dieser Aufzeichnung suchen")
    field.fill("buergerrat")
    output = page.locator(".find output")
    count = sum(each.text.lower().count("bürgerrat") for each in sample_meeting().segments)
    assert count > 3
    expect(output).to_have_text(f"{count} Fundstellen")
    expect(output).to_have_role("status")
    field.press("Enter")
    expect(output).to_have_text(f"1 von {count}")
    assert "ürgerrat" in painted(page, "chosen")[0]
    expect(page.locator(".s[aria-current]")).to_be_in_viewport()
    page.get_by_role("button", name="Nächste Fundstelle").click()
    expect(output).to_have_text(f"2 von {count}")
    page.get_by_role("button", name="Vorige Fundstelle").click()
    page.get_by_role("button", name="Vorige Fundstelle").click()
    expect(output).to_have_text(f"{count} von {count}")
    expect(page.locator(".s[aria-current]")).to_be_in_viewport()
    field.fill("Quantenphysik")
    expect(output).to_have_text("Nicht gefunden")


@pytest.mark.parametrize("address", ["?t=75", "#t=75", "#s0010", "?utm_source=mail&t=75"])
def test_addresses_of_places_are_followed(reading: Reading, house: str, address: str) -> None:
    open_record(reading.page, house, RECORD + address)
    wait_until(reading.page, f"{SECONDS} > 0")
    here = reading.page.locator(".s[aria-current]")
    expect(here).to_be_in_viewport()
    wanted = sample_meeting().segments[9].start_seconds if "#s" in address else 75
    assert reading.page.evaluate(SECONDS) == pytest.approx(wanted, abs=1)


def test_a_chapter_of_a_long_meeting_is_reached_where_it_is(reading: Reading, house: str) -> None:
    page = reading.page
    open_record(page, house, f"/recordings/{LONG_ID}/?t=9000")
    expect(page.locator(".s[aria-current]")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Thema 16")).to_be_in_viewport()


def test_captions_and_speed(reading: Reading, house: str) -> None:
    page = reading.page
    open_record(page, house)
    page.locator("#inhalt").focus()
    page.keyboard.press("u")
    wait_until(page, "document.querySelector('track').readyState === 2")
    assert page.evaluate("document.querySelector('track').track.mode") == "showing"
    assert page.evaluate("document.querySelector('track').track.cues.length") > 50
    button = page.get_by_role("button", name="Untertitel")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    assert page.evaluate("document.querySelector('track').track.mode") == "hidden"
    page.get_by_label("Tempo").select_option("1.5")
    assert page.evaluate(f"{MEDIA}.playbackRate") == 1.5
    open_record(page, house)
    wait_until(page, f"{MEDIA}.playbackRate === 1.5")


def test_unsure_words_are_shown_when_asked_for(reading: Reading, house: str) -> None:
    page = reading.page

    def doubt(html: str) -> str:
        button = '<button data-does="unsure" aria-pressed="false">Unsichere Wörter zeigen</button>'
        html = html.replace('<details class="keys">', f'{button}<details class="keys">')
        return re.sub(r'(id="s0003" data-t="\S+ \S+)', r"\1?", html)

    serve_changed(page, doubt)
    open_record(page, house)
    button = page.get_by_role("button", name="Unsichere Wörter zeigen")
    button.click()
    assert painted(page, "unsure") == [sample_meeting().segments[2].text.split()[1]]
    button.click()
    assert painted(page, "unsure") == []


# The keyboard


def test_everything_can_be_done_with_the_keyboard_alone(reading: Reading, house: str) -> None:
    page = reading.page
    open_record(page, house)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Text springen")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#inhalt")).to_be_focused()
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Control+ArrowRight")
    first, second = sample_meeting().segments[1:3]
    expect(page.locator(f"#{second.id}")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Control+ArrowLeft")
    expect(page.locator(f"#{first.id}")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Shift+ArrowRight")
    assert painted(page, "word") == [first.text.split()[1]]
    page.keyboard.press("Space")
    wait_until(page, IS_PLAYING)
    page.keyboard.press("Space")
    wait_until(page, f"!({IS_PLAYING})")
    before = page.evaluate(SECONDS)
    page.keyboard.press("ArrowRight")
    wait_until(page, f"{SECONDS} >= {before + 4.9}")
    page.keyboard.press("+")
    assert page.evaluate(f"{MEDIA}.playbackRate") == 1.25
    page.keyboard.press("z")
    expect(page.locator("dialog.quote")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.quote")).to_be_hidden()
    expect(page.locator("#inhalt")).to_be_focused()
    page.keyboard.press("s")
    expect(page.get_by_label("In dieser Aufzeichnung suchen")).to_be_focused()
    page.keyboard.type("s z u")
    expect(page.get_by_label("In dieser Aufzeichnung suchen")).to_have_value("s z u")


def test_no_control_is_out_of_reach_of_the_tab_key(reading: Reading, house: str) -> None:
    page = reading.page
    open_record(page, house, f"/recordings/{SOUND_ID}/")
    controls = ".house a, main button, select, input, .keys summary"
    usable = "e.checkVisibility() && !e.closest('dialog')"
    wanted = page.evaluate(
        f"[...document.querySelectorAll('{controls}')].filter(e => {usable}).map(e => e.outerHTML)"
    )
    assert len(wanted) > 8
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML"))
    assert set(wanted) - reached == set()


# Quoting


def select(page: Page, first: str, last: str) -> None:
    """Select from the second word of one sentence to the third of another."""
    page.evaluate(
        """([first, last]) => {
            const [from, to] = [first, last].map((id) => document.getElementById(id).firstChild);
            const range = document.createRange();
            range.setStart(from, from.data.indexOf(' ') + 1);
            range.setEnd(to, to.data.split(' ').slice(0, 3).join(' ').length);
            getSelection().removeAllRanges(); getSelection().addRange(range);
        }""",
        [first, last],
    )


def quoted_words() -> str:
    one, other = sample_meeting().segments[9:11]
    return f"{one.text.split(' ', 1)[1]} {' '.join(other.text.split()[:3])}"


def take_quote(page: Page, house: str) -> str:
    open_record(page, house)
    select(page, "s0010", "s0011")
    page.get_by_role("button", name="Auswahl zitieren").click()
    return page.locator("#zitat-link").input_value()


def test_a_selection_becomes_a_link_a_citation_and_a_text_to_copy(reading: Reading, house: str) -> None:
    page = reading.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = take_quote(page, house)
    start = next(w for w in sample_meeting().segments[9].words[1:]).start_seconds
    assert link.startswith(f"{house}{RECORD}?t={int(start)}#zitat=s0010.1-s0011.2.")
    assert page.locator("dialog.quote blockquote").inner_text() == quoted_words()
    citation = page.locator("#zitat-text").input_value()
    for part in (f"„{quoted_words()}“", "Netzwerk Bürgerräte", "19. November 2026", "00:00:", link):
        assert part in citation
    page.get_by_role("button", name="Kopieren").last.click()
    expect(page.locator("dialog.quote output")).to_have_text("Kopiert.")
    assert page.evaluate("navigator.clipboard.readText()") == citation
    page.get_by_role("button", name="+ Satz danach").click()
    assert sample_meeting().segments[10].text in page.locator("dialog.quote blockquote").inner_text()
    assert found_by_axe(page) == ""


def test_the_link_marks_exactly_what_was_quoted(reading: Reading, house: str) -> None:
    page = reading.page
    open_record(page, house, take_quote(page, house).removeprefix(house))
    assert " ".join(painted(page, "quoted")) == quoted_words()
    expect(page.locator(".notice")).to_contain_text("Die zitierte Stelle")
    expect(page.locator("#s0010")).to_be_in_viewport()


def test_a_quote_is_found_again_in_a_new_transcription_with_other_sentences(
    reading: Reading, house: str
) -> None:
    page = reading.page
    address = take_quote(page, house).removeprefix(house)

    page.goto("about:blank")
    serve_changed(page, lambda html: re.sub(r'(id="|href="#)s0(\d{3})"', r'\1s1\2"', html))
    open_record(page, house, address)
    assert " ".join(painted(page, "quoted")) == quoted_words()
    expect(page.locator(".notice")).to_contain_text("Die zitierte Stelle")
    expect(page.locator("#s1010")).to_be_in_viewport()


def test_a_quote_whose_words_were_corrected_is_shown_and_said_to_have_changed(
    reading: Reading, house: str
) -> None:
    page = reading.page
    address = take_quote(page, house).removeprefix(house)
    corrected = quoted_words().split()[4]

    page.goto("about:blank")
    serve_changed(page, lambda html: html.replace(f" {corrected} ", " Berichtigtes "))
    open_record(page, house, address)
    expect(page.locator(".notice")).to_contain_text("hat sich geändert")
    expect(page.locator("#s0010")).to_be_in_viewport()


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing_on_any_page(
    reading: Reading, house: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page = reading.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    found = {}
    for address in ("/", "/suche", "/suche?q=Losverfahren", "/suche?q=Quantenphysik", "/gibt-es-nicht"):
        page.goto(house + address)
        found[address] = found_by_axe(page)
    for address in (RECORD, f"/recordings/{SOUND_ID}/"):
        open_record(page, house, address)
        page.locator(".keys summary").click()
        page.locator(".s").first.click()
        wait_until(page, "document.querySelector('.s[aria-current]')")
        found[address] = found_by_axe(page)
    assert {address: report for address, report in found.items() if report} == {}


@pytest.mark.parametrize("address", ["/", "/suche?q=Losverfahren", "/suche?q=Quantenphysik", RECORD])
def test_pages_fit_a_small_window_and_fingers(reading: Reading, house: str, address: str) -> None:
    page = reading.page
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(house + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        f"""[...document.querySelectorAll('button, select, input, summary, .side li a, .passages a')]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < {SMALLEST_TARGET})
            .map(e => e.outerHTML)"""
    )
    assert small == []


def test_nothing_moves_while_a_page_is_loaded(reading: Reading, house: str) -> None:
    page = reading.page
    page.add_init_script(
        """window.shift = 0;
        new PerformanceObserver((list) => { for (const each of list.getEntries()) shift += each.value; })
            .observe({type: 'layout-shift', buffered: true});"""
    )
    for width in (360, 1200):
        page.set_viewport_size({"width": width, "height": 740})
        for address in ("/", RECORD, RECORD + "?t=200", f"/recordings/{LONG_ID}/?t=9000"):
            page.goto(house + address, timeout=PATIENCE_MILLISECONDS)
            page.wait_for_timeout(500)
            assert page.evaluate("shift") < 0.1, (width, address)


def test_without_scripts_everything_is_read_and_found(browser: Browser, house: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(house)
    page.get_by_label("In Aufzeichnungen und Dokumenten suchen").fill("Rücklaufquote")
    page.get_by_role("button", name="Suchen").click()
    page.locator(f".passages a[href*='{SAMPLE_ID}']").first.click()
    passage = next(each for each in sample_meeting().segments if "Rücklaufquote" in each.text)
    expect(page.locator(f"#{passage.id}")).to_be_in_viewport()
    shown = str(page.locator("#text").text_content())
    assert [each.text for each in sample_meeting().segments if each.text.strip() not in shown] == []
    expect(page.locator(".find")).to_be_hidden()
    expect(page.get_by_role("button", name="Stelle zitieren")).to_be_hidden()
    page.goto(f"{house}{RECORD}?t=200")
    page.get_by_role("link", name="Zur Stelle bei 00:03:20").click()
    assert re.search(r"#s\d+$", page.url)
    expect(page.locator(":target")).to_be_in_viewport()
    context.close()


def test_on_paper_there_is_the_whole_text_and_no_machinery(reading: Reading, house: str) -> None:
    page = reading.page
    open_record(page, house, f"/recordings/{LONG_ID}/")
    page.emulate_media(media="print", color_scheme="dark")
    for part in (".player", ".find", ".house", ".floating", "footer"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("#text section").last).to_have_css("content-visibility", "visible")
