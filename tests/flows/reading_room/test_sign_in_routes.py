"""Who may come in, and how: by a link in a mail, once, soon, and only as long as one is a member."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flows.reading_room.room_context import Room
from tasks.access.signed_tokens import LINK_SECONDS, OWNER, SESSION_SECONDS, SignedTokens
from tests.flows.reading_room.conftest import RECORD
from tests.flows.reading_room.entrances import (
    ANNA,
    BERT,
    BROWSER,
    HOME,
    OWN_PAGE,
    PATIENCE_SECONDS,
    STRANGER,
    Entrance,
    another_browser,
    entrance,
    token_in,
)
from tests.tasks.channels.test_smtp import Mailbox, served

COOKIE = "__Host-mitschnitt"


@pytest.fixture
def house(room: Room, tmp_path: Path) -> Iterator[Entrance]:
    with entrance(room, tmp_path) as opened:
        yield opened


def tokens_at(house: Entrance, seconds_from_now: float) -> SignedTokens:
    """The room's tokens as they would be made at another time."""
    secret = (house.folder / "state" / "reading-room.key").read_text()
    return SignedTokens(secret, lambda: time.time() + seconds_from_now)


def test_a_member_gets_a_short_german_mail_and_comes_in_by_its_link(house: Entrance) -> None:
    turned_away = house.client.get(f"/recordings/{RECORD}/?t=55", headers=BROWSER, follow_redirects=False)
    assert turned_away.status_code == 303
    form = house.client.get(turned_away.headers["location"])
    assert f'value="/recordings/{RECORD}/?t=55"' in form.text
    asked = house.ask_for_link(" Anna@Example.org ", f"/recordings/{RECORD}/?t=55")
    assert house.client.get(asked.headers["location"]).text.count("15 Minuten") == 1
    (letter,) = house.letters()
    assert letter["To"] == ANNA.capitalize(), "as the list knows the address"
    assert letter["Subject"] == "Anmelden: Netzwerk Bürgerräte"
    assert letter.get_body(("plain",)).get_content().startswith("Hallo,")  # type: ignore[union-attr]
    assert len(letter.get_body(("plain",)).get_content().splitlines()) < 15  # type: ignore[union-attr]
    answer = house.press(token_in(letter))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/recordings/{RECORD}/?t=55")
    assert house.client.get("/", headers=BROWSER).status_code == 200


def test_the_session_is_a_cookie_that_only_this_host_and_no_script_gets(house: Entrance) -> None:
    cookie = house.sign_in().headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE.lower() + "=")
    for word in ("secure", "httponly", "samesite=lax", "path=/", f"max-age={SESSION_SECONDS}"):
        assert word in cookie
    assert "domain=" not in cookie


def test_opening_a_link_uses_nothing_up_and_the_button_does(house: Entrance) -> None:
    token = house.token_for(ANNA)
    for _ in range(3):
        seen = house.client.get("/anmelden/link", params={"t": token})
        assert seen.status_code == 200
        assert "Jetzt anmelden" in seen.text
        assert "set-cookie" not in seen.headers
        assert house.client.head("/anmelden/link", params={"t": token}).status_code == 200
    assert house.press(token).status_code == 303
    house.client.cookies.clear()
    again = house.press(token)
    assert again.status_code == 410
    assert "Jeder gilt nur einmal" in again.text
    assert house.client.get("/", follow_redirects=False).status_code == 401


def test_a_link_counts_once_over_all_rooms_of_an_archive(room: Room, tmp_path: Path) -> None:
    shared = {"reading_room": {"secret_key": "dasselbe in beiden Häusern, lang genug"}}
    with entrance(room, tmp_path / "a", **shared) as here, entrance(room, tmp_path / "b", **shared) as there:
        token = here.token_for(ANNA)
        assert there.press(token).status_code == 303
        assert here.press(token).status_code == 410


