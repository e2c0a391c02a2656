"""The inbox in a bucket, on a real S3 server: taken once, put away, never the wrong version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from config.settings import Settings
from flows.jobs.inbox_watch import Inbox, look_into
from flows.jobs.job import JobState
from tasks.archive.upload_store import Uploads
from tasks.fetching.inbox_bucket import InboxBucket
from tasks.fetching.inbox_folder import Dropped, InboxFolder
from tasks.storage.s3_storage import S3Storage
from tests.flows.jobs.test_inbox_watch import NAME, SETTLED, Jobs
from tests.media_samples import meeting_clip
from tests.s3_server import S3Server
from transcripts.errors.error_kinds import PermanentError

CHANGED = "Losverfahren.mp4"


class KilledError(BaseException):
    """The worker is gone."""


class DyingStorage(S3Storage):
    """A bucket whose client is killed where a test says so; once, like a worker."""

    def __init__(self, bucket: str, prefix: str, server: S3Server) -> None:
        super().__init__(bucket, prefix, server.access)
        self.dies_before = ""
        self.before_copy: Callable[[], None] = lambda: None

    def delete(self, key: str) -> None:
        self._die("delete")
        super().delete(key)

    def copy(self, key: str, target: str, tag: str, metadata: dict[str, str]) -> None:  # type: ignore[override]
        self._die("copy")
        self.before_copy()
        super().copy(key, target, tag, metadata)

    def _die(self, step: str) -> None:
        if self.dies_before == step:
            self.dies_before = ""
            raise KilledError


class Place:
    """An inbox in a bucket beside an archive, and a clock that a test moves."""

    def __init__(
        self, server: S3Server, folder: Path, when_done: str = "keep", most_gigabytes: float = 20
    ) -> None:
        prefix = uuid4().hex
        self.bucket = DyingStorage(server.bucket, f"{prefix}/inbox", server)
        self.archive = S3Storage(server.bucket, f"{prefix}/archive", server.access)
        self.jobs, self.now, self.folder = Jobs(), datetime.now(UTC), folder
        self.settings = Settings.model_validate(
            {
                "inbox": {"bucket": f"s3://{server.bucket}/{prefix}/inbox", "when_done": when_done},
                "fetch": {"max_size_gb": most_gigabytes},
            }
        )
        self.another_worker()

    def another_worker(self) -> None:
        place = InboxBucket(self.bucket, self.folder / "work")
        self.inbox = Inbox(self.settings, place, self.jobs, self.archive, lambda: self.now)

    def put(self, name: str, content: bytes) -> None:
        self.bucket.put_bytes(name, content, "video/mp4")

    def look(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        self.inbox.look()

    def settle(self) -> None:
        self.look()
        self.look(SETTLED)

    def names(self) -> list[str]:
        return sorted(each.key for each in self.bucket.list_objects(""))


class ClockAhead(InboxBucket):
    """A bucket whose server is an hour ahead."""

    def dropped(self) -> list[Dropped]:
        return [replace(each, placed_at=each.placed_at + timedelta(hours=1)) for each in super().dropped()]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return meeting_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 0, 2).read_bytes()


@pytest.fixture
def place(s3_server: S3Server, tmp_path: Path) -> Place:
    return Place(s3_server, tmp_path)


def test_an_object_is_taken_once_and_put_away_when_it_is_done(place: Place, clip: bytes) -> None:
    place.put(NAME, clip)
    place.settle()
    (request,) = place.jobs.requests
    assert request.file_name == NAME
    upload = Uploads(place.archive).read(request.upload or "")
    assert Uploads(place.archive).received_bytes(upload) == len(clip)
    for state in (JobState.RUNNING, JobState.RETRYING):
        place.jobs.ended(state)
        place.look(SETTLED)
        assert place.names() == [NAME]
    place.jobs.ended(JobState.DONE)
    place.look()
    assert place.names() == [f"done/{NAME}"]
    assert place.bucket.get_bytes(f"done/{NAME}") == clip
    assert len(place.jobs.requests) == 1
    assert list((place.folder / "work").iterdir()) == [], "nothing is left on the disk"


def test_a_large_object_is_copied_in_parts(place: Place, clip: bytes) -> None:
    place.put(NAME, clip + bytes(20 * 2**20))
    place.settle()
    place.jobs.ended(JobState.DONE)
    place.look()
    assert place.names() == [f"done/{NAME}"]
    assert len(place.bucket.get_bytes(f"done/{NAME}")) == len(clip) + 20 * 2**20


def test_what_is_done_can_be_removed(s3_server: S3Server, tmp_path: Path, clip: bytes) -> None:
    place = Place(s3_server, tmp_path, when_done="remove")
    place.put(NAME, clip)
    place.settle()
    place.jobs.ended(JobState.HELD)
    place.look()
    assert place.names() == []


def test_another_worker_that_sees_the_same_object_starts_nothing(place: Place, clip: bytes) -> None:
    place.put(NAME, clip)
    place.settle()
    place.another_worker()
    place.settle()
    assert len(place.jobs.requests) == 1


def test_an_object_that_is_overwritten_waits_anew(place: Place, clip: bytes) -> None:
    place.put(CHANGED, clip[:1000])
    place.look()
    place.put(CHANGED, clip)
    place.look(SETTLED)
    assert place.jobs.requests == []
    place.look(SETTLED)
    assert len(place.jobs.requests) == 1
    upload = Uploads(place.archive).read(place.jobs.requests[0].upload or "")
    assert upload.size_bytes == len(clip)


def test_what_is_overwritten_while_it_is_put_away_stays_and_is_a_new_recording(
    place: Place, clip: bytes
) -> None:
    newer = clip + bytes(8)
    place.put(CHANGED, clip)
    place.settle()
    place.jobs.ended(JobState.DONE)
    place.bucket.before_copy = lambda: place.put(CHANGED, newer)
    place.look()
    assert place.bucket.get_bytes(CHANGED) == newer
    assert place.names() == [CHANGED]
    place.bucket.before_copy = lambda: None
    place.jobs.found = None
    place.settle()
    assert len(place.jobs.requests) == 2


def test_what_is_replaced_before_it_is_read_is_not_taken_for_the_old_one(
    place: Place, clip: bytes, tmp_path: Path
) -> None:
    place.put(CHANGED, clip)
    bucket = InboxBucket(place.bucket, tmp_path)
    (seen,) = bucket.dropped()
    place.put(CHANGED, clip[:-1])
    with pytest.raises(FileNotFoundError), bucket.content_of(seen):
        raise AssertionError("another version was read")
    with pytest.raises(FileNotFoundError):
        bucket.remove(seen)
    assert place.names() == [CHANGED]


@pytest.mark.parametrize("step", ["copy", "delete"])
@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
def test_a_worker_that_is_killed_while_it_puts_away_leaves_one_copy(
    place: Place, clip: bytes, step: str, state: JobState
) -> None:
    place.put(NAME, clip)
    place.settle()
    place.jobs.ended(state, "Kein Ton." if state is JobState.FAILED else None)
    place.bucket.dies_before = step
    with pytest.raises(KilledError):
        place.look()
    assert NAME in place.names()
    place.another_worker()
    place.settle()
    expected = [f"done/{NAME}"] if state is JobState.DONE else [f"failed/{NAME}", f"failed/{NAME}.txt"]
    assert place.names() == expected
    assert len(place.jobs.requests) == 1


def test_objects_of_one_name_are_kept_side_by_side(place: Place, clip: bytes) -> None:
    for number in range(2):
        place.put(NAME, clip + bytes(number))
        place.jobs.found = None
        place.settle()
        place.jobs.ended(JobState.DONE)
        place.look()
    assert place.names() == ["done/2026-11-19 Losverfahren in Köln (2).mp4", f"done/{NAME}"]


def test_what_failed_is_put_aside_with_the_reason_and_may_be_dropped_again(place: Place, clip: bytes) -> None:
    place.put(NAME, clip)
    place.settle()
    place.jobs.ended(JobState.FAILED, "Die Aufzeichnung hat keinen Ton.")
    place.look()
    assert "keinen Ton" in place.bucket.get_bytes(f"failed/{NAME}.txt").decode()
    assert place.jobs.found is not None
    place.jobs.found = replace(place.jobs.found, submitted_at=datetime.now(UTC) - timedelta(minutes=1))
    place.put(NAME, clip)
    place.settle()
    assert len(place.jobs.requests) == 2


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("leer.mp4", b"", "Die Datei ist leer"),
        ("Treffen.zip", b"PK\x03\x04" + bytes(99), "gepacktes Archiv"),
        ("Notizen.mp4", b"Guten Abend", "weder Video noch Ton"),
    ],
)
def test_what_is_no_recording_is_put_aside(place: Place, name: str, content: bytes, says: str) -> None:
    place.put(name, content)
    place.settle()
    assert place.jobs.requests == []
    assert place.names() == [f"failed/{name}", f"failed/{name}.txt"]
    assert says in place.bucket.get_bytes(f"failed/{name}.txt").decode()


def test_what_is_too_large_is_not_even_read(s3_server: S3Server, tmp_path: Path, clip: bytes) -> None:
    place = Place(s3_server, tmp_path, most_gigabytes=len(clip) / 1e9 / 2)
    place.put(NAME, clip)
    place.settle()
    assert "zu groß" in place.bucket.get_bytes(f"failed/{NAME}.txt").decode()


def test_what_lies_deeper_is_hidden_or_unfinished_is_left_alone(place: Place, clip: bytes) -> None:
    names = sorted([".versteckt.mp4", "Ordner/Treffen.mp4", "Treffen.mp4.part", "done/alt.mp4"])
    for name in names:
        place.put(name, clip)
    place.settle()
    assert place.jobs.requests == []
    assert place.names() == names


def test_a_server_whose_clock_is_ahead_starts_nothing_again(place: Place, clip: bytes) -> None:
    place.put(NAME, clip)
    place.settle()
    place.jobs.ended(JobState.FAILED, "Kein Ton.")
    assert place.jobs.found is not None
    place.jobs.found = replace(place.jobs.found, submitted_at=place.now - timedelta(seconds=1))
    place.inbox = Inbox(
        place.settings, ClockAhead(place.bucket, place.folder), place.jobs, place.archive, lambda: place.now
    )
    place.now -= SETTLED * 2
    place.settle()
    assert len(place.jobs.requests) == 1
    assert f"failed/{NAME}" in place.names()


def test_a_bucket_that_refuses_is_said_to_the_light_and_no_file_is_blamed(
    s3_server: S3Server, tmp_path: Path, clip: bytes
) -> None:
    place = Place(s3_server, tmp_path)
    place.put(NAME, clip)
    reading = S3Storage(place.bucket.bucket, place.bucket.prefix, s3_server.reader)
    inbox = Inbox(
        place.settings, InboxBucket(reading, tmp_path), place.jobs, place.archive, lambda: place.now
    )
    inbox.look()
    place.now += SETTLED
    inbox.look()
    place.jobs.ended(JobState.DONE)
    with pytest.raises(PermanentError, match="storage_read_only"):
        inbox.look()
    assert place.names() == [NAME]


def test_one_inbox_that_fails_does_not_hide_the_other(place: Place, clip: bytes, tmp_path: Path) -> None:
    (tmp_path / "ordner").write_text("eine Datei")
    broken = Inbox(
        place.settings, InboxFolder(tmp_path / "ordner"), place.jobs, place.archive, lambda: place.now
    )
    place.put(NAME, clip)
    for _ in range(2):
        place.now += SETTLED
        with pytest.raises(PermanentError, match="folder_refused"):
            look_into([broken, place.inbox])
    assert len(place.jobs.requests) == 1
