"""The inbox: a recording or document dropped into a folder or bucket is processed by itself.

Nothing is kept of what was done: a file is known by its content, and archive and jobs say what became of it.
So it may be looked at again at any time, by a worker that was killed amid it, too.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader
from pathlib import PurePath
from typing import Protocol

from config.settings import Settings
from flows.composition import Resources
from flows.jobs.job import Job, JobState
from flows.jobs.local_files import (
    GIGABYTE,
    LocalRecording,
    document_in,
    recording_in,
    send,
    send_captions,
)
from tasks.archive.document_store import find_document
from tasks.archive.record_store import find_by_content, find_by_url
from tasks.clock import utc_now
from tasks.fetching.inbox_bucket import InboxBucket
from tasks.fetching.inbox_folder import DONE, FAILED, Dropped, DropPlace, InboxFolder
from tasks.storage.s3_storage import S3Storage
from tasks.storage.storage_interface import Storage
from transcripts.documents.document_order import DocumentOrder
from transcripts.documents.file_kinds import DOCUMENT_ENDINGS
from transcripts.errors.document_errors import DocumentTooLargeError
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.machine_errors import FolderRefusedError, InternalError
from transcripts.errors.source_errors import TooLargeError
from transcripts.errors.storage_errors import StorageError
from transcripts.errors.upload_errors import InboxStoppedError
from transcripts.sources.order import GivenOrder
from transcripts.sources.source_url import upload_source
from transcripts.sources.upload_rules import CAPTION_ENDINGS, MOST_CAPTIONS, captions_language
from transcripts.wording.error_wording import explain

logger = logging.getLogger("mitschnitt.inbox")

LARGEST_DOCUMENT_GIGABYTES = 0.2
UNDER_WAY = (JobState.WAITING, JobState.RUNNING, JobState.RETRYING)


class Jobs(Protocol):
    """Jobs, as `flows.jobs.job_control` has them. Both raise PrefectUnreachableError."""

    def submit(self, order: GivenOrder) -> str:
        """The new job's id, or that of the open job for the same upload."""

    def of_upload(self, upload_id: str) -> Job | None:
        """The newest job for an upload."""


class DocumentJobs(Protocol):
    """Jobs, as `flows.documents.document_jobs` has them. Both raise PrefectUnreachableError."""

    def submit_document(self, order: DocumentOrder) -> str:
        """The new job's id, or that of the open job for the same upload."""

    def job_of_upload(self, upload_id: str) -> Job | None:
        """The newest job for an upload."""


