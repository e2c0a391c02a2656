"""Looks whether the archive holds what its manifests say. Changes nothing, needs only the right to read.

In a folder every byte is read. In a bucket the texts are; media are compared by size and
by the SHA-256 that was checked when they were put, and read as well when asked to look deep.

Everywhere `before` is the end of the grace time: what a writer stored later and no manifest
names yet is a leftover, not damage, for the writer may have been interrupted a moment ago and go on.
Without `before` nothing has grace.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from tasks.archive.catalogue_store import examined, folder_ids, pages_of, read_catalogue
from tasks.archive.document_versions import document_sources
from tasks.archive.next_version import corrections_of
from tasks.archive.record_claims import is_claimed
from tasks.archive.record_files import history_versions, read_history, read_manifest
from tasks.archive.record_store import read_ledger, read_texts
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from tasks.storage.stored_objects import Advance, Stored
from transcripts.archive import layout
from transcripts.archive.catalogue import Catalogue, Imprint
from transcripts.archive.findings import Damage, Finding
from transcripts.archive.layout import object_key
from transcripts.archive.manifest import Manifest, ManifestObject
from transcripts.errors.error_kinds import DamagedError


@dataclass(frozen=True, slots=True)
class RecordState:
    """Everything known of one record: what lies there, and the manifests that can be read."""

    record_id: str
    objects: dict[str, Stored]
    present: Manifest | None
    history: dict[int, Manifest]
    damaged: tuple[str, ...]

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The present manifest first, then those of all versions."""
        return (*((self.present,) if self.present else ()), *self.history.values())

    @property
    def needed(self) -> dict[str, ManifestObject]:
        """Every object that a manifest names, by its place."""
        return {each.place: each for manifest in reversed(self.manifests) for each in manifest.objects}

    @property
    def copies(self) -> dict[str, ManifestObject]:
        """The plain copies that people and programs read; without a present manifest those of the newest."""
        current = self.present or self.history.get(max(self.history, default=0))
        return {each.name: each for each in (current.objects if current else ()) if each.is_copied}


def verify_archive(
    storage: Storage,
    imprint: Imprint,
    *,
    deep: bool,
    before: datetime | None = None,
    advance: Advance | None = None,
) -> Iterator[Finding]:
    """All that is wrong, record by record; `advance` hears how many of them are done."""
    record_ids = folders(storage)
    for number, record_id in enumerate(record_ids, start=1):
        yield from verify_record(storage, record_id, deep=deep, before=before)
        if advance:
            advance(number, len(record_ids))
    yield from verify_root(storage, imprint)


def folders(storage: Storage) -> list[str]:
    """The ids of all records, also of those whose folder or manifest is gone."""
    return sorted(read_catalogue(storage).ids | set(folder_ids(storage)))


def verify_record(
    storage: Storage, record_id: str, *, deep: bool, before: datetime | None = None
) -> list[Finding]:
    """What is wrong with one record, by place; looks again when a writer changed it meanwhile."""
    while True:
        state = state_of(storage, record_id)
        found = list(_findings(storage, state, deep=deep, before=before))
        if not found or state_of(storage, record_id).present == state.present:
            return sorted(found, key=lambda each: (each.place, each.damage))


def verify_root(storage: Storage, imprint: Imprint) -> Iterator[Finding]:
    """What is wrong with the files at the archive's root: they can all be made again."""
    found = examined(storage)
    now = Catalogue(records=found.entries, documents=found.documents)
    if not now.ids and not _has(storage, layout.CATALOGUE):
        return
    if not _has(storage, layout.CATALOGUE):
        yield Finding("", layout.CATALOGUE, Damage.MISSING)
    elif not _is_catalogue(storage):
        yield Finding("", layout.CATALOGUE, Damage.CHANGED)
    elif _shown(read_catalogue(storage)) != _shown(now):
        yield Finding("", layout.CATALOGUE, Damage.OUTDATED)
    for name, text in pages_of(now, imprint):
        if not _has(storage, name):
            yield Finding("", name, Damage.MISSING)
        elif _is_other(storage, name, text.encode()):
            yield Finding("", name, Damage.OUTDATED)


def state_of(storage: Storage, record_id: str) -> RecordState:
    """Read all manifests of a record and list what is there."""
    below = object_key(record_id, "")
    objects = {each.key.removeprefix(below): each for each in storage.list_objects(below.removesuffix("/"))}
    damaged: list[str] = []
    history: dict[int, Manifest] = {}
    for number in history_versions(storage, record_id):
        try:
            history[number] = read_history(storage, record_id, number)
        except KeyError:
            continue  # removed since it was listed
        except DamagedError:
            damaged.append(layout.history_name(number))
    try:
        present = read_manifest(storage, record_id)
    except KeyError:
        present = None
    except DamagedError:
        damaged.append(layout.MANIFEST)
        present = None
    if present is not None and _is_falsified(present, history):
        damaged.append(layout.MANIFEST)
        present = None
    return RecordState(record_id, objects, present, history, tuple(damaged))


def fits(storage: Storage, record_id: str, place: str, described: ManifestObject, *, deep: bool) -> bool:
    """Whether what lies at a place has the SHA-256 that a manifest says. Raises KeyError."""
    key = object_key(record_id, place)
    is_read = deep or not layout.is_medium(described.name)
    # A file that was put back with another program has no note: it is read.
    noted = None if is_read else storage.noted_sha256(key)
    return (noted or storage.sha256_of(key)) == described.sha256


