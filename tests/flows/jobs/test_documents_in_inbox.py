"""Documents in the inbox: taken by their kind, and put away when they are done or failed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from flows.jobs.inbox_watch import Inbox
from flows.jobs.job import Job, JobState
from tasks.archive.document_publishing import publish_document
from tasks.archive.upload_store import Uploads, upload_id_of
from tasks.fetching.inbox_folder import InboxFolder
from tasks.storage.folder_storage import FolderStorage
from tests.archive_documents import CONVERTER, small_document
from tests.archive_records import IMPRINT
from tests.desks import some_job
from tests.flows.jobs.test_inbox_watch import Jobs
from tests.small_pdf import small_pdf
from transcripts.documents.document_order import DocumentOrder

PDF = small_pdf("Der Rat beschließt.")


class DocumentJobs:
    """Keeps what was asked for."""

    def __init__(self) -> None:
        self.orders: list[DocumentOrder] = []
        self.found: Job | None = None

    def submit_document(self, order: DocumentOrder) -> str:
        self.orders.append(order)
        self.found = replace(some_job("job-1"), submitted_at=datetime.now(UTC) + timedelta(minutes=2))
        return "job-1"

    def job_of_upload(self, upload_id: str) -> Job | None:  # noqa: ARG002 - there is one
        return self.found


class Place:
    """An inbox over a folder, in which everything counts as complete at the second look."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.archive = folder / "inbox", FolderStorage(folder / "archive")
        self.recordings, self.documents = Jobs(), DocumentJobs()
        self.now = datetime.now(UTC)
        self.inbox = Inbox(
            Settings.model_validate({"inbox": {"dir": self.folder}}),
            InboxFolder(self.folder),
            self.recordings,
            self.archive,
            lambda: self.now,
            self.documents,
        )
        self.inbox.look()

    def settle(self) -> None:
        self.inbox.look()
        self.now += timedelta(seconds=60)
        self.inbox.look()

    def names(self, below: str = "") -> list[str]:
        return sorted(each.name for each in (self.folder / below).iterdir() if not each.is_dir())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_document_is_taken_as_one_and_put_away_when_it_is_done(place: Place) -> None:
    (place.folder / "Antrag.PDF").write_bytes(PDF)
    place.settle()
    (order,) = place.documents.orders
    assert (order.file_name, order.release) == ("Antrag.PDF", False)
    upload = Uploads(place.archive).read(order.upload or "")
    assert Uploads(place.archive).received_bytes(upload) == len(PDF)
    assert place.recordings.requests == []
    place.settle()
    assert len(place.documents.orders) == 1
    assert place.documents.found is not None
    place.documents.found = replace(place.documents.found, state=JobState.DONE)
    place.settle()
    assert (place.names(), place.names("done")) == ([], ["Antrag.PDF"])


def test_what_is_in_the_archive_already_is_put_away_at_once(place: Place, tmp_path: Path) -> None:
    document = small_document(tmp_path / "document")
    publish_document(place.archive, document, CONVERTER, IMPRINT)
    original = document.files["original/antrag-neu.docx"]
    (place.folder / "noch einmal.docx").write_bytes(original.path.read_bytes())
    place.settle()
    assert (place.documents.orders, place.names("done")) == ([], ["noch einmal.docx"])
    assert upload_id_of(original.sha256) not in [each.id for each in Uploads(place.archive).present()]


def test_what_failed_or_is_empty_is_put_away_with_the_reason(place: Place) -> None:
    (place.folder / "leer.docx").write_bytes(b"")
    place.settle()
    assert place.names("failed") == ["leer.docx", "leer.docx.txt"]
    (place.folder / "kaputt.pdf").write_bytes(PDF)
    place.settle()
    assert place.documents.found is not None
    place.documents.found = replace(
        place.documents.found, state=JobState.FAILED, message="Die Datei ist beschädigt."
    )
    place.settle()
    assert "Die Datei ist beschädigt." in (place.folder / "failed/kaputt.pdf.txt").read_text()


def test_a_recording_beside_it_goes_its_own_way(place: Place) -> None:
    (place.folder / "Treffen.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(2_000))
    (place.folder / "Vorlage.odt").write_bytes(b"PK\x03\x04")
    place.settle()
    assert [each.file_name for each in place.recordings.requests] == ["Treffen.mp4"]
    assert [each.file_name for each in place.documents.orders] == ["Vorlage.odt"]
