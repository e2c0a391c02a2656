"""Keeps corrections: reads them with the text they are laid over, and adds one by compare-and-set.

Of two people who correct at the same moment one is written first; what the other wants is then
looked at again on top of it, and refused only where both changed the same words. Making the
published forms follow is for `tasks.publishing.publish_corrections`.
"""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks.archive import LONGEST_PAUSE_SECONDS, WRITES, put_beside
from tasks.composing import MachineTexts, machine_names, parsed_machine_texts
from tasks.record_files import read_chosen
from tasks.storage import Storage
from transcripts import layout
from transcripts.corrections import Correction, Edit, corrector_name, last_number
from transcripts.errors import PermanentError, TemporaryError
from transcripts.manifest import MadeBy, Manifest
from transcripts.overlay import Original, Overlaid, overlaid
from transcripts.record import original_of


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
    """The record and its corrections. Raises PermanentError `record_unknown`, `object_damaged`."""
    try:
        read = read_chosen(storage, record_id, _names)
    except KeyError as error:
        raise PermanentError("record_unknown", record=record_id) from error
    manifest, found = read.held.manifest, read.documents
    machine = parsed_machine_texts(found)
    corrections = tuple(Correction.model_validate_json(found[name]) for name in manifest.correction_names)
    original = original_of(machine.recording, machine.transcript, machine.chapters, corrections)
    return Draft(machine, original, corrections, overlaid(original, corrections), manifest, read.held.tag)


def correct(
    storage: Storage, record_id: str, name: str, wish: Callable[[Draft], Wish], writer: MadeBy
) -> Correction:
    """Add a correction by somebody who calls themselves `name`; returns it.

    `wish` is asked again whenever somebody else was faster. Raises what it raises,
    PermanentError `corrector_name`, TemporaryError `record_busy`.
    """
    made_by = corrector_name(name)
    for _ in range(WRITES):
        draft = read_draft(storage, record_id)
        wanted = wish(draft)
        correction = Correction(
            number=draft.number + 1,
            made_at=datetime.now(UTC).replace(microsecond=0),
            made_by=made_by,
            edits=wanted.edits,
            undoes=wanted.undoes,
            replaced=wanted.replaced,
        )
        documents = {layout.correction_name(correction.number): correction.to_json().encode()}
        try:
            put_beside(storage, record_id, documents, writer, tag=draft.tag)
            return correction
        except TemporaryError as error:
            if error.code != "record_busy":
                raise
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - only to part two writers
    raise TemporaryError("record_busy", place=record_id)


def _names(manifest: Manifest) -> Iterator[str]:
    yield from machine_names(manifest)
    yield from manifest.correction_names


def all_corrections(storage: Storage) -> Iterator[tuple[Correction, ...]]:
    """The corrections of each record that has any. Damaged records are left out."""
    for record_id in storage.list_folders(layout.RECORDINGS):
        try:
            read = read_chosen(storage, record_id, lambda manifest: manifest.correction_names)
        except (KeyError, PermanentError):
            continue  # one that is just being made, or that `verify` names
        if read.documents:
            yield tuple(Correction.model_validate_json(content) for content in read.documents.values())