def _findings(
    storage: Storage, state: RecordState, *, deep: bool, before: datetime | None
) -> Iterator[Finding]:
    record_id = state.record_id
    yield from (Finding(record_id, name, Damage.CHANGED) for name in state.damaged)
    if not state.manifests and not state.damaged:
        yield from _without_manifest(storage, state, before)
        return
    if state.present is None and layout.MANIFEST not in state.damaged:
        yield Finding(record_id, layout.MANIFEST, Damage.MISSING)
    wrong = set()
    for place, described in (state.needed | state.copies).items():
        damage = _damage(storage, state, place, described, deep=deep)
        if damage is not None:
            wrong.add(place)
            yield Finding(record_id, place, damage)
    if state.present is not None:
        sound = frozenset(each.name for each in state.present.objects if each.place not in wrong)
        yield from _unreadable(storage, record_id, state.present, sound)
    for place in strays(state):
        is_leftover = layout.is_addressed(place) and _is_young([state.objects[place]], before)
        yield Finding(record_id, place, Damage.LEFTOVER if is_leftover else Damage.STRAY)


def strays(state: RecordState) -> list[str]:
    """What lies in a record's folder although no manifest names it.

    Nothing while the present manifest is lost: only that names mails and corrections.
    """
    if state.present is None:
        return []
    own = {layout.MANIFEST, layout.CLAIM, *map(layout.history_name, state.history), *state.damaged}
    return sorted(set(state.objects) - set(state.needed) - set(state.copies) - own)


def _is_young(objects: Iterable[Stored], before: datetime | None) -> bool:
    """Whether a writer stored something within the grace time."""
    return before is not None and any(each.modified_at >= before for each in objects)


def _without_manifest(storage: Storage, state: RecordState, before: datetime | None) -> Iterator[Finding]:
    """A record that is known and gone, or a folder that never became one."""
    if state.record_id in read_catalogue(storage).ids:
        yield Finding(state.record_id, layout.MANIFEST, Damage.MISSING)
    elif state.objects and not is_claimed(storage, state.record_id):
        is_leftover = _is_young(state.objects.values(), before)
        yield Finding(state.record_id, "", Damage.LEFTOVER if is_leftover else Damage.UNFINISHED)


def _damage(
    storage: Storage, state: RecordState, place: str, described: ManifestObject, *, deep: bool
) -> Damage | None:
    stored = state.objects.get(place)
    if stored is None:
        return Damage.MISSING
    try:
        is_right = stored.size_bytes == described.size_bytes and fits(
            storage, state.record_id, place, described, deep=deep
        )
        if is_right:
            return None
        return Damage.OUTDATED if _is_earlier_copy(storage, state, place) else Damage.CHANGED
    except KeyError:
        return Damage.MISSING
    except DamagedError:
        return Damage.UNREADABLE


def _unreadable(
    storage: Storage, record_id: str, present: Manifest, sound: frozenset[str]
) -> Iterator[Finding]:
    """What of the `sound` texts, which are what the manifest says, still makes no sense."""
    readers: tuple[Callable[[], object], ...] = (
        lambda: document_sources(storage, record_id, present),
        lambda: read_texts(storage, record_id),
        lambda: corrections_of(storage, record_id, present),
        lambda: read_ledger(storage, record_id),
    )
    for read in readers:
        try:
            read()
        except KeyError:
            continue  # it is being changed, or a finding already
        except DamagedError as error:
            if error.details["name"] in sound:
                yield Finding(record_id, str(error.details["name"]), Damage.UNREADABLE)


def _is_earlier_copy(storage: Storage, state: RecordState, place: str) -> bool:
    """Whether a plain copy is that of another version."""
    if place not in state.copies:
        return False
    others = [each for other in state.manifests for each in other.objects if each.name == place]
    if all(each.size_bytes != state.objects[place].size_bytes for each in others):
        return False
    digest = storage.sha256_of(object_key(state.record_id, place))
    return any(each.sha256 == digest for each in others)


def _is_falsified(present: Manifest, history: dict[int, Manifest]) -> bool:
    """Whether the present manifest says other things of its version than the history does.

    `recording.json` may differ: its stage goes on within a version.
    """
    kept = history.get(present.version)
    if kept is None:
        return bool(history) and present.version not in history
    return _comparable(kept) != _comparable(present)


def _comparable(manifest: Manifest) -> str:
    objects = [each for each in manifest.of_version().objects if each.name != layout.RECORDING]
    return manifest.model_copy(update={"objects": tuple(objects)}).to_json()


def _shown(catalogue: Catalogue) -> Catalogue:
    """What readers see of it: a manifest's hash lags behind while a mail is under way."""
    return Catalogue(
        records=tuple(each.model_copy(update={"manifest_sha256": ""}) for each in catalogue.records),
        documents=tuple(each.model_copy(update={"manifest_sha256": ""}) for each in catalogue.documents),
    )


def _has(storage: Storage, key: str) -> bool:
    try:
        storage.noted_sha256(key)
    except KeyError:
        return False
    except DamagedError:
        return True  # it is there, and `_is_other` than it should be
    return True


def _is_other(storage: Storage, key: str, content: bytes) -> bool:
    try:
        return storage.get_bytes(key) != content
    except (KeyError, DamagedError):
        return True


def _is_catalogue(storage: Storage) -> bool:
    try:
        read_stored(Catalogue, storage.get_bytes(layout.CATALOGUE), layout.CATALOGUE)
    except (KeyError, DamagedError):
        return False
    return True
