"""Mails what is due for the meetings, each mail once.

Started by a schedule every few minutes: what fails for a while is tried again by the next run.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from config.settings import Settings
from flows.announcing.upcoming_meetings import next_meeting_line, series_of
from flows.composition import resources
from flows.delivery.configured_channels import (
    ORGANISERS,
    Content,
    channel_names,
    handover,
    organisers_address,
    sender_address,
    to_organisers,
)
from flows.delivery.deliver_once import Occasion, deliver, follow, prepare
from flows.organiser_mails.announcement_notices import ChannelOutcome, Matter, notify_organisers
from flows.organiser_mails.failure_notices import notify_of_failed_schedule
from flows.organiser_mails.organiser_notices import (
    notify_of_damage,
    notify_organisers_once,
    send_waiting_notices,
)
from flows.prefect_names import ANNOUNCEMENTS_FLOW, ANNOUNCEMENTS_NAME
from tasks.archive.ledger_store import MeetingLedger
from tasks.archive.record_store import recordings
from tasks.channels.channel_interface import Handover
from tasks.channels.mail_channel import MAIL
from tasks.channels.signal_messenger import SIGNAL
from tasks.clock import utc_now
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.errors.error_kinds import DamagedError, PermanentError, StepError, TemporaryError
from transcripts.errors.meeting_errors import MailWaitingError
from transcripts.mail.calendar_file import calendar_file
from transcripts.mail.delivery_wording import MEETING_MAILS
from transcripts.mail.ledger import Delivery, Ledger, Reason
from transcripts.mail.meeting_mail_content import render_meeting_mail
from transcripts.mail.meeting_mails_due import Due, due, for_people
from transcripts.mail.meeting_schedule import Meeting
from transcripts.mail.mime_message import Attachments
from transcripts.wording.error_wording import explain

logger = logging.getLogger("mitschnitt.flows")

# Quarters of an hour are the same in every zone; in UTC no change of clocks leaves one out.
EVERY_QUARTER_HOUR = Cron("*/15 * * * *", timezone="UTC")
REPORT_ARTIFACT = "ankuendigungen"
# So long nobody need know that a mail server is slow.
LATE = timedelta(hours=1)
# The list may be waited for, for an hour at most, with each of several mails.
LONGEST_SECONDS = 4 * 3600


@flow(
    name=ANNOUNCEMENTS_FLOW,
    flow_run_name=ANNOUNCEMENTS_FLOW,
    persist_result=False,
    timeout_seconds=LONGEST_SECONDS,
    on_failure=[notify_of_failed_schedule],
    on_crashed=[notify_of_failed_schedule],
)
def send_due_meeting_mails(released: str | None = None) -> list[str]:
    """Send what is due now; returns what could not be done.

    `released` is the meeting whose mail waits for nobody's release any more.
    """
    here, now = resources(), utc_now()
    settings, storage = here.settings, here.storage
    try:
        problems = list(meeting_mails(settings, storage, now, released))
    finally:
        send_waiting_notices(settings, storage)
    logger.info("Sent the meeting mails that were due; problems: %d.", len(problems))
    if problems:
        create_markdown_artifact("\n\n".join(problems), key=REPORT_ARTIFACT)
    return problems


def announcements_deployment() -> RunnerDeployment:
    """The flow with its schedule, for Prefect's `serve`, alone or among others.

    Never paused, since whoever served it before paused it when it ended.
    """
    return RunnerDeployment.from_flow(
        send_due_meeting_mails,
        name=ANNOUNCEMENTS_NAME,
        schedule=EVERY_QUARTER_HOUR,
        paused=False,
        concurrency_limit=1,
        description="Mails what is due for meetings.",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def meeting_mails(
    settings: Settings, storage: Storage, now: datetime, released: str | None = None
) -> Iterator[str]:
    """Send every mail that is due and not sent; yields in German what failed. Each is tried by itself.

    Where the settings say "held", members get only mails of the meeting `released`, and what was begun.
    """
    try:
        series = series_of(settings)
    except PermanentError as error:
        yield explain(error)
        return
    if series is None:
        return
    ledgers, damaged = _ledgers(storage)
    yield from _of_damage(settings, storage, damaged.values())
    yield from _for_people(settings, storage, for_people(series, ledgers, now))
    for each in due(series, ledgers, now):
        if each.meeting.id in damaged:  # nobody knows what members were told of it
            continue
        if each.reason is Reason.REQUEST and _is_recorded(storage, each.meeting):
            continue
        occasion = Occasion(each.number, each.reason, meeting=each.told)
        title, home = f"{each.meeting.title}, {each.meeting.when}", MeetingLedger(storage, each.meeting.id)
        try:
            handovers = list(_handovers(settings, each, now))
        except PermanentError as error:  # such as a broken template: the other mails go on
            matter = Matter(home, each.number, title, f"mitschnitt announce {home.name}")
            notify_organisers(settings, matter, {MAIL: ChannelOutcome(None, error)})
            yield f"{title}: {explain(error)}"
            continue
        for ready in handovers:
            if _waits(settings, home, occasion, ready) and each.meeting.id != released:
                told = _hold(home, occasion, ready)
            else:
                told = _tell(settings, home, occasion, ready)
            if told.error is not None and not isinstance(told.error, MailWaitingError):
                yield f"{title} ({ready.channel}): {explain(told.error)}"
            _follow_through(settings, home, each, ready, told, title)


def _follow_through(
    settings: Settings, home: MeetingLedger, what: Due, ready: Handover, told: ChannelOutcome, title: str
) -> None:
    """Log what came of a mail; the organisers hear what needs them."""
    outcome = told.error.code if told.error else told.entry.state if told.entry else ""
    logger.info("%s for %s, %s: %s.", what.reason, home.name, ready.channel, outcome)
    if isinstance(told.error, TemporaryError):
        _warn_if_late(settings, home, what, ready, title, told.error)
        return
    matter = Matter(home, what.number, title, f"mitschnitt announce {home.name}")
    notify_organisers(settings, matter, {ready.channel: told})


def _for_people(settings: Settings, storage: Storage, errors: Iterable[PermanentError]) -> Iterator[str]:
    """Say what there is to do about meetings; the organisers hear it once."""
    for error in errors:
        meeting_id = str(error.details["meeting"])
        matter = Matter(MeetingLedger(storage, meeting_id), 0, meeting_id, "mitschnitt meetings")
        notify_organisers(settings, matter, {MAIL: ChannelOutcome(None, error)})
        yield explain(error)


def _ledgers(storage: Storage) -> tuple[dict[str, Ledger], dict[str, DamagedError]]:
    """What was mailed for each meeting, by the meetings' ids, and of which ones that cannot be read."""
    ledgers, damaged = {}, {}
    for each in storage.list_folders(layout.MEETINGS):
        try:
            ledgers[each] = MeetingLedger(storage, each).read()
        except DamagedError as error:
            damaged[each] = error
    return ledgers, damaged


