"""A desk behind its door, with an archive of its own, and an organiser who has signed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.storage.folder_storage import FolderStorage
from tests.desks import ListedJobs, desk_routers
from tests.flows.reading_room.entrances import BERT, OWN_PAGE, Entrance, entrance
from transcripts.duties.duty import DutyReport
from transcripts.pages.room.room_pages import Site


@dataclass(frozen=True)
class Office:
    """An entrance with a desk behind it."""

    entrance: Entrance
    jobs: ListedJobs
    storage: FolderStorage
    duties: list[DutyReport]

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
    duties: list[DutyReport] = []
    site = Site("Netzwerk Bürgerräte", "https://lesen.example.org")
    room = Room(site, Library(storage, tmp_path / "search.sqlite"), is_open=False)
    routers = desk_routers(jobs, storage, library=room.library, duties=lambda: duties)
    with entrance(room, tmp_path / "house", routers) as access_control:
        access_control.sign_in(BERT)
        yield Office(access_control, jobs, storage, duties)
