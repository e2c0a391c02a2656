"""Mails what is due for the meetings, each mail once, and looks after posts that the list has not sent on.

Started by a schedule every few minutes: what fails for a while is tried again by the next run.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from flows.announcing import content_of, finish, home_of, matter_of
from flows.channels import (
    ORGANISERS,
    Content,
    channel_names,
    handover,
    organisers_address,
    sender_address,
    to_organisers,
    witnesses,
)
from flows.coming_meetings import next_meeting_line, series_of
from flows.delivering import Occasion, deliver, follow, prepare, settle
from flows.notices import Matter, Told, tell_organisers
from flows.places import current_settings, current_storage
from tasks.archive import recordings
from tasks.handover import Handover
from tasks.ledgers import MeetingLedger
from tasks.mail_handover import MAIL
from tasks.signal_messenger import SIGNAL
from tasks.storage import Storage
from transcripts import layout
from transcripts.calendar_file import calendar_file
from transcripts.errors import PermanentError, StepError, TemporaryError
from transcripts.invitation import render_meeting_mail
from transcripts.ledger import Delivery, Ledger, LedgerEntry, Publication, Reason
from transcripts.mail_message import Attachments
from transcripts.meeting_mails import Due, due, for_people
from transcripts.meetings import Meeting
from transcripts.model import Stage
from transcripts.wording import MEETING_MAILS, explain

FLOW_NAME = "announcements"
EVERY_QUARTER_HOUR = Cron("*/15 * * * *", timezone="UTC")
REPORT_ARTIFACT = "ankuendigungen"
WAITING = "mail_waiting"  # the code of what organisers are told of a mail that needs their release
# How long the list may hold a post before nobody asks for it any more.
FOLLOWED_FOR = timedelta(days=60)


@flow(name=FLOW_NAME, persist_result=False)
def tell_what_is_due(released: str | None = None) -> list[str]:
    """Send what is due now, and ask the list for what it has not sent on; returns what could not be done.

    `released` is the meeting whose mail waits for nobody's release any more.
    """
    settings, storage, now = current_settings(), current_storage(), datetime.now(UTC)
    problems = [*meeting_mails(settings, storage, now, released), *follow_posts(settings, storage, now)]
    if problems:
        create_markdown_artifact("\n\n".join(problems), key=REPORT_ARTIFACT)
    return problems


def announcements_deployment() -> RunnerDeployment:
    """The flow with its schedule, for Prefect's `serve`, alone or among others.

    Never paused, since whoever served it before paused it when it ended.
    """
    return RunnerDeployment.from_flow(
        tell_what_is_due,
        name="every-quarter-hour",
        schedule=EVERY_QUARTER_HOUR,
        paused=False,
        concurrency_limit=1,
        description="Mails what is due for meetings, and asks the list what became of posts.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def meeting_mails(
    settings: Settings, storage: Storage, now: datetime, released: str | None = None
) -> Iterator[str]:
    """Send every mail that is due and not sent; yields in German what failed. Each is tried by itself.

    Where the settings say "held", members get only mails of the meeting `released`, and what was begun.
    """
    series = series_of(settings)
    if series is None:
        return
    ledgers = _ledgers(storage)
    yield from _for_people(settings, storage, for_people(series, ledgers, now))
    for each in due(series, ledgers, now):
        if each.reason is Reason.REQUEST and _is_recorded(storage, each.meeting):
            continue
        occasion = Occasion(each.number, each.reason, meeting=each.told)
        for ready in _handovers(settings, each, now):
            title = f"{each.meeting.title}, {each.meeting.when}"
            home = MeetingLedger(storage, each.meeting.id)
            if _waits(settings, home, occasion, ready) and each.meeting.id != released:
                told = _hold(home, occasion, ready)
            else:
                told = _tell(settings, home, occasion, ready)
            if told.error is not None and told.error.code != WAITING:
                yield f"{title} ({ready.channel}): {explain(told.error)}"
            if not isinstance(told.error, TemporaryError):
                matter = Matter(home, each.number, title, f"mitschnitt announce {home.name}")
                tell_organisers(settings, matter, {ready.channel: told})


def _for_people(settings: Settings, storage: Storage, errors: Iterable[PermanentError]) -> Iterator[str]:
    """Say what there is to do about meetings; the organisers hear it once."""
    for error in errors:
        meeting_id = str(error.details["meeting"])
        matter = Matter(MeetingLedger(storage, meeting_id), 0, meeting_id, "mitschnitt meetings")
        tell_organisers(settings, matter, {MAIL: Told(None, error)})
        yield explain(error)


def _ledgers(storage: Storage) -> dict[str, Ledger]:
    """What was mailed for each meeting, by the meetings' ids."""
    return {each: MeetingLedger(storage, each).read() for each in storage.list_folders(layout.MEETINGS)}