def test_a_link_opens_the_door_on_another_device(house: Entrance) -> None:
    token = house.token_for(ANNA)
    phone = another_browser(house)
    answer = phone.post("/anmelden/link", data={"t": token}, headers=OWN_PAGE, follow_redirects=False)
    assert answer.status_code == 303
    assert phone.get("/").status_code == 200


def test_links_that_are_old_or_changed_or_of_another_kind_open_nothing(house: Entrance) -> None:
    key = house.access_control.authenticator.tokens.member_key(ANNA)
    good = house.token_for(ANNA)
    bad = [
        tokens_at(house, -LINK_SECONDS - 5).link(key, "/"),
        SignedTokens("ein anderes Geheimnis von gleicher Länge").link(key, "/"),
        good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:],
        "A" + good[1:],
        house.access_control.authenticator.sign_in(key, ""),
        house.access_control.authenticator.tokens.device(key),
        house.access_control.authenticator.feed_token(key),
        "",
        "ü" * 20,
        "." * 5000,
        "x" * 7000,
    ]
    for token in bad:
        assert house.press(token).status_code == 410, token[:50]
        assert house.client.get("/anmelden/link", params={"t": token[:3000]}).status_code == 410
    assert house.press(good).status_code == 303


def test_the_answer_is_the_same_for_members_and_others(house: Entrance) -> None:
    answers = [house.ask_for_link(address) for address in (ANNA, STRANGER)]
    shown = [
        (each.status_code, each.content, {k: v for k, v in each.headers.items() if k != "date"})
        for each in answers
    ]
    assert shown[0] == shown[1]
    assert len(house.letters()) == 1


def test_the_time_of_the_answer_tells_nothing(room: Room, tmp_path: Path) -> None:
    """In pairs of a member and a stranger, neither is the slower one nearly always."""
    pairs = 30
    members = [f"mitglied{number}@example.org" for number in range(pairs)]
    (tmp_path / "members.txt").write_text("\n".join(members), encoding="utf-8")
    slower_members = 0
    with entrance(room, tmp_path) as house:
        for number in range(pairs):
            pair = [members[number], f"fremd{number:02}@example.org"]
            browser = another_browser(house, host=f"203.0.{number}.1")
            took = {each: seconds_to_ask(browser, each) for each in (pair if number % 2 else pair[::-1])}
            slower_members += took[pair[0]] > took[pair[1]]
        assert len(house.letters(pairs)) == pairs
    assert pairs * 0.1 < slower_members < pairs * 0.9


def seconds_to_ask(browser: TestClient, address: str) -> float:
    began = time.perf_counter()
    asked = browser.post("/anmelden", data={"address": address}, headers=OWN_PAGE, follow_redirects=False)
    assert asked.status_code == 303
    return time.perf_counter() - began


def test_nobody_is_signed_in_by_a_cookie_that_was_there_before(house: Entrance) -> None:
    planted = house.access_control.authenticator.sign_in(
        house.access_control.authenticator.tokens.member_key(STRANGER), ""
    )
    house.client.cookies.set(COOKIE, planted, domain="lesen.example.org")
    assert house.client.get("/").status_code == 401
    house.sign_in()
    assert house.client.cookies[COOKIE] != planted
    first = house.client.cookies[COOKIE]
    house.sign_in()
    assert house.client.cookies[COOKIE] != first, "each sign-in has a session of its own"


def test_a_session_ends_with_the_membership_within_seconds(house: Entrance) -> None:
    house.sign_in()
    assert house.client.get("/").status_code == 200
    (house.folder / "members.txt").write_text("# alle fort\n", encoding="utf-8")
    deadline = time.monotonic() + 60
    while house.client.get("/").status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert house.client.get("/").status_code == 401


def test_a_session_ends_after_thirty_days_however_much_it_is_used(house: Entrance) -> None:
    house.sign_in()
    keeper = house.access_control.authenticator
    session = keeper.tokens.read_session(house.client.cookies[COOKIE])
    assert session is not None
    for path in ("/", "/meine-geraete", "/anmelden"):
        assert "set-cookie" not in house.client.get(path, follow_redirects=False).headers, "none is renewed"
    for age, status in ((SESSION_SECONDS - 60, 200), (SESSION_SECONDS + 60, 401)):
        old = tokens_at(house, -age).session(session.member_key, session.name)
        house.client.cookies.set(COOKIE, old, domain="lesen.example.org")
        assert house.client.get("/").status_code == status, age


