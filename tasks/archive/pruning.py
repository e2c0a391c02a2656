"""Finds what may be removed from an archive, and removes it: only what no manifest names.

Whoever prunes looks first. Nothing young is touched, for a writer may be about to name
it, and nothing of a record whose manifests cannot be read.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from tasks.archive.catalogue_store import folder_ids
from tasks.archive.record_claims import is_claimed
from tasks.archive.verification import RecordState, state_of, strays
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import damage_of
from tasks.storage.stored_objects import Leftover, Stored
from transcripts.archive import layout
from transcripts.archive.findings import Removable, Waste
from transcripts.archive.layout import object_key
from transcripts.errors.archive_errors import RecordUnknownError


def removable(storage: Storage, before: datetime, record_id: str | None = None) -> Iterator[Removable]:
    """What no manifest names and was last touched before a moment; of one record, if it is given."""
    for each in [record_id] if record_id else folder_ids(storage):
        state = state_of(storage, each)
        if not state.damaged and not is_claimed(storage, each):
            yield from _of_record(state, before)
    for leftover in storage.leftovers():
        below = object_key(record_id, "") if record_id else ""
        if leftover.begun_at < before and leftover.key.startswith(below):
            yield Removable(leftover.key, Waste.LEFTOVER, 0, leftover.begun_at, leftover.token)


def earlier_versions(storage: Storage, record_id: str) -> Iterator[Removable]:
    """What only the earlier versions of a record name, and their manifests.

    Raises RecordUnknownError, DamagedError.
    """
    state = state_of(storage, record_id)
    if state.damaged:
        raise damage_of(object_key(record_id, state.damaged[0]))
    if state.present is None:
        raise RecordUnknownError(record=record_id)
    kept = {layout.MANIFEST, layout.CLAIM, layout.history_name(state.present.version), *state.present.places}
    kept |= {each.place for each in state.history[state.present.version].objects} if state.history else set()
    given_up = set(state.needed) | set(map(layout.history_name, state.history))
    for place in sorted(given_up - kept):
        if place in state.objects:
            yield _removable(state.objects[place], Waste.EARLIER_VERSION)


def remove(storage: Storage, waste: Iterable[Removable]) -> None:
    """Remove for good. History goes last, so that a second try still knows what belonged to it."""
    for each in sorted(waste, key=lambda each: f"/{layout.HISTORY}/" in each.key):
        if each.token is not None:
            storage.remove_leftover(Leftover(each.key, each.token, each.since))
        else:
            storage.delete(each.key)


def _of_record(state: RecordState, before: datetime) -> Iterator[Removable]:
    if layout.CLAIM in state.objects:
        yield _removable(state.objects[layout.CLAIM], Waste.LEFTOVER)
    if state.manifests:
        places, waste = strays(state), Waste.STRAY
    else:
        places, waste = sorted(set(state.objects) - {layout.CLAIM}), Waste.UNFINISHED
    for place in places:
        if state.objects[place].modified_at < before:
            yield _removable(state.objects[place], waste)


def _removable(stored: Stored, waste: Waste) -> Removable:
    return Removable(stored.key, waste, stored.size_bytes, stored.modified_at)
