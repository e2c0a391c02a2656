"""Members as Mailman's REST API tells them; a small server plays its answers, and its failures."""

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from tasks.channels.mailman import PAGE_MEMBERS, MailmanList, members_of
from tests.s3_server import free_port
from transcripts.errors.error_kinds import PermanentError, TemporaryError


class PlayedMailman(ThreadingHTTPServer):
    """Answers as Mailman 3.3 does: a page of entries at a time; none of the entries on an empty page."""

    def __init__(self, members: list[str]) -> None:
        super().__init__(("127.0.0.1", 0), PlayedAnswers)
        self.members, self.fault = members, 0

    @property
    def access(self) -> MailmanList:
        url = f"http://127.0.0.1:{self.server_address[1]}/3.1"
        return MailmanList(url, "restadmin", "geheim", "liste.example.org")


class PlayedAnswers(BaseHTTPRequestHandler):
    server: PlayedMailman

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        wanted = base64.b64encode(b"restadmin:geheim").decode()
        if self.headers.get("authorization") != f"Basic {wanted}":
            return self.send_error(401)
        if self.server.fault:
            return self.send_error(self.server.fault)
        if parts.path != "/3.1/lists/liste.example.org/roster/member":
            return self.send_error(404)
        query = parse_qs(parts.query)
        count, page = int(query["count"][0]), int(query["page"][0])
        shown = self.server.members[count * (page - 1) : count * page]
        document = {"start": count * (page - 1), "total_size": len(self.server.members), "http_etag": '"x"'}
        if shown:
            document["entries"] = [{"email": each, "role": "member", "member_id": "1"} for each in shown]
        content = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the answers are what is looked at."""


@pytest.fixture
def mailman() -> Iterator[PlayedMailman]:
    server = PlayedMailman([f"mitglied{number}@example.org" for number in range(2 * PAGE_MEMBERS + 7)])
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_all_members_are_listed_however_many_pages_they_fill(mailman: PlayedMailman) -> None:
    assert members_of(mailman.access) == mailman.members


def test_a_list_without_members_is_empty(mailman: PlayedMailman) -> None:
    mailman.members = []
    assert members_of(mailman.access) == []


def test_a_wrong_password_and_an_unknown_list_are_named_for_what_they_are(mailman: PlayedMailman) -> None:
    access = mailman.access
    for wrong, code in (
        (MailmanList(access.url, access.user, "falsch", access.list_id), "mailman_login"),
        (MailmanList(access.url, access.user, access.password, "andere.example.org"), "mailman_list"),
    ):
        with pytest.raises(PermanentError) as caught:
            members_of(wrong)
        assert caught.value.code == code
        assert "falsch" not in repr(wrong) + str(caught.value)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_server_in_trouble_is_asked_again_later(mailman: PlayedMailman, status: int) -> None:
    mailman.fault = status
    with pytest.raises(TemporaryError, match="mailman_unreachable"):
        members_of(mailman.access)


def test_a_server_that_is_away_is_asked_again_later() -> None:
    away = MailmanList(f"http://127.0.0.1:{free_port()}/3.1", "restadmin", "geheim", "liste.example.org")
    with pytest.raises(TemporaryError, match="mailman_unreachable"):
        members_of(away)
