"""A desk behind its door, with an archive of its own, and an organiser who has signed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.reading_room.library import Library
from flows.reading_room.room import Room
from tasks.folder_storage import FolderStorage
from tests.desks import ListedJobs, desk_routers
from tests.flows.reading_room.entrances import BERT, OWN_PAGE, Entrance, entrance
from transcripts.reading_room.pages import Site


@dataclass(frozen=True)
class Office:
    """An entrance with a desk behind it."""

    entrance: Entrance
    jobs: ListedJobs
    storage: FolderStorage

    def get(self, path: str, **headers: str) -> Any:
        return self.entrance.client.get(
            path, headers={"accept": "text/html", **headers}, follow_redirects=False
        )

    def post(self, path: str, **fields: str) -> Any:
        return self.entrance.client.post(path, data=fields, headers=OWN_PAGE, follow_redirects=False)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Bert, an organiser, is signed in."""
    jobs, storage = ListedJobs(), FolderStorage(tmp_path / "archive")
    site = Site("Netzwerk Bürgerräte", "https://lesen.example.org")
    room = Room(site, Library(storage, tmp_path / "search.sqlite"), is_open=False)
    with entrance(room, tmp_path / "house", desk_routers(jobs, storage, library=room.library)) as door:
        door.sign_in(BERT)
        yield Office(door, jobs, storage)
