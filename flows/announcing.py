"""Tells the members of a record, once on each channel, and the organisers of what needs a decision.

Each channel is a Prefect task of its own: one that waits for its server, or fails, stops no other.
What was told lies in the record's ledger (see flows.delivering).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urljoin

from prefect import flow, task

from config.settings import Settings
from flows.channels import (
    Content,
    channel_names,
    handover,
)
from flows.coming_meetings import next_meeting_line
from flows.delivering import Occasion, deliver, follow, prepare
from flows.notices import Matter, Told, tell_organisers
from flows.places import current_imprint, current_settings, current_storage, record_url
from flows.progress import step_progress
from flows.steps import is_temporary
from tasks.archive import read_manifest, read_recording, read_texts, set_stage
from tasks.catalogue import update_catalogue
from tasks.ledgers import LedgerHome, RecordLedger
from tasks.mail_handover import MAIL
from tasks.storage import Storage
from transcripts import layout
from transcripts.announcement import Announcement, MailLink, render_announcement
from transcripts.errors import StepError
from transcripts.formats import format_size
from transcripts.ledger import FIRST, Delivery, LedgerEntry
from transcripts.mail_message import Attachments
from transcripts.manifest import MadeBy, Manifest
from transcripts.model import Recording, Stage

FLOW_NAME = "announce"
WRITER = MadeBy(tool=f"mitschnitt {version('mitschnitt')}")
DOCUMENTS = {
    layout.TEXT: "Text zum Lesen und Drucken",
    layout.VTT: "Untertitel",
    layout.AUDIO: "Ton",
    layout.VIDEO: "Video",
}
OF_SPEECH = (layout.TEXT, layout.VTT)
# Prefect takes at most 50 delays; with this share as the longest there are fewer.
LONGEST_DELAY_SHARE = 1 / 36
FIRST_DELAY_SECONDS = 5.0


@flow(name=FLOW_NAME, flow_run_name="{record_id}", persist_result=False)
def announce(record_id: str, number: int = FIRST) -> LedgerEntry:
    """Send an announcement that waits for release, or whose channels failed. Raises StepError."""
    if read_recording(current_storage(), record_id).stage is Stage.HELD:
        finish(record_id, Stage.ARCHIVED)  # the mail must not arrive before what it links to is there
    return announce_record(record_id, _known_occasion(home_of(record_id), number), is_released=True)


def announce_record(
    record_id: str, occasion: Occasion | None = None, *, is_released: bool = False
) -> LedgerEntry:
    """Tell the members on all channels; returns the entry of the mail. To be called in a flow.

    Where the settings say "held", it is only prepared unless `is_released`. Raises the first
    channel's StepError after all have been tried.
    """
    settings, occasion = current_settings(), occasion or Occasion(FIRST)
    if settings.announcement.release == "held" and not is_released:
        return hold(record_id, occasion)
    if is_released:
        _release(record_id)
    with step_progress("Ankündigen", "seconds", None, Stage.ANNOUNCED):
        told = _tell_all(settings, record_id, occasion)
    tell_organisers(settings, matter_of(record_id, occasion.number), told)
    mail = told[MAIL]
    if mail.entry is not None:
        finish(record_id, Stage.ANNOUNCED)
    for each in told.values():
        if each.error is not None:
            raise each.error
    assert mail.entry is not None  # noqa: S101 - without an error there is an entry
    return mail.entry


def _release(record_id: str) -> None:
    """Let members see the record before any mail leads to it."""
    if read_recording(current_storage(), record_id).stage is Stage.HELD:
        finish(record_id, Stage.ARCHIVED)


def hold(record_id: str, occasion: Occasion) -> LedgerEntry:
    """Prepare an announcement on all channels and leave it there. Safe to do again."""
    settings, home = current_settings(), home_of(record_id)
    content = content_of(settings, current_storage(), record_id, occasion)
    entries = [prepare(home, handover(settings, name, content), occasion) for name in channel_names(settings)]
    if occasion.number == FIRST and entries[0].state is Delivery.PREPARED:
        finish(record_id, Stage.HELD)
    return entries[0]


def _tell_all(settings: Settings, record_id: str, occasion: Occasion) -> dict[str, Told]:
    """Each channel's outcome, all tried side by side."""
    delays = retry_delays(settings.announcement.retry_hours)
    step = deliver_step.with_options(retries=len(delays), retry_delay_seconds=delays)
    futures = {name: step.submit(record_id, occasion, name) for name in channel_names(settings)}
    told = {}
    for name, future in futures.items():
        outcome = future.result(raise_on_failure=False)
        if isinstance(outcome, BaseException) and not isinstance(outcome, StepError):
            raise outcome
        told[name] = Told(None, outcome) if isinstance(outcome, StepError) else Told(outcome)
    return told


