"""Mends a record from what is left of it: copies, the history, the transcript, the catalogue.

Every text lies in the archive twice, so one damaged copy is put right from the other.
What is made from transcript and chapters is made again. Media exist once; what is lost of
them `tasks.archive.media_regeneration` makes from the video, or whoever still has it puts it back.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from tasks.archive.catalogue_store import read_catalogue, update_catalogue
from tasks.archive.publishing import commit_rebuilt
from tasks.archive.record_claims import take_claim
from tasks.archive.record_files import parsed_document, parsed_recording
from tasks.archive.verification import RecordState, fits, state_of, verify_record
from tasks.archive.version_commits import bring_forward
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.findings import Damage, Finding
from transcripts.archive.layout import content_type, object_key
from transcripts.archive.manifest import Manifest, ManifestObject, describe_bytes
from transcripts.documents.document_record import DocumentRecord
from transcripts.errors.archive_errors import RecordBusyError, RecordLostError, RecordUnknownError
from transcripts.errors.error_kinds import DamagedError
from transcripts.model import Recording, Stage

OF_RECORDINGS = {layout.RECORDING, layout.TRANSCRIPT, layout.CHAPTERS, layout.AUDIO}
OF_DOCUMENTS = {layout.DOCUMENT, layout.DOCUMENT_TEXT, layout.PERSONAL_DATA}
"""Without these nothing is left of a record: all else is made from them, or can be missing."""


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """What was put right, by place, and what is still wrong, because nothing is left to mend it from.

    `left` is wrong with the present version, `left_earlier` only with earlier ones; `whole_versions`
    are the earlier ones of which nothing is lost. `remakeable` are names of media that the video
    can give back, `remade` those it gave.
    """

    record_id: str
    version: int
    renewed: tuple[str, ...]
    left: tuple[Finding, ...]
    left_earlier: tuple[Finding, ...]
    whole_versions: tuple[int, ...]
    remakeable: tuple[str, ...]
    remade: tuple[str, ...] = ()


def rebuild(storage: Storage, record_id: str, imprint: Imprint) -> RebuildResult:
    """Put back what can be put back, and make everything anew that is made from the transcript.

    Raises RecordUnknownError when nothing is known of the record, and
    RecordLostError when what is left does not make one; RecordBusyError.
    """
    if not state_of(storage, record_id).objects:
        raise RecordUnknownError(record=record_id)
    claim = take_claim(storage, record_id, _source(storage, record_id))
    if claim is None:
        raise RecordBusyError(place=record_id)
    with claim.held():
        renewed = _repair_manifests(storage, record_id, imprint)
        bring_forward(storage, record_id)
        renewed += _repair_texts(storage, record_id)
        commit_rebuilt(storage, record_id, imprint)
        renewed += _repair_texts(storage, record_id)
    update_catalogue(storage, imprint, anew=(record_id,))
    return stock_of(storage, record_id, tuple(dict.fromkeys(renewed)))


def stock_of(
    storage: Storage, record_id: str, renewed: tuple[str, ...], remade: tuple[str, ...] = ()
) -> RebuildResult:
    """What of a record is whole now and what is not; reads every byte of it."""
    found = [each for each in verify_record(storage, record_id, deep=True) if each.damage is not Damage.STRAY]
    state, lost = state_of(storage, record_id), {each.place for each in found}
    present = state.present or Manifest(objects=())
    needed = present.places | {layout.MANIFEST, layout.history_name(present.version)}
    return RebuildResult(
        record_id,
        present.version,
        renewed,
        left=tuple(each for each in found if each.place in needed),
        left_earlier=tuple(each for each in found if each.place not in needed),
        whole_versions=tuple(
            number
            for number, manifest in sorted(state.history.items())
            if number != present.version and not lost & {each.place for each in manifest.objects}
        ),
        remakeable=tuple(_remakeable(present, lost)),
        remade=remade,
    )


def _remakeable(present: Manifest, lost: set[str]) -> Iterator[str]:
    """The names of lost media that can be made from the video."""
    if layout.VIDEO in present.names and present.named(layout.VIDEO).place not in lost:
        for name in (layout.AUDIO, layout.POSTER):
            if name in present.names and present.named(name).place in lost:
                yield name


def _source(storage: Storage, record_id: str) -> str:
    """Whose record this is: what the claims of its writers say."""
    if layout.is_document(record_id):
        document = next(iter(_document_records(storage, record_id)), None)
        return document.original_sha256 if document else ""
    recording = next(iter(_recordings(storage, record_id)), None)
    return recording.source.url_fingerprint if recording else ""


def _repair_manifests(storage: Storage, record_id: str, imprint: Imprint) -> list[str]:
    """Bring back a manifest from the history, or the history from the manifest, or both from the objects."""
    state = state_of(storage, record_id)
    renewed = []
    for name in state.damaged:
        if name != layout.MANIFEST and state.present and name == layout.history_name(state.present.version):
            _put(storage, record_id, name, state.present.of_version().to_json().encode())
            renewed.append(name)
    if state.present is None:
        newest = max(state.history, default=None)
        kept = state.history[newest] if newest is not None else _from_objects(storage, state, imprint)
        manifest = kept.with_objects(
            [*_recording_entry(storage, state, kept), *_beside(storage, state, imprint)]
        )
        _put(storage, record_id, layout.MANIFEST, manifest.to_json().encode())
        renewed.append(layout.MANIFEST)
    return renewed


def _from_objects(storage: Storage, state: RecordState, imprint: Imprint) -> Manifest:
    """A manifest over the plain files, when no manifest is left at all; what they say is believed."""
    needed = OF_DOCUMENTS if layout.is_document(state.record_id) else OF_RECORDINGS
    plain = [
        place
        for place in state.objects
        if not place.startswith((layout.VERSIONS, layout.HISTORY))
        and place not in (layout.MANIFEST, layout.CLAIM)
        and layout.is_place(place)
    ]
    if not needed <= set(plain):
        raise RecordLostError(record=state.record_id)
    return Manifest(objects=()).with_objects(_described(storage, state, place, imprint) for place in plain)


def _described(storage: Storage, state: RecordState, place: str, imprint: Imprint) -> ManifestObject:
    return ManifestObject(
        name=place,
        size_bytes=state.objects[place].size_bytes,
        sha256=storage.sha256_of(object_key(state.record_id, place)),
        content_type=content_type(place),
        made_by=imprint.writer,
    )


def _recording_entry(storage: Storage, state: RecordState, kept: Manifest) -> Iterator[ManifestObject]:
    """`recording.json` with a later stage than the history knows, if it differs in nothing else."""
    try:
        described = kept.named(layout.RECORDING)
        plain = storage.get_bytes(object_key(state.record_id, layout.RECORDING))
        original = storage.get_bytes(object_key(state.record_id, described.place))
        later, kept_recording = (parsed_recording(each, state.record_id) for each in (plain, original))
    except (KeyError, DamagedError):
        return
    if later.model_copy(update={"stage": kept_recording.stage}) == kept_recording:
        entry = describe_bytes(layout.RECORDING, plain, described.made_by).addressed()
        yield entry if entry.place in state.objects else described


def _beside(storage: Storage, state: RecordState, imprint: Imprint) -> Iterator[ManifestObject]:
    """What lies beside versions, as its plain copies say, if their addressed originals agree."""
    for place in state.objects:
        if place.startswith(layout.BESIDE_VERSIONS) and layout.is_place(place):
            described = _described(storage, state, place, imprint)
            addressed = described.addressed()
            yield addressed if addressed.place in state.objects else described


def _repair_texts(storage: Storage, record_id: str) -> list[str]:
    """Put every text that is missing or damaged, wherever a whole copy of it is left."""
    state = state_of(storage, record_id)
    renewed = []
    for place, described in (state.needed | state.copies).items():
        if layout.is_medium(described.name) or _is_right(storage, record_id, place, described):
            continue
        content = _whole_copy(storage, state, described)
        if content is not None:
            _put(storage, record_id, place, content)
            renewed.append(place)
    return renewed


def _is_right(storage: Storage, record_id: str, place: str, described: ManifestObject) -> bool:
    try:
        return fits(storage, record_id, place, described, deep=True)
    except (KeyError, DamagedError):
        return False


def _content(storage: Storage, key: str) -> bytes | None:
    with suppress(KeyError, DamagedError):
        return storage.get_bytes(key)
    return None


def _whole_copy(storage: Storage, state: RecordState, described: ManifestObject) -> bytes | None:
    """A text with the right SHA-256: its other copy, or what the catalogue knows of the recording."""
    for place in (described.addressed().place, described.name):
        if place in state.objects:
            content = _content(storage, object_key(state.record_id, place))
            if content is not None and sha256(content).hexdigest() == described.sha256:
                return content
    for told in _told(storage, state.record_id, described.name):
        if sha256(told).hexdigest() == described.sha256:
            return told
    return None


def _told(storage: Storage, record_id: str, name: str) -> Iterator[bytes]:
    """How a record's own description may have read, by what copies of it there are."""
    if name == layout.RECORDING:
        yield from (each.to_json().encode() for each in _recordings(storage, record_id))
    if name == layout.DOCUMENT:
        yield from (each.to_json().encode() for each in _document_records(storage, record_id))


def _document_records(storage: Storage, record_id: str) -> Iterator[DocumentRecord]:
    """What copies of `document.json` there are, the catalogue's among them."""
    yield from (each.document for each in read_catalogue(storage).documents if each.document.id == record_id)
    with suppress(KeyError, DamagedError):
        yield parsed_document(storage.get_bytes(object_key(record_id, layout.DOCUMENT)), record_id)


def _recordings(storage: Storage, record_id: str) -> Iterator[Recording]:
    """What copies of `recording.json` there are, the catalogue's among them, with each possible stage."""
    known = [each.recording for each in read_catalogue(storage).records if each.recording.id == record_id]
    with suppress(KeyError, DamagedError):
        plain = storage.get_bytes(object_key(record_id, layout.RECORDING))
        known.append(parsed_recording(plain, record_id))
    for recording in known:
        yield recording
        yield from (recording.model_copy(update={"stage": stage}) for stage in Stage)


def _put(storage: Storage, record_id: str, place: str, content: bytes) -> None:
    storage.put_bytes(object_key(record_id, place), content, content_type(place))
