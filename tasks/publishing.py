"""Publishes records: a first version, a new one, an earlier one again; whole or not at all.

The order makes it so, not a lock: media and texts, then the version's manifest in
`history/`, created only if there is none of that number, then `manifest.json`, compared
and set. A writer that dies in between leaves the record as it was, or a version that the
next writer brings forward. The claim keeps two writers from doing the work twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tasks.catalogue import listing, update_catalogue
from tasks.claim import Claim, take_claim
from tasks.record_files import (
    Held,
    held_manifest,
    history_versions,
    put_copies,
    put_texts,
    read_documents,
    read_history,
    read_log,
    read_machine_texts,
    read_recording,
    renew_copies,
    unchanged,
)
from tasks.storage import Storage
from tasks.stored import Advance
from transcripts import layout
from transcripts.catalogue import Imprint
from transcripts.corrections import correction_numbers
from transcripts.errors import PermanentError, TemporaryError
from transcripts.layout import content_type, download_name, object_key
from transcripts.manifest import MadeBy, Manifest, describe_bytes, describe_file
from transcripts.media import LocalFile
from transcripts.model import Chapter, Recording, Transcript
from transcripts.overlay import Texts
from transcripts.record import Record, corrected_documents, manifest_of, text_documents
from transcripts.sentence_addresses import keep_addresses

FIRST, REPLACED, RESTORED, REBUILT = "first", "replaced", "restored", "rebuilt"
CORRECTED = "corrected"
CORRECTED_UP_TO = "corrections"


@dataclass(frozen=True, slots=True)
class Published:
    """The record that the archive has now, and whether it was there before."""

    recording: Recording
    existed: bool


@dataclass(frozen=True, slots=True)
class Replacement:
    """What of a record is to be new; the rest stays. `media` by their names in the record."""

    made_by: MadeBy
    transcript: Transcript | None = None
    chapters: tuple[Chapter, ...] | None = None
    media: dict[str, LocalFile] = field(default_factory=dict)
    duration_seconds: float | None = None


def publish(storage: Storage, record: Record, imprint: Imprint, advance: Advance | None = None) -> Published:
    """Store all of a record; leads to the existing one if its source is in the archive by now.

    The record's id gets a number if another source has this address. Raises TemporaryError
    `record_busy` while another writer publishes the same source.
    """
    for record_id in _addresses(storage, record.recording):
        placed = replace(record, recording=record.recording.model_copy(update={"id": record_id}))
        existing = _existing(storage, record_id)
        if existing is not None:
            if _is_same_source(existing, record.recording):
                update_catalogue(storage, imprint)  # whoever made it may have died before this
                return Published(existing, existed=True)
            continue
        claim = take_claim(storage, record_id, record.recording.source.url_fingerprint)
        if claim is not None:
            with claim.held():
                published = _publish_first(storage, placed, imprint, claim, advance)
            if published is not None:
                return published
    raise AssertionError("there is always a next number")


def replace_content(
    storage: Storage,
    record_id: str,
    new: Replacement,
    imprint: Imprint,
    advance: Advance | None = None,
    reason: str = REPLACED,
) -> Manifest:
    """Make a new version with other media or another transcript; all addresses and corrections stay.

    With nothing new, the texts are made again. Raises PermanentError `record_unknown`,
    TemporaryError `record_busy`.
    """
    with _writing(storage, record_id) as (claim, held):
        _put_media(storage, read_recording(storage, record_id), _places(held.manifest, new.media), advance)
        documents = _new_documents(storage, record_id, held.manifest, new, imprint)
        manifest = _with_new(held.manifest, new, documents, imprint, reason)
        return _commit_next(storage, record_id, held, manifest, documents, claim, imprint)


def restore(storage: Storage, record_id: str, version: int, imprint: Imprint) -> Manifest:
    """Make a new version with the content of an earlier one.

    Raises PermanentError `record_unknown` or `version_unknown`, TemporaryError `record_busy`.
    """
    with _writing(storage, record_id) as (claim, held):
        try:
            earlier = read_history(storage, record_id, version)
        except KeyError as error:
            raise PermanentError("version_unknown", record=record_id, version=str(version)) from error
        documents = _restored_documents(storage, record_id, held.manifest, earlier, imprint)
        entries = [
            describe_bytes(name, text, _maker(earlier, held.manifest, name, imprint))
            for name, text in documents.items()
        ]
        manifest = _next(held.manifest, earlier.with_objects(entries), f"{RESTORED} {version}")
        return _commit_next(storage, record_id, held, manifest, documents, claim, imprint)


def commit_rebuilt(storage: Storage, record_id: str, imprint: Imprint) -> int:
    """Make everything anew that is made from the transcript; a new version if anything differs.

    For a writer that holds the claim. Returns the present version's number; that of
    before where recording, transcript or chapters cannot be read.
    """
    held = _held(storage, record_id)
    try:
        held = keep_version(storage, record_id, held)
        nothing_new = Replacement(imprint.writer)
        documents = _new_documents(storage, record_id, held.manifest, nothing_new, imprint)
    except (KeyError, PermanentError):
        return held.manifest.version
    manifest = _with_new(held.manifest, nothing_new, documents, imprint, REBUILT)
    put_texts(storage, read_recording(storage, record_id), manifest, documents)
    if manifest.has_same_content(held.manifest):
        return held.manifest.version
    return commit(storage, record_id, manifest, held.tag).version


def versions(storage: Storage, record_id: str) -> list[Manifest]:
    """The manifests of all versions, oldest first. Raises PermanentError `record_unknown`."""
    present = _held(storage, record_id).manifest
    kept = [read_history(storage, record_id, number) for number in history_versions(storage, record_id)]
    return [each for each in kept if each.version < present.version] + [present]


def commit(storage: Storage, record_id: str, manifest: Manifest, tag: str | None) -> Manifest:
    """Make a version visible whose objects are all there: history first, then `manifest.json`.

    Returns the manifest that now is. Raises TemporaryError `record_busy` when another
    writer's version came first; that one is visible then.
    """
    own = manifest.of_version()
    key = object_key(record_id, layout.history_name(manifest.version))
    if storage.put_if(key, own.to_json().encode(), content_type(key), None) is None:
        winner = read_history(storage, record_id, manifest.version)
        manifest = winner.with_objects(manifest.beside_version())
        _set_manifest(storage, record_id, manifest, tag)
        if not winner.has_same_content(own):
            raise TemporaryError("record_busy", place=record_id)
        return manifest
    _set_manifest(storage, record_id, manifest, tag)
    return manifest


def bring_forward(storage: Storage, record_id: str) -> Held | None:
    """The present manifest, after setting it to the newest version in the history.

    A writer may have died after it made a version and before it made it visible. None
    when there is no record.
    """
    held = _held_or_none(storage, record_id)
    newest = max(history_versions(storage, record_id), default=0)
    if newest <= (held.manifest.version if held else 0):
        return held
    manifest = read_history(storage, record_id, newest)
    if held is not None:
        manifest = manifest.with_objects(held.manifest.beside_version())
    _set_manifest(storage, record_id, manifest, held.tag if held else None)
    return _held_or_none(storage, record_id)


def keep_version(storage: Storage, record_id: str, held: Held) -> Held:
    """Note the present version in the history, if an earlier program did not.

    Its texts are copied to where nothing is overwritten, for the next version takes
    their plain places.
    """
    if held.manifest.version in history_versions(storage, record_id):
        return held
    recording = read_recording(storage, record_id)
    manifest = held.manifest.texts_addressed()
    plain = [
        each.name for each in held.manifest.objects if each.key is None and each.name not in layout.MEDIA
    ]
    put_texts(storage, recording, manifest, read_documents(storage, record_id, plain))
    commit(storage, record_id, manifest, held.tag)
    return _held(storage, record_id)


def _addresses(storage: Storage, recording: Recording) -> Iterator[str]:
    """The wished id, then the next numbers of the same name."""
    yield recording.id
    taken = {recording.id, *(each.recording.id for each in listing(storage))}
    while True:
        record_id = layout.new_record_id(recording.recorded_on, recording.title, taken)
        taken.add(record_id)
        yield record_id


def _existing(storage: Storage, record_id: str) -> Recording | None:
    return read_recording(storage, record_id) if bring_forward(storage, record_id) else None


def _is_same_source(one: Recording, other: Recording) -> bool:
    same_content = bool(one.source.sha256) and one.source.sha256 == other.source.sha256
    return same_content or one.source.url_fingerprint == other.source.url_fingerprint


def _publish_first(
    storage: Storage, record: Record, imprint: Imprint, claim: Claim, advance: Advance | None
) -> Published | None:
    """Under the claim; None when another source was faster after all."""
    recording = record.recording
    existing = _existing(storage, recording.id)
    if existing is not None:
        return Published(existing, existed=True) if _is_same_source(existing, recording) else None
    documents = text_documents(record, imprint.network_name)
    _put_media(storage, recording, record.media_files(), advance)
    manifest = manifest_of(record, documents, imprint.writer).texts_addressed()
    manifest = manifest.model_copy(update={"made_at": _now(), "reason": FIRST})
    put_texts(storage, recording, manifest, documents)
    put_copies(storage, recording, documents)
    claim.assert_held()
    commit(storage, recording.id, manifest, None)
    update_catalogue(storage, imprint, anew=(recording.id,))
    return Published(recording, existed=False)


@contextmanager
def _writing(storage: Storage, record_id: str) -> Iterator[tuple[Claim, Held]]:
    """Claim an existing record; its present version is kept in the history."""
    bring_forward(storage, record_id)
    claim = take_claim(storage, record_id, _known(storage, record_id).source.url_fingerprint)
    if claim is None:
        raise TemporaryError("record_busy", place=record_id)
    with claim.held():
        yield claim, keep_version(storage, record_id, _held(storage, record_id))


def _commit_next(
    storage: Storage,
    record_id: str,
    held: Held,
    manifest: Manifest,
    documents: dict[str, bytes],
    claim: Claim,
    imprint: Imprint,
) -> Manifest:
    """Store the texts, make the version visible, then renew the plain copies and the catalogue."""
    if manifest.has_same_content(held.manifest):
        manifest = held.manifest  # an earlier try may have died before what follows
    else:
        put_texts(storage, read_recording(storage, record_id), manifest, documents)
        claim.assert_held()
        manifest = commit(storage, record_id, manifest, held.tag)
    renew_copies(storage, read_recording(storage, record_id), manifest)
    update_catalogue(storage, imprint, anew=(record_id,))
    return manifest


def _put_media(
    storage: Storage, recording: Recording, files: dict[str, LocalFile], advance: Advance | None
) -> None:
    """Store media files by their places; `advance` hears the bytes of all together."""
    before, total = 0, sum(file.size_bytes for file in files.values())
    for place, file in files.items():
        start = before

        def told(done: float, _: float | None, start: int = start) -> None:
            if advance:
                advance(start + done, total)

        saved_as = download_name(recording.recorded_on, recording.title, place)
        key = object_key(recording.id, place)
        storage.put_file(key, file.path, file.sha256, content_type(place), saved_as, told)
        before += file.size_bytes


def _places(present: Manifest, media: dict[str, LocalFile]) -> dict[str, LocalFile]:
    """Where new media go; what is there already is left out."""
    known = {each.name: each.sha256 for each in present.objects}
    return {
        layout.addressed_name(name, file.sha256): file
        for name, file in media.items()
        if known.get(name) != file.sha256
    }


def _new_documents(
    storage: Storage, record_id: str, present: Manifest, new: Replacement, imprint: Imprint
) -> dict[str, bytes]:
    """All texts of the next version: made from the machine's texts and what people corrected."""
    with unchanged(storage, record_id, present):
        machine = read_machine_texts(storage, record_id, present)
        log = read_log(storage, record_id, present)
    recording = machine.recording
    chapters = machine.chapters if new.chapters is None else new.chapters
    transcript = machine.transcript
    if new.transcript is not None:
        transcript = keep_addresses(transcript, new.transcript)
    if new.duration_seconds is not None:
        recording = recording.model_copy(update={"duration_seconds": round(new.duration_seconds, 2)})
    names_of_media = (present.names | set(new.media)) & set(layout.MEDIA)
    places = {name: _place(present, new, name) for name in names_of_media}
    texts = Texts(recording, transcript, chapters)
    return corrected_documents(texts, log, places, imprint.network_name)


