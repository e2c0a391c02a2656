"""With a real mailing list (Postfix, Mailman 3): sent on, held, refused, and what a broken line left open."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.delivery.deliver_once import Occasion, deliver, follow, prepare, update_entry
from tasks.archive.ledger_store import MeetingLedger
from tasks.channels.mail_channel import DeliveryEvidence, SmtpHandover
from tasks.channels.mailman import members_of, posting_rights, posts_so_far
from tasks.storage.folder_storage import FolderStorage
from tests.dkim_signatures import Provider
from tests.imap_server import running_imap_server
from tests.list_server import (
    LIST_ADDRESS,
    LIST_ID,
    MEMBERS,
    ROBOT,
    STRANGER,
    SUSPECT,
    ListServer,
    running_list_server,
)
from tests.transcripts.mail.test_announcement_mail import sample_announcement
from transcripts.errors.error_kinds import PermanentError
from transcripts.mail.announcement_mail import render_announcement
from transcripts.mail.ledger import Delivery, Publication, message_id
from transcripts.mail.mime_message import Envelope, compose_message

pytestmark = pytest.mark.mailman

DAY = timedelta(days=1)
FIRST = Occasion(1)
WAIT_SECONDS = 90


@pytest.fixture(scope="module")
def list_server() -> Iterator[ListServer]:
    with running_list_server() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> MeetingLedger:
    return MeetingLedger(FolderStorage(tmp_path / "archive"), "2026-12-17")


def post(list_server: ListServer, sender: str, name: str, port: int | None = None) -> SmtpHandover:
    """The sample's announcement, ready for the list."""
    envelope = Envelope(
        sender=f"Netzwerk Bürgerräte <{sender}>",
        recipient=LIST_ADDRESS,
        message_id=message_id(name, 1, "example.test"),
        sent_at=datetime.now(UTC),
    )
    message = compose_message(render_announcement(sample_announcement()), envelope)
    server = replace(list_server.smtp, port=port or list_server.smtp.port)
    return SmtpHandover(message, server, DeliveryEvidence(list_server.mailman, wait_seconds=WAIT_SECONDS))


def patient(ready: SmtpHandover, wait_seconds: float) -> SmtpHandover:
    """The same, with so much patience."""
    return replace(ready, delivery_evidence=replace(ready.delivery_evidence, wait_seconds=wait_seconds))


def arrived(list_server: ListServer, name: str, identity: str) -> list[str]:
    return [mail["Subject"] for mail in list_server.maildir(name) if mail["Message-ID"] == identity]


def test_an_announcement_arrives_at_every_member_once_and_is_known_to_be_out(
    list_server: ListServer, home: MeetingLedger
) -> None:
    ready = post(list_server, ROBOT, "eins")
    entry = follow(home, ready, deliver(home, ready, FIRST, DAY))
    assert (entry.state, entry.publication) == (Delivery.SENT, Publication.OUT)
    deliver(home, ready, FIRST, DAY)
    for name in MEMBERS:
        (mail,) = list_server.wait_for(name, 1)
        assert mail["Message-ID"] == ready.message_id
        assert LIST_ID in mail["List-Id"]
        assert mail["Subject"].startswith("[Netzwerk] Aufzeichnung: Netzwerktreffen Bürgerräte")
        body = mail.get_body(("plain",))
        assert body is not None
        assert "Hallo zusammen" in body.get_content()


def test_a_held_post_is_seen_as_held_with_its_reason_and_link_until_it_is_approved(
    list_server: ListServer, home: MeetingLedger
) -> None:
    ready = post(list_server, SUSPECT, "zwei")
    entry = follow(home, ready, deliver(home, ready, FIRST, DAY))
    assert (entry.state, entry.publication) == (Delivery.SENT, Publication.HELD)
    assert entry.detail
    assert entry.link == f"https://lists.example.test/mailman3/lists/{LIST_ID}/held_messages"
    assert arrived(list_server, "anna", ready.message_id) == []
    list_server.approve(ready.message_id)
    assert follow(home, ready, entry).publication in (Publication.HELD, Publication.OUT)
    while (entry := follow(home, ready, home.read().entries[0])).publication is Publication.HELD:
        pass
    assert entry.publication is Publication.OUT


def test_a_refused_post_is_seen_as_refused_and_why(list_server: ListServer, home: MeetingLedger) -> None:
    ready = post(list_server, STRANGER, "drei")
    with pytest.raises(PermanentError, match="list_rejected") as caught:
        follow(home, ready, deliver(home, ready, FIRST, DAY))
    assert "default_nonmember_action: reject" in str(caught.value)
    assert home.read().entries[0].state is Delivery.FAILED
    assert arrived(list_server, "anna", ready.message_id) == []


def test_what_a_broken_line_left_open_is_found_out_and_not_sent_again(
    list_server: ListServer, home: MeetingLedger
) -> None:
    before = posts_so_far(list_server.mailman)
    with dropping_after_the_text(list_server.smtp.port) as port:
        ready = post(list_server, ROBOT, "vier", port)
        entry = deliver(home, ready, FIRST, DAY)
    assert (entry.state, entry.publication) == (Delivery.SENT, Publication.OUT)
    assert deliver(home, ready, FIRST, DAY) == entry
    assert posts_so_far(list_server.mailman) == before + 1


