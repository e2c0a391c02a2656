"""Attacks on the reading room and the desk: who may see what, and what must not get in by any spelling."""

from bench.attack.counts import Counts
from bench.attack.house import HELD_ID, HOME, House, house
from transcripts.pages.desk_addresses import DESK, JOBS, REVIEWS

WITHOUT_RIGHTS = (
    *("nothing", "ended", "changed", "cut", "swapped", "feed", "link", "device", "stranger", "random"),
    "empty key",
)
JOB, REVIEW = f"{JOBS}job-1", f"{REVIEWS}{HELD_ID}/"
DESK_PAGES = (
    *(DESK, f"{DESK}stand", f"{DESK}neu", JOB, f"{JOB}/stand", REVIEW, f"{REVIEW}berichtigungen"),
    *(f"{REVIEW}{each}" for each in ("stelle", "ersetzen", "mail", "mail/ansicht")),
)
CORRECTING = ("satz", "titel", "tag", "kapitel", "zuruecknehmen", "ersetzen", "name", "geprueft")
CHANGES = (
    *(("POST", each) for each in (f"{DESK}neu", f"{JOB}/abbrechen", f"{JOB}/nochmal", f"{DESK}uploads/")),
    *(("POST", f"{REVIEW}{each}") for each in (*CORRECTING, "freigeben", "zurueckgeben")),
    *((method, f"{DESK}uploads/{'0' * 32}") for method in ("PATCH", "DELETE")),
    *(("POST", each) for each in ("/abmelden", "/meine-feeds", "/meine-geraete")),
)
FOREIGN = (
    *("https://evil.example", "null", "", f"{HOME}.evil.example", "http://lesen.example.org", f"{HOME}:8443"),
    *(
        "https://a.lesen.example.org",
        "https://lesen.example.org@evil.example",
        "file://",
        "https://127.0.0.1",
    ),
)
HOSTS = (
    *("evil.example", "lesen.example.org.evil.example", "lesen.example.org:80", "lesen.example.org:8443", ""),
    *("lesen.example.org@evil.example", "evil.example#lesen.example.org", "lesen.example.org, evil.example"),
    *(
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "[::2]",
        "2130706433",
        "0x7f.1",
        "lesen.example.org.",
    ),
)
UPWARDS = (
    *("..", "../..", "%2e%2e", "..%2f", "%2e%2e%2f%2e%2e", "..%5c..%5c", "%252e%252e%252f", "....//", "..;/"),
    *("%c0%ae%c0%ae/", "%u002e%u002e", "..%00/", "%2e%2e%00", ".%2e/.%2e", "//etc/passwd", "%2fetc%2fpasswd"),
    *("..%c1%9c..", "%ff%fe", "a%00.txt", "CON", "~", "%0d%0a", "%e2%80%ae", "file:%2f%2f%2fetc%2fpasswd"),
)
SECRETS = (
    "reading-room.key",
    "members.txt",
    "sign-in/sessions",
    "catalogue.json",
    "announcement/ledger.json",
)
MARKUP = (
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>", "{{7*7}}"),
    *("javascript:alert(1)", "<iframe srcdoc=x>", "</title><script>x</script>", "&lt;script&gt;", "${7*7}"),
    *("<a href=//evil.example>", "\u202e<b>", "<style>*{x:y}</style>", "' OR 1=1 --", '"; DROP TABLE x; --'),
)
METHODS = ("TRACE", "TRACK", "CONNECT", "PUT", "PROPFIND", "MOVE", "FOO", "get", "OPTIONS", "DELETE", "PATCH")
HEADERS = ("content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy")


def run() -> Counts:
    """All checks of the room and the desk."""
    counts = Counts("room and desk")
    with house() as opened:
        for attack in (_rights, _forgeries, _hosts, _steps, _markup, _methods, _sizes, _spellings):
            attack(opened, counts)
    return counts


