"""Looking for a copy in a mailbox, on a real IMAP server (Dovecot)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.delivery.deliver_once import Occasion, deliver, follow, prepare, update_entry
from tasks.archive.ledger_store import MeetingLedger
from tasks.channels.imap import ImapMailbox, check_mailbox, has_copy, parse_imap_url
from tasks.channels.mail_channel import DeliveryEvidence, SmtpHandover
from tasks.storage.folder_storage import FolderStorage
from tests.imap_server import ImapServer, running_imap_server
from tests.s3_server import free_port
from tests.tasks.channels.test_smtp import Mailbox, message, served
from transcripts.errors.error_kinds import PermanentError, TemporaryError
from transcripts.mail.ledger import Delivery, Publication, message_id

DAY = timedelta(days=1)
OURS = message_id("eins", 1, "example.org")


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with running_imap_server() as server:
        server.put(as_the_list_sends_it(OURS), "eins")
        yield server


def as_the_list_sends_it(identity: str) -> bytes:
    mail = message()
    mail["Message-ID"] = identity
    mail["List-Id"] = "<liste.example.org>"
    return mail.as_bytes()


def announcement(server: object, mailbox: ImapMailbox, name: str) -> SmtpHandover:
    mail = message()
    mail["Message-ID"] = message_id(name, 1, "example.org")
    return SmtpHandover(mail, server, DeliveryEvidence(mailbox=mailbox, wait_seconds=5))  # type: ignore[arg-type]


pytestmark = pytest.mark.imap


def test_a_copy_is_found_by_its_message_id_and_stays_unread(imap: ImapServer) -> None:
    for _ in range(2):
        assert has_copy(imap.mailbox, OURS)
    assert not has_copy(imap.mailbox, message_id("eins", 2, "example.org"))
    (file,) = (imap.folder / "maildirs/archiv").glob("*/eins*")
    assert not file.name.endswith("S"), "opened for reading only"


@pytest.mark.parametrize("scheme", ["imap+starttls", "imap"])
def test_encryption_may_be_turned_on_or_left_out_where_the_network_is_trusted(
    imap: ImapServer, scheme: str
) -> None:
    assert has_copy(replace(imap.mailbox, scheme=scheme, port=imap.plain_port), OURS)


@pytest.mark.parametrize("scheme", ["imap+starttls", "imaps"])
def test_a_certificate_nobody_trusts_is_refused(imap: ImapServer, scheme: str) -> None:
    port = imap.mailbox.port if scheme == "imaps" else imap.plain_port
    with pytest.raises(PermanentError, match="mailbox_certificate"):
        has_copy(replace(imap.mailbox, scheme=scheme, port=port, ca_file=None), OURS)


def test_a_wrong_password_and_a_missing_folder_are_named_and_no_secret_is_shown(imap: ImapServer) -> None:
    wrong = replace(imap.mailbox, password="auch geheim")
    with pytest.raises(PermanentError, match="mailbox_login") as caught:
        check_mailbox(wrong)
    assert "geheim" not in repr(wrong) + repr(caught.value) + repr(caught.value.__cause__)
    with pytest.raises(PermanentError, match="mailbox_folder"):
        check_mailbox(replace(imap.mailbox, folder="Gibt es nicht"))


def test_a_server_that_is_away_or_hangs_up_is_temporary(imap: ImapServer) -> None:
    for port in (free_port(), imap.plain_port):  # the second does not speak TLS from the start
        with pytest.raises(TemporaryError, match="mailbox_unreachable"):
            has_copy(replace(imap.mailbox, port=port), OURS)


def test_what_a_broken_line_left_open_is_settled_by_the_copy_and_not_sent_again(
    imap: ImapServer, tmp_path: Path
) -> None:
    home, sink = MeetingLedger(FolderStorage(tmp_path), "2026-12-17"), Mailbox("drop")
    with served(sink) as server, sent_on_after(imap, "zwei", seconds=1.0):
        ready = announcement(server, imap.mailbox, "zwei")
        entry = deliver(home, ready, Occasion(1), DAY)
        assert (entry.state, entry.publication) == (Delivery.SENT, Publication.OUT)
        deliver(home, ready, Occasion(1), DAY)
    assert len(sink.messages) == 1


def test_a_mail_that_was_accepted_is_known_to_be_out_when_its_copy_is_there(
    imap: ImapServer, tmp_path: Path
) -> None:
    home = MeetingLedger(FolderStorage(tmp_path), "2026-12-17")
    with served(Mailbox()) as server:
        ready = announcement(server, imap.mailbox, "eins")
        entry = follow(home, ready, deliver(home, ready, Occasion(1), DAY))
    assert (entry.state, entry.publication) == (Delivery.SENT, Publication.OUT)


@pytest.mark.parametrize("is_reachable", [True, False])
def test_a_copy_that_is_not_there_proves_nothing(
    imap: ImapServer, tmp_path: Path, is_reachable: bool
) -> None:
    home, sink = MeetingLedger(FolderStorage(tmp_path), "2026-12-17"), Mailbox()
    mailbox = imap.mailbox if is_reachable else replace(imap.mailbox, port=free_port())
    with served(sink) as server:
        ready = announcement(server, mailbox, "drei")
        ready = replace(ready, delivery_evidence=replace(ready.delivery_evidence, wait_seconds=0.5))
        lost = prepare(home, ready, Occasion(1))
        update_entry(home, lost, state=Delivery.SENDING, owner="", handed_over_at=datetime.now(UTC))
        for _ in range(2):
            with pytest.raises(PermanentError, match="outcome_unknown"):
                deliver(home, ready, Occasion(1), DAY)
    assert sink.messages == []
    assert home.read().entries[0].state is Delivery.UNKNOWN


def test_addresses_of_mailboxes_are_read() -> None:
    found = parse_imap_url("imaps://archiv%40x:p%2Fw@mail.example.org", "Listen/Netzwerk")
    assert found == ImapMailbox("imaps", "mail.example.org", 993, "archiv@x", "p/w", "Listen/Netzwerk")
    assert parse_imap_url("imap+starttls://a:b@m.example.org:1143").port == 1143


@pytest.mark.parametrize(
    "url",
    ["mail.example.org", "imaps://mail", "imaps://a@mail", "https://a:geheim@h", "imaps://a:geheim@h:x"],
)
def test_a_wrong_address_is_not_repeated(url: str) -> None:
    with pytest.raises(PermanentError, match="imap_url") as caught:
        parse_imap_url(url)
    assert "geheim" not in str(caught.value)


@contextmanager
def sent_on_after(imap: ImapServer, name: str, seconds: float) -> Iterator[None]:
    """The list takes a moment."""
    content = as_the_list_sends_it(message_id(name, 1, "example.org"))
    timer = threading.Timer(seconds, imap.put, (content, name))
    timer.start()
    try:
        yield
    finally:
        timer.join()
