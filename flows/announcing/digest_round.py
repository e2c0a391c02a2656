"""One round of the mail "Neues im Archiv": looks whether one is due, sends it once, and looks after the last.

What is due is decided in transcripts.mail.archive_news; what was told lies in a ledger of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import Digest, Settings
from flows.announcing.digest_content import Draft, digest_content, draft_of
from flows.delivery.configured_channels import (
    ORGANISERS,
    Content,
    channel_names,
    delivery_evidence,
    handover,
    organisers_address,
    to_organisers,
    without_waiting,
)
from flows.delivery.deliver_once import Occasion, deliver, follow, prepare, settle, update_entry
from flows.organiser_mails.announcement_notices import ChannelOutcome
from tasks.archive.catalogue_store import listed
from tasks.archive.ledger_store import DigestLedger, digest_ledger
from tasks.archive.new_records import announced, published
from tasks.channels.channel_interface import Handover
from tasks.channels.mail_channel import MAIL
from tasks.channels.signal_messenger import SIGNAL
from tasks.storage.storage_interface import Storage
from transcripts.errors.error_kinds import DamagedError, StepError
from transcripts.errors.mail_errors import DigestNotDueError, DigestRefusedError, DigestWaitingError
from transcripts.mail.archive_news import (
    MOST_THINGS,
    SHORTEST_PAUSE,
    KnownBefore,
    Rhythm,
    last_told,
    new_since,
    next_number,
    refused,
    told_ids,
    turn,
    waiting,
)
from transcripts.mail.ledger import Delivery, LedgerEntry, Publication, Reason, ToldNews

RELEASE_COMMAND = "mitschnitt news --send"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class DigestRound:
    """One look at `now`. `is_released`: a person wants it sent, also where the settings say "held"."""

    settings: Settings
    storage: Storage
    now: datetime
    is_released: bool = False

    @property
    def home(self) -> DigestLedger:
        """Where it stands what was told."""
        return digest_ledger(self.storage)

    def run(self) -> Mapping[str, ChannelOutcome]:
        """What came of it, by channel; nothing where nothing is new, or it is not time for it.

        Raises what storages raise, DamagedError where nobody knows what was told.
        """
        home = self.home
        known = home.known_before() or home.begin(self._known_now())
        until = self._until(known)
        return self._look_after_last() if until is None else self._send(known, until)

    def content(self) -> Content:
        """The mail that would go out now, also before its time. Raises DigestNotDueError."""
        known = self.home.known_before() or self._known_now()
        draft = self._draft(known, self._until(known) or self.now)
        if not draft.record_ids:
            raise DigestNotDueError
        number = next_number(self.home.read(), MAIL)
        return digest_content(self.settings, self.storage, number, draft)

    def _known_now(self) -> KnownBefore:
        """Recordings were told of by their own mails; of documents nobody was told."""
        ids = tuple(each.record_id for each in announced(listed(self.storage)))
        return KnownBefore(began_at=self.now, recordings=ids)

    def _until(self, known: KnownBefore) -> datetime | None:
        """Up to when a mail tells now, None while none may go out; people need not wait for the day."""
        ledger, rhythm = self.home.read(), rhythm_of(self.settings.digest, self.settings)
        due = turn(ledger, MAIL, rhythm, known.began_at, self.now)
        if due is not None or not self.is_released:
            return due
        last, prepared = last_told(ledger, MAIL), waiting(ledger, MAIL)
        if last and last.news and self.now - last.news.at < SHORTEST_PAUSE:
            return None
        return prepared.news.until if prepared and prepared.news else self.now

    def _draft(self, known: KnownBefore, until: datetime) -> Draft:
        ledger, found = self.home.read(), listed(self.storage)
        old = told_ids(ledger, MAIL) | set(known.recordings)
        news = new_since(published(self.storage, found, old), ledger, MAIL, known.recordings, until)
        ids = tuple(each.record_id for each in news)
        return draft_of(found, ids[:MOST_THINGS], has_more=len(ids) > MOST_THINGS)

    def _send(self, known: KnownBefore, until: datetime) -> Mapping[str, ChannelOutcome]:
        ledger, draft = self.home.read(), self._draft(known, until)
        failed, prepared = refused(ledger, MAIL, until), waiting(ledger, MAIL)
        if not draft.record_ids:
            self._withdraw(prepared)
            return {}
        if failed is not None:
            return {MAIL: ChannelOutcome(None, DigestRefusedError(reason=failed.detail))}
        number = next_number(ledger, MAIL)
        is_begun = prepared is not None and prepared.since is not None
        is_held = self.settings.digest.release == "held" and not self.is_released and not is_begun
        try:
            ready = handover(self.settings, MAIL, digest_content(self.settings, self.storage, number, draft))
            told = (
                self._hold(ready, number, draft, until)
                if is_held
                else self._mail(ready, number, draft, until)
            )
        except StepError as error:
            return {MAIL: ChannelOutcome(None, error)}
        return {MAIL: told, **({} if is_held else self._messengers(told))}

    def _withdraw(self, prepared: LedgerEntry | None) -> None:
        """All that a prepared mail was to name was taken back: it names nothing, and needs no release."""
        if prepared is not None and prepared.news and prepared.news.record_ids:
            update_entry(self.home, prepared, news=prepared.news.model_copy(update={"record_ids": ()}))

    def _hold(self, ready: Handover, number: int, draft: Draft, until: datetime) -> ChannelOutcome:
        """Prepare the mail and leave it there; the organisers get a preview, once a turn."""
        news = ToldNews(record_ids=draft.record_ids, until=until, at=until)
        entry = prepare(self.home, ready, Occasion(number, Reason.NEWS, news=news))
        address = organisers_address(self.settings)
        if address is None:
            raise DigestWaitingError
        content = digest_content(self.settings, self.storage, number, draft, RELEASE_COMMAND)
        channel = f"{ORGANISERS}-preview-{until.date().isoformat()}"
        self._preview(to_organisers(self.settings, address, content, channel), number)
        return ChannelOutcome(entry)

    def _preview(self, preview: Handover, number: int) -> None:
        """Raises DigestWaitingError where organisers surely do not get it: nobody would know then."""
        known = self.home.read().entry(number, preview.channel)
        if known is not None and known.state is Delivery.FAILED:
            raise DigestWaitingError
        if known is None or known.state is not Delivery.UNKNOWN:
            deliver(self.home, preview, Occasion(number, Reason.NOTICE), self._patience)

    def _mail(self, ready: Handover, number: int, draft: Draft, until: datetime) -> ChannelOutcome:
        news = ToldNews(record_ids=draft.record_ids, until=until, at=self.now)
        return self._told(ready, Occasion(number, Reason.NEWS, news=news))

    def _told(self, ready: Handover, occasion: Occasion) -> ChannelOutcome:
        return ChannelOutcome(follow(self.home, ready, deliver(self.home, ready, occasion, self._patience)))

    @property
    def _patience(self) -> timedelta:
        return timedelta(hours=self.settings.announcement.retry_hours)

    def _look_after_last(self) -> Mapping[str, ChannelOutcome]:
        """Find out what became of the last mail, where that is open; messengers get it, too."""
        last = last_told(self.home.read(), MAIL)
        if last is None:
            return {}
        try:
            told = ChannelOutcome(self._followed(last))
        except DamagedError:
            raise
        except StepError as error:
            return {MAIL: ChannelOutcome(None, error)}
        return {MAIL: told, **self._messengers(told)}

    def _followed(self, last: LedgerEntry) -> LedgerEntry:
        is_sent = last.state is Delivery.SENT
        if is_sent and (last.publication is Publication.OUT or not self._can_ask):
            return last
        hurried = without_waiting(self.settings)
        ready = handover(
            hurried, MAIL, digest_content(hurried, self.storage, last.number, self._told_draft(last))
        )
        entry = last if is_sent else settle(self.home, ready, last)
        return follow(self.home, ready, entry)

    @property
    def _can_ask(self) -> bool:
        return delivery_evidence(self.settings).is_there_one

    def _told_draft(self, entry: LedgerEntry) -> Draft:
        return draft_of(listed(self.storage), entry.news.record_ids if entry.news else ())

    def _messengers(self, told: ChannelOutcome) -> Mapping[str, ChannelOutcome]:
        """Tell them what the mail has told, in its week."""
        mail = told.entry
        if mail is None or mail.state is not Delivery.SENT or SIGNAL not in channel_names(self.settings):
            return {}
        known = self.home.read().entry(mail.number, SIGNAL)
        if known is not None and known.state in (Delivery.SENT, Delivery.FAILED):
            return {}
        draft = self._told_draft(mail)
        try:
            content = digest_content(self.settings, self.storage, mail.number, draft)
            ready = handover(self.settings, SIGNAL, content)
            return {SIGNAL: self._told(ready, Occasion(mail.number, Reason.NEWS, news=mail.news))}
        except StepError as error:
            return {SIGNAL: ChannelOutcome(None, error)}


def rhythm_of(digest: Digest, settings: Settings) -> Rhythm:
    """When news are told, by the network's clocks."""
    return Rhythm(WEEKDAYS.index(digest.weekday), digest.hour, settings.network.zone)