def _members_pages(opened: House) -> tuple[str, ...]:
    one = f"/recordings/{opened.released_id}/"
    return (
        *("/", "/suche?q=Rat", one, f"{one}transcript/transcript.txt", f"{one}transcript/transcript.json"),
        *(f"{one}media/audio.m4a", "/api/records", "/api/search?q=Rat", f"/api/records/{opened.released_id}"),
        *("/meine-feeds", "/meine-geraete", "/abmelden", "/api/openapi.json"),
    )


def _rights(opened: House, counts: Counts) -> None:
    """Nobody sees more than they may, whatever they hold."""
    pages = (*_members_pages(opened), *DESK_PAGES)
    for role in WITHOUT_RIGHTS:
        for path in pages:
            status = opened.ask("GET", path, role=role).status
            counts.check(status in (303, 401, 403, 404), f"{role} at {path}: {status}")
    for path in (DESK, f"{DESK}neu", REVIEW):
        status = opened.ask("GET", path, role="organiser").status
        counts.check(status == 200, f"what is attacked is there, {path}: {status}")
    for path in DESK_PAGES:
        status = opened.ask("GET", path, role="member").status
        counts.check(status in (403, 404), f"a member at {path}: {status}")
    for name in ("", "index.html", "transcript/transcript.txt", "media/audio.m4a", "recording.json"):
        answer = opened.ask("GET", f"/recordings/{HELD_ID}/{name}", role="member")
        is_hidden = answer.status in (301, 404) and b"Wartet noch" not in answer.body
        counts.check(is_hidden, f"held {name}: {answer.status}")
    for path in ("/", "/suche?q=Wartet", "/api/records", "/api/search?q=Wartet", f"/api/records/{HELD_ID}"):
        counts.check(b"Wartet noch" not in opened.ask("GET", path, role="member").body, f"held in {path}")
    for path in (*_members_pages(opened), "/anmelden", "/gibt-es-nicht", "/static/x/door.css"):
        answer = opened.ask("GET", path, role="organiser")
        for name in HEADERS:
            counts.check(bool(answer.header(name)), f"{path} without {name}")


def _forgeries(opened: House, counts: Counts) -> None:
    """What another site's page sends in an organiser's browser does nothing."""
    for method, path in CHANGES:
        for origin in FOREIGN:
            headers = {"Origin": origin} if origin else {}
            status = opened.ask(method, path, headers, b"x=1", role="organiser").status
            counts.check(status == 403, f"{method} {path} from {origin or 'nowhere'}: {status}")
        for site in ("cross-site", "same-site", "none"):
            headers = {"Origin": HOME, "Sec-Fetch-Site": site}
            status = opened.ask(method, path, headers, b"x=1", role="organiser").status
            counts.check(status == 403, f"{method} {path}, {site}: {status}")
        status = opened.ask(method, path, {"Origin": HOME}, b"x=1", role="changed").status
        counts.check(status in (303, 401, 403), f"{method} {path} with a changed cookie: {status}")
    counts.check(not opened.jobs.done and not opened.jobs.requests, "something was done at the desk")


def _hosts(opened: House, counts: Counts) -> None:
    for host in HOSTS:
        for path in ("/", "/anmelden", "/healthz", "/api/records", "/static/x/door.css"):
            answer = opened.ask("GET", path, role="member", host=host)
            counts.check(answer.status in (400, 404), f"host {host!r} at {path}: {answer.status}")


def _steps(opened: House, counts: Counts) -> None:
    """No spelling of a step upwards leads out of where one is."""
    one = opened.released_id
    bases = (f"/recordings/{one}/", "/recordings/", f"/recordings/{one}/media/", "/static/x/", "/feeds/x/")
    for base in bases:
        for step in UPWARDS:
            for wanted in ("", "/etc/passwd"):
                answer = opened.ask("GET", f"{base}{step}{wanted}", role="organiser")
                is_safe = answer.status != 200 and answer.status < 500 and b"root:" not in answer.body
                counts.check(is_safe, f"{base}{step}{wanted}: {answer.status}")
        for secret in SECRETS:
            status = opened.ask("GET", f"{base}../../{secret}", role="organiser").status
            counts.check(400 <= status < 500, f"{base}../../{secret}: {status}")