def _restored_documents(
    storage: Storage, record_id: str, present: Manifest, earlier: Manifest, imprint: Imprint
) -> dict[str, bytes]:
    """What differs from an earlier version when it is the present one again: the stage, and corrections."""
    stage = read_recording(storage, record_id).stage
    machine = read_machine_texts(storage, record_id, earlier)
    recording = machine.recording.model_copy(update={"stage": stage})
    log = read_log(storage, record_id, present)
    if not log:
        return {layout.RECORDING: recording.to_json().encode()}
    places = {name: earlier.named(name).place for name in earlier.names & set(layout.MEDIA)}
    texts = Texts(recording, machine.transcript, machine.chapters)
    return corrected_documents(texts, log, places, imprint.network_name)


def _place(present: Manifest, new: Replacement, name: str) -> str:
    """Where a medium of the next version lies."""
    file = new.media.get(name)
    if file is None or (name in present.names and present.named(name).sha256 == file.sha256):
        return present.named(name).place
    return layout.addressed_name(name, file.sha256)


def _with_new(
    present: Manifest, new: Replacement, documents: dict[str, bytes], imprint: Imprint, reason: str
) -> Manifest:
    media = [
        describe_file(name, file, new.made_by).model_copy(update={"key": _place(present, new, name)})
        for name, file in new.media.items()
        if _place(present, new, name) != name
    ]
    known = {each.name: each.sha256 for each in present.objects}
    made_by = {layout.TRANSCRIPT: new.made_by} if new.transcript is not None else {}
    made_by[layout.CORRECTED] = _corrector(present, imprint)
    entries = [
        describe_bytes(name, text, made_by.get(name, imprint.writer)) for name, text in documents.items()
    ]
    texts = [each.addressed() for each in entries if known.get(each.name) != each.sha256]
    return _next(present, present.of_version().with_objects([*media, *texts]), reason)


