"""Attacks on the sign-in: forged, stale and foreign tokens, other people's addresses, where one is led to."""

import base64
import time

from bench.attack.counts import Counts
from bench.attack.house import COOKIE, HOME, House, house
from tasks.access.signed_tokens import LINK_SECONDS, SESSION_SECONDS, SignedTokens
from tests.flows.reading_room.entrances import ANNA, BERT, STRANGER, token_in

FROM_HERE = {"Origin": HOME, "Content-Type": "application/x-www-form-urlencoded"}
ELSEWHERE = (
    *("https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example"),
    *(
        "http:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
    ),
    *("/%09/evil.example", "/\tevil.example", "/\r\nLocation: https://evil.example", "//evil.example@lesen"),
    *(
        "https://lesen.example.org.evil.example",
        "https://lesen.example.org@evil.example",
        "/.//evil.example/../",
    ),
    *(
        "/anmelden/link?t=x",
        "/\u2215evil.example",
        "/\uff0fevil.example",
        "?next=//evil.example",
        "#//evil.example",
    ),
)
NO_ADDRESSES = (
    *("", "anna", "anna@", "@example.org", "anna@b@example.org", "anna@example.org,bert@example.org"),
    *(
        "anna@example.org\r\nBcc: x@evil.example",
        "Anna <anna@example.org>",
        "anna@example.org\0",
        "a" * 300 + "@b.de",
    ),
    *(
        "anna @example.org",
        '"anna"@example.org',
        "anna@[127.0.0.1]",
        "anna@example.org;x",
        "anna\\@example.org",
    ),
    *("anna@example.org\n", "anna@exam\tple.org", "anna@example.org\u202e", "<script>@example.org"),
)


def run() -> Counts:
    """All checks of the sign-in. Each begins anew, for they use up what is limited."""
    counts = Counts("sign-in")
    for attack in (_forged_links, _forged_sessions, _redirects, _addresses, _flooding, _ends, _flags):
        with house() as opened:
            attack(opened, counts)
    return counts


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _changed(token: str, at: int) -> str:
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


def _press(opened: House, token: str) -> tuple[int, str]:
    """Status and cookies after the button behind a link."""
    answer = opened.ask("POST", "/anmelden/link", FROM_HERE, f"t={_quoted(token)}".encode())
    return answer.status, answer.header("set-cookie")


def _forged_links(opened: House, counts: Counts) -> None:
    """No change of any character of a link opens anything; nor does one of another kind, time or secret."""
    keeper = opened.access_control.access_control.authenticator
    key = keeper.tokens.member_key(ANNA)
    good = opened.access_control.token_for(ANNA)
    stale = SignedTokens(keeper.tokens._secret, lambda: time.time() - LINK_SECONDS - 5)
    forged = [
        *(_changed(good, at) for at in range(len(good) - 1)),
        *(good[:at] for at in range(0, len(good), 8)),
        *(opened.cookies[name] for name in ("member", "organiser", "feed", "device")),
        *(stale.link(key, "/"), SignedTokens("").link(key, "/"), SignedTokens("x" * 43).link(key, "/")),
    ]
    for token in forged:
        status, cookie = _press(opened, token)
        counts.check(status in (410, 429) and not cookie, f"link {token[:12]}…{token[-12:]}: {status}")
    counts.check(_press(opened, good)[0] == 303, "the good one counts all the same")
    for _ in range(3):
        status, cookie = _press(opened, good)
        counts.check(status in (410, 429) and not cookie, f"a used link: {status}")


def _forged_sessions(opened: House, counts: Counts) -> None:
    """No change of any character of a cookie is a session; nor is one without or with another key."""
    keeper = opened.access_control.access_control.authenticator
    good, tokens = opened.cookies["member"], keeper.tokens
    session = tokens.read_session(good)
    if session is None:
        raise RuntimeError("the good cookie is none")
    old = SignedTokens(tokens._secret, lambda: time.time() - SESSION_SECONDS - 5)
    none = base64.urlsafe_b64encode(b'["x","y",0]').decode().rstrip("=")
    forged = [
        *(
            good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
            for at in range(0, len(good) - 1, 2)
        ),
        old.session(session.member_key, session.name),
        *(SignedTokens(secret).session(session.member_key, session.name) for secret in ("", "x" * 43)),
        *(none, f"{none}.", f"{none}..", f".{none}", f"{none}.{good.partition('.')[2]}"),
    ]
    for cookie in forged:
        status = opened.ask("GET", "/", {"Cookie": f"{COOKIE}={cookie}"}).status
        counts.check(status == 401, f"cookie {cookie[:12]}…{cookie[-12:]}: {status}")
    for name in ("mitschnitt", "__Secure-mitschnitt", f"{COOKIE}-bekannt", COOKIE.lower()):
        status = opened.ask("GET", "/", {"Cookie": f"{name}={good}"}).status
        counts.check(status == 401, f"a good one called {name}: {status}")


