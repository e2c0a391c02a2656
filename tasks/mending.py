"""Mends a record from what is left of it: copies, the history, the transcript, the catalogue.

Every text lies in the archive twice, so one damaged copy is put right from the other.
What is made from transcript and chapters is made again. Media exist once; what is lost of
them `tasks.remaking` makes from the video, or whoever still has it puts it back.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from pydantic import ValidationError

from tasks.catalogue import read_catalogue, update_catalogue
from tasks.claim import take_claim
from tasks.publishing import bring_forward, commit_rebuilt
from tasks.storage import Storage
from tasks.verification import RecordState, fits, state_of, verify_record
from transcripts import layout
from transcripts.catalogue import Imprint
from transcripts.errors import PermanentError, TemporaryError
from transcripts.findings import Damage, Finding
from transcripts.layout import content_type, object_key
from transcripts.manifest import Manifest, ManifestObject, describe_bytes
from transcripts.model import Recording, Stage


@dataclass(frozen=True, slots=True)
class Mended:
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


def rebuild(storage: Storage, record_id: str, imprint: Imprint) -> Mended:
    """Put back what can be put back, and make everything anew that is made from the transcript.

    Raises PermanentError `record_unknown` when nothing is known of the record, and
    `record_lost` when what is left does not make one; TemporaryError `record_busy`.
    """
    if not state_of(storage, record_id).objects:
        raise PermanentError("record_unknown", record=record_id)
    claim = take_claim(storage, record_id, _source(storage, record_id))
    if claim is None:
        raise TemporaryError("record_busy", place=record_id)
    with claim.held():
        renewed = _mend_manifests(storage, record_id, imprint)
        bring_forward(storage, record_id)
        renewed += _mend_texts(storage, record_id)
        commit_rebuilt(storage, record_id, imprint)
        renewed += _mend_texts(storage, record_id)
    update_catalogue(storage, imprint, anew=(record_id,))
    return stock_of(storage, record_id, tuple(dict.fromkeys(renewed)))


def stock_of(
    storage: Storage, record_id: str, renewed: tuple[str, ...], remade: tuple[str, ...] = ()
) -> Mended:
    """What of a record is whole now and what is not; reads every byte of it."""
    found = [each for each in verify_record(storage, record_id, deep=True) if each.damage is not Damage.STRAY]
    state, lost = state_of(storage, record_id), {each.place for each in found}
    present = state.present or Manifest(objects=())
    needed = present.places | {layout.MANIFEST, layout.history_name(present.version)}
    return Mended(
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
    recording = next(iter(_recordings(storage, record_id)), None)
    return recording.source.url_fingerprint if recording else ""


def _mend_manifests(storage: Storage, record_id: str, imprint: Imprint) -> list[str]:
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
    needed = {layout.RECORDING, layout.TRANSCRIPT, layout.CHAPTERS, layout.AUDIO}
    plain = [
        place
        for place in state.objects
        if not place.startswith((layout.VERSIONS, layout.HISTORY))
        and place not in (layout.MANIFEST, layout.CLAIM)
    ]
    if not needed <= set(plain):
        raise PermanentError("record_lost", record=state.record_id)
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
    described = kept.named(layout.RECORDING)
    try:
        plain = storage.get_bytes(object_key(state.record_id, layout.RECORDING))
        original = storage.get_bytes(object_key(state.record_id, described.place))
        later, kept_recording = map(Recording.model_validate_json, (plain, original))
    except (KeyError, ValidationError):
        return
    if later.model_copy(update={"stage": kept_recording.stage}) == kept_recording:
        entry = describe_bytes(layout.RECORDING, plain, described.made_by).addressed()
        yield entry if entry.place in state.objects else described


def _beside(storage: Storage, state: RecordState, imprint: Imprint) -> Iterator[ManifestObject]:
    """What lies beside versions, as its plain copies say, if their addressed originals agree."""
    for place in state.objects:
        if place.startswith(layout.BESIDE_VERSIONS):
            described = _described(storage, state, place, imprint)
            addressed = described.addressed()
            yield addressed if addressed.place in state.objects else described


def _mend_texts(storage: Storage, record_id: str) -> list[str]:
    """Put every text that is missing or damaged, wherever a whole copy of it is left."""
    state = state_of(storage, record_id)
    renewed = []
    for place, described in (state.needed | state.copies).items():
        if described.name in layout.MEDIA or _is_right(storage, record_id, place, described):
            continue
        content = _whole_copy(storage, state, described)
        if content is not None:
            _put(storage, record_id, place, content)
            renewed.append(place)
    return renewed


def _is_right(storage: Storage, record_id: str, place: str, described: ManifestObject) -> bool:
    try:
        return fits(storage, record_id, place, described, deep=True)
    except KeyError:
        return False


def _whole_copy(storage: Storage, state: RecordState, described: ManifestObject) -> bytes | None:
    """A text with the right SHA-256: its other copy, or what the catalogue knows of the recording."""
    for place in (described.addressed().place, described.name):
        if place in state.objects:
            content = storage.get_bytes(object_key(state.record_id, place))
            if sha256(content).hexdigest() == described.sha256:
                return content
    if described.name == layout.RECORDING:
        for recording in _recordings(storage, state.record_id):
            if sha256(recording.to_json().encode()).hexdigest() == described.sha256:
                return recording.to_json().encode()
    return None


def _recordings(storage: Storage, record_id: str) -> Iterator[Recording]:
    """What copies of `recording.json` there are, the catalogue's among them, with each possible stage."""
    known = [each.recording for each in read_catalogue(storage).records if each.recording.id == record_id]
    with suppress(KeyError, ValidationError):
        plain = storage.get_bytes(object_key(record_id, layout.RECORDING))
        known.append(Recording.model_validate_json(plain))
    for recording in known:
        yield recording
        yield from (recording.model_copy(update={"stage": stage}) for stage in Stage)


def _put(storage: Storage, record_id: str, place: str, content: bytes) -> None:
    storage.put_bytes(object_key(record_id, place), content, content_type(place))
