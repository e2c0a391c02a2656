"""One announcement, one channel, once: what the ledger says after refusals, broken lines and crashes."""

import json
import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from flows.delivery.deliver_once import Occasion, deliver, prepare, resolve, update_entry
from tasks.archive.ledger_store import LedgerHome, MeetingLedger, RecordLedger, copy_folder_ledgers
from tasks.archive.publishing import publish
from tasks.archive.record_store import read_ledger
from tasks.channels.mail_channel import OutboxHandover, SmtpHandover
from tasks.channels.smtp import SmtpServer, send
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.writer_identity import attempt, is_alive
from tests.archive_records import IMPRINT, RECORD_ID, WRITER, small_record
from tests.scripted_smtp import HANG_UP, SILENCE, At, Misdeed, scripted
from tests.tasks.channels.test_smtp import Mailbox, message, served
from transcripts.archive import layout
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.mail.ledger import Delivery, Ledger, LedgerEntry, Reason, message_id

DAY = timedelta(days=1)
FIRST = Occasion(1)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    storage = FolderStorage(tmp_path / "archive")
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    return storage


@pytest.fixture(params=["record", "meeting"])
def home(request: pytest.FixtureRequest, storage: FolderStorage) -> LedgerHome:
    """Both kinds of ledger."""
    if request.param == "record":
        return RecordLedger(storage, RECORD_ID, WRITER)
    return MeetingLedger(storage, "2026-12-17")


def by_smtp(server: Any) -> SmtpHandover:
    mail = message()
    mail["Message-ID"] = message_id(RECORD_ID, 1, "example.org")
    return SmtpHandover(mail, server)


def only_entry(home: LedgerHome) -> LedgerEntry:
    (entry,) = home.read().entries
    return entry


def test_a_mail_is_sent_once_however_often_it_is_asked_for(home: LedgerHome) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        for _ in range(3):
            entry = deliver(home, by_smtp(server), FIRST, DAY)
    assert len(mailbox.messages) == 1
    assert entry == only_entry(home)
    assert entry.state is Delivery.SENT
    assert "250 OK" in entry.detail


def test_what_was_sent_lies_in_the_archive_as_it_was_sent(storage: FolderStorage) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        deliver(RecordLedger(storage, RECORD_ID, WRITER), by_smtp(server), FIRST, DAY)
    kept = storage.get_bytes(layout.object_key(RECORD_ID, layout.MESSAGE))
    assert mailbox.messages == [kept]


def test_a_temporary_refusal_is_tried_again_for_as_long_as_was_set_and_then_failed(home: LedgerHome) -> None:
    mailbox = Mailbox("451 spaeter", "451 spaeter", "451 immer noch nicht")
    with served(mailbox) as server:
        for _ in range(2):
            with pytest.raises(TemporaryError, match="smtp_delayed"):
                deliver(home, by_smtp(server), FIRST, DAY)
            assert only_entry(home).state is Delivery.PREPARED
        began = only_entry(home).since
        assert began is not None
        update_entry(home, only_entry(home), since=began - DAY)
        with pytest.raises(PermanentError, match="announcement_given_up") as caught:
            deliver(home, by_smtp(server), FIRST, DAY)
        assert "immer noch nicht" in str(caught.value)
        assert only_entry(home).state is Delivery.FAILED
        assert "immer noch nicht" in only_entry(home).detail
        assert mailbox.messages == []
        assert deliver(home, by_smtp(server), FIRST, DAY).state is Delivery.SENT, "asked for again by hand"


def test_a_final_refusal_is_not_tried_again_by_itself(home: LedgerHome) -> None:
    with served(Mailbox("554 nein danke")) as server, pytest.raises(PermanentError, match="smtp_refused"):
        deliver(home, by_smtp(server), FIRST, DAY)
    assert only_entry(home).state is Delivery.FAILED
    assert "nein danke" in only_entry(home).detail


def test_a_line_that_breaks_after_the_text_leaves_it_unknown_and_nothing_is_sent_again(
    home: LedgerHome,
) -> None:
    mailbox = Mailbox("drop")
    with served(mailbox) as server:
        for _ in range(3):
            with pytest.raises(PermanentError, match="outcome_unknown"):
                deliver(home, by_smtp(server), FIRST, DAY)
            assert only_entry(home).state is Delivery.UNKNOWN
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_person_settles_what_is_unknown(home: LedgerHome, was_sent: bool) -> None:
    mailbox = Mailbox("drop")
    with served(mailbox) as server:
        with pytest.raises(PermanentError, match="outcome_unknown"):
            deliver(home, by_smtp(server), FIRST, DAY)
        resolve(home, only_entry(home), was_sent=was_sent)
        deliver(home, by_smtp(server), FIRST, DAY)
    assert len(mailbox.messages) == (1 if was_sent else 2)
    with pytest.raises(PermanentError, match="nothing_to_resolve"):
        resolve(home, only_entry(home), was_sent=True)


