"""What waits for a person, read from jobs, archive and ledgers; nothing of it is stored.

For the mail of the morning and for `mitschnitt status`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from config.settings import Settings
from flows.composition import imprint_of
from flows.delivery.configured_channels import ORGANISERS
from flows.jobs.job import Job, JobState
from flows.reporting.archive_report import DAMAGES
from tasks.archive.catalogue_store import listed
from tasks.archive.known_damage import present_damage
from tasks.archive.ledger_store import MeetingLedger, digest_ledger
from tasks.archive.record_store import read_ledger
from tasks.channels.mail_channel import MAIL
from tasks.channels.signal_messenger import SIGNAL
from tasks.channels.webhook import WEBHOOK
from tasks.storage.storage_interface import Storage
from transcripts.archive import layout
from transcripts.errors.error_kinds import DamagedError
from transcripts.mail.delivery_wording import delivery_text
from transcripts.mail.ledger import Delivery, Ledger, LedgerEntry, Publication, Reason
from transcripts.mail.open_matters import OpenKind, OpenMatter
from transcripts.model import Recording, Stage
from transcripts.pages.desk_addresses import JOBS, REVIEWS, public_address
from transcripts.wording.error_wording import explain
from transcripts.wording.hold_wording import hold_lines
from transcripts.wording.local_time import local_day

# What failed, or was refused, this long ago is not brought up any more.
REMEMBERED = timedelta(days=14)
# Mails of older recordings and meetings are not looked for.
LOOKED_BACK = timedelta(days=60)
CHANNELS = {MAIL: "Mail", SIGNAL: "Signal", WEBHOOK: "Webhook", ORGANISERS: "Mail an die Organisierenden"}


def open_matters(
    settings: Settings,
    storage: Storage,
    jobs: Sequence[Job],
    now: datetime,
    overdue: Sequence[OpenMatter] = (),
) -> list[OpenMatter]:
    """Everything that needs a person. Raises what storages raise."""
    found = listed(storage)
    recordings = [each.recording for each in found.entries]
    return [
        *overdue,
        *_damaged(settings, storage, found.damaged),
        *_failed(settings, jobs, now),
        *_mails(settings, storage, recordings, now),
        *_held(settings, recordings),
    ]


def _failed(settings: Settings, jobs: Sequence[Job], now: datetime) -> Iterator[OpenMatter]:
    """Jobs that failed, unless the same source was asked for again since."""
    newest = {each.source: each for each in sorted(jobs, key=lambda job: job.submitted_at)}
    for job in newest.values():
        if job.state is JobState.FAILED and now - job.submitted_at < REMEMBERED:
            link = public_address(settings.network.base_url, JOBS + job.id)
            yield OpenMatter(
                kind=OpenKind.FAILED,
                title=job.title or job.source,
                text=job.message or "",
                link=link,
                command="" if link else "mitschnitt status",
            )


def _held(settings: Settings, recordings: Sequence[Recording]) -> Iterator[OpenMatter]:
    for recording in recordings:
        if recording.stage is Stage.HELD:
            link = public_address(settings.network.base_url, f"{REVIEWS}{recording.id}/")
            yield OpenMatter(
                kind=OpenKind.HELD,
                title=recording.title,
                text="\n".join(
                    ["fertig verarbeitet, noch nicht freigegeben", *hold_lines(recording.open_reasons)]
                ),
                link=link,
                command="" if link else f"mitschnitt announce {recording.id}",
            )


def _damaged(
    settings: Settings, storage: Storage, unlisted: Mapping[str, DamagedError]
) -> Iterator[OpenMatter]:
    """Damaged objects by the record they belong to, and records that are too damaged to be listed."""
    by_record = {record_id: [explain(error)] for record_id, error in unlisted.items()}
    for each in present_damage(storage, imprint_of(settings)):
        by_record.setdefault(each.record_id, []).append(f"{each.place}: {DAMAGES[each.damage]}")
    for record_id, lines in by_record.items():
        title, command = record_id or "Verzeichnis des Archivs", f"mitschnitt rebuild {record_id}".rstrip()
        yield OpenMatter(kind=OpenKind.DAMAGE, title=title, text="\n".join(lines), command=command)


def _mails(
    settings: Settings, storage: Storage, recordings: Sequence[Recording], now: datetime
) -> Iterator[OpenMatter]:
    """Mails to members, of records, meetings and news, that are not surely out."""
    zone = settings.network.zone
    earliest, today = local_day(now - LOOKED_BACK, zone), local_day(now, zone)
    for recording in recordings:
        if recording.recorded_on >= earliest:
            of_record = partial(read_ledger, storage, recording.id)
            yield from _of_ledger(of_record, recording.id, recording.title, now)
    waits = settings.meetings.release == "held"
    for meeting_id in storage.list_folders(layout.MEETINGS):
        if meeting_id >= earliest.isoformat():
            is_to_come = meeting_id >= today.isoformat()
            of_meeting, title = MeetingLedger(storage, meeting_id).read, f"Treffen {meeting_id}"
            yield from _of_ledger(of_meeting, meeting_id, title, now, needs_release=waits and is_to_come)
    of_news, waits = digest_ledger(storage).read, settings.digest.release == "held"
    yield from _of_ledger(of_news, layout.DIGEST, "Neues im Archiv", now, needs_release=waits)


def _of_ledger(
    read: Callable[[], Ledger], name: str, title: str, now: datetime, *, needs_release: bool = False
) -> Iterator[OpenMatter]:
    try:
        entries = read().entries
    except (KeyError, DamagedError):
        text = "Was dazu verschickt wurde, ist nicht lesbar."
        yield OpenMatter(kind=OpenKind.DAMAGE, title=title, text=text, command="mitschnitt verify")
        return
    for entry in entries:
        if _is_open(entry, needs_release=needs_release) and now - entry.changed_at < REMEMBERED:
            yield OpenMatter(
                kind=OpenKind.MAIL,
                title=title,
                text=f"{CHANNELS.get(entry.channel, entry.channel)}: {delivery_text(entry)}",
                link=entry.link,
                command=f"mitschnitt announce {name}",
            )


def _is_open(entry: LedgerEntry, *, needs_release: bool) -> bool:
    """Whether a person may have to do something; what organisers alone are told is no matter of its own."""
    if entry.reason is Reason.NOTICE or (entry.news is not None and not entry.news.record_ids):
        return False
    if entry.state is Delivery.PREPARED:
        return needs_release or entry.since is not None
    return entry.state in (Delivery.UNKNOWN, Delivery.FAILED) or entry.publication is Publication.HELD
