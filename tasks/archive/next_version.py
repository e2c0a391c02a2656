"""Composes the next version of a record: all its texts, made of the machine's and the corrections.

Reads, writes nothing. Whatever changes (media, transcript, chapters, a correction, an earlier
version made the present one), the texts come from here, so all forms follow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tasks.archive.record_files import documents_at, parsed_recording, read_recording, written_by_source
from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_chapters, read_stored
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.layout import object_key
from transcripts.archive.manifest import MadeBy, Manifest, describe_bytes, describe_file
from transcripts.corrections.correction_log import Correction, last_number
from transcripts.corrections.sentence_addresses import keep_addresses
from transcripts.media.media_values import LocalFile
from transcripts.model import Chapter, Recording, Transcript
from transcripts.records.record import OF_SOURCE, documents_of

FOUND_OUT = (
    *("title", "recorded_on", "language", "duration_seconds"),
    *("agenda", "agenda_outcomes", "summary", "hold_reasons", "source_captions"),
)
"""What processing a recording says of it."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What of a record is to be new; the rest stays. `media` and `of_source` by their names in the record.

    Of a new `recording` only what processing it finds out is taken: address, source and stage stay. With it,
    `of_source` is all that the source has in writing.
    """

    made_by: MadeBy
    transcript: Transcript | None = None
    chapters: tuple[Chapter, ...] | None = None
    media: dict[str, LocalFile] = field(default_factory=dict)
    duration_seconds: float | None = None
    recording: Recording | None = None
    of_source: Mapping[str, LocalFile] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MachineTexts:
    """What a version was made of: the machine's texts, and the recording with its title as it is now."""

    recording: Recording
    transcript: Transcript
    chapters: tuple[Chapter, ...]


def machine_texts(storage: Storage, record_id: str, manifest: Manifest) -> MachineTexts:
    """The machine's texts of a version. Raises KeyError, DamagedError."""
    found = documents_at(storage, record_id, manifest, machine_names(manifest))
    return parsed_machine_texts(found, record_id)


def machine_names(manifest: Manifest) -> tuple[str, str, str]:
    """Where a version's machine texts are; its chapters lie apart where somebody corrected one."""
    apart = layout.CHAPTERS_OF_MACHINE in manifest.names
    return (
        layout.RECORDING,
        layout.TRANSCRIPT,
        layout.CHAPTERS_OF_MACHINE if apart else layout.CHAPTERS,
    )


def parsed_machine_texts(found: Mapping[str, bytes], record_id: str) -> MachineTexts:
    """The same from documents that were read. Raises DamagedError."""
    chapters = layout.CHAPTERS_OF_MACHINE if layout.CHAPTERS_OF_MACHINE in found else layout.CHAPTERS
    return MachineTexts(
        parsed_recording(found[layout.RECORDING], record_id),
        read_stored(Transcript, found[layout.TRANSCRIPT], object_key(record_id, layout.TRANSCRIPT)),
        read_chapters(found.get(chapters, b"[]"), object_key(record_id, chapters)),
    )


def corrections_of(storage: Storage, record_id: str, manifest: Manifest) -> tuple[Correction, ...]:
    """All corrections that a manifest names, oldest first. Raises DamagedError."""
    found = documents_at(storage, record_id, manifest, manifest.correction_names)
    return parsed_corrections(found, record_id)


def parsed_corrections(found: Mapping[str, bytes], record_id: str) -> tuple[Correction, ...]:
    """Corrections that were read, by their names. Raises DamagedError."""
    return tuple(
        read_stored(Correction, content, object_key(record_id, name)) for name, content in found.items()
    )


@dataclass(frozen=True, slots=True)
class NextVersion:
    """What the next version is: its manifest, and the contents of its texts."""

    manifest: Manifest
    documents: dict[str, bytes]


def next_version(
    storage: Storage, record_id: str, present: Manifest, new: Replacement, imprint: Imprint, reason: str
) -> NextVersion:
    """The version after the present one, with something new, or everything made anew."""
    corrections = corrections_of(storage, record_id, present)
    texts = _renewed(machine_texts(storage, record_id, present), new)
    documents = _documents(texts, present, new, corrections, imprint)
    media = [
        describe_file(name, file, new.made_by).model_copy(update={"key": _place(present, new, name)})
        for name, file in new.media.items()
        if _place(present, new, name) != name
    ]
    documents |= written_by_source(new.of_source)
    made_by = {layout.TRANSCRIPT: new.made_by} if new.transcript is not None else {}
    made_by |= dict.fromkeys(new.of_source, OF_SOURCE)
    content = _without_former_source(present.of_version(), new).with_objects(media)
    manifest = with_texts(content, documents, made_by, imprint)
    return NextVersion(following_version(present, manifest, reason, corrections), documents)