def test_while_the_sending_process_lives_the_others_wait(home: LedgerHome) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        ready = by_smtp(server)
        with attempt() as mark:
            update_entry(home, prepare(home, ready, FIRST), state=Delivery.SENDING, owner=mark)
            with pytest.raises(TemporaryError, match="record_busy"):
                deliver(home, ready, FIRST, DAY)
            with pytest.raises(TemporaryError, match="record_busy"):
                resolve(home, only_entry(home), was_sent=False)
        with pytest.raises(PermanentError, match="outcome_unknown"):
            deliver(home, ready, FIRST, DAY)
    assert mailbox.messages == []


def test_a_dead_process_is_known_to_be_dead_and_a_distant_one_is_believed_for_a_while() -> None:
    code = "from tasks.storage.writer_identity import attempt\nwith attempt() as mark: print(mark)"
    mark = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True).stdout.strip()
    now = datetime.now(UTC)
    assert not is_alive(mark, now)
    distant = "anderswo " + mark.partition(" ")[2]
    assert is_alive(distant, now)
    assert not is_alive(distant, now - timedelta(hours=1))
    assert not is_alive("", now)


def _deliver_in_a_process(folder: Path, server: Any) -> None:
    home = RecordLedger(FolderStorage(folder), RECORD_ID, WRITER)
    for _ in range(20):
        try:
            deliver(home, by_smtp(server), FIRST, DAY)
            return
        except TemporaryError:
            continue


def test_of_many_processes_one_sends(storage: FolderStorage, tmp_path: Path) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        start = multiprocessing.get_context("fork").Process
        processes = [start(target=_deliver_in_a_process, args=(tmp_path / "archive", server)) for _ in "1234"]
        for each in processes:
            each.start()
        for each in processes:
            each.join(60)
    assert len(mailbox.messages) == 1
    (entry,) = read_ledger(storage, RECORD_ID).entries
    assert entry.state is Delivery.SENT


def test_the_outbox_is_looked_into_after_a_crash(home: LedgerHome, tmp_path: Path) -> None:
    ready = OutboxHandover(by_smtp(None).message, tmp_path / "outbox", "eins-1")
    assert deliver(home, ready, FIRST, DAY).state is Delivery.SENT
    update_entry(home, only_entry(home), state=Delivery.SENDING, owner="")
    written = (tmp_path / "outbox/eins-1.eml").stat().st_mtime_ns
    assert deliver(home, ready, FIRST, DAY).state is Delivery.SENT
    assert (tmp_path / "outbox/eins-1.eml").stat().st_mtime_ns == written


def test_what_is_no_longer_in_the_outbox_may_have_been_sent_by_a_person(
    home: LedgerHome, tmp_path: Path
) -> None:
    ready = OutboxHandover(by_smtp(None).message, tmp_path / "outbox", "eins-1")
    update_entry(home, prepare(home, ready, FIRST), state=Delivery.SENDING, owner="")
    with pytest.raises(PermanentError) as raised:
        deliver(home, ready, FIRST, DAY)
    assert raised.value.code == "outcome_unknown"
    assert not (tmp_path / "outbox").exists()


def test_a_ledger_of_an_earlier_program_is_read(storage: FolderStorage) -> None:
    old = {
        "entries": [
            {
                "number": 1,
                "channel": "mail",
                "recipient": "liste@example.org",
                "message_id": "<mitschnitt.0@example.org>",
                "state": "sent",
                "changed_at": "2026-11-19T20:00:00Z",
                "detail": "mail.example.org:587",
            }
        ]
    }
    key = layout.object_key(RECORD_ID, layout.LEDGER)
    storage.put_bytes(key, json.dumps(old).encode(), "application/json")
    mailbox = Mailbox()
    with served(mailbox) as server:
        entry = deliver(RecordLedger(storage, RECORD_ID, WRITER), by_smtp(server), FIRST, DAY)
    assert mailbox.messages == []
    assert entry.reason is Reason.NEW
    assert Ledger.model_validate(old).entries == (entry,)


def test_every_announcement_and_channel_has_a_message_id_of_its_own_that_never_changes() -> None:
    ids = {
        message_id(home, number, "example.org", channel)
        for home in ("a", "b")
        for number in (1, 2)
        for channel in ("", "signal")
    }
    assert len(ids) == 8
    assert message_id("a", 1, "example.org") == "<mitschnitt.773232abe9343f0e102f8248@example.org>"