def test_signing_out_forgets_the_browser(house: Entrance) -> None:
    house.sign_in()
    assert "Abmelden" in house.client.get("/abmelden").text
    answer = house.client.post("/abmelden", headers=OWN_PAGE, follow_redirects=False)
    assert answer.headers["location"] == "/anmelden"
    assert house.client.get("/").status_code == 401


def test_the_owner_of_the_machine_comes_in_once_by_the_link_of_the_terminal(house: Entrance) -> None:
    link = house.access_control.owner_link()
    assert link.startswith(f"{HOME}/anmelden/link?t=")
    token = link.split("=", 1)[1]
    assert house.press(token).status_code == 303
    assert house.press(token).status_code == 410
    assert house.client.get("/").status_code == 200
    session = house.access_control.authenticator.tokens.read_session(house.client.cookies[COOKIE])
    assert session is not None
    assert session.member_key == OWNER
    assert house.access_control.authenticator.recognise(house.client.cookies[COOKIE]).visitor.is_organiser


def test_organisers_are_known_as_such(house: Entrance) -> None:
    house.sign_in(BERT)
    assert house.access_control.authenticator.recognise(house.client.cookies[COOKIE]).visitor.is_organiser
    house.sign_in(ANNA)
    assert not house.access_control.authenticator.recognise(house.client.cookies[COOKIE]).visitor.is_organiser


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\tevil",
        "javascript:alert(1)",
        "/anmelden/link?t=x",
        "/" + "x" * 2000,
        "/a\r\nSet-Cookie: x=y",
        "/％２ｆevil.example",
    ],
)
def test_nobody_is_sent_elsewhere(house: Entrance, wanted: str) -> None:
    form = house.client.get("/anmelden", params={"next": wanted})
    assert 'name="next" type="hidden" value="/"' in form.text
    answer = house.press(house.token_for(ANNA, wanted))
    assert answer.headers["location"] == "/"
    assert "x=y" not in str(answer.headers)


@pytest.mark.parametrize(
    "origin",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://lesen.example.org"},
        {"origin": HOME, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {},
    ],
)
def test_what_another_sites_page_sends_is_refused(house: Entrance, origin: dict[str, str]) -> None:
    house.sign_in()
    for path in ("/anmelden", "/anmelden/link", "/abmelden", "/meine-feeds"):
        answer = house.client.post(path, data={"address": ANNA}, headers=origin, follow_redirects=False)
        assert answer.status_code == 403, path
    assert house.client.get("/").status_code == 200, "still signed in"


def test_a_foreign_host_name_is_refused(house: Entrance) -> None:
    for host in ("evil.example", "lesen.example.org.evil.example", "lesen.example.org:8080", ""):
        assert house.client.get("/anmelden", headers={"host": host}).status_code == 400, host
    for host in ("lesen.example.org", "LESEN.example.org:443", "127.0.0.1:8080", "[::1]:8080"):
        assert house.client.get("/anmelden", headers={"host": host}).status_code == 200, host


HOSTILE = {
    "header": f"{ANNA}\r\nBcc: {STRANGER}",
    "two": f"{ANNA},{STRANGER}",
    "name": f"Anna <{ANNA}>",
    "nothing": "",
    "no domain": "anna@",
    "no at": "anna.example.org",
    "two ats": "anna@b@example.org",
    "null": "anna\0@example.org",
    "direction": "anna\u202e@example.org",
    "very long label": f"a@{'x' * 64}.org",
    "long": "a" * 300 + "@example.org",
}