def _markup(opened: House, counts: Counts) -> None:
    """What is asked for is shown as text, and never becomes a part of the page or its headers."""
    for text in MARKUP:
        quoted = "".join(f"%{byte:02X}" for byte in text.encode())
        for path in (
            f"/suche?q={quoted}",
            f"/?thema={quoted}",
            f"/?jahr={quoted}",
            f"/anmelden?next={quoted}",
        ):
            answer = opened.ask("GET", path, role="" if "anmelden" in path else "member")
            is_raw = any(sign in text for sign in "<>") and text.encode() in answer.body
            counts.check(answer.status < 500 and not is_raw, f"markup {path}: {answer.status}")
        for place in ("%0d%0aX-Injected:%201", "%0aX-Injected:1", "%e5%98%8a%e5%98%8dX-Injected:1"):
            answer = opened.ask("GET", f"/recordings/{quoted}{place}", role="member")
            is_split = "\nx-injected" in answer.head.lower()
            counts.check(answer.status < 500 and not is_split, f"split {quoted}{place}: {answer.status}")


def _methods(opened: House, counts: Counts) -> None:
    for method in METHODS:
        for path in (
            "/",
            "/suche",
            f"/recordings/{opened.released_id}/",
            "/meine-geraete",
            DESK,
            "/api/records",
        ):
            status = opened.ask(method, path, {"Origin": HOME}, role="organiser").status
            counts.check(status == 0 or 400 <= status < 500, f"{method} {path}: {status}")


def _sizes(opened: House, counts: Counts) -> None:
    """Nothing is held that is larger than expected, and nothing that is said twice is believed."""
    fine = f"Host: lesen.example.org\r\nOrigin: {HOME}\r\nConnection: close\r\n".encode()
    form, get = b"POST /anmelden HTTP/1.1\r\n" + fine, b"GET / HTTP/1.1\r\n" + fine
    requests = {
        "a long address": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + fine + b"\r\n",
        "a long header": get + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
        "many headers": get + b"X: a\r\n" * 20_000 + b"\r\n",
        "two lengths": form + b"Content-Length: 1\r\nContent-Length: 9\r\n\r\nx",
        "length and chunks": form
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "odd chunks": form + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "negative length": form + b"Content-Length: -1\r\n\r\n",
        "two hosts": b"GET / HTTP/1.1\r\nHost: lesen.example.org\r\nHost: evil.example\r\n\r\n",
        "no host": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "a null": get + b"X: a\0b\r\n\r\n",
        "bare newline": b"GET / HTTP/1.1\n" + fine + b"X: a\rY: b\n\n",
        "no protocol": b"GET /\r\n\r\n",
        "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200,
        "an absolute address": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "a large form": form + b"Content-Length: 9000000\r\n\r\n" + b"a" * 9_000_000,
        "many fields": form + b"Content-Length: 4000\r\n\r\n" + b"a=1&" * 1000,
    }  # fmt: skip
    for name, request in requests.items():
        status = opened.send(request).status
        counts.check(status == 0 or 400 <= status < 500, f"{name}: {status}")
    alive = opened.ask("GET", "/", role="member").status
    counts.check(alive == 200, f"the room answers afterwards: {alive}")


def _spellings(opened: House, counts: Counts) -> None:
    """Every single byte in an address, and what looks like a record's name and is none."""
    for byte in range(256):
        status = opened.ask("GET", f"/recordings/{opened.released_id}%{byte:02x}/", role="member").status
        counts.check(status in (308, 404), f"%{byte:02x} behind a name: {status}")
