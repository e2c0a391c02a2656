"""Keeps people's corrections in the archive, and lets the published forms follow them.

To correct is to add an object that is never changed; the manifest, compared and set, decides
who is next. What is published follows in a step of its own, which can be done again at any
time: the corrections are the truth, the published forms are made.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from tasks.archive import put_beside_held
from tasks.publishing import CORRECTED, CORRECTED_UP_TO, Replacement, replace_content
from tasks.record_files import Held, held_manifest, read_log, read_machine_texts, unchanged
from tasks.storage import Storage
from transcripts import layout
from transcripts.catalogue import Imprint
from transcripts.corrections import Correction, Edit, Replaced, correction_numbers, in_force
from transcripts.errors import PermanentError, TemporaryError
from transcripts.manifest import MadeBy, Manifest
from transcripts.overlay import Corrected, Texts, corrected

TRIES = 20
LONGEST_PAUSE_SECONDS = 0.3

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A record as it is being corrected: the machine's texts, every correction, and what comes of both."""

    machine: Texts
    log: tuple[Correction, ...]
    now: Corrected
    manifest: Manifest

    @property
    def is_waiting(self) -> bool:
        """Whether there are corrections that are not published yet."""
        return is_waiting(self.manifest)


Proposal = Callable[[Reviewed], tuple[Edit, ...]]


def read_reviewed(storage: Storage, record_id: str) -> Reviewed:
    """The record with everything that people corrected, published or not.

    Raises PermanentError `record_unknown`, `object_damaged`.
    """
    return _patiently(lambda: _read(storage, record_id)[1])


def correct(
    storage: Storage,
    record_id: str,
    made_by: str,
    proposal: Proposal,
    writer: MadeBy,
    replaced: Replaced | None = None,
) -> Correction | None:
    """Add what `proposal` makes of the record as it is now; None where there is nothing to change.

    `proposal` is asked again when another writer was faster. Raises what it raises, PermanentError
    `record_unknown`, TemporaryError `record_busy`.
    """

    def add() -> Correction | None:
        held, reviewed = _read(storage, record_id)
        edits = proposal(reviewed)
        if not edits:
            return None
        made = Correction(
            number=_next_number(reviewed.log),
            made_by=made_by,
            made_at=_now(),
            edits=edits,
            replaced=replaced,
        )
        return _add(storage, record_id, held, made, writer)

    return _patiently(add)


def take_back(storage: Storage, record_id: str, made_by: str, number: int, writer: MadeBy) -> Correction:
    """Add that a correction is taken back; that can be taken back too.

    Raises PermanentError `correction_unknown` for one that is not in force.
    """

    def add() -> Correction:
        held, reviewed = _read(storage, record_id)
        if number not in {each.number for each in in_force(reviewed.log)}:
            raise PermanentError("correction_unknown", number=str(number))
        made = Correction(number=_next_number(reviewed.log), made_by=made_by, made_at=_now(), undoes=number)
        return _add(storage, record_id, held, made, writer)

    return _patiently(add)


def publish_corrections(storage: Storage, record_id: str, imprint: Imprint) -> Manifest:
    """Let every published form follow the corrections; the manifest that then is.

    Does nothing where they do already. Raises PermanentError `record_unknown`, TemporaryError `record_busy`.
    """

    def follow() -> Manifest:
        manifest = _held(storage, record_id).manifest
        if not is_waiting(manifest):
            return manifest
        nothing_new = Replacement(imprint.writer)
        return replace_content(storage, record_id, nothing_new, imprint, reason=CORRECTED)

    return _patiently(follow)


def is_waiting(manifest: Manifest) -> bool:
    """Whether this manifest names corrections that its published forms do not show."""
    last = max(correction_numbers(manifest.names), default=0)
    if layout.CORRECTED not in manifest.names:
        return last > 0
    return bool(manifest.named(layout.CORRECTED).made_by.settings.get(CORRECTED_UP_TO) != last)


def _read(storage: Storage, record_id: str) -> tuple[Held, Reviewed]:
    held = _held(storage, record_id)
    with unchanged(storage, record_id, held.manifest):
        machine = read_machine_texts(storage, record_id, held.manifest)
        log = read_log(storage, record_id, held.manifest)
    return held, Reviewed(machine, log, corrected(machine, log), held.manifest)


def _held(storage: Storage, record_id: str) -> Held:
    try:
        return held_manifest(storage, record_id)
    except KeyError as error:
        raise PermanentError("record_unknown", record=record_id) from error


def _add(storage: Storage, record_id: str, held: Held, made: Correction, writer: MadeBy) -> Correction:
    put_beside_held(storage, record_id, held, {made.name: made.to_json().encode()}, writer)
    return made


def _next_number(log: tuple[Correction, ...]) -> int:
    return max((each.number for each in log), default=0) + 1


def _patiently(attempt: Callable[[], Answer]) -> Answer:
    """Again while another writer is faster. Raises TemporaryError `record_busy` in the end."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except TemporaryError as error:
            if error.code != "record_busy":
                raise
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - only to part two writers
    return attempt()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
