"""Sessions end when they are ended: here, on one device, everywhere; in all rooms, also for a thief."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from flows.reading_room import sign_in_mail_limits
from flows.reading_room.room_context import Room
from flows.reading_room.session_cache import FRESH_SECONDS, YOUNG_SECONDS, SessionCache
from tasks.access.rate_limits import GrowingPauses
from tasks.access.session_store import KEPT, SESSIONS, SessionStore
from tasks.access.signed_tokens import LINK_SECONDS, Session
from tasks.storage.folder_storage import FolderStorage
from tests.flows.reading_room.entrances import (
    ANNA,
    BERT,
    OWN_PAGE,
    STRANGER,
    Entrance,
    another_browser,
    entrance,
    token_in,
)
from transcripts.access.sessions import (
    MOST_SESSIONS,
    SESSION_LENGTH,
    SessionName,
    Sessions,
    SignedIn,
    device_name,
    merged,
)
from transcripts.errors.error_kinds import TemporaryError
from transcripts.errors.storage_errors import StorageReadOnlyError, StorageUnreachableError

COOKIE = "__Host-mitschnitt"
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@pytest.fixture
def house(room: Room, tmp_path: Path) -> Iterator[Entrance]:
    with entrance(room, tmp_path) as opened:
        yield opened


def signed_in(
    house: Entrance, address: str = ANNA, user_agent: str = "", host: str = "203.0.113.9"
) -> TestClient:
    """Another browser, in which this address is signed in."""
    browser = another_browser(house, host=host)
    answer = browser.post(
        "/anmelden/link",
        data={"t": house.token_for(address)},
        headers={**OWN_PAGE, "user-agent": user_agent},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    return browser


def post(browser: TestClient, path: str, **fields: str) -> Any:
    return browser.post(path, data=fields, headers=OWN_PAGE, follow_redirects=False)


def test_a_stolen_cookie_ends_with_the_sign_out(house: Entrance) -> None:
    browser, thief = signed_in(house), another_browser(house)
    thief.cookies.set(COOKIE, browser.cookies[COOKIE], domain="lesen.example.org")
    assert thief.get("/").status_code == 200
    assert post(browser, "/abmelden").headers["location"] == "/anmelden"
    assert COOKIE not in browser.cookies
    assert thief.get("/").status_code == 401
    assert browser.get("/").status_code == 401


def test_the_devices_are_listed_and_each_can_be_signed_out(house: Entrance) -> None:
    here, phone = signed_in(house), signed_in(house, user_agent=PHONE)
    other = signed_in(house, BERT)
    page = here.get("/meine-geraete").text
    assert page.count("dieser Browser") == 1
    assert "Firefox auf Android" in page
    assert page.count('name="geraet"') == 2
    assert "<script" not in page
    note = page.split("Firefox auf Android")[1].split('value="')[1].split('"')[0]
    assert post(here, "/meine-geraete", geraet=note).headers["location"] == "/meine-geraete"
    assert (here.get("/").status_code, phone.get("/").status_code) == (200, 401)
    assert post(other, "/meine-geraete", geraet=note).status_code == 303
    assert post(other, "/meine-geraete", geraet="../x").status_code == 303
    assert other.get("/").status_code == 200


def test_nobody_can_end_the_session_of_somebody_else(house: Entrance) -> None:
    anna, bert = signed_in(house), signed_in(house, BERT)
    note = anna.get("/meine-geraete").text.split('name="geraet" type="hidden" value="')[1].split('"')[0]
    post(bert, "/meine-geraete", geraet=note)
    post(another_browser(house), "/meine-geraete", geraet=note)
    foreign = {"origin": "https://evil.example"}
    assert anna.post("/meine-geraete", data={"alle": "1"}, headers=foreign).status_code == 403
    assert anna.get("/").status_code == 200


def test_signing_out_everywhere_ends_all_of_ones_own_and_nobody_elses(house: Entrance) -> None:
    browsers = [signed_in(house) for _ in range(3)]
    other = signed_in(house, BERT)
    assert post(browsers[0], "/meine-geraete", alle="1").headers["location"] == "/anmelden"
    assert [each.get("/").status_code for each in browsers] == [401] * 3
    assert other.get("/").status_code == 200
    assert signed_in(house).get("/").status_code == 200, "a new link opens the door again"
    assert browsers[1].get("/").status_code == 401


def test_ending_this_browsers_own_session_leads_to_the_sign_in(house: Entrance) -> None:
    browser = signed_in(house)
    note = browser.get("/meine-geraete").text.split('name="geraet" type="hidden" value="')[1].split('"')[0]
    assert post(browser, "/meine-geraete", geraet=note).headers["location"] == "/anmelden"
    assert browser.get("/").status_code == 401


def test_strangers_see_no_devices(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path) as house:
        assert house.client.get("/meine-geraete", follow_redirects=False).status_code == 401
    with entrance(room, tmp_path, reading_room={"access": "open"}) as house:
        away = house.client.get("/meine-geraete", follow_redirects=False)
        assert away.headers["location"] == "/anmelden"
        assert post(house.client, "/meine-geraete", alle="1").headers["location"] == "/anmelden"


def test_a_cookie_of_an_earlier_edition_asks_to_sign_in_again(house: Entrance) -> None:
    tokens = house.access_control.authenticator.tokens
    old = str(tokens._sessions.dumps([tokens.member_key(ANNA), "zufall"]))
    house.client.cookies.set(COOKIE, old, domain="lesen.example.org")
    assert house.client.get("/").status_code == 401


def test_a_session_is_good_in_all_rooms_and_over_in_all_rooms(room: Room, tmp_path: Path) -> None:
    shared = {"reading_room": {"secret_key": "dasselbe in beiden Häusern, lang genug"}}
    with entrance(room, tmp_path / "a", **shared) as here, entrance(room, tmp_path / "b", **shared) as there:
        first = signed_in(here)
        there.client.cookies.set(COOKIE, first.cookies[COOKIE], domain="lesen.example.org")
        assert there.client.get("/").status_code == 200
        second = signed_in(here)
        there.client.cookies.set(COOKIE, second.cookies[COOKIE], domain="lesen.example.org")
        assert there.client.get("/").status_code == 200, "though the other room knew of the first alone"
        post(second, "/meine-geraete", alle="1")
        there.access_control.authenticator.book._known.clear()  # as after some seconds
        assert there.client.get("/").status_code == 401


# Links: nobody is kept out, and no mailbox is filled


def test_an_attack_on_an_address_leaves_its_owner_a_way_in(house: Entrance) -> None:
    """From many networks, before and after; on a new device and on a known one."""
    owner = signed_in(house)
    owner.cookies.delete(COOKIE)
    for number in range(40):
        attacker = another_browser(house, host=f"198.51.{number}.1")
        assert post(attacker, "/anmelden", address=ANNA).status_code == 303
    letters = house.letters()
    assert post(owner, "/anmelden", address=ANNA).status_code == 303
    letters = house.letters(2)
    assert len(letters) == 2, "one for all the strangers, and one that was asked for in a known browser"
    assert [house.press(token_in(each)).status_code for each in letters] == [303, 303]


def test_a_network_that_is_used_up_does_not_stop_a_known_browser(house: Entrance) -> None:
    owner = signed_in(house, host="198.51.100.7")
    owner.cookies.delete(COOKIE)
    neighbour = another_browser(house, host="198.51.100.7")
    statuses = [post(neighbour, "/anmelden", address=f"x{n}@example.org").status_code for n in range(31)]
    assert statuses == [303] * 30 + [429]
    assert post(owner, "/anmelden", address=ANNA).status_code == 303
    assert post(owner, "/anmelden", address=STRANGER).status_code == 429, "known for one address only"
    assert house.letters()[0]["To"] == ANNA.capitalize()


def test_a_known_browser_has_limits_of_its_own(house: Entrance) -> None:
    owner = signed_in(house)
    statuses = [post(owner, "/anmelden", address=ANNA).status_code for _ in range(11)]
    assert statuses == [303] * 10 + [429]


def test_bad_links_are_refused_and_a_good_one_counts_all_the_same(house: Entrance) -> None:
    statuses = [house.press(f"falsch{number}").status_code for number in range(35)]
    assert statuses == [410] * 30 + [429] * 5
    assert house.press(house.token_for(ANNA)).status_code == 303


def test_the_known_browsers_cookie_is_as_well_kept_as_the_other_and_opens_nothing(house: Entrance) -> None:
    answer = house.sign_in()
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    for each in cookies:
        for word in ("__Host-", "Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert word.lower() in each.lower()
    known = house.client.cookies[f"{COOKIE}-bekannt"]
    house.client.cookies.clear()
    for name in (COOKIE, f"{COOKIE}-bekannt"):
        house.client.cookies.set(name, known, domain="lesen.example.org")
        assert house.client.get("/").status_code == 401
    assert b"anna" not in known.lower().encode()
    assert len(house.sign_in().headers.get_list("set-cookie")) == 1, "it is known already"


def test_the_newest_link_is_good_until_the_next_may_be_mailed() -> None:
    assert all(0 < each < LINK_SECONDS for each in sign_in_mail_limits.PAUSES_SECONDS)
    now = [0.0]
    pauses = GrowingPauses(
        sign_in_mail_limits.PAUSES_SECONDS, sign_in_mail_limits.FORGET_SECONDS, lambda: now[0]
    )
    mailed = []
    for second in range(0, 24 * 3600, 10):
        now[0] = float(second)
        if pauses.may_happen("anna"):
            mailed.append(second)
    gaps = [after - before for before, after in pairwise(mailed)]
    assert min(gaps) >= 180
    assert max(gaps) < LINK_SECONDS
    assert len(mailed) < 110, "in a day of asking every ten seconds"
    now[0] += sign_in_mail_limits.FORGET_SECONDS + 1
    assert pauses.may_happen("bert")
    assert len(pauses._happened) == 1


def test_a_mail_that_did_not_go_out_is_tried_again_and_the_pauses_go_on() -> None:
    now = [0.0]
    pauses = GrowingPauses((10.0, 20.0), 1000.0, lambda: now[0])
    assert pauses.may_happen("anna")
    pauses.did_not_happen("anna")
    assert pauses.may_happen("anna")
    now[0] = 11.0
    assert pauses.may_happen("anna")
    pauses.did_not_happen("anna")
    assert pauses.may_happen("anna")
    now[0] = 25.0
    assert not pauses.may_happen("anna"), "the second pause is the longer one"
    now[0] = 32.0
    assert pauses.may_happen("anna")


# What is noted


def notes(folder: Path, now: datetime = NOW) -> SessionStore:
    return SessionStore(FolderStorage(folder / "archive"), FolderStorage(folder / "own"), lambda: now)


def test_the_notes_hold_neither_the_cookie_nor_an_address(house: Entrance) -> None:
    browser = signed_in(house, user_agent=PHONE)
    storage = house.access_control.authenticator.book._notes._archive
    key = house.access_control.authenticator.tokens.member_key(ANNA)
    text = storage.get_bytes(f"{SESSIONS}/{key}").decode()
    session = house.access_control.authenticator.tokens.read_session(browser.cookies[COOKIE])
    assert session is not None
    assert session.name.note in text
    assert session.name.name not in text
    assert "anna" not in text.lower()
    assert "140" not in text


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff", b"[]", b'{"generation": -1}', b'{"signed_in": 3}', b"x" * 200_000]
)
def test_of_a_damaged_note_nobody_is_signed_in_and_signing_in_works(tmp_path: Path, content: bytes) -> None:
    before = notes(tmp_path).begin("anna", "")
    FolderStorage(tmp_path / "archive").put_bytes(f"{SESSIONS}/anna", content, "text/plain")
    assert not notes(tmp_path).current("anna").holds(before, NOW)
    after = notes(tmp_path).begin("anna", "")
    assert notes(tmp_path).current("anna").holds(after, NOW)
    assert not notes(tmp_path).current("anna").holds(before, NOW)


class ReadOnly(FolderStorage):
    """An archive whose key may only read."""

    def put_if(self, key: str, content: bytes, content_type: str, tag: str | None) -> str | None:
        raise StorageReadOnlyError(place=f"{key}{content_type}{content!r}{tag}")


def test_a_room_that_may_only_read_ends_sessions_of_others_for_itself(tmp_path: Path) -> None:
    everywhere = notes(tmp_path)
    here = SessionStore(ReadOnly(tmp_path / "archive"), FolderStorage(tmp_path / "own"), lambda: NOW)
    first, second = everywhere.begin("anna", ""), everywhere.begin("anna", "")
    assert here.current("anna").holds(first, NOW)
    here.end("anna", first.note)
    assert not here.current("anna").holds(first, NOW)
    third = here.begin("anna", "")
    assert here.current("anna").holds(third, NOW)
    here.end("anna", third.note)
    assert not here.current("anna").holds(third, NOW)
    here.end_all("anna")
    assert not here.current("anna").holds(second, NOW)


def test_of_two_rooms_that_note_at_once_neither_loses_a_session(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: notes(tmp_path).begin("anna", ""), range(12)))
    assert all(notes(tmp_path).current("anna").holds(each, NOW) for each in begun)


def test_old_notes_go_and_young_ones_stay(tmp_path: Path) -> None:
    notes(tmp_path).begin("anna", "")
    later = datetime.now(UTC) + KEPT
    notes(tmp_path, later - timedelta(minutes=5)).forget_old()
    assert notes(tmp_path).current("anna").signed_in
    notes(tmp_path, later + timedelta(minutes=5)).forget_old()
    assert not notes(tmp_path).current("anna").signed_in


STEPS = st.lists(st.tuples(st.sampled_from(["begin", "end", "all", "day"]), st.integers(0, 5)), max_size=40)


@given(STEPS)
def test_whatever_happens_only_what_was_begun_and_not_ended_goes_on(steps: list[tuple[str, int]]) -> None:
    """Against a model: a set of those that go on."""
    sessions, now = Sessions(), NOW
    begun: dict[SessionName, datetime] = {}
    for number, (step, which) in enumerate(steps):
        if step == "begin":
            name = SessionName(f"n{number}", sessions.generation)
            begun[name] = now
            sessions = sessions.with_begun(SignedIn(note=name.note, begun_at=now))
        elif step == "end" and begun:
            name = list(begun)[which % len(begun)]
            sessions = sessions.without(name.note)
            del begun[name]
        elif step == "all":
            sessions, begun = sessions.ended(), {}
        elif step == "day":
            now += timedelta(days=7)
        begun = {name: at for name, at in begun.items() if now - at < SESSION_LENGTH}
        newest = sorted(begun, key=lambda each: begun[each], reverse=True)
        assert len(sessions.lasting(now)) == min(len(newest), MOST_SESSIONS)
        assert {each for each in begun if sessions.holds(each, now)} <= set(newest)
        if len(newest) <= MOST_SESSIONS:
            assert all(sessions.holds(each, now) for each in newest)
        assert Sessions.model_validate_json(sessions.to_json()) == sessions


@given(st.integers(0, 3), st.integers(0, 3))
def test_two_notes_make_one_and_the_later_generation_counts(one: int, other: int) -> None:
    def of(generation: int, name: str) -> Sessions:
        note = SessionName(name, generation).note
        return Sessions(generation=generation, signed_in=(SignedIn(note=note, begun_at=NOW),))

    both = merged(of(one, "a"), of(other, "b"))
    assert both.generation == max(one, other)
    assert both.holds(SessionName("a", one), NOW) == (one >= other)
    assert both.holds(SessionName("b", other), NOW) == (other >= one)
    assert not both.holds(SessionName("c", both.generation), NOW)


@given(st.text(max_size=2000))
def test_any_browser_has_a_short_name(text: str) -> None:
    assert 0 < len(device_name(text)) < 40


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (PHONE, "Firefox auf Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
         "Version/18.1 Mobile/15E148 Safari/604.1", "Safari auf dem iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
         "Safari/537.36 Edg/142.0.0.0", "Edge auf Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
         "Chrome/142.0.0.0 Safari/537.36", "Chrome auf dem Mac"),
        ("", "Unbekannter Browser"),
        ("curl/8.5.0", "Unbekannter Browser"),
    ],
)  # fmt: skip
def test_browsers_are_called_as_people_call_them(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


# While the archive is away


class Steered:
    """Notes that a test lets fail, and that count how often they are asked."""

    def __init__(self) -> None:
        self.sessions, self.asked, self.trouble = Sessions(), 0, False

    def current(self, member_key: str) -> Sessions:
        self.asked += 1
        if self.trouble:
            raise StorageUnreachableError(place=member_key)
        return self.sessions


def book_over(steered: Steered, now: list[float]) -> SessionCache:
    return SessionCache(steered, lambda: now[0])  # type: ignore[arg-type]


def test_who_was_here_stays_while_the_archive_is_away_and_who_was_not_is_told_later() -> None:
    steered, now = Steered(), [0.0]
    name = SessionName("a", 0)
    steered.sessions = Sessions(signed_in=(SignedIn(note=name.note, begun_at=datetime.now(UTC)),))
    session = Session("anna", name, YOUNG_SECONDS + 1)
    here, elsewhere = book_over(steered, now), book_over(steered, now)
    assert here.holds(session)
    steered.trouble = True
    for _ in range(5):
        now[0] += FRESH_SECONDS + 1
        assert not here.knows(session)
        assert here.holds(session)
        assert here.knows(session), "others do not wait for the archive, too"
    with pytest.raises(TemporaryError):
        elsewhere.holds(session)
    steered.trouble, steered.sessions = False, Sessions(generation=1)
    now[0] += FRESH_SECONDS + 1
    assert not here.holds(session)


def test_to_read_on_asks_the_archive_once_in_some_seconds() -> None:
    steered, now = Steered(), [0.0]
    name = SessionName("a", 0)
    steered.sessions = Sessions(signed_in=(SignedIn(note=name.note, begun_at=datetime.now(UTC)),))
    book = book_over(steered, now)
    for second in range(60):
        now[0] = float(second)
        assert book.holds(Session("anna", name, 1))
    assert steered.asked == 60 / FRESH_SECONDS


def test_the_pages_say_later_while_nobody_knows(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path) as house:
        browser = signed_in(house)
        assert browser.get("/").status_code == 200
        house.access_control.authenticator.book._known.clear()
        steered = Steered()
        steered.trouble = True
        house.access_control.authenticator.book._notes = steered  # type: ignore[assignment]
        answer = browser.get("/")
        assert (answer.status_code, "noch einmal" in answer.text) == (503, True)
        assert browser.get("/anmelden").status_code == 200
        assert browser.get("/static/x/door.css").status_code == 200


def test_signing_out_while_the_archive_is_away_says_that_it_counts_only_here(
    room: Room, tmp_path: Path
) -> None:
    with entrance(room, tmp_path) as house:
        browser = signed_in(house)
        cookie = browser.cookies[COOKIE]
        assert browser.get("/").status_code == 200

        class Away(Steered):
            def end(self, member_key: str, note: str) -> None:
                raise StorageUnreachableError(place=member_key + note)

        away = Away()
        away.trouble = True
        house.access_control.authenticator.book._notes = away  # type: ignore[assignment]
        answer = post(browser, "/abmelden")
        assert answer.status_code == 503
        assert "Nur hier abgemeldet" in answer.text
        assert COOKIE not in browser.cookies
        browser.cookies.set(COOKIE, cookie, domain="lesen.example.org")
        assert browser.get("/").status_code == 401