def _waits(settings: Settings, home: MeetingLedger, occasion: Occasion, ready: Handover) -> bool:
    """Whether a mail to members needs its release first."""
    entry = home.read().entry(occasion.number, ready.channel)
    is_begun = entry is not None and (entry.state is not Delivery.PREPARED or entry.since is not None)
    return settings.meetings.release == "held" and occasion.reason is not Reason.REQUEST and not is_begun


def _hold(home: MeetingLedger, occasion: Occasion, ready: Handover) -> Told:
    """Prepare a mail and leave it there; of all channels, organisers hear of it once."""
    try:
        entry = prepare(home, ready, occasion)
    except StepError as error:
        return Told(None, error)
    if ready.channel != MAIL:
        return Told(entry)
    return Told(None, PermanentError(WAITING, meeting=home.name, mail=MEETING_MAILS[occasion.reason]))


def _tell(settings: Settings, home: MeetingLedger, occasion: Occasion, ready: Handover) -> Told:
    """Hand over unless that was done, or has failed for good: a person decides about that."""
    entry = home.read().entry(occasion.number, ready.channel)
    if entry is not None and entry.state is Delivery.FAILED:
        return Told(entry)
    try:
        patience = timedelta(hours=settings.announcement.retry_hours)
        return Told(follow(home, ready, deliver(home, ready, occasion, patience)))
    except StepError as error:
        return Told(None, error)


def _handovers(settings: Settings, what: Due, now: datetime) -> Iterator[Handover]:
    """The mail on the channels it is meant for: messengers get it too, programs do not."""
    content = meeting_content(settings, what, now)
    if what.reason is Reason.REQUEST:
        address = organisers_address(settings)
        if address is not None:
            yield to_organisers(settings, address, content, ORGANISERS)
        return
    for name in channel_names(settings):
        if name in (MAIL, SIGNAL):
            yield handover(settings, name, content)


def meeting_content(settings: Settings, what: Due, now: datetime) -> Content:
    """A meeting's mail in words. Raises PermanentError `template_broken`."""
    name, folder = settings.network.name, settings.announcement.templates
    rendered = render_meeting_mail(what, name, next_meeting_line(settings, now), folder)
    file = None
    if what.reason is not Reason.REQUEST:
        file = calendar_file(what.meeting, sender_address(settings), now, what.revision)
    return Content(f"treffen-{what.meeting.id}", what.number, rendered, Attachments(calendar=file), {})


def _is_recorded(storage: Storage, meeting: Meeting) -> bool:
    """Whether the archive has a recording of that day."""
    return any(each.recorded_on == meeting.starts_at.date() for each in recordings(storage))


def follow_posts(settings: Settings, storage: Storage, now: datetime) -> Iterator[str]:
    """Ask the list what became of the posts of recent records; yields in German what is wrong."""
    if not witnesses(settings).is_there_one:
        return
    at_once = {"wait_seconds": 0.0}
    sections = {
        "mailman": settings.mailman.model_copy(update=at_once),
        "mailbox": settings.mailbox.model_copy(update=at_once),
    }
    hurried = settings.model_copy(update=sections)
    for recording in recordings(storage):
        if now.date() - recording.recorded_on < FOLLOWED_FOR:
            for entry in home_of(recording.id).read().entries:
                if entry.channel == MAIL and _is_open(entry):
                    yield from _follow(hurried, storage, recording.id, entry)


def _is_open(entry: LedgerEntry) -> bool:
    """Whether the list may know more than the ledger."""
    if entry.state is Delivery.SENT:
        return entry.publication is not Publication.OUT and entry.handed_over_at is not None
    return entry.state in (Delivery.SENDING, Delivery.UNKNOWN)


def _follow(settings: Settings, storage: Storage, record_id: str, entry: LedgerEntry) -> Iterator[str]:
    home, occasion = home_of(record_id), Occasion(entry.number, entry.reason, entry.change)
    try:
        ready = handover(settings, MAIL, content_of(settings, storage, record_id, occasion))
        if entry.state is not Delivery.SENT:
            entry = settle(home, ready, entry)
            if entry.state is Delivery.SENT:
                finish(record_id, Stage.ANNOUNCED)
        told = Told(follow(home, ready, entry))
    except StepError as error:
        told = Told(None, error)
        yield explain(error)
    tell_organisers(settings, matter_of(record_id, entry.number), {MAIL: told})
