"""Lets one writer at a time work on a record: `claim.json`, created only if there is none.

The claim is refreshed while its holder lives. One that was not refreshed for a while,
or whose process on this machine has ended, may be taken over. A writer that lost its
claim notices before it makes anything visible.
"""

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

from pydantic import Field

from tasks.clock import utc_now
from tasks.processes.supervised_loop import SupervisedLoop
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from tasks.storage.stored_objects import Tagged
from transcripts.archive import layout
from transcripts.archive.layout import content_type, object_key
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import DamagedError, StepError
from transcripts.model import Line, Moment, StoredModel

BEAT_SECONDS = 20.0
STALE_AFTER = timedelta(seconds=180)
OTHER_CLOCKS = timedelta(days=1)
"""No machine's clock is that far ahead: a claim from later than that would block its record until then."""


class ClaimNote(StoredModel):
    """`claim.json`: who works on the record, on which source, and when they last said so."""

    largest_bytes = 100_000

    writer: Line
    source: Line
    machine: Line
    process_id: int = Field(ge=1, lt=2**31)
    refreshed_at: Moment


class Claim:
    """The right to write a record, while it is held."""

    def __init__(self, storage: Storage, record_id: str, note: ClaimNote, tag: str) -> None:
        self._storage, self._record_id, self._note, self._tag = storage, record_id, note, tag
        self._lock = threading.Lock()

    def assert_held(self) -> None:
        """Refresh the claim. Raises RecordBusyError if another writer took it over."""
        with self._lock:
            note = self._note.model_copy(update={"refreshed_at": utc_now()})
            tag = _put(self._storage, self._record_id, note, self._tag)
            if tag is None:
                raise RecordBusyError(place=self._record_id)
            self._tag = tag

    @contextmanager
    def held(self) -> Iterator["Claim"]:
        """Keep the claim fresh, and give it back at the end."""
        beat = SupervisedLoop("claim", self._beat, lambda: BEAT_SECONDS, longest_pause_seconds=BEAT_SECONDS)
        beat.start(at_once=False)
        try:
            yield self
        finally:
            beat.stop(patience_seconds=None)
            with suppress(StepError):  # a claim that cannot be given back grows stale
                self._release()

    def _beat(self) -> bool:
        """What fails here, a storage that is away or a claim that is lost, the work will notice."""
        self.assert_held()
        return True

    def _release(self) -> None:
        with self._lock:
            tagged = _tagged(self._storage, self._record_id)
            if tagged is not None and tagged.tag == self._tag:
                self._storage.delete(object_key(self._record_id, layout.CLAIM))


def take_claim(storage: Storage, record_id: str, source: str) -> Claim | None:
    """Claim a record for work on `source`; None when another source has claimed this address.

    Raises RecordBusyError while another writer works on the same source.
    """
    note = ClaimNote(
        writer=uuid4().hex,
        source=source,
        machine=_machine(),
        process_id=os.getpid(),
        refreshed_at=utc_now(),
    )
    found = _tagged(storage, record_id)
    if found is not None:
        holder = _parsed(found)
        if holder is not None and holder.source != source:
            return None
        if holder is not None and _is_alive(holder):
            raise RecordBusyError(place=record_id)
    tag = _put(storage, record_id, note, found.tag if found else None)
    if tag is None:
        raise RecordBusyError(place=record_id)
    return Claim(storage, record_id, note, tag)


def is_claimed(storage: Storage, record_id: str) -> bool:
    """Whether a living writer works on the record."""
    found = _tagged(storage, record_id)
    holder = _parsed(found) if found else None
    return holder is not None and _is_alive(holder)


def _is_alive(holder: ClaimNote) -> bool:
    age = utc_now() - holder.refreshed_at
    if not -OTHER_CLOCKS < age < STALE_AFTER:
        return False
    return holder.machine != _machine() or _is_running(holder.process_id)


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _machine() -> str:
    """A name for this machine that tells nobody what it is called."""
    return sha256(platform.node().encode()).hexdigest()[:16]


def _tagged(storage: Storage, record_id: str) -> Tagged | None:
    try:
        return storage.get_tagged(object_key(record_id, layout.CLAIM))
    except KeyError:
        return None


def _parsed(tagged: Tagged) -> ClaimNote | None:
    """None for a claim that cannot be read: whoever wrote it does not hold it."""
    try:
        return read_stored(ClaimNote, tagged.content, layout.CLAIM)
    except DamagedError:
        return None


def _put(storage: Storage, record_id: str, note: ClaimNote, tag: str | None) -> str | None:
    key = object_key(record_id, layout.CLAIM)
    return storage.put_if(key, note.to_json().encode(), content_type(layout.CLAIM), tag)