@pytest.mark.parametrize("address", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_address_is_said_to_be_none(house: Entrance, address: str) -> None:
    answer = house.ask_for_link(address)
    assert answer.status_code == 422
    assert "name@beispiel.de" in answer.text


def test_very_long_input_is_not_even_read(house: Entrance) -> None:
    assert house.ask_for_link("a" * 100_000 + "@example.org").status_code == 413
    assert house.client.post("/anmelden", content=b"\xff\xfe", headers=OWN_PAGE).status_code == 400
    many = "&".join(f"f{number}=1" for number in range(100))
    assert house.client.post("/anmelden", content=many, headers=OWN_PAGE).status_code == 400


def test_letters_that_look_alike_never_redirect_a_mail(room: Room, tmp_path: Path) -> None:
    """The Kelvin sign becomes a k in lower case: mail goes to the address as it is known."""
    (tmp_path / "members.txt").write_text("kai@example.org\n", encoding="utf-8")
    with entrance(room, tmp_path) as house:
        assert house.ask_for_link("\u212aai@example.org").status_code == 303
        (letter,) = house.letters()
    assert letter["To"] == "kai@example.org"


def test_a_domain_with_umlauts_is_known_in_both_spellings(room: Room, tmp_path: Path) -> None:
    (tmp_path / "members.txt").write_text("post@bürgerräte.example\n", encoding="utf-8")
    with entrance(room, tmp_path) as house:
        for number, spelling in enumerate(("post@bürgerräte.example", "Post@xn--brgerrte-5za8u.example"), 1):
            house.ask_for_link(spelling)
            assert house.press(token_in(house.letters(number)[-1])).status_code == 303


def test_asking_again_and_again_mails_once_and_answers_alike(house: Entrance) -> None:
    """Nobody who knows an address can fill its mailbox, or keep its owner from the link that is there."""
    for address in (ANNA, STRANGER):
        assert [house.ask_for_link(address).status_code for _ in range(6)] == [303] * 6
    deadline = time.monotonic() + PATIENCE_SECONDS
    while house.access_control.post.waiting_count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.2)
    (letter,) = house.letters()
    assert house.press(token_in(letter)).status_code == 303, "the earlier link stays good"


def test_a_network_may_ask_for_some_addresses_only(house: Entrance) -> None:
    statuses = [house.ask_for_link(f"mensch{number}@example.org").status_code for number in range(31)]
    assert statuses == [303] * 30 + [429]
    elsewhere = another_browser(house)
    assert elsewhere.post("/anmelden", data={"address": ANNA}, headers=OWN_PAGE).status_code == 200


def test_only_a_trusted_proxy_is_believed_about_who_asks(room: Room, tmp_path: Path) -> None:
    given = {"reading_room": {"trusted_proxies": ["203.0.113.9"]}}
    with entrance(room, tmp_path, **given) as house:
        proxy, liar = another_browser(house), another_browser(house, host="198.51.100.1")
        statuses: dict[str, list[int]] = {"proxy": [], "liar": []}
        for number in range(31):
            claimed = {**OWN_PAGE, "x-forwarded-for": f"192.0.{number}.1"}
            for name, client in (("proxy", proxy), ("liar", liar)):
                fields = {"address": f"{name}{number}@example.org"}
                answer = client.post("/anmelden", data=fields, headers=claimed, follow_redirects=False)
                statuses[name].append(answer.status_code)
    assert statuses == {"proxy": [303] * 31, "liar": [303] * 30 + [429]}


def test_searching_too_often_is_refused_with_a_time_to_wait(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path, reading_room={"searches_per_minute": 3}) as house:
        house.sign_in()
        for path in ("/suche?q=Rat", "/api/search?q=Rat", "/suche?q=Los"):
            assert house.client.get(path).status_code == 200
        page, program = house.client.get("/suche?q=Rat"), house.client.get("/api/search?q=Rat")
        assert page.status_code == program.status_code == 429
        assert 0 < int(page.headers["retry-after"]) <= 60
        assert "einer Minute" in page.text
        assert program.json()["error"]["status"] == 429
        house.sign_in(BERT)
        assert house.client.get("/suche?q=Rat").status_code == 200