def _redirects(opened: House, counts: Counts) -> None:
    """Nobody is led away, whatever the form, the link or the token says."""
    for wanted in ELSEWHERE:
        form = opened.ask("GET", f"/anmelden?next={_quoted(wanted)}")
        counts.check(b'name="next" type="hidden" value="/"' in form.body, f"form {wanted!r}")
        token = opened.access_control.token_for(ANNA, wanted)
        answer = opened.ask("POST", "/anmelden/link", FROM_HERE, f"t={token}".encode())
        counts.check(answer.header("location") == "/", f"led to {answer.header('location')!r}")
        known = opened.ask("GET", f"/anmelden?next={_quoted(wanted)}", role="organiser")
        counts.check(known.header("location") == "/", f"{wanted!r} led on to {known.header('location')!r}")


def _addresses(opened: House, counts: Counts) -> None:
    """What is no address is none; and what the answer to one is does not tell whose it is."""
    for text in NO_ADDRESSES:
        answer = opened.ask("POST", "/anmelden", FROM_HERE, f"address={_quoted(text)}".encode())
        is_trimmed = answer.status == 303 and text.strip() == ANNA
        counts.check(answer.status == 422 or is_trimmed, f"address {text!r}: {answer.status}")
    bodies = [f"address={_quoted(each)}".encode() for each in (ANNA, STRANGER, BERT)]
    answers = [opened.ask("POST", "/anmelden", FROM_HERE, body) for body in bodies]
    shown = {(each.status, each.body, each.header("location"), each.header("set-cookie")) for each in answers}
    counts.check(len(shown) == 1, "members and others are told apart")
    for header in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"):
        answer = opened.ask("POST", "/anmelden", {**FROM_HERE, header: "evil.example"}, bodies[2])
        counts.check(answer.status == 303 and "evil" not in answer.head, f"{header}: {answer.status}")
    for letter in opened.access_control.letters(2):
        text = letter.as_string()
        counts.check(HOME in text and "evil" not in text, "a mail names another host")


def _flooding(opened: House, counts: Counts) -> None:
    """From forty networks, for one address: it gets one mail, whose link is good, and nobody is kept out."""
    body = f"address={_quoted(ANNA)}".encode()
    for number in range(40):
        headers = {**FROM_HERE, "X-Forwarded-For": f"198.51.{number}.7"}
        status = opened.ask("POST", "/anmelden", headers, body).status
        counts.check(status == 303, f"network {number}: {status}")
    deadline = time.monotonic() + 30
    while opened.access_control.access_control.post.waiting_count and time.monotonic() < deadline:
        time.sleep(0.1)
    letters = opened.access_control.letters()
    counts.check(len(letters) == 1, f"{len(letters)} mails to one address")
    counts.check(_press(opened, token_in(letters[0]))[0] == 303, "the owner is locked out")
    statuses = []
    for number in range(40):
        body = f"address=x{number}@example.org".encode()
        headers = {**FROM_HERE, "X-Forwarded-For": "203.0.113.7"}
        statuses.append(opened.ask("POST", "/anmelden", headers, body).status)
    counts.check(statuses.count(303) == 30 and statuses[-1] == 429, f"one house: {statuses.count(303)}")


def _ends(opened: House, counts: Counts) -> None:
    """A session that was ended is over for whoever has its cookie, and only its owner can end it."""
    keeper = opened.access_control.access_control.authenticator
    note = keeper.tokens.read_session(opened.cookies["member"]).name.note  # type: ignore[union-attr]
    for role in ("organiser", "nothing", "changed", "device", "stranger"):
        opened.ask("POST", "/meine-geraete", FROM_HERE, f"geraet={note}".encode(), role=role)
        status = opened.ask("GET", "/", role="member").status
        counts.check(status == 200, f"{role} ended another's session: {status}")
    status = opened.ask("POST", "/abmelden", FROM_HERE, role="member").status
    counts.check(status == 303, f"sign-out: {status}")
    for path in ("/", "/meine-geraete", "/api/records", "/suche?q=x", "/meine-feeds"):
        status = opened.ask("GET", path, role="member").status
        counts.check(status == 401, f"an ended session at {path}: {status}")
    opened.ask("POST", "/meine-geraete", FROM_HERE, b"alle=1", role="organiser")
    counts.check(opened.ask("GET", "/", role="organiser").status == 401, "everywhere is not everywhere")


def _flags(opened: House, counts: Counts) -> None:
    answer = opened.ask(
        "POST", "/anmelden/link", FROM_HERE, f"t={opened.access_control.token_for(ANNA)}".encode()
    )
    cookies = [line for line in answer.head.splitlines() if line.lower().startswith("set-cookie:")]
    counts.check(len(cookies) == 2, f"{len(cookies)} cookies")
    for cookie in cookies:
        for word in ("__host-", "secure", "httponly", "samesite=lax", "path=/"):
            counts.check(word in cookie.lower(), f"{cookie[:40]} without {word}")
        counts.check("domain" not in cookie.lower(), "a cookie for other hosts")
        counts.check("anna" not in cookie.lower(), "a cookie with an address")
    for path in ("/anmelden", "/anmelden/unterwegs", "/", "/static/x/door.css"):
        counts.check("set-cookie" not in opened.ask("GET", path).head.lower(), f"a cookie at {path}")
    counts.check("no-store" in answer.head.lower(), "the answer that signs in may be kept")