def test_what_was_mailed_for_meetings_moves_with_the_archive(storage: FolderStorage, tmp_path: Path) -> None:
    here, moved = MeetingLedger(storage, "2026-12-17"), FolderStorage(tmp_path / "anderswo")
    mailbox = Mailbox()
    with served(mailbox) as server:
        deliver(here, by_smtp(server), FIRST, DAY)
        copy_folder_ledgers(storage, moved)
        deliver(MeetingLedger(moved, "2026-12-17"), by_smtp(server), FIRST, DAY)
        deliver(MeetingLedger(moved, "2026-12-17"), by_smtp(server), Occasion(2), DAY)
        copy_folder_ledgers(storage, moved)
    assert len(mailbox.messages) == 2
    assert len(MeetingLedger(moved, "2026-12-17").read().entries) == 2


def test_what_has_changed_can_be_said_better_while_it_waits(home: LedgerHome) -> None:
    ready = by_smtp(None)
    for words in ("Der Ton.", "Der Ton ist jetzt besser."):
        prepare(home, ready, Occasion(2, Reason.CHANGED, words))
    assert only_entry(home).change == "Der Ton ist jetzt besser."


def test_what_organisers_are_told_does_not_take_the_place_of_the_announcement(
    storage: FolderStorage,
) -> None:
    home, mailbox = RecordLedger(storage, RECORD_ID, WRITER), Mailbox()
    with served(mailbox) as server:
        deliver(home, by_smtp(server), FIRST, DAY)
        notice = replace(by_smtp(server), channel="organisers-held-mail")
        notice.message.replace_header("Subject", "Bitte nachsehen")
        deliver(home, notice, Occasion(1, Reason.NOTICE), DAY)
    assert len(mailbox.messages) == 2
    assert storage.get_bytes(layout.object_key(RECORD_ID, layout.MESSAGE)) == mailbox.messages[0]


# What a server may do at any stage, and what the ledger says then where the answer decides.
ANSWERS = {
    "451 spaeter": Delivery.PREPARED,
    "421 wird beendet": Delivery.PREPARED,
    "554 nein": Delivery.FAILED,
}


def misdeeds() -> Iterator[tuple[Misdeed, Delivery]]:
    """Every stage with all that can go wrong there, and the outcome: only after the end it can be open."""
    for stage in At:
        lost = Delivery.UNKNOWN if stage is At.END else Delivery.PREPARED
        yield Misdeed(stage, HANG_UP), lost
        if stage is not At.TEXT:  # a server says nothing while it reads
            yield Misdeed(stage, SILENCE), lost
        for answer, state in ANSWERS.items():
            yield Misdeed(stage, answer, hangs_up=answer.startswith("421") or stage is At.TEXT), state


@pytest.mark.parametrize(("misdeed", "state"), list(misdeeds()), ids=str)
def test_a_mail_is_uncertain_only_where_its_end_was_said_and_nothing_came_back(
    misdeed: Misdeed, state: Delivery, storage: FolderStorage
) -> None:
    home = RecordLedger(storage, RECORD_ID, WRITER)
    with scripted(misdeed) as port:
        server = SmtpServer("smtp", "127.0.0.1", port, timeout_seconds=0.5, answer_seconds=0.5)
        mail = long_mail() if misdeed.at is At.TEXT else by_smtp(server).message
        with pytest.raises(StepError):
            deliver(home, SmtpHandover(mail, server), FIRST, DAY)
    entry = only_entry(home)
    assert entry.state is state
    if misdeed.answer in ANSWERS and misdeed.at is not At.HELLO:  # there the client tries another greeting
        assert misdeed.answer in entry.detail, "the server's own words are kept"


def test_a_server_that_hangs_up_while_the_ledger_is_written_surely_has_nothing() -> None:
    hung_up = Misdeed(At.TEXT, "421 wird beendet", hangs_up=True)
    with scripted(hung_up) as port:
        server = SmtpServer("smtp", "127.0.0.1", port, answer_seconds=5)
        with pytest.raises(TemporaryError) as raised:
            send(long_mail(lines=2_000), server, begin=lambda: sleep(0.5))
    assert raised.value.code == "smtp_delayed"
    assert "421" in str(raised.value)


def long_mail(lines: int = 500_000) -> EmailMessage:
    """A mail that, with so many lines, does not fit into what a line holds while nobody reads."""
    mail = message()
    mail["Message-ID"] = message_id(RECORD_ID, 1, "example.org")
    mail.set_content("Schöne Grüße an alle.\n" * lines)
    return mail
