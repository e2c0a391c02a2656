"""Members propose documents: bounded in size and number, and never seen before a release."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.desk.proposal_routes import PROPOSALS
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.archive.upload_store import Uploads
from tasks.storage.folder_storage import FolderStorage
from tests.document_desks import ListedDocumentJobs, document_routers
from tests.flows.reading_room.entrances import ANNA, OWN_PAGE, Entrance, entrance
from tests.small_pdf import small_pdf
from transcripts.errors.job_errors import PrefectUnreachableError
from transcripts.pages.desk.proposal_page import PROPOSE
from transcripts.pages.room.room_pages import Site

PDF = small_pdf("Der Rat beschließt.")


@dataclass(frozen=True)
class Proposing:
    """An entrance with the form behind it."""

    entrance: Entrance
    jobs: ListedDocumentJobs
    storage: FolderStorage

    def get(self, path: str = PROPOSE) -> Any:
        return self.entrance.client.get(path, headers={"accept": "text/html"}, follow_redirects=False)

    def propose(self, *contents: bytes, url: str = "", source: str = "") -> Any:
        files = [("dateien", (f"Antrag {n}.pdf", each)) for n, each in enumerate(contents)]
        return self.entrance.client.post(
            PROPOSE,
            data={"url": url, "herkunft": source},
            files=files or [("dateien", ("", b""))],
            headers=OWN_PAGE,
            follow_redirects=False,
        )


@pytest.fixture(params=[False, True], ids=["members", "open"])
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Proposing]:
    """A room for members, and one where everybody may read."""
    jobs, storage = ListedDocumentJobs(), FolderStorage(tmp_path / "archive")
    site = Site("Netzwerk Bürgerräte", "https://lesen.example.org")
    room = Room(site, Library(storage, tmp_path / "search.sqlite"), is_open=request.param)
    with entrance(room, tmp_path / "house", document_routers(jobs, storage)) as access_control:
        yield Proposing(access_control, jobs, storage)


def test_a_member_proposes_files_and_says_where_they_are_from(place: Proposing) -> None:
    place.entrance.sign_in(ANNA)
    assert "Dokument vorschlagen" in place.get().text
    answer = place.propose(PDF, url="https://example.org/a.pdf", source="Eigene  Vorlage")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PROPOSE}?danke=2")
    assert [each.source for each in place.jobs.orders] == ["Eigene Vorlage"] * 2
    assert not any(each.release for each in place.jobs.orders), "organisers look at each"
    kept = Uploads(place.storage).read(place.jobs.orders[0].upload or "")
    assert kept.owner
    assert ANNA not in kept.to_json()
    assert "2 Dokumente sind angekommen" in place.get(f"{PROPOSE}?danke=2").text


def test_who_is_not_signed_in_proposes_nothing(place: Proposing) -> None:
    assert place.get().status_code == 303
    assert place.get().headers["location"].startswith("/anmelden")
    assert place.propose(PDF).status_code in (401, 403)
    assert place.jobs.orders == []


def test_what_is_wrong_is_said_and_what_was_typed_stays(place: Proposing) -> None:
    place.entrance.sign_in(ANNA)
    answer = place.propose(source="Aus <dem> Rathaus")
    assert (answer.status_code, "Bitte eine Datei auswählen" in answer.text) == (422, True)
    assert 'value="Aus &lt;dem&gt; Rathaus"' in answer.text
    place.jobs.trouble = PrefectUnreachableError()
    assert place.propose(PDF).status_code == 503


def test_no_more_is_taken_than_members_may_hand_in(place: Proposing) -> None:
    place.entrance.sign_in(ANNA)
    assert place.propose(PDF, PDF, PDF, PDF, PDF, PDF).status_code == 400, "more files than allowed"
    answers = [place.propose(url=f"https://example.org/{n}.pdf") for n in range(PROPOSALS.times + 1)]
    assert [each.status_code for each in answers] == [303] * PROPOSALS.times + [429]
    assert "in einer Stunde" in answers[-1].text
    assert len(place.jobs.orders) == PROPOSALS.times
