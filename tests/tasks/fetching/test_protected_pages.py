"""Pages that stand before a recording, and web servers' own listings, over real sockets on the loopback."""

from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests import misbehaving_server as server
from tests.misbehaving_server import Exchange, Handler, serve, serve_program
from tests.tasks.fetching.test_share_transfer import CONTENT, contents, fetched_from
from transcripts.errors.error_kinds import StepError
from transcripts.sources.recording_choice import unpacked

LISTING = """<html><head><title>Index of /treffen</title></head><body><h1>Index of /treffen</h1>
<a href="?C=N;O=D">Name</a> <a href="/">Parent Directory</a> {links}</body></html>"""


class Guarded:
    """A page that shows its recording to whoever has sent the word in its form."""

    def __init__(self, word: str) -> None:
        self._word = word

    def __call__(self, exchange: Exchange) -> None:
        length = int(exchange.headers.get("Content-Length") or 0)
        given = parse_qs(exchange.rfile.read(length).decode())
        if exchange.path.startswith("/a.mp4"):
            server.file(exchange, content=CONTENT)
        elif exchange.command == "POST" and given == {"code": [self._word], "csrf": ["<x>"]}:
            exchange.reply(303, Location="/treffen", Set_Cookie="open=yes; Path=/")
        elif "open=yes" in exchange.headers.get("Cookie", ""):
            server.page(exchange, html="<title>Treffen</title><video src='/a.mp4'></video>")
        else:
            form = "<FORM METHOD=post action='/pruefen'><INPUT TYPE='hidden' NAME='csrf' VALUE='&lt;x&gt;'>"
            server.page(exchange, html=f"{form}<INPUT NAME=code TYPE=PASSWORD><button>Weiter</button></FORM>")


def test_a_page_that_asks_for_a_passcode_gets_it(tmp_path: Path) -> None:
    with serve_program(Guarded("S3sam öffne")) as site:
        asked = fetched_from(site, "treffen", tmp_path / "a")
        wrong = fetched_from(site, "treffen", tmp_path / "b", "falsch")
        right = fetched_from(site, "treffen", tmp_path / "c", "S3sam öffne")
    assert isinstance(asked, StepError)
    assert asked.code == "passcode_needed"
    assert isinstance(wrong, StepError)
    assert (wrong.code, wrong.details) == ("passcode_wrong", {})
    assert contents(right) == [CONTENT]


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<form><input name=user><input type=password name=pw></form>", "login_page"),
        ("<title>Sign in to your account</title><form><input type=email></form>", "login_page"),
        ("<title>Wolke – Anmelden</title><div id=app></div>", "login_page"),
        ("<div><input type='password' id='pw'></div><script></script>", "login_page"),
        ("<form action='https://evil.example/'><input type=password name=p></form>", "login_page"),
        ("<h1>Google Drive – Quota exceeded</h1>", "quota_used_up"),
        ("<title>Verein</title><p>Passwort vergessen? Hier anmelden.</p>", "no_media"),
        ("<title>Verein</title><form><input type=search name=q></form>", "no_media"),
    ],
)
def test_a_page_without_a_recording_says_why(html: str, code: str, tmp_path: Path) -> None:
    with serve({"/treffen": partial(server.page, html=html)}) as site:
        result = fetched_from(site, "treffen", tmp_path)
    assert isinstance(result, StepError)
    assert result.code == code


def test_a_login_that_only_a_script_draws_is_known_by_its_address(tmp_path: Path) -> None:
    pages: dict[str, Handler] = {
        "/f/4711": partial(server.redirect, to="/index.php/login?redirect_url=/f/4711"),
        "/index.php/login": partial(server.page, html="<title>Wolke</title><div id='login'></div>"),
    }
    with serve(pages) as site:
        result = fetched_from(site, "f/4711", tmp_path / "a")
        direct = fetched_from(site, "index.php/login", tmp_path / "b")
    assert isinstance(result, StepError)
    assert isinstance(direct, StepError)
    assert (result.code, direct.code) == ("login_page", "no_media")


def test_a_passcode_goes_to_no_other_server(tmp_path: Path) -> None:
    with serve_program(partial(server.error, status=404)) as other:
        form = f"<form action='{other.url('x')}' method=post><input type=password name=p></form>"
        with serve({"/treffen": partial(server.page, html=form)}) as site:
            result = fetched_from(site, "treffen", tmp_path, "geheim")
        assert other.requests == []
    assert isinstance(result, StepError)


def listing(*links: str) -> Handler:
    return partial(
        server.page, html=LISTING.format(links=" ".join(f"<a href='{each}'>x</a>" for each in links))
    )


def test_a_web_servers_listing_of_a_folder_offers_its_recordings(tmp_path: Path) -> None:
    film = partial(server.file, content=CONTENT)
    pages: dict[str, Handler] = {
        "/treffen/": listing("K%C3%B6ln.mp4", "notizen.txt", "/geheim/b.mp4", "alt/"),
        "/treffen/Köln.mp4": film,
        "/zwei/": listing("a.mp4", "b%20c.mp3?x=1", "http://other.example/c.mp4"),
        "/leer/": listing("notizen.txt"),
    }
    with serve(pages) as site:
        one = fetched_from(site, "treffen/", tmp_path / "a")
        two = fetched_from(site, "zwei/", tmp_path / "b")
        none = fetched_from(site, "leer/", tmp_path / "c")
        assert contents(one) == [CONTENT]
        assert isinstance(two, StepError)
        offered = unpacked(str(two.details["choices"]))
        assert [each.address for each in offered] == [site.url("zwei/a.mp4"), site.url("zwei/b%20c.mp3")]
    assert isinstance(none, StepError)
    assert (none.code, none.details) == ("other_files", {"kinds": "TXT"})
