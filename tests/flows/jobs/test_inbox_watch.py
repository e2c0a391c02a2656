"""The inbox: what is dropped there is taken once it is complete, and put away when it is done or failed."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from config.settings import Inbox as InboxSettings
from config.settings import Settings
from flows.duties import BY_WORKERS, INBOX, duties_of_workers
from flows.jobs.inbox_watch import Inbox
from flows.jobs.job import Job, JobState
from tasks.archive.publishing import publish
from tasks.archive.record_store import find_by_content
from tasks.archive.upload_store import Uploads, upload_id_of
from tasks.fetching.inbox_folder import InboxFolder
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, small_record
from tests.desks import some_job
from tests.media_samples import meeting_clip
from transcripts.errors.error_kinds import PermanentError, TemporaryError
from transcripts.errors.job_errors import PrefectUnreachableError
from transcripts.sources.order import GivenOrder

SETTLED = timedelta(seconds=60)


class Jobs:
    """Keeps what was asked for; `state` is that of the newest job."""

    def __init__(self) -> None:
        self.requests: list[GivenOrder] = []
        self.found: Job | None = None
        self.asked: list[str] = []
        self.is_away = False

    def submit(self, request: GivenOrder) -> str:
        self.requests.append(request)
        self.found = replace(some_job("job-1"), submitted_at=datetime.now(UTC) + timedelta(minutes=2))
        return "job-1"

    def of_upload(self, upload_id: str) -> Job | None:
        self.asked.append(upload_id)
        if self.is_away:
            raise PrefectUnreachableError()
        return self.found

    def ended(self, state: JobState, message: str | None = None) -> None:
        assert self.found is not None
        self.found = replace(self.found, state=state, message=message)


class Place:
    """An inbox, its folder, and a clock that a test moves."""

    def __init__(self, folder: Path, when_done: str = "keep") -> None:
        self.folder, self.archive = folder / "inbox", FolderStorage(folder / "archive")
        self.jobs, self.now = Jobs(), datetime.now(UTC)
        given = {"inbox": {"dir": self.folder, "when_done": when_done}}
        settings = Settings.model_validate(given)
        self.inbox = Inbox(settings, InboxFolder(self.folder), self.jobs, self.archive, lambda: self.now)
        self.inbox.look()

    def look(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        self.inbox.look()

    def settle(self) -> None:
        """Look twice, so far apart that what stayed as it is counts as complete."""
        self.look()
        self.look(SETTLED)

    def names(self, below: str = "") -> list[str]:
        found = self.folder / below
        return sorted(each.name for each in found.iterdir() if not each.is_dir())


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return meeting_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 0, 2).read_bytes()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


NAME = "2026-11-19 Losverfahren in Köln.mp4"


def test_a_file_is_taken_when_it_has_stopped_growing_and_put_away_when_it_is_done(
    place: Place, clip: bytes
) -> None:
    file = place.folder / NAME
    file.write_bytes(clip[:1000])
    place.look()
    file.write_bytes(clip)
    place.look(SETTLED)
    assert place.jobs.requests == [], "it grew in between"
    place.look(SETTLED / 2)
    assert place.jobs.requests == []
    place.look(SETTLED / 2)
    (request,) = place.jobs.requests
    assert (request.file_name, request.title, request.recorded_on) == (NAME, None, None)
    upload = Uploads(place.archive).read(request.upload or "")
    assert Uploads(place.archive).received_bytes(upload) == len(clip)
    for state in (JobState.RUNNING, JobState.RETRYING):
        place.jobs.ended(state)
        place.look(SETTLED)
        assert place.names() == [NAME], "it stays until it is done"
    place.jobs.ended(JobState.DONE)
    place.look(SETTLED)
    assert (place.names(), place.names("done"), len(place.jobs.requests)) == ([], [NAME], 1)


def test_captions_beside_a_recording_go_with_it(place: Place, clip: bytes, tmp_path: Path) -> None:
    for name in ("treffen.de.vtt", "treffen.srt", "anderes.vtt"):
        (place.folder / name).write_text(f"WEBVTT {name}", encoding="utf-8")
    (place.folder / "treffen.mp4").write_bytes(clip)
    place.settle()
    assert len(place.jobs.requests) == 1
    uploads = Uploads(place.archive)
    upload = uploads.read(upload_id_of(sha256(clip).hexdigest()))
    got = uploads.download_captions(upload, tmp_path)
    assert [(each.language, each.file.path.read_text(encoding="utf-8")) for each in got] == [
        ("de", "WEBVTT treffen.de.vtt"),
        ("und", "WEBVTT treffen.srt"),
    ]
    assert place.names("failed") == ["anderes.vtt", "anderes.vtt.txt"], "alone it is no recording"
    place.jobs.ended(JobState.DONE)
    place.look()
    assert place.names() == []
    assert place.names("done") == ["treffen.de.vtt", "treffen.mp4", "treffen.srt"]
    uploads.remove(upload.id)
    assert list(place.archive.list_objects("uploads")) == []


def test_a_recording_waits_until_the_captions_beside_it_are_complete(place: Place, clip: bytes) -> None:
    (place.folder / "treffen.mp4").write_bytes(clip)
    place.look()
    (place.folder / "treffen.vtt").write_text("WEBVTT", encoding="utf-8")
    place.look(SETTLED)
    assert place.jobs.requests == []
    place.look(SETTLED)
    assert len(place.jobs.requests) == 1


def test_what_is_done_can_be_removed(tmp_path: Path, clip: bytes) -> None:
    place = Place(tmp_path, when_done="remove")
    (place.folder / NAME).write_bytes(clip)
    place.settle()
    place.jobs.ended(JobState.HELD)
    place.look()
    assert (place.names(), place.names("done")) == ([], [])


def test_the_same_file_again_leads_to_the_record_that_is_there(place: Place, tmp_path: Path) -> None:
    record = small_record(tmp_path / "record")
    content = meeting_clip(tmp_path / "clip.mp4", 0, 1).read_bytes()
    source = record.recording.source.model_copy(update={"sha256": sha256(content).hexdigest()})
    changed = record.recording.model_copy(update={"source": source})
    publish(place.archive, replace(record, recording=changed), IMPRINT)
    assert find_by_content(place.archive, source.sha256 or "")
    (place.folder / "anders benannt.mp4").write_bytes(content)
    place.settle()
    assert place.jobs.requests == []
    assert place.names("done") == ["anders benannt.mp4"]


def test_what_failed_is_put_away_with_the_reason_and_may_be_dropped_again(place: Place, clip: bytes) -> None:
    (place.folder / NAME).write_bytes(clip)
    place.settle()
    place.jobs.ended(JobState.FAILED, "Die Aufzeichnung hat keinen Ton. Bitte eine Fassung mit Ton angeben.")
    place.look()
    assert place.names("failed") == [NAME, f"{NAME}.txt"]
    told = (place.folder / "failed" / f"{NAME}.txt").read_text(encoding="utf-8")
    assert "hat keinen Ton. Bitte" in told
    assert "wieder in den Eingangsordner legen" in told
    assert place.jobs.found is not None
    place.jobs.found = replace(place.jobs.found, submitted_at=datetime.now(UTC) - timedelta(minutes=1))
    (place.folder / "failed" / NAME).rename(place.folder / NAME)
    place.settle()
    assert len(place.jobs.requests) == 2, "a new try, although the last one failed"


def test_what_was_stopped_at_the_desk_is_put_away_and_says_so(place: Place, clip: bytes) -> None:
    (place.folder / NAME).write_bytes(clip)
    place.settle()
    place.jobs.ended(JobState.CANCELLED)
    place.look()
    assert "angehalten" in (place.folder / "failed" / f"{NAME}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("leer.mp4", b"", "Die Datei ist leer"),
        ("Treffen.zip", b"PK\x03\x04" + bytes(99), "gepacktes Archiv"),
        ("Treffen.mp4", b"<!DOCTYPE html><p>Anmelden", "eine Webseite"),
        ("Notizen.txt", b"Guten Abend", "dem Namen nach keine Video- oder Tondatei"),
        ("Notizen.mp4", b"Guten Abend", "weder Video noch Ton"),
    ],
)
def test_what_is_no_recording_is_put_away_with_the_reason(
    place: Place, name: str, content: bytes, says: str
) -> None:
    (place.folder / name).write_bytes(content)
    place.settle()
    assert place.jobs.requests == []
    assert says in (place.folder / "failed" / f"{name}.txt").read_text(encoding="utf-8")


def test_what_is_still_being_written_hidden_or_no_file_is_left_alone(place: Place, clip: bytes) -> None:
    names = [".versteckt.mp4", "Treffen.mp4.part", "Treffen.mp4.ocTransferId12.part", "~$Treffen.mp4"]
    for name in names:
        (place.folder / name).write_bytes(clip)
    (place.folder / "Ordner").mkdir()
    os.mkfifo(place.folder / "rohr.mp4")
    place.settle()
    assert place.jobs.requests == []
    assert place.names() == sorted([*names, "rohr.mp4"])


@pytest.mark.parametrize("is_inside", [True, False])
def test_a_link_is_refused_and_its_target_left_alone(
    place: Place, clip: bytes, tmp_path: Path, is_inside: bool
) -> None:
    target = (place.folder / "done" if is_inside else tmp_path) / "Treffen.mp4"
    target.write_bytes(clip)
    (place.folder / "verweis.mp4").symlink_to(target)
    place.settle()
    assert place.jobs.requests == []
    assert "Verknüpfung" in (place.folder / "failed/verweis.mp4.txt").read_text(encoding="utf-8")
    assert target.read_bytes() == clip


def test_files_of_one_name_are_kept_side_by_side(place: Place, clip: bytes) -> None:
    for number in range(2):
        (place.folder / NAME).write_bytes(clip + bytes(number))
        place.jobs.found = None
        place.settle()
        place.jobs.ended(JobState.DONE)
        place.look()
    assert place.names("done") == sorted([NAME, "2026-11-19 Losverfahren in Köln (2).mp4"])


def test_another_worker_goes_on_where_one_died(place: Place, clip: bytes, tmp_path: Path) -> None:
    (place.folder / NAME).write_bytes(clip)
    place.settle()
    after = Place(tmp_path)
    after.jobs.found = place.jobs.found
    after.jobs.ended(JobState.DONE)
    after.settle()
    assert after.jobs.requests == []
    assert after.names("done") == [NAME]


def test_an_upload_that_broke_off_goes_on(place: Place, clip: bytes) -> None:
    upload_id = upload_id_of(sha256(clip).hexdigest())
    uploads = Uploads(place.archive)
    (place.folder / "halb.mp4").write_bytes(clip)
    with (place.folder / "halb.mp4").open("rb") as content:
        content.seek(0)
        begun = uploads.take(upload_id, "halb.mp4", 1000, content)
    assert uploads.received_bytes(begun) == 1000
    place.settle()
    assert uploads.received_bytes(uploads.read(upload_id)) == len(clip)


def test_while_prefect_is_away_nothing_is_moved_and_the_light_hears_of_it(place: Place, clip: bytes) -> None:
    (place.folder / NAME).write_bytes(clip)
    place.look()
    place.jobs.is_away = True
    with pytest.raises(TemporaryError, match="prefect_unreachable"):
        place.look(SETTLED)
    assert place.names() == [NAME]


def test_a_folder_that_cannot_be_used_is_said_to_the_light(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for below in ("done", "failed"):
        (place.folder / below).rmdir()
    place.folder.rmdir()
    place.folder.write_text("eine Datei")
    with pytest.raises(PermanentError, match="folder_refused"):
        place.look()


@pytest.mark.parametrize(
    ("inbox", "is_expected"),
    [
        (InboxSettings(), False),
        (InboxSettings(dir=Path("inbox")), True),
        (InboxSettings(bucket="s3://archiv/inbox"), True),
    ],
)
def test_the_duty_is_expected_only_where_an_inbox_is_set(inbox: InboxSettings, is_expected: bool) -> None:
    expected = duties_of_workers(Settings(inbox=inbox))
    assert (INBOX in expected) is is_expected
    assert set(BY_WORKERS) <= set(expected)