@task(name="announce", retry_condition_fn=is_temporary)
def deliver_step(record_id: str, occasion: Occasion, channel: str) -> LedgerEntry:
    """Hand the announcement over to a channel, unless the ledger says that this was done.

    Raises what `flows.delivering.deliver` and `follow` raise.
    """
    settings, home = current_settings(), home_of(record_id)
    content = content_of(settings, current_storage(), record_id, occasion)
    ready = handover(settings, channel, content)
    patience = timedelta(hours=settings.announcement.retry_hours)
    return follow(home, ready, deliver(home, ready, occasion, patience))


def retry_delays(hours: float) -> list[float]:
    """Seconds between tries: 5, 10, 20 ... up to a share of the whole; the last try comes after `hours`."""
    left, delay, delays = hours * 3600 + 1, FIRST_DELAY_SECONDS, []
    longest = max(FIRST_DELAY_SECONDS, left * LONGEST_DELAY_SHARE)
    while left > 0:
        delays.append(min(delay, longest, left))
        left -= delays[-1]
        delay *= 2
    return delays


def content_of(settings: Settings, storage: Storage, record_id: str, occasion: Occasion) -> Content:
    """A record's announcement in words. Raises KeyError when there is none, `template_broken`."""
    told = announcement_of(settings, storage, record_id, occasion.change)
    recording = read_recording(storage, record_id)
    facts: dict[str, object] = {
        "type": "recording.changed" if occasion.change else "recording.new",
        "record": record_id,
        "title": recording.title,
        "date": recording.recorded_on.isoformat(),
        "url": told.record_url,
        "change": occasion.change,
    }
    rendered = render_announcement(told, settings.announcement.templates)
    poster = _poster(storage, record_id) if told.shows_poster else None
    return Content(record_id, occasion.number, rendered, Attachments(poster=poster), facts)


def announcement_of(settings: Settings, storage: Storage, record_id: str, change: str) -> Announcement:
    """What there is to tell of a record. Raises KeyError when there is none."""
    texts, manifest = read_texts(storage, record_id), read_manifest(storage, record_id)
    recording, engine = texts.recording, texts.transcript.engine
    has_speech = bool(texts.transcript.segments)
    return Announcement(
        title=recording.title,
        recorded_on=recording.recorded_on,
        duration_seconds=recording.duration_seconds,
        record_url=record_url(settings, storage, recording.id),
        chapters=texts.chapters,
        engine_model=engine.model if engine else None,
        network_name=settings.network.name,
        has_speech=has_speech,
        summary=recording.summary.text if recording.summary else "",
        documents=tuple(_documents(settings, storage, manifest, recording, has_speech=has_speech)),
        change=change,
        next_meeting=next_meeting_line(settings, datetime.now(UTC)),
        proofreading=texts.proofreading,
        shows_poster=settings.announcement.poster and layout.POSTER in manifest.names,
    )


def _documents(
    settings: Settings, storage: Storage, manifest: Manifest, recording: Recording, *, has_speech: bool
) -> Iterator[MailLink]:
    """The files that members may want to keep. A text lies under its plain name, too."""
    base = record_url(settings, storage, recording.id)
    for name, label in DOCUMENTS.items():
        if name in manifest.names and (has_speech or name not in OF_SPEECH):
            file = manifest.named(name)
            place = file.place if name in layout.MEDIA else name
            yield MailLink(label, format_size(file.size_bytes), urljoin(base, place))


def _poster(storage: Storage, record_id: str) -> bytes:
    place = read_manifest(storage, record_id).named(layout.POSTER).place
    return storage.get_bytes(layout.object_key(record_id, place))


def matter_of(record_id: str, number: int) -> Matter:
    """What organisers are told an announcement is about."""
    title = read_recording(current_storage(), record_id).title
    return Matter(home_of(record_id), number, title, f"mitschnitt announce {record_id}")


def finish(record_id: str, stage: Stage) -> None:
    """Set the recording's stage, also in the catalogue. Safe to do again."""
    storage = current_storage()
    set_stage(storage, record_id, stage, WRITER)
    update_catalogue(storage, current_imprint(), anew=(record_id,))


def home_of(record_id: str) -> LedgerHome:
    """The ledger of a record."""
    return RecordLedger(current_storage(), record_id, WRITER)


def _known_occasion(home: LedgerHome, number: int) -> Occasion:
    """The occasion as the ledger has it."""
    entry = home.read().entry(number, MAIL)
    return Occasion(number, entry.reason, entry.change) if entry else Occasion(number)


def preview_folder(settings: Settings, record_id: str) -> Path:
    """Where `--preview` writes."""
    return settings.work.dir.resolve() / "preview" / record_id