def _corrector(present: Manifest, imprint: Imprint) -> MadeBy:
    """Who made the corrected transcript, and up to which correction: tells whether later ones wait."""
    last = max(correction_numbers(present.names), default=0)
    return MadeBy(tool=imprint.writer.tool, settings={CORRECTED_UP_TO: last})


def _maker(earlier: Manifest, present: Manifest, name: str, imprint: Imprint) -> MadeBy:
    """Who made a document of an earlier version that is the present one again."""
    if name == layout.CORRECTED:
        return _corrector(present, imprint)
    return earlier.named(name).made_by if name in earlier.names else imprint.writer


def _next(present: Manifest, content: Manifest, reason: str) -> Manifest:
    """The manifest of the version after the present one."""
    merged = content.texts_addressed().with_objects(present.beside_version())
    number = present.version + 1
    return merged.model_copy(update={"version": number, "made_at": _now(), "reason": reason})


def _set_manifest(storage: Storage, record_id: str, manifest: Manifest, tag: str | None) -> None:
    key, content = object_key(record_id, layout.MANIFEST), manifest.to_json().encode()
    if storage.put_if(key, content, content_type(key), tag) is None:
        raise TemporaryError("record_busy", place=record_id)


def _known(storage: Storage, record_id: str) -> Recording:
    try:
        return read_recording(storage, record_id)
    except KeyError as error:
        raise PermanentError("record_unknown", record=record_id) from error


def _held(storage: Storage, record_id: str) -> Held:
    held = _held_or_none(storage, record_id)
    if held is None:
        raise PermanentError("record_unknown", record=record_id)
    return held


def _held_or_none(storage: Storage, record_id: str) -> Held | None:
    try:
        return held_manifest(storage, record_id)
    except KeyError:
        return None


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