def test_what_is_for_members_is_told_to_nobody_else(house: Entrance) -> None:
    pages = ("/", "/suche?q=Rat", f"/recordings/{RECORD}/", "/meine-feeds", "/abmelden", "/gibt-es-nicht")
    for path in pages:
        away = house.client.get(path, headers=BROWSER, follow_redirects=False)
        assert (away.status_code, away.headers["location"].split("?")[0]) == (303, "/anmelden"), path
    for path in (f"/recordings/{RECORD}/transcript/transcript.txt", "/api/search?q=Rat", "/api/openapi.json"):
        assert house.client.get(path).status_code == 401
    assert house.client.get("/api/search?q=Rat").json()["error"]["status"] == 401


def test_every_answer_carries_the_headers_that_browsers_protect_by(house: Entrance) -> None:
    house.sign_in()
    for path in ("/", "/anmelden", "/gibt-es-nicht", f"/recordings/{RECORD}/", "/api/search?q=Rat"):
        headers = house.client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';"), path
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert "camera=()" in headers["permissions-policy"]
        assert headers["cache-control"] in ("no-store", "private, no-cache", "no-cache"), path


def test_the_logs_hold_no_address_no_link_and_no_cookie(
    house: Entrance, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    token = house.token_for(ANNA)
    house.ask_for_link(STRANGER)
    house.press(token)
    house.client.get("/feeds/x/atom.xml")
    shown = capsys.readouterr()
    written = " ".join((caplog.text, shown.out, shown.err)).lower()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("mitschnitt")]
    for secret in (ANNA, STRANGER, "example.org/anmelden/link", house.client.cookies[COOKIE].lower()):
        assert secret not in " ".join(ours).lower()
    assert ANNA not in written
    assert STRANGER not in written


def test_what_a_mail_server_says_about_an_address_is_not_logged(
    room: Room, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = Mailbox(f"554 5.7.1 <{ANNA}> gibt es hier nicht")
    with served(mailbox) as smtp:
        url = f"smtp://{smtp.host}:{smtp.port}"
        announcement = {"smtp_url": url, "from": "saal@example.org", "to": "liste@example.org"}
        with entrance(room, tmp_path, announcement=announcement) as house:
            house.ask_for_link(ANNA)
            deadline = time.monotonic() + 60
            while "smtp_refused" not in caplog.text:
                assert time.monotonic() < deadline
                time.sleep(0.05)
    assert ANNA not in caplog.text.lower()


def test_neither_links_nor_cookies_nor_feeds_hold_an_address(house: Entrance) -> None:
    import base64

    token = house.token_for(ANNA)
    house.press(token)
    key = house.access_control.authenticator.tokens.member_key(ANNA)
    for text in (token, house.client.cookies[COOKIE], house.access_control.authenticator.feed_token(key)):
        payload = text.split(".")[0]
        seen = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        assert key.encode() in seen, "this is what names the member"
        assert b"anna" not in seen.lower()
        assert b"example" not in seen


def test_the_secret_is_kept_for_its_owner_alone_and_stays(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path) as before:
        before.sign_in()
        cookie = before.client.cookies[COOKIE]
    assert (tmp_path / "state" / "reading-room.key").stat().st_mode & 0o777 == 0o600
    with entrance(room, tmp_path) as after:
        after.client.cookies.set(COOKIE, cookie, domain="lesen.example.org")
        assert after.client.get("/").status_code == 200


def test_an_open_room_asks_nobody(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path, reading_room={"access": "open"}) as house:
        answer = house.client.get("/")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
        assert "x-robots-tag" not in answer.headers


def test_without_a_base_url_only_this_machine_is_served(room: Room, tmp_path: Path) -> None:
    with entrance(room, tmp_path, network={"base_url": None}) as house:
        assert house.access_control.owner_link().startswith("http://127.0.0.1:8080/anmelden/link?t=")
        assert house.client.get("/anmelden", headers={"host": "127.0.0.1:8080"}).status_code == 200
        assert house.client.get("/anmelden").status_code == 400
