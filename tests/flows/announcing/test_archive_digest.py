"""The mail "Neues im Archiv" with a real mail server: once, in its week, with what is new, or not at all."""

import multiprocessing
import signal
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from flows.announcing.archive_digest import LATE, tell_news
from flows.announcing.digest_round import DigestRound
from flows.delivery.deliver_once import resolve, update_entry
from flows.organiser_mails.open_matters_query import open_matters
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.document_publishing import publish_document, release_document, take_back_document
from tasks.archive.ledger_store import RecordLedger, copy_folder_ledgers, digest_ledger
from tasks.archive.publishing import publish
from tasks.archive.record_store import set_stage
from tasks.channels.mail_channel import MAIL
from tasks.channels.signal_messenger import SIGNAL
from tasks.storage.folder_storage import FolderStorage
from tests.archive_documents import CONVERTER, small_document
from tests.archive_records import IMPRINT, WRITER, prepared_entry, small_record
from tests.flows.workplace import Workplace
from tests.killing_storage import KillingStorage
from tests.tasks.channels.test_http_channels import Receiver, receiving
from tests.tasks.channels.test_smtp import Mailbox, served
from transcripts.errors.error_kinds import DamagedError, StepError
from transcripts.errors.mail_errors import (
    DigestNotDueError,
    DigestRefusedError,
    DigestWaitingError,
    OutcomeUnknownError,
    SmtpRefusedError,
    SmtpUnreachableError,
)
from transcripts.mail.archive_news import KnownBefore
from transcripts.mail.ledger import Delivery
from transcripts.model import Stage

# Nine o'clock in Berlin, on a Friday in December.
FRIDAY = datetime(2026, 12, 4, 8, tzinfo=UTC)
BEGAN = FRIDAY - timedelta(days=3)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class Network:
    """An archive, its settings, and what the list's members and the organisers have got."""

    folder: Path
    mailbox: Mailbox = field(default_factory=Mailbox)
    smtp_url: str = ""
    release: str = "automatic"
    sections: dict[str, Any] = field(default_factory=dict)

    @property
    def storage(self) -> FolderStorage:
        return FolderStorage(self.folder / "archive")

    @property
    def settings(self) -> Settings:
        announcement = {
            "to": "liste@example.org",
            "from": "Netzwerk Bürgerräte <wir@example.org>",
            "organisers": "orga@example.org",
            "outbox": self.folder / "outbox",
            "smtp_url": self.smtp_url or None,
        }
        return Settings.model_validate(
            {
                "network": {"name": "Netzwerk Bürgerräte", "base_url": "https://mitschnitt.example.org"},
                "announcement": announcement,
                "work": {"dir": self.folder / "work", "state_dir": self.folder / "state"},
                "digest": {"enabled": True, "release": self.release},
                **self.sections,
            }
        )

    def document(self, title: str, released_at: datetime | None = None) -> str:
        document = small_document(self.folder / title, title, title)
        record_id = publish_document(self.storage, document, CONVERTER, IMPRINT).record.id
        if released_at is not None:
            release_document(self.storage, record_id, released_at, IMPRINT)
        return record_id

    def recording(self, title: str, announced_at: datetime) -> str:
        record = small_record(self.folder / title, title, title)
        record_id = publish(self.storage, record, IMPRINT).recording.id
        sent = {"state": Delivery.SENT, "handed_over_at": announced_at}
        RecordLedger(self.storage, record_id, WRITER).write(prepared_entry().model_copy(update=sent), None)
        set_stage(self.storage, record_id, Stage.ANNOUNCED, WRITER)
        update_catalogue(self.storage, IMPRINT, anew=(record_id,))
        return record_id

    def run(self, now: datetime, *, is_released: bool = False) -> dict[str, str]:
        return tell_news(self.settings, self.storage, now, is_released=is_released)

    def to(self, address: str) -> list[tuple[str, str]]:
        """Subject and text of what this address got."""
        parsed = (message_from_bytes(raw, policy=default) for raw in self.mailbox.messages)
        mails = (mail for mail in parsed if isinstance(mail, EmailMessage))
        return [(str(mail["Subject"]), text_of(mail)) for mail in mails if mail["To"] == address]

    @property
    def to_members(self) -> list[tuple[str, str]]:
        return self.to("liste@example.org")


