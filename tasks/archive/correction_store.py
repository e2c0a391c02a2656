"""Keeps corrections: reads them with the text they are laid over, and adds one by compare-and-set.

Of two people who correct at the same moment one is written first; what the other wants is then
looked at again on top of it, and refused only where both changed the same words. Making the
published forms follow is for `tasks.archive.publishing.publish_corrections`.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tasks.archive.next_version import MachineTexts, machine_names, parsed_corrections, parsed_machine_texts
from tasks.archive.record_files import read_chosen
from tasks.archive.record_store import put_beside
from tasks.clock import utc_now
from tasks.storage.contested import tries
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.manifest import MadeBy, Manifest
from transcripts.corrections.correction_log import Correction, Edit, corrector_name, last_number
from transcripts.corrections.overlay import Original, Overlaid, as_read, overlaid
from transcripts.errors.archive_errors import RecordBusyError, RecordUnknownError
from transcripts.errors.error_kinds import DamagedError
from transcripts.model import Recording
from transcripts.records.record import original_of

logger = logging.getLogger("mitschnitt.archive")


@dataclass(frozen=True, slots=True)
class Draft:
    """A record with all its corrections, published or not; `now` is how it reads with them."""

    machine: MachineTexts
    original: Original
    corrections: tuple[Correction, ...]
    now: Overlaid
    manifest: Manifest
    tag: str

    @property
    def recording(self) -> Recording:
        """The recording as it reads now."""
        return as_read(self.machine.recording, self.now)

    @property
    def open_codes(self) -> frozenset[str]:
        """The codes of what is still doubtful about it."""
        return frozenset(each.code for each in self.recording.open_reasons)

    @property
    def number(self) -> int:
        """The number of the newest correction, 0 before the first."""
        return last_number(self.corrections)

    def at(self, number: int) -> Overlaid:
        """How the record read when this was the newest correction."""
        return overlaid(self.original, [each for each in self.corrections if each.number <= number])


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to do at once, as it fits the draft they are shown."""

    edits: tuple[Edit, ...] = ()
    undoes: int | None = None
    replaced: str = ""


def read_draft(storage: Storage, record_id: str) -> Draft:
    """The record and its corrections. Raises RecordUnknownError, DamagedError."""
    try:
        read = read_chosen(storage, record_id, _names)
    except KeyError as error:
        raise RecordUnknownError(record=record_id) from error
    manifest, found = read.held.manifest, read.documents
    machine = parsed_machine_texts(found, record_id)
    corrections = parsed_corrections({name: found[name] for name in manifest.correction_names}, record_id)
    original = original_of(machine.recording, machine.transcript, machine.chapters, corrections)
    return Draft(machine, original, corrections, overlaid(original, corrections), manifest, read.held.tag)


def correct(
    storage: Storage, record_id: str, name: str, wish: Callable[[Draft], Wish], writer: MadeBy
) -> Correction:
    """Add a correction by somebody who calls themselves `name`; returns it.

    `wish` is asked again whenever somebody else was faster. Raises what it raises,
    CorrectorNameError, RecordBusyError.
    """
    made_by = corrector_name(name)
    for _ in tries():
        draft = read_draft(storage, record_id)
        wanted = wish(draft)
        correction = Correction(
            number=draft.number + 1,
            made_at=utc_now().replace(microsecond=0),
            made_by=made_by,
            edits=wanted.edits,
            undoes=wanted.undoes,
            replaced=wanted.replaced,
        )
        documents = {layout.correction_name(correction.number): correction.to_json().encode()}
        try:
            put_beside(storage, record_id, documents, writer, tag=draft.tag)
            return correction
        except RecordBusyError:
            continue
    raise RecordBusyError(place=record_id)


def _names(manifest: Manifest) -> Iterator[str]:
    yield from machine_names(manifest)
    yield from manifest.correction_names


def all_corrections(storage: Storage) -> Iterator[tuple[Correction, ...]]:
    """The corrections of each record that has any. A damaged record is named in the log and passed over."""
    for record_id in storage.list_folders(layout.RECORDINGS):
        try:
            read = read_chosen(storage, record_id, lambda manifest: manifest.correction_names)
            found = parsed_corrections(read.documents, record_id)
        except KeyError:
            continue  # one that is just being made
        except DamagedError as error:
            logger.warning("skipping the corrections of %s: %s", record_id, error)
            continue
        if found:
            yield found
