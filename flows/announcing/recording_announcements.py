"""Announces a record to the members, once on each channel; notifies organisers of what needs a decision.

Each channel is a Prefect task of its own: one that waits for its server, or fails, stops no other.
What was told lies in the record's ledger (see flows.delivery.deliver_once).
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from prefect import flow, task
from prefect.client.schemas.objects import State

from config.settings import Settings
from flows.announcing.upcoming_meetings import next_meeting_line
from flows.composition import Resources, record_url, resources
from flows.delivery.configured_channels import (
    Content,
    channel_names,
    handover,
)
from flows.delivery.deliver_once import Occasion, deliver, follow, prepare
from flows.jobs.retry_hook import attempted, begin_next_attempt
from flows.orchestration.retry_policy import Attempt
from flows.orchestration.step_retries import RETRYING
from flows.organiser_mails.announcement_notices import ChannelOutcome, Matter, notify_organisers
from flows.organiser_mails.job_failures import notify_if_final
from flows.reporting.progress import step_progress
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.ledger_store import LedgerHome, RecordLedger
from tasks.archive.record_store import read_manifest, read_recording, read_texts, set_stage
from tasks.channels.mail_channel import MAIL
from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.archive.manifest import MadeBy, Manifest
from transcripts.errors.error_kinds import StepError
from transcripts.mail.announcement_mail import Announcement, MailLink, render_announcement
from transcripts.mail.ledger import FIRST, Delivery, LedgerEntry
from transcripts.mail.mime_message import Attachments
from transcripts.model import Recording, Stage
from transcripts.wording.german_formats import format_size

logger = logging.getLogger("mitschnitt.flows")

FLOW_NAME = "announce"
WRITER = MadeBy(tool=f"mitschnitt {version('mitschnitt')}")
DOCUMENTS = {
    layout.TEXT: "Text zum Lesen und Drucken",
    layout.VTT: "Untertitel",
    layout.AUDIO: "Ton",
    layout.VIDEO: "Video",
}
OF_SPEECH = (layout.TEXT, layout.VTT)


@flow(
    name=FLOW_NAME,
    flow_run_name="{record_id}",
    persist_result=False,
    on_failure=[begin_next_attempt, notify_if_final],
)
def announce(
    record_id: str,
    number: int = FIRST,
    attempt: Attempt = Attempt(),  # noqa: B008 - immutable
) -> LedgerEntry | State[Any]:
    """Send an announcement that waits for release, or whose channels failed. Raises StepError.

    As a deployment's run, what time can mend is tried again by a run of its own.
    """
    return attempted(lambda: _announce(resources(), record_id, number), attempt)


def _announce(here: Resources, record_id: str, number: int) -> LedgerEntry:
    if read_recording(here.storage, record_id).stage is Stage.HELD:
        finish(here, record_id, Stage.ARCHIVED)  # the mail must not arrive before what it links to is there
    occasion = _known_occasion(home_of(here.storage, record_id), number)
    return announce_record(here, record_id, occasion, is_released=True)


def announce_record(
    here: Resources, record_id: str, occasion: Occasion | None = None, *, is_released: bool = False
) -> LedgerEntry:
    """Tell the members on all channels; returns the entry of the mail. To be called in a flow.

    Where the settings say "held", it is only prepared unless `is_released`. Raises the first
    channel's StepError after all have been tried.
    """
    occasion = occasion or Occasion(FIRST)
    if here.settings.announcement.release == "held" and not is_released:
        logger.info("%s is held until it is released, since the settings say so.", record_id)
        return hold(here, record_id, occasion)
    if is_released:
        _release(here, record_id)
    with step_progress("Ankündigen", "seconds", None, Stage.ANNOUNCED):
        told = _announce_on_all_channels(here.settings, record_id, occasion)
    notify_organisers(here.settings, matter_of(here.storage, record_id, occasion.number), told)
    mail = told[MAIL]
    if mail.entry is not None:
        finish(here, record_id, Stage.ANNOUNCED)
    for each in told.values():
        if each.error is not None:
            raise each.error
    assert mail.entry is not None  # noqa: S101 - without an error there is an entry
    return mail.entry


def _release(here: Resources, record_id: str) -> None:
    """Let members see the record before any mail leads to it."""
    if read_recording(here.storage, record_id).stage is Stage.HELD:
        finish(here, record_id, Stage.ARCHIVED)


def hold(here: Resources, record_id: str, occasion: Occasion) -> LedgerEntry:
    """Prepare an announcement on all channels and leave it there. Safe to do again."""
    settings, home = here.settings, home_of(here.storage, record_id)
    content = content_of(settings, here.storage, record_id, occasion)
    entries = [prepare(home, handover(settings, name, content), occasion) for name in channel_names(settings)]
    if occasion.number == FIRST and entries[0].state is Delivery.PREPARED:
        finish(here, record_id, Stage.HELD)
    return entries[0]


def _announce_on_all_channels(
    settings: Settings, record_id: str, occasion: Occasion
) -> dict[str, ChannelOutcome]:
    """Each channel's outcome, all tried side by side."""
    futures = {name: deliver_step.submit(record_id, occasion, name) for name in channel_names(settings)}
    told = {}
    for name, future in futures.items():
        outcome = future.result(raise_on_failure=False)
        if isinstance(outcome, BaseException) and not isinstance(outcome, StepError):
            raise outcome
        told[name] = (
            ChannelOutcome(None, outcome) if isinstance(outcome, StepError) else ChannelOutcome(outcome)
        )
        logger.info("%s: %s.", name, outcome.code if isinstance(outcome, StepError) else outcome.state)
    return told


@task(name="announce", **RETRYING)
def deliver_step(record_id: str, occasion: Occasion, channel: str) -> LedgerEntry:
    """Hand the announcement over to a channel, unless the ledger says that this was done.

    Raises what `flows.delivery.deliver_once.deliver` and `follow` raise.
    """
    here = resources()
    settings, home = here.settings, home_of(here.storage, record_id)
    content = content_of(settings, here.storage, record_id, occasion)
    ready = handover(settings, channel, content)
    patience = timedelta(hours=settings.announcement.retry_hours)
    return follow(home, ready, deliver(home, ready, occasion, patience))


def content_of(settings: Settings, storage: Storage, record_id: str, occasion: Occasion) -> Content:
    """A record's announcement in words. Raises KeyError when there is none, TemplateBrokenError."""
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
        next_meeting=next_meeting_line(settings, utc_now()),
        proofreading=texts.proofreading,
        is_from_captions=texts.transcript.is_from_captions,
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


def matter_of(storage: Storage, record_id: str, number: int) -> Matter:
    """What organisers are told an announcement is about."""
    title = read_recording(storage, record_id).title
    return Matter(home_of(storage, record_id), number, title, f"mitschnitt announce {record_id}")


def finish(here: Resources, record_id: str, stage: Stage) -> None:
    """Set the recording's stage, also in the catalogue. Safe to do again."""
    set_stage(here.storage, record_id, stage, here.imprint.writer)
    update_catalogue(here.storage, here.imprint, anew=(record_id,))


def home_of(storage: Storage, record_id: str) -> LedgerHome:
    """The ledger of a record."""
    return RecordLedger(storage, record_id, WRITER)


def _known_occasion(home: LedgerHome, number: int) -> Occasion:
    """The occasion as the ledger has it."""
    entry = home.read().entry(number, MAIL)
    return Occasion(number, entry.reason, entry.change) if entry else Occasion(number)


def preview_folder(settings: Settings, record_id: str) -> Path:
    """Where `--preview` writes."""
    return settings.work.dir.resolve() / "preview" / record_id