@pytest.fixture
def network(tmp_path: Path) -> Any:
    network = Network(tmp_path)
    with served(network.mailbox) as server:
        network.smtp_url = f"smtp://{server.host}:{server.port}"
        yield network


def begun(network: Network) -> Network:
    """With a first look on a Tuesday, before anything is new."""
    assert network.run(BEGAN) == {}
    return network


def test_a_week_with_news_has_one_mail_that_names_them(network: Network) -> None:
    old = network.recording("Altes Treffen", BEGAN - DAY)
    begun(network)
    document = network.document("Musterantrag Losverfahren", BEGAN + HOUR)
    recording = network.recording("Treffen im Dezember", BEGAN + DAY)
    network.document("Noch nicht freigegeben")
    for hours in (-1, 0, 1, 30):
        network.run(FRIDAY + hours * HOUR)
    ((subject, text),) = network.to_members
    assert subject == "Neues im Archiv: 1 Dokument und 1 Aufzeichnung"
    assert "Musterantrag Losverfahren\nMusterantrag, Herrenberg, 2025, 2 Seiten\n" in text
    assert f"https://mitschnitt.example.org/{document}/" in text
    assert (
        f"Treffen im Dezember\n19. November 2026, 1 Min.\nhttps://mitschnitt.example.org/recordings/{recording}/"
        in text
    )
    assert old not in text
    assert "Noch nicht" not in text


def test_a_week_without_news_has_no_mail_and_is_no_failure(network: Network) -> None:
    begun(network)
    for days in range(15):
        assert network.run(BEGAN + days * DAY) == {}
    assert network.mailbox.messages == []