@pytest.mark.imap
def test_a_member_of_the_list_that_is_read_by_imap_settles_what_the_list_is_not_asked_for(
    list_server: ListServer, home: MeetingLedger
) -> None:
    with (
        running_imap_server(list_server.folder / "maildirs") as imap,
        dropping_after_the_text(list_server.smtp.port) as port,
    ):
        by_anna = replace(imap.mailbox, user="anna")
        ready = post(list_server, ROBOT, "sieben", port)
        ready = replace(ready, delivery_evidence=DeliveryEvidence(mailbox=by_anna, wait_seconds=WAIT_SECONDS))
        entry = deliver(home, ready, FIRST, DAY)
    assert (entry.state, entry.publication) == (Delivery.SENT, Publication.OUT)
    assert "mailbox" in entry.detail
    assert len(arrived(list_server, "anna", ready.message_id)) == 1


def test_what_a_provider_signed_is_proved_behind_a_real_mail_server(list_server: ListServer) -> None:
    provider, ready = Provider(), post(list_server, ROBOT, "unterschrieben")
    with smtplib.SMTP(list_server.smtp.host, list_server.smtp.port) as line:
        line.sendmail(ROBOT, "orga@members.example.test", provider.signed(ready.stored or b""))
    assert provider.has_signed(list_server.wait_for_message("orga", ready.message_id))


def test_a_list_that_adds_nothing_hands_on_what_was_signed_and_one_that_does_breaks_it(
    list_server: ListServer,
) -> None:
    provider = Provider()
    for name, setting, is_proved in (("pur", list_server.unadorned(), True), ("fuß", nullcontext(), False)):
        ready = post(list_server, ROBOT, name)
        with setting, smtplib.SMTP(list_server.smtp.host, list_server.smtp.port) as line:
            line.sendmail(ROBOT, LIST_ADDRESS, provider.signed(ready.stored or b""))
            arrived_so = list_server.wait_for_message("anna", ready.message_id)
        assert b"List-Id" in arrived_so
        assert provider.has_signed(arrived_so) is is_proved


def test_what_never_arrived_stays_open_however_long_the_list_is_asked(
    list_server: ListServer, home: MeetingLedger
) -> None:
    ready = patient(post(list_server, ROBOT, "fünf"), 3)
    lost = update_entry(home, prepare(home, ready, FIRST), state=Delivery.SENDING, owner="")
    update_entry(home, lost, posts_before=posts_so_far(list_server.mailman), handed_over_at=datetime.now(UTC))
    with pytest.raises(PermanentError, match="outcome_unknown"):
        deliver(home, ready, FIRST, DAY)
    assert arrived(list_server, "anna", ready.message_id) == []


def test_somebody_elses_later_post_is_not_taken_for_ours(
    list_server: ListServer, home: MeetingLedger
) -> None:
    ready = patient(post(list_server, ROBOT, "sechs"), 0)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    lost = update_entry(home, prepare(home, ready, FIRST), state=Delivery.SENDING, owner="")
    update_entry(home, lost, posts_before=posts_so_far(list_server.mailman) - 1, handed_over_at=long_ago)
    with pytest.raises(PermanentError, match="outcome_unknown"):
        deliver(home, ready, FIRST, DAY)


def test_the_members_are_known(list_server: ListServer) -> None:
    assert {each.partition("@")[0] for each in members_of(list_server.mailman)} == set(MEMBERS)


def test_the_rights_of_a_sender_are_known_beforehand(list_server: ListServer) -> None:
    actions = [posting_rights(list_server.mailman, each).action for each in (ROBOT, SUSPECT, "x@y.example")]
    assert actions == ["accept", "hold", "reject"]


def test_a_list_server_that_refuses_or_knows_nothing_is_named(list_server: ListServer) -> None:
    with pytest.raises(PermanentError, match="mailman_login"):
        posts_so_far(replace(list_server.mailman, password="falsch"))
    with pytest.raises(PermanentError, match="mailman_list"):
        posts_so_far(replace(list_server.mailman, list_id="nichts.example.test"))


@contextmanager
def dropping_after_the_text(upstream: int) -> Iterator[int]:
    """A line to the mail server that breaks when the server has taken the text, before it can say so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_pass_on, args=(listener, upstream), daemon=True).start()
        yield listener.getsockname()[1]


def _pass_on(listener: socket.socket, upstream: int) -> None:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", upstream))
    has_ended = threading.Event()
    threading.Thread(target=_back, args=(server, client, has_ended), daemon=True).start()
    said = b""
    while part := client.recv(65536):
        said = (said + part)[-5:]
        if said.endswith(b"\r\n.\r\n"):
            has_ended.set()
        server.sendall(part)


def _back(server: socket.socket, client: socket.socket, has_ended: threading.Event) -> None:
    while part := server.recv(65536):
        if has_ended.is_set():
            client.shutdown(socket.SHUT_RDWR)
            client.close()
            return
        client.sendall(part)
