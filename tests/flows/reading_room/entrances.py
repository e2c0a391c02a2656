"""A members' room with its door open for tests: real settings, real outbox, the app itself."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from config.settings import Settings
from flows.reading_room.access_control import AccessControl, access_control_of
from flows.reading_room.app import create_app
from flows.reading_room.member_address import member_address
from flows.reading_room.room_context import Room
from flows.reading_room.site_address import wanted_path

HOME = "https://lesen.example.org"
OWN_PAGE = {"origin": HOME}
BROWSER = {"accept": "text/html"}
ANNA, BERT, STRANGER = "anna@example.org", "Bert.Organisiert@example.org", "niemand@example.org"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Entrance:
    """An app behind its door, a browser in front of it, and the folder where mails come to lie."""

    app: FastAPI
    access_control: AccessControl
    client: TestClient
    folder: Path

    @property
    def outbox(self) -> Path:
        return self.folder / "outbox"

    def ask_for_link(self, address: str, wanted: str = "/", **headers: str) -> Any:
        """What the answer to an address is, right before any redirect."""
        fields = {"address": address, "next": wanted}
        return self.client.post(
            "/anmelden", data=fields, headers={**OWN_PAGE, **headers}, follow_redirects=False
        )

    def letters(self, at_least: int = 1) -> list[EmailMessage]:
        """The mails in the outbox, once there are so many."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(list(self.outbox.glob("[!.]*.eml"))) < at_least:
            assert time.monotonic() < deadline, "no mail came"
            time.sleep(0.02)
        files = sorted(self.outbox.glob("[!.]*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]

    def token_for(self, address: str, wanted: str = "/") -> str:
        """The token of a link to be mailed, without waiting for the mail."""
        keeper = self.access_control.authenticator
        return keeper.tokens.link(
            keeper.tokens.member_key(member_address(address) or ""), wanted_path(wanted)
        )

    def press(self, token: str, **headers: str) -> Any:
        """The answer to the button behind a link."""
        return self.client.post(
            "/anmelden/link", data={"t": token}, headers={**OWN_PAGE, **headers}, follow_redirects=False
        )

    def sign_in(self, address: str = ANNA) -> Any:
        """Come in as a member."""
        answer = self.press(self.token_for(address))
        assert answer.status_code == 303
        return answer


def token_in(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    (link,) = (line for line in lines if line.startswith(f"{HOME}/anmelden/link?t="))
    return str(link.partition("=")[2])


@contextmanager
def entrance(
    room: Room, folder: Path, more: Sequence[APIRouter] = (), /, **sections: dict[str, Any]
) -> Iterator[Entrance]:
    """The door of a room of members (Anna in the file, Bert an organiser); `sections` lie over that."""
    members = folder / "members.txt"
    if not members.exists():
        folder.mkdir(parents=True, exist_ok=True)
        members.write_text(f"# Mitglieder\n{ANNA.capitalize()}  # seit 2024\n\nquatsch\n", encoding="utf-8")
    given = {
        "network": {"base_url": HOME, **sections.pop("network", {})},
        "work": {"dir": str(folder / "work"), "state_dir": str(folder / "state")},
        "announcement": {"outbox": str(folder / "outbox"), **sections.pop("announcement", {})},
        "reading_room": {
            "members_file": str(members),
            "organisers": [BERT],
            **sections.pop("reading_room", {}),
        },
        **sections,
    }
    settings = Settings.model_validate(given)
    guarded = replace(room, is_open=settings.reading_room.access == "open")
    access_control = access_control_of(settings, guarded, 8080)
    app = create_app(guarded, (*access_control.routers, *more), access_control.middleware)
    with access_control.at_work(), TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        yield Entrance(app, access_control, client, folder)


def another_browser(entrance: Entrance, base_url: str = HOME, host: str = "203.0.113.9") -> TestClient:
    """A browser elsewhere, which shares nothing with the first."""
    return TestClient(entrance.app, base_url=base_url, raise_server_exceptions=False, client=(host, 50_000))
