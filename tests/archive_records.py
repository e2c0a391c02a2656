"""Small records for the tests of the archive: real documents, media of a few bytes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.layout import object_key
from transcripts.archive.manifest import MadeBy, Manifest
from transcripts.mail.ledger import Delivery, LedgerEntry
from transcripts.media.media_values import LocalFile, Media
from transcripts.model import Chapter, Engine, Recording, Segment, Source, Stage, Transcript
from transcripts.records.record import Record

WRITER = MadeBy(tool="mitschnitt 0")
IMPRINT = Imprint("Netzwerk Bürgerräte", "https://mitschnitt.example.org", WRITER)
RECORD_ID = "2026-11-19-buergerraete"
TITLE = "Bürgerräte"


def small_record(folder: Path, source: str = "eins", title: str = TITLE, media_bytes: int = 20_000) -> Record:
    """A record of `source`: the same source gives the same media and the same address."""
    folder.mkdir(parents=True, exist_ok=True)
    transcript = small_transcript("Guten Abend.", "Wir losen aus dem Melderegister.")
    recording = Recording(
        id=layout.new_record_id(date(2026, 11, 19), title, taken=()),
        title=title,
        recorded_on=date(2026, 11, 19),
        duration_seconds=60.0,
        source=Source(
            url=f"https://example.org/{source}",
            url_fingerprint=sha256(source.encode()).hexdigest(),
            sha256=sha256(f"content {source}".encode()).hexdigest(),
        ),
        stage=Stage.ARCHIVED,
    )
    chapters = (Chapter(start_seconds=0.0, title="Begrüßung"),)
    media = Media(
        duration_seconds=60.0,
        audio=medium(folder / "audio.m4a", source, media_bytes // 10),
        speech=medium(folder / "speech.wav", source, 10),
        video=medium(folder / "video.mp4", source, media_bytes),
        poster=medium(folder / "poster.jpg", source, 100),
        tool="ffmpeg 0",
    )
    return Record(recording, transcript, chapters, media)


def small_transcript(*sentences: str) -> Transcript:
    """Sentences of ten seconds each."""
    segments = tuple(
        Segment(id=f"s{number:04}", start_seconds=10.0 * number, end_seconds=10.0 * number + 10, text=text)
        for number, text in enumerate(sentences, start=1)
    )
    return Transcript(
        duration_seconds=60.0, engine=Engine(name="faster-whisper", model="base"), segments=segments
    )


def prepared_entry(number: int = 1, channel: str = "mail") -> LedgerEntry:
    """An entry of a ledger before anything was sent."""
    return LedgerEntry(
        number=number,
        channel=channel,
        recipient="liste@example.org",
        message_id=f"<{number}.{channel}@example.org>",
        state=Delivery.PREPARED,
        changed_at=datetime(2026, 11, 22, 20, 0, tzinfo=UTC),
    )


def with_id(record: Record, record_id: str) -> Record:
    return replace(record, recording=record.recording.model_copy(update={"id": record_id}))


def medium(path: Path, seed: str, size_bytes: int) -> LocalFile:
    """A file of bytes that follow from the seed, different for each name."""
    block = sha256(f"{path.name} {seed}".encode()).digest()
    path.write_bytes((block * (size_bytes // len(block) + 1))[:size_bytes])
    return LocalFile.of(path)


def keys_of(storage: Storage, record_id: str = RECORD_ID) -> set[str]:
    """The places of a record's objects, below its folder."""
    below = object_key(record_id, "")
    return {each.key.removeprefix(below) for each in storage.list_objects(below.rstrip("/"))}


def is_whole(storage: Storage, record_id: str, manifest: Manifest) -> bool:
    """Whether everything that a manifest names is there with its hash."""
    return all(
        storage.sha256_of(object_key(record_id, each.place)) == each.sha256 for each in manifest.objects
    )