def _of_damage(settings: Settings, storage: Storage, damaged: Iterable[DamagedError]) -> Iterator[str]:
    """Say which ledgers cannot be read; the organisers hear of each once."""
    for error in damaged:
        notify_of_damage(settings, storage, error)
        yield explain(error)


def _waits(settings: Settings, home: MeetingLedger, occasion: Occasion, ready: Handover) -> bool:
    """Whether a mail to members needs its release first."""
    entry = home.read().entry(occasion.number, ready.channel)
    is_begun = entry is not None and (entry.state is not Delivery.PREPARED or entry.since is not None)
    return settings.meetings.release == "held" and occasion.reason is not Reason.REQUEST and not is_begun


def _hold(home: MeetingLedger, occasion: Occasion, ready: Handover) -> ChannelOutcome:
    """Prepare a mail and leave it there; of all channels, organisers hear of it once."""
    try:
        entry = prepare(home, ready, occasion)
    except StepError as error:
        return ChannelOutcome(None, error)
    if ready.channel != MAIL:
        return ChannelOutcome(entry)
    return ChannelOutcome(None, MailWaitingError(meeting=home.name, mail=MEETING_MAILS[occasion.reason]))


def _tell(settings: Settings, home: MeetingLedger, occasion: Occasion, ready: Handover) -> ChannelOutcome:
    """Hand over unless that was done, or has failed for good: a person decides about that."""
    entry = home.read().entry(occasion.number, ready.channel)
    if entry is not None and entry.state is Delivery.FAILED:
        return ChannelOutcome(entry)
    try:
        patience = timedelta(hours=settings.announcement.retry_hours)
        return ChannelOutcome(follow(home, ready, deliver(home, ready, occasion, patience)))
    except StepError as error:
        return ChannelOutcome(None, error)


def _warn_if_late(
    settings: Settings, home: MeetingLedger, what: Due, ready: Handover, title: str, error: TemporaryError
) -> None:
    """Say once that a mail to members has been tried in vain for a while, and still is."""
    entry = home.read().entry(what.number, ready.channel)
    if entry is None or entry.since is None or utc_now() - entry.since < LATE:
        return
    key = f"late-{home.name}-{what.number}-{ready.channel}"
    text = f"{MEETING_MAILS[what.reason]}: noch nicht verschickt.\n{explain(error)}"
    notify_organisers_once(settings, home.storage, key, title, text, f"mitschnitt announce {home.name}")


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
    """A meeting's mail in words. Raises TemplateBrokenError."""
    name, folder = settings.network.name, settings.announcement.templates
    rendered = render_meeting_mail(what, name, next_meeting_line(settings, now), folder)
    file = None
    if what.reason is not Reason.REQUEST:
        file = calendar_file(what.meeting, sender_address(settings), now, what.revision)
    return Content(f"treffen-{what.meeting.id}", what.number, rendered, Attachments(calendar=file), {})


def _is_recorded(storage: Storage, meeting: Meeting) -> bool:
    """Whether the archive has a recording of that day."""
    return any(each.recorded_on == meeting.starts_at.date() for each in recordings(storage))
