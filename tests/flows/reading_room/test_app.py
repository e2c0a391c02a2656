"""The app as a whole: who may ask, what it answers when something is wrong, what it runs without."""

import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.responses import Response

from flows.reading_room.app import create_app
from flows.reading_room.room_context import Room
from tests.flows.reading_room.conftest import RECORD
from transcripts.errors.error_kinds import PermanentError
from transcripts.pages.room.visitor import MEMBER, STRANGER

NOT_NEEDED = ("prefect", "faster_whisper", "ctranslate2", "ffmpeg", "imageio_ffmpeg", "av", "yt_dlp")


def test_the_start_page_lists_the_record(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert f'href="/recordings/{RECORD}/"' in page.text


def test_a_link_can_be_looked_at_before_it_is_followed(client: TestClient) -> None:
    for path in (
        "/",
        "/suche?q=Rat",
        f"/recordings/{RECORD}/",
        f"/recordings/{RECORD}/transcript/transcript.vtt",
    ):
        asked = client.head(path)
        assert (asked.status_code, asked.content) == (200, b""), path


def test_a_room_for_members_needs_a_door(room: Room) -> None:
    with pytest.raises(PermanentError, match="no_door"):
        create_app(Room(room.site, room.library, is_open=False))


def test_only_members_get_past_a_door_that_lets_everybody_pass(room: Room) -> None:
    class AccessControl(BaseHTTPMiddleware):
        async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
            request.state.visitor = MEMBER if request.headers.get("x-member") else STRANGER
            return await call_next(request)

    guarded = create_app(Room(room.site, room.library, is_open=False), middleware=[Middleware(AccessControl)])
    with TestClient(guarded) as client:
        for path in ("/", "/suche?q=Rat", f"/recordings/{RECORD}/", "/api/search?q=Rat"):
            assert client.get(path).status_code == 401, path
            assert client.get(path, headers={"x-member": "1"}).status_code == 200, path


def test_what_is_not_there_is_said_in_german_and_to_programs_in_json(client: TestClient) -> None:
    page = client.get("/gibt-es-nicht")
    assert page.status_code == 404
    assert "Nicht gefunden" in page.text
    answer = client.get("/api/gibt-es-nicht")
    assert answer.status_code == 404
    assert answer.json()["error"]["status"] == 404


def test_it_runs_where_pipeline_libraries_are_missing(tmp_path: Path) -> None:
    program = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {NOT_NEEDED!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from fastapi.testclient import TestClient
from config.settings import Settings
from flows.serving.room_server import create_reading_room
from flows.composition import resources
settings = Settings.model_validate({{"reading_room": {{"access": "open"}}}})
app = create_reading_room(settings, resources().storage, 8080).app
app.state.room.library.catch_up()
with TestClient(app) as client:
    print(client.get("/").status_code, client.get("/api/search?q=Rat").status_code)
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["200", "200"]
