"""Reading rooms for tests: archives worth reading, and a real server in front of them."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.reading_room.app import create_app
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.archive.publishing import publish
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT
from tests.media_samples import MEETING, make
from tests.sample_record import sample_chapters, sample_recording
from tests.transcripts.spoken_sample import meeting_in_sentences, said
from transcripts.media.media_values import LocalFile, Media
from transcripts.model import Chapter, Engine, Recording, Transcript
from transcripts.pages.room.room_pages import Site
from transcripts.records.record import Record

SAMPLE_ID = "2026-11-19-losverfahren-in-kleinen-gemeinden"
SOUND_ID = "2025-03-12-klimarat"
LONG_ID = "2024-02-15-drei-stunden"


def sample_archive(folder: Path) -> FolderStorage:
    """Three records: the sample meeting with its video, one with sound only, one of three hours."""
    storage = FolderStorage(folder / "archive")
    media = _media(folder)
    one = (Chapter(start_seconds=0.0, title="Der Klimarat in der Region"),)
    sound = said(
        "Der Klimarat hat sich getroffen.", "Die Gemeinderäte haben zugehört.", speaker="Anna Muster"
    )
    publish(storage, Record(sample_recording(), sample_meeting(), sample_chapters(), media), IMPRINT)
    only_sound = media.model_copy(update={"video": None, "poster": None})
    many = tuple(Chapter(start_seconds=600.0 * number, title=f"Thema {number + 1}") for number in range(18))
    hours = only_sound.model_copy(update={"audio": three_silent_hours(folder)})
    for record_id, title, day, transcript, chapters, sounds in (
        (SOUND_ID, "Der Klimarat berichtet", date(2025, 3, 12), sound, one, only_sound),
        (LONG_ID, "Drei Stunden Bürgerrat", date(2024, 2, 15), long_meeting(3.0), many, hours),
    ):
        recording = _other_recording(record_id, title, day, transcript)
        publish(storage, Record(recording, transcript, chapters, sounds), IMPRINT)
    return storage


def sample_meeting() -> Transcript:
    """The sample meeting as it was heard, sentence by sentence, with the words' times."""
    heard = meeting_in_sentences()
    sentences = tuple(
        each.model_copy(update={"id": f"s{number:04}"}) for number, each in enumerate(heard.segments, start=1)
    )
    return heard.model_copy(
        update={"segments": sentences, "engine": Engine(name="faster-whisper", model="base")}
    )


def long_meeting(hours: float, words_an_hour: int = 8_000) -> Transcript:
    """A meeting of so many hours in the words of the sample, mixed by chance."""
    chance = np.random.default_rng(20261119)
    words = [word for each in meeting_in_sentences().segments for word in each.text.split()]
    count = round(hours * words_an_hour)
    picks = [words[pick] for pick in chance.integers(0, len(words), count).tolist()]
    cuts = np.cumsum(chance.integers(5, 22, count // 5)).tolist()
    texts = [" ".join(picks[a:b]) for a, b in zip([0, *cuts], cuts, strict=False) if a < count]
    transcript = said(*texts, seconds_a_word=3600 / words_an_hour)
    return transcript.model_copy(
        update={"duration_seconds": hours * 3600, "engine": Engine(name="faster-whisper", model="base")}
    )


def media_router(storage: FolderStorage) -> APIRouter:
    """Media straight from the folder, for tests that have no door."""
    router = APIRouter()

    @router.get("/recordings/{record_id}/media/{name}")
    def medium(record_id: str, name: str) -> FileResponse:
        return FileResponse(storage.root / "recordings" / record_id / "media" / name)

    return router


def open_room(storage: FolderStorage, index: Path, base_url: str | None = None) -> Room:
    """A room for everybody that has read its archive."""
    library = Library(storage, index)
    library.catch_up()
    return Room(Site("Netzwerk Bürgerräte", base_url), library, is_open=True)


STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class StrictPolicy:
    """Says the strictest policy under which the pages must work."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_strictly(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", STRICT.encode())]
            await send(message)

        await self._app(scope, receive, send_strictly)


@contextmanager
def serving(room: Room, routers: Sequence[APIRouter] = ()) -> Iterator[str]:
    """The address of a running server over a room."""
    with listening(create_app(room, routers, [Middleware(StrictPolicy)])) as address:
        yield address


@contextmanager
def listening(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """The address of a running server; with port 0, on any free one."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


def three_silent_hours(folder: Path) -> LocalFile:
    """A medium as long as the meeting it stands for, and small."""
    silence = ("-f", "lavfi", "-t", "60", "-i", "anullsrc=r=8000:cl=mono", "-c:a", "aac", "-b:a", "8k")
    minute = make(folder / "minute.m4a", *silence)
    hours = ("-stream_loop", "179", "-i", str(minute), "-c", "copy", "-movflags", "+faststart")
    return LocalFile.of(make(folder / "hours.m4a", *hours))


def _media(folder: Path) -> Media:
    sound = LocalFile.of(make(folder / "audio.m4a", "-i", str(MEETING), "-vn", "-c", "copy"))
    poster = make(folder / "poster.jpg", "-ss", "60", "-i", str(MEETING), "-frames:v", "1")
    return Media(
        duration_seconds=sample_recording().duration_seconds,
        audio=sound,
        speech=sound,
        video=LocalFile.of(MEETING),
        poster=LocalFile.of(poster),
        tool="ffmpeg",
    )


def _other_recording(record_id: str, title: str, day: date, transcript: Transcript) -> Recording:
    sample = sample_recording()
    source = sample.source.model_copy(update={"url_fingerprint": record_id, "sha256": record_id})
    changes = {"id": record_id, "title": title, "recorded_on": day, "source": source}
    return sample.model_copy(update={**changes, "duration_seconds": max(60.0, transcript.duration_seconds)})