def test_each_week_names_what_is_new_in_it_and_nothing_twice(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    second = network.document("Zweites", FRIDAY + HOUR)
    for hours in range(0, 24 * 15, 5):
        network.run(FRIDAY + hours * HOUR)
    take_back_document(network.storage, second, IMPRINT)
    release_document(network.storage, second, FRIDAY + 15 * DAY, IMPRINT)
    for hours in range(24 * 15, 24 * 30, 5):
        network.run(FRIDAY + hours * HOUR)
    texts = [text for _, text in network.to_members]
    assert len(texts) == 2
    assert ("Erstes" in texts[0], "Zweites" in texts[0]) == (True, False)
    assert ("Erstes" in texts[1], "Zweites" in texts[1]) == (False, True)


def test_documents_that_were_released_before_it_was_switched_on_are_news(network: Network) -> None:
    network.document("Aus dem Sommer", datetime(2026, 7, 1, tzinfo=UTC))
    begun(network)
    network.run(FRIDAY)
    assert "Aus dem Sommer" in network.to_members[0][1]


def test_more_than_a_mail_holds_is_told_in_the_next_ones(network: Network) -> None:
    begun(network)
    titles = [f"Antrag Nummer {number:02}" for number in range(23)]
    for minutes, title in enumerate(titles):
        network.document(title, BEGAN + timedelta(minutes=minutes))
    for weeks in range(3):
        network.run(FRIDAY + weeks * WEEK)
    first, second = (text for _, text in network.to_members)
    assert [title in first for title in titles] == [True] * 20 + [False] * 3
    assert [title in second for title in titles] == [False] * 20 + [True] * 3
    assert "steht in der nächsten" in first
    assert "steht in der nächsten" not in second


def test_what_is_taken_back_while_the_server_is_away_is_not_named_and_comes_when_it_is_out_again(
    network: Network,
) -> None:
    begun(network)
    network.mailbox.answers = ["451 spaeter"]
    kept, taken = network.document("Bleibt", BEGAN + HOUR), network.document("Geht", BEGAN + HOUR)
    network.run(FRIDAY)
    assert network.to_members == []
    take_back_document(network.storage, taken, IMPRINT)
    network.run(FRIDAY + HOUR)
    release_document(network.storage, taken, FRIDAY + 2 * DAY, IMPRINT)
    network.run(FRIDAY + WEEK)
    first, second = (text for _, text in network.to_members)
    assert (kept in first, taken in first) == (True, False)
    assert (kept in second, taken in second) == (False, True)


def test_a_prepared_mail_whose_news_are_all_taken_back_is_none(network: Network) -> None:
    network.release = "held"
    begun(network)
    taken = network.document("Geht", BEGAN + HOUR)
    network.run(FRIDAY)
    assert len(open_matters(network.settings, network.storage, (), datetime.now(UTC))) == 1
    take_back_document(network.storage, taken, IMPRINT)
    assert network.run(FRIDAY + HOUR) == {}
    assert open_matters(network.settings, network.storage, (), datetime.now(UTC)) == []
    network.run(FRIDAY + HOUR, is_released=True)
    assert network.to_members == []


def test_held_it_waits_for_its_release_and_organisers_see_it_before(network: Network) -> None:
    network.release = "held"
    begun(network)
    network.document("Musterantrag", BEGAN + HOUR)
    for hours in (0, 1, 2):
        assert network.run(FRIDAY + hours * HOUR) == {MAIL: Delivery.PREPARED}
    ((subject, text),) = network.to("orga@example.org")
    assert subject == "[Vorschau] Neues im Archiv: 1 Dokument"
    assert "mitschnitt news --send" in text
    assert network.to_members == []
    later = network.document("Später", FRIDAY + HOUR)
    assert network.run(FRIDAY + 3 * HOUR, is_released=True) == {MAIL: Delivery.SENT}
    network.run(FRIDAY + 4 * HOUR, is_released=True)
    ((subject, text),) = network.to_members
    assert subject == "Neues im Archiv: 1 Dokument"
    assert "Vorschau" not in text
    assert later not in text, "what was previewed is what is sent"


def test_held_and_forgotten_it_is_prepared_anew_a_week_later(network: Network) -> None:
    network.release = "held"
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    network.run(FRIDAY)
    network.document("Zweites", FRIDAY + HOUR)
    network.run(FRIDAY + WEEK)
    assert [subject for subject, _ in network.to("orga@example.org")] == [
        "[Vorschau] Neues im Archiv: 1 Dokument",
        "[Vorschau] Neues im Archiv: 2 Dokumente",
    ]
    network.run(FRIDAY + WEEK + HOUR, is_released=True)
    assert [subject for subject, _ in network.to_members] == ["Neues im Archiv: 2 Dokumente"]


def test_held_with_nobody_to_tell_is_a_failure(network: Network) -> None:
    network.release = "held"
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    nobody = network.settings.announcement.model_copy(update={"organisers": None})
    settings = network.settings.model_copy(update={"announcement": nobody})
    with pytest.raises(DigestWaitingError):
        tell_news(settings, network.storage, FRIDAY)


def test_a_server_that_is_away_for_long_is_a_failure_until_it_is_back(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    address, network.smtp_url = network.smtp_url, "smtp://127.0.0.1:1"
    network.run(FRIDAY)
    home = digest_ledger(network.storage)
    entry = home.read().entry(1, MAIL)
    assert entry is not None
    assert entry.since is not None
    update_entry(home, entry, since=entry.since - LATE)
    with pytest.raises(SmtpUnreachableError):
        network.run(FRIDAY + HOUR)
    network.smtp_url = address
    assert network.run(FRIDAY + 2 * HOUR) == {MAIL: Delivery.SENT}
    assert len(network.to_members) == 1


def test_a_refused_mail_is_a_failure_told_once_and_its_news_come_a_week_later(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    network.mailbox.answers = ["554 keine Lust"]
    with pytest.raises(SmtpRefusedError):
        network.run(FRIDAY)
    for _ in range(2):
        with pytest.raises(DigestRefusedError):
            network.run(FRIDAY + HOUR)
    assert len(network.to("orga@example.org")) == 1
    network.run(FRIDAY + WEEK)
    ((_, text),) = network.to_members
    assert "Erstes" in text


def test_a_refused_mail_goes_out_when_a_person_says_so(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    network.mailbox.answers = ["554 keine Lust"]
    with pytest.raises(SmtpRefusedError):
        network.run(FRIDAY)
    assert network.run(FRIDAY + HOUR, is_released=True) == {MAIL: Delivery.SENT}
    network.run(FRIDAY + 2 * HOUR)
    assert len(network.to_members) == 1


def test_a_person_need_not_wait_for_the_day_but_for_the_week(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    assert network.run(BEGAN + 2 * HOUR, is_released=True) == {MAIL: Delivery.SENT}
    network.document("Zweites", BEGAN + 3 * HOUR)
    network.run(BEGAN + 4 * HOUR, is_released=True)
    network.run(FRIDAY)
    assert len(network.to_members) == 1
    network.run(FRIDAY + WEEK)
    assert len(network.to_members) == 2


def test_a_broken_line_leaves_it_open_and_its_truth_decides(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    network.mailbox.answers = ["drop"]
    for hours in (0, 1):
        with pytest.raises(StepError):
            network.run(FRIDAY + hours * HOUR)
    assert len(network.to_members) == 1
    assert len(network.to("orga@example.org")) == 1
    network.run(FRIDAY + WEEK)
    assert len(network.to_members) == 1, "what may be out is told by no other mail"
    home = digest_ledger(network.storage)
    entry = home.read().entry(1, MAIL)
    assert entry is not None
    resolve(home, entry, was_sent=False)  # as somebody says who did not find it
    network.run(FRIDAY + WEEK + HOUR)
    assert len(network.to_members) == 2


def test_a_damaged_ledger_sends_nothing_and_is_told(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    network.run(FRIDAY)
    network.storage.put_bytes("digests/neues-im-archiv/ledger.json", b"{", "application/json")
    for weeks in (1, 2):
        with pytest.raises(DamagedError):
            network.run(FRIDAY + weeks * WEEK)
    assert len(network.to_members) == 1
    ((_, text),) = network.to("orga@example.org")
    assert "Neues im Archiv" in text


def test_an_archive_that_was_moved_knows_what_was_told(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    network.run(FRIDAY)
    moved = FolderStorage(network.folder / "anderswo")
    assert copy_folder_ledgers(network.storage, moved) == []
    assert digest_ledger(moved).read() == digest_ledger(network.storage).read()
    assert digest_ledger(moved).known_before() == digest_ledger(network.storage).known_before()


def test_messengers_get_it_after_the_mail_once(network: Network) -> None:
    receiver = Receiver(answer={"jsonrpc": "2.0", "id": 1, "result": {"timestamp": 1}})
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    with receiving(receiver) as url:
        network.sections = {"signal": {"url": url, "account": "+4915112345", "group": "abc="}}
        for hours in range(3):
            assert network.run(FRIDAY + hours * HOUR) == {
                MAIL: Delivery.SENT,
                **({} if hours else {SIGNAL: Delivery.SENT}),
            }
    assert len(receiver.requests) == 1


def test_the_preview_shows_the_next_mail_and_says_when_there_is_none(network: Network) -> None:
    look = DigestRound(network.settings, network.storage, BEGAN)
    with pytest.raises(DigestNotDueError):
        look.content()
    network.document("Erstes", BEGAN - HOUR)
    assert "Erstes" in look.content().rendered.text
    assert not list(network.storage.list_folders("digests")), "looking changes nothing"


RUN = """
from flows.announcing.archive_digest import send_digest
print(send_digest(return_state=True).type.value)
"""
SWITCHED_ON = {
    "MITSCHNITT_DIGEST__ENABLED": "true",
    "MITSCHNITT_ANNOUNCEMENT__TO": "liste@example.org",
    "MITSCHNITT_ANNOUNCEMENT__FROM": "wir@example.org",
    "MITSCHNITT_ANNOUNCEMENT__ORGANISERS": "orga@example.org",
}


@pytest.fixture
def weeks_later(workplace: Workplace) -> Workplace:
    """Where it was switched on two weeks ago, and a document was released since."""
    now, network = datetime.now(UTC), Network(workplace.folder)
    digest_ledger(network.storage).begin(KnownBefore(began_at=now - 2 * WEEK))
    network.document("Musterantrag", now - 10 * DAY)
    return replace(workplace, environment=workplace.environment | SWITCHED_ON)


def subjects(workplace: Workplace) -> list[str]:
    return [str(mail["Subject"]) for mail in workplace.mails]


def test_on_the_command_line_it_is_seen_tried_out_released_and_settled(weeks_later: Workplace) -> None:
    ran = weeks_later.run_python(RUN)
    assert "COMPLETED" in ran.out, ran.err
    assert subjects(weeks_later) == ["[Vorschau] Neues im Archiv: 1 Dokument"]
    seen = weeks_later.run("news", "--preview", "--test", "ich@example.org")
    assert seen.status == 0, seen.err
    assert "Betreff: Neues im Archiv: 1 Dokument" in seen.out
    assert "vorbereitet, noch nicht verschickt" in seen.out
    assert "[Probe] Neues im Archiv: 1 Dokument" in subjects(weeks_later)
    assert "Neues im Archiv" in weeks_later.run("status").out
    assert weeks_later.run("news", "--send").status == 0
    again = weeks_later.run("news", "--send", "--json")
    assert (again.status, again.json["error"]["code"]) == (1, "digest_not_due")
    assert subjects(weeks_later).count("Neues im Archiv: 1 Dokument") == 1
    home = digest_ledger(FolderStorage(weeks_later.archive))
    entry = home.read().entry(1, MAIL)
    assert entry is not None
    assert entry.state is Delivery.SENT
    update_entry(home, entry, state=Delivery.UNKNOWN)
    settled = weeks_later.run("news", "--resolve", "sent", "--json")
    assert settled.json["entries"][-1]["state"] == "sent"


def test_a_run_whose_mail_is_refused_has_failed_and_one_with_nothing_to_tell_has_not(
    weeks_later: Workplace,
) -> None:
    mailbox = Mailbox("554 keine Lust")
    with served(mailbox) as server:
        environment = {
            "MITSCHNITT_ANNOUNCEMENT__SMTP_URL": f"smtp://{server.host}:{server.port}",
            "MITSCHNITT_DIGEST__RELEASE": "automatic",
        }
        place = replace(weeks_later, environment=weeks_later.environment | environment)
        assert "FAILED" in place.run_python(RUN).out
        assert place.run("news", "--send").status == 0
        assert "COMPLETED" in place.run_python(RUN).out
    recipients = sorted(mailbox.recipients)
    assert recipients == ["liste@example.org", "orga@example.org"], "organisers hear once of what failed"


def test_the_doctor_says_when_it_comes_next_and_who_lacks_to_release_it(weeks_later: Workplace) -> None:
    assert "die Mail geht erst nach Freigabe hinaus" in weeks_later.run("doctor").out
    nobody = {**weeks_later.environment}
    del nobody["MITSCHNITT_ANNOUNCEMENT__ORGANISERS"]
    assert "Niemand bekommt die Vorschau" in replace(weeks_later, environment=nobody).run("doctor").out


def test_two_processes_at_once_send_one_mail(network: Network) -> None:
    begun(network)
    network.document("Erstes", BEGAN + HOUR)
    context = multiprocessing.get_context("forkserver")
    twin = Network(network.folder, smtp_url=network.smtp_url)
    processes = [context.Process(target=_run_beside, args=(twin,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert len(network.to_members) == 1


def _run_beside(network: Network) -> None:
    network.run(FRIDAY)


def test_switched_off_nothing_is_looked_at(weeks_later: Workplace) -> None:
    off = replace(weeks_later, environment=weeks_later.environment | {"MITSCHNITT_DIGEST__ENABLED": "false"})
    assert "COMPLETED" in off.run_python(RUN).out
    assert off.mails == []


def _run_and_die(network: Network, fatal: int, is_before: bool) -> None:
    storage = KillingStorage(network.folder / "archive", fatal, is_before=is_before)
    tell_news(network.settings, storage, FRIDAY)


@pytest.mark.parametrize("is_before", [True, False], ids=["before", "after"])
def test_killed_at_each_step_it_is_told_once_or_organisers_are_asked(tmp_path: Path, is_before: bool) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.flows.announcing.test_archive_digest"])
    outcomes: list[str] = []
    while "lived" not in outcomes:
        network = Network(tmp_path / str(len(outcomes)))
        with served(network.mailbox) as server:
            network.smtp_url = f"smtp://{server.host}:{server.port}"
            network.document("Erstes", BEGAN - HOUR)
            begun(network)
            mailless = Network(network.folder, smtp_url=network.smtp_url)
            mailless.mailbox = Mailbox()
            process = context.Process(target=_run_and_die, args=(mailless, len(outcomes), is_before))
            process.start()
            process.join()
            assert process.exitcode in (0, -signal.SIGKILL)
            is_killed = process.exitcode != 0
            outcomes.append(_after(network) if is_killed else "lived")
        assert len(network.to_members) == (0 if outcomes[-1] == "unknown, not out" else 1)
    assert outcomes.count("sent") >= 2
    assert any(each.startswith("unknown") for each in outcomes)


def _after(network: Network) -> str:
    """What the next runs make of it."""
    for minutes in (15, 30):
        try:
            network.run(FRIDAY + timedelta(minutes=minutes))
        except OutcomeUnknownError:
            assert len(network.to("orga@example.org")) == 1
            return "unknown, out" if network.to_members else "unknown, not out"
    return "sent"
