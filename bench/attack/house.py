"""A members' room with a desk, to attack: real settings and files, a real server, requests byte by byte."""

import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn

from config.settings import Settings
from flows.reading_room.connection_limits import server_config
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.publishing import publish
from tasks.archive.record_store import set_stage
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, small_record
from tests.desks import ListedJobs, desk_routers
from tests.flows.reading_room.entrances import ANNA, BERT, Entrance, entrance
from transcripts.model import Stage
from transcripts.pages.room.room_pages import Site

HOST = "lesen.example.org"
HOME = f"https://{HOST}"
COOKIE = "__Host-mitschnitt"
LONGEST_WAIT_SECONDS = 20.0
HELD_ID = "2026-01-01-wartet"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; without an answer the line was closed, with status 0."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        """The first header of this name, or nothing."""
        lines = (line.partition(":") for line in self.head.splitlines()[1:])
        return next((value.strip() for key, _, value in lines if key.lower() == name), "")


@dataclass(frozen=True, slots=True)
class House:
    """The room under attack: where it listens, what is behind it, and who holds which cookie."""

    port: int
    access_control: Entrance
    jobs: ListedJobs
    released_id: str
    cookies: Mapping[str, str]

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        role: str = "",
        host: str = HOST,
    ) -> Answer:
        """One request, sent exactly as it is given."""
        lines = {"Host": host, "Connection": "close", **(headers or {})}
        if body or method in ("POST", "PATCH"):
            lines.setdefault("Content-Length", str(len(body)))
        if role:
            lines["Cookie"] = f"{COOKIE}={self.cookies[role]}"
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return self.send(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + body)

    def send(self, request: bytes) -> Answer:
        """These bytes, and what comes back."""
        came = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=LONGEST_WAIT_SECONDS) as line:
            with suppress(OSError):
                line.sendall(request)
            with suppress(OSError):
                while piece := line.recv(65_536):
                    came += piece
        head, _, body = came.partition(b"\r\n\r\n")
        words = head.split(b" ", 2)
        status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
        return Answer(status, head.decode("latin-1"), body)


@contextmanager
def house() -> Iterator[House]:
    """A running room with a record and one that waits; a member, an organiser, and cookies of all kinds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        storage = FolderStorage(folder / "archive")
        released_id = _fill(storage, folder)
        library = Library(storage, folder / "search.sqlite")
        library.catch_up()
        room, jobs = Room(Site("Netzwerk Bürgerräte", HOME), library, is_open=False), ListedJobs()
        desk = desk_routers(jobs, storage, library=library)
        with entrance(room, folder / "house", desk) as access_control, _listening(access_control) as port:
            yield House(port, access_control, jobs, released_id, _cookies(access_control))


def _fill(storage: FolderStorage, folder: Path) -> str:
    record = small_record(folder / "record")
    publish(storage, record, IMPRINT)
    source = record.recording.source.model_copy(update={"url_fingerprint": "f2", "sha256": "2" * 64})
    held = record.recording.model_copy(update={"id": HELD_ID, "title": "Wartet noch", "source": source})
    publish(storage, replace(record, recording=held), IMPRINT)
    set_stage(storage, HELD_ID, Stage.HELD, IMPRINT.writer)
    update_catalogue(storage, IMPRINT, anew=(HELD_ID,))
    return record.recording.id


def _cookies(access_control: Entrance) -> dict[str, str]:
    """Good ones, and what an attacker may have got or made."""
    keeper = access_control.access_control.authenticator
    anna, bert = (keeper.tokens.member_key(each.lower()) for each in (ANNA, BERT))
    good, ended = keeper.sign_in(anna, ""), keeper.sign_in(bert, "")
    session = keeper.tokens.read_session(ended)
    if session is None:
        raise RuntimeError("a good cookie is none")
    keeper.book.end(bert, session.name.note)
    organiser = keeper.sign_in(bert, "")
    last = "A" if organiser[-9] != "A" else "B"
    return {
        "member": good,
        "organiser": organiser,
        "nothing": "",
        "ended": ended,
        "changed": organiser[:-9] + last + organiser[-8:],
        "cut": organiser[:-5],
        "swapped": f"{organiser.split('.')[0]}.{'.'.join(good.split('.')[1:])}",
        "feed": keeper.feed_token(bert),
        "link": keeper.tokens.link(bert, "/"),
        "device": keeper.tokens.device(bert),
        "stranger": keeper.sign_in(keeper.tokens.member_key("niemand@example.org"), ""),
        "random": "x" * 120,
        "empty key": "W10.aaaa.bbbb",
    }


@contextmanager
def _listening(access_control: Entrance) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = server_config(Settings(), access_control.app, 4096)
        config.lifespan = "off"  # the test's own client has opened it
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(timeout=10)