def _without_former_source(present: Manifest, new: Replacement) -> Manifest:
    """Without what the source had in writing, where the recording is made anew: what it has now is known."""
    if new.recording is None:
        return present
    kept = (each for each in present.objects if not each.name.startswith(layout.OF_SOURCE))
    return present.model_copy(update={"objects": tuple(kept)})


def restored_version(
    storage: Storage, record_id: str, present: Manifest, earlier: Manifest, imprint: Imprint, reason: str
) -> NextVersion:
    """The version after the present one, with the content of an earlier one.

    Corrections stay, over whatever text is valid; without any, the texts are the very same.
    """
    corrections = corrections_of(storage, record_id, present)
    [then] = documents_at(storage, record_id, earlier, [layout.RECORDING]).values()
    stage = read_recording(storage, record_id).stage
    recording = parsed_recording(then, record_id).model_copy(update={"stage": stage})
    documents = {layout.RECORDING: recording.to_json().encode()}
    if corrections:
        texts = replace(machine_texts(storage, record_id, earlier), recording=recording)
        documents = _documents(texts, earlier, Replacement(imprint.writer), corrections, imprint)
    made_by = {each.name: each.made_by for each in earlier.objects}
    manifest = with_texts(earlier, documents, made_by, imprint)
    return NextVersion(following_version(present, manifest, reason, corrections), documents)


def new_media(present: Manifest, media: dict[str, LocalFile]) -> dict[str, LocalFile]:
    """New media by the places where they go; what is there already is left out."""
    known = {each.name: each.sha256 for each in present.objects}
    return {
        layout.addressed_name(name, file.sha256): file
        for name, file in media.items()
        if known.get(name) != file.sha256
    }


def now() -> datetime:
    """The time as manifests have it."""
    return utc_now().replace(microsecond=0)


def _renewed(texts: MachineTexts, new: Replacement) -> MachineTexts:
    recording, transcript = texts.recording, texts.transcript
    if new.transcript is not None:
        transcript = keep_addresses(transcript, new.transcript)
    if new.recording is not None:
        recording = recording.model_copy(update={name: getattr(new.recording, name) for name in FOUND_OUT})
    if new.duration_seconds is not None:
        recording = recording.model_copy(update={"duration_seconds": round(new.duration_seconds, 2)})
    return MachineTexts(recording, transcript, texts.chapters if new.chapters is None else new.chapters)


def _documents(
    texts: MachineTexts,
    media_of: Manifest,
    new: Replacement,
    corrections: Sequence[Correction],
    imprint: Imprint,
) -> dict[str, bytes]:
    """All texts, with the places of the media that `media_of` names, or that are new."""
    names = (media_of.names | set(new.media)) & set(layout.MEDIA)
    return documents_of(
        texts.recording,
        texts.transcript,
        texts.chapters,
        {name: _place(media_of, new, name) for name in names},
        imprint.network_name,
        corrections,
    )


def _place(present: Manifest, new: Replacement, name: str) -> str:
    """Where a medium of the next version lies."""
    file = new.media.get(name)
    if file is None or (name in present.names and present.named(name).sha256 == file.sha256):
        return present.named(name).place
    return layout.addressed_name(name, file.sha256)


def with_texts(
    content: Manifest, documents: dict[str, bytes], made_by: dict[str, MadeBy], imprint: Imprint
) -> Manifest:
    """The manifest with these texts; an entry that says the same already stays as it is."""
    known = {each.name: each.sha256 for each in content.objects}
    entries = [
        describe_bytes(name, text, made_by.get(name, imprint.writer)) for name, text in documents.items()
    ]
    return content.with_objects(each.addressed() for each in entries if known.get(each.name) != each.sha256)


def following_version(
    present: Manifest, content: Manifest, reason: str, corrections: Sequence[Correction] = ()
) -> Manifest:
    """The manifest of the version after the present one: this content, and what lies beside versions."""
    merged = content.texts_addressed().with_objects(present.beside_version())
    return merged.model_copy(
        update={
            "version": present.version + 1,
            "made_at": now(),
            "reason": reason,
            "corrections": last_number(corrections),
        }
    )