class Inbox:
    """One a worker. `look` is called again and again, by one thread.

    What is called as documents are goes to the `documents`, if they are given; all else is a recording.
    """

    def __init__(
        self,
        settings: Settings,
        place: DropPlace,
        jobs: Jobs,
        storage: Storage,
        now: Callable[[], datetime] = utc_now,
        documents: DocumentJobs | None = None,
    ) -> None:
        self._documents = documents
        self._place, self._jobs, self._storage, self._now = place, jobs, storage, now
        self._settled_after = timedelta(seconds=settings.inbox.settled_seconds)
        self._removes = settings.inbox.when_done == "remove"
        self._largest_gigabytes = settings.fetch.max_size_gb
        self._first_seen: dict[Dropped, datetime] = {}
        self._known: dict[Dropped, LocalRecording] = {}
        self._beside: dict[Dropped, list[Dropped]] = {}

    def look(self) -> None:
        """Take what is new and complete, put away what is done. One file that fails hinders no other.

        Raises FolderRefusedError (path), TemporaryError for what is away.
        """
        self._place.prepare()
        present = self._place.dropped()
        now = self._now()
        self._first_seen = {each: self._first_seen.get(each, now) for each in present}
        self._known = {each: found for each, found in self._known.items() if each in self._first_seen}
        beside = _captions_among(present)
        self._beside = {
            each: [other for other, recording in beside.items() if recording == each] for each in present
        }
        recordings = [each for each in present if each not in beside]
        complete = [each for each in recordings if self._is_settled(each, now)]
        refused = [each for each in complete if not self._is_handled(each)]
        if refused:
            raise FolderRefusedError(path=self._place.location(refused[0]))

    def _is_settled(self, each: Dropped, now: datetime) -> bool:
        """Whether it, and what lies beside it, has stayed as it is."""
        together = (each, *self._beside[each])
        return all(now - self._first_seen[one] >= self._settled_after for one in together)

    def _is_handled(self, each: Dropped) -> bool:
        """Whether it went as it should; what cannot be read or moved is said by the duty's light."""
        try:
            try:
                self._see_to(each)
            except StorageError:
                raise  # the file is not to blame
            except PermanentError as error:
                self._refuse(each, explain(error))
        except FileNotFoundError:
            return True  # somebody took it away
        except OSError as error:
            logger.warning("a file in the inbox cannot be handled: %s", error.strerror)
            return False
        return True

    def _see_to(self, each: Dropped) -> None:
        with ExitStack() as until_seen_to:
            self._follow(each, _Opening(self._place, each, until_seen_to))

    def _follow(self, each: Dropped, opening: "_Opening") -> None:
        found = self._recording_in(each, opening)
        documents = self._documents_for(each)
        if self._is_archived(found, is_document=documents is not None):
            self._put_into_done(each)
            return
        job = (documents.job_of_upload if documents else self._jobs.of_upload)(found.upload_id)
        if job is None or (job.state not in UNDER_WAY and job.submitted_at < self._placed_at(each)):
            # What ended before, ended with the same file as it was put here earlier.
            self._submit(each, opening, found)
        elif job.state is JobState.FAILED:
            self._refuse(each, job.message or explain(InternalError()))
        elif job.state is JobState.CANCELLED:
            self._refuse(each, explain(InboxStoppedError()))
        elif job.state not in UNDER_WAY:
            self._put_into_done(each)

    def _documents_for(self, each: Dropped) -> DocumentJobs | None:
        """Where it goes if it is a document, by its name."""
        return self._documents if PurePath(each.name).suffix.lower() in DOCUMENT_ENDINGS else None

    def _is_archived(self, found: LocalRecording, *, is_document: bool) -> bool:
        if is_document:
            return find_document(self._storage, found.sha256) is not None
        known = find_by_url(self._storage, upload_source(found.upload_id, None).fingerprint)
        return known is not None or find_by_content(self._storage, found.sha256) is not None

    def _placed_at(self, each: Dropped) -> datetime:
        """Not later than it was seen: a bucket's clock may be ahead of this machine's."""
        return min(each.placed_at, self._first_seen[each])

    def _recording_in(self, each: Dropped, opening: "_Opening") -> LocalRecording:
        """Read once, however often it is looked at. Raises PermanentError for what is not taken."""
        if each not in self._known:
            self._check_size(each)
            if self._documents_for(each):
                self._known[each] = document_in(each.name, opening.content())
            else:
                self._known[each] = recording_in(each.name, opening.content(), self._largest_gigabytes)
        return self._known[each]

    def _check_size(self, each: Dropped) -> None:
        """Before it is read: from a bucket that means to transfer it."""
        gigabytes = each.size_bytes / GIGABYTE
        if self._documents_for(each) and gigabytes > LARGEST_DOCUMENT_GIGABYTES:
            most_megabytes = 1_000 * LARGEST_DOCUMENT_GIGABYTES
            raise DocumentTooLargeError(megabytes=1_000 * gigabytes, most_megabytes=most_megabytes)
        if gigabytes > self._largest_gigabytes:
            raise TooLargeError(gigabytes=gigabytes, limit_gigabytes=self._largest_gigabytes)

    def _submit(self, each: Dropped, opening: "_Opening", found: LocalRecording) -> None:
        send(found, opening.content(), self._storage)
        if documents := self._documents_for(each):
            documents.submit_document(DocumentOrder(upload=found.upload_id, file_name=found.name))
            logger.info("A document of %d bytes was taken from the inbox.", found.size_bytes)
            return
        for other in self._beside[each][:MOST_CAPTIONS]:
            language, ending = captions_language(each.name, other.name) or "", PurePath(other.name).suffix[1:]
            with self._place.content_of(other) as content:
                send_captions(found, language, ending, content, self._storage)
        self._jobs.submit(GivenOrder(upload=found.upload_id, file_name=found.name))
        logger.info("A file of %d bytes was taken from the inbox.", found.size_bytes)

    def _put_into_done(self, each: Dropped) -> None:
        for one in (*self._beside[each], each):
            if self._removes:
                self._place.remove(one)
            else:
                self._place.put_away(one, DONE)
        logger.info("A file of the inbox is in the archive.")

    def _refuse(self, each: Dropped, why: str) -> None:
        again = "Danach die Datei einfach wieder in den Eingangsordner legen."
        for other in self._beside[each]:
            self._place.put_away(other, FAILED)
        self._place.put_away(each, FAILED, f"{each.name} ließ sich nicht verarbeiten.\n\n{why}\n\n{again}\n")
        logger.warning("A file of the inbox was put away as failed.")


def _captions_among(present: Sequence[Dropped]) -> dict[Dropped, Dropped]:
    """Which of these are captions, and of which recording; a file alone is none."""
    captions = [each for each in present if PurePath(each.name).suffix[1:].lower() in CAPTION_ENDINGS]
    others = [each for each in present if each not in captions]
    return {
        each: recording
        for each in captions
        for recording in others
        if captions_language(recording.name, each.name) is not None
    }


@dataclass(slots=True)
class _Opening:
    """The content of one file, opened when it is first needed, and once: from a bucket it is transferred."""

    place: DropPlace
    each: Dropped
    until: ExitStack
    opened: BufferedReader | None = None

    def content(self) -> BufferedReader:
        if self.opened is None:
            self.opened = self.until.enter_context(self.place.content_of(self.each))
        return self.opened


def look_into(inboxes: Sequence[Inbox]) -> None:
    """Look into each, also after one of them failed. Raises what `Inbox.look` raises."""
    with ExitStack() as each_in_turn:
        for inbox in reversed(inboxes):
            each_in_turn.callback(inbox.look)


def inboxes_of(here: Resources, documents: DocumentJobs) -> Iterator[Inbox]:
    """This machine's inboxes: its folder and a bucket, as far as they are set."""
    from flows.jobs import job_control

    given = here.settings.inbox
    places: list[DropPlace] = [InboxFolder(given.dir.resolve())] if given.dir else []
    bucket = here.storage_at(given.bucket) if given.bucket else None
    if isinstance(bucket, S3Storage):
        places.append(InboxBucket(bucket, here.settings.work.dir.resolve()))
    for place in places:
        yield Inbox(here.settings, place, job_control, here.storage, documents=documents)
