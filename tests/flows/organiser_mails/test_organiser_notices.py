"""What organisers are told that belongs to no record: once, however often, through refusals and kills."""

import multiprocessing
import os
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from flows.delivery.configured_channels import ORGANISERS
from flows.delivery.deliver_once import update_entry
from flows.organiser_mails.organiser_notices import (
    AFTER_REFUSAL,
    notify_organisers_once,
    send_waiting_notices,
)
from tasks.archive.ledger_store import NoticeLedger, copy_folder_ledgers
from tasks.archive.notice_store import KEPT, Notices
from tasks.channels.smtp import SmtpServer
from tasks.storage.folder_storage import FolderStorage
from tests.tasks.channels.test_smtp import Mailbox, served
from transcripts.archive.layout import notice_id
from transcripts.mail.ledger import FIRST, Delivery

KEY = "verify-2026-11"
WRITES_OF_ONE_NOTICE = 5  # the notice, prepared, sending, sent; then it is taken away


class DyingStorage(FolderStorage):
    """A folder whose user is killed at the n-th change."""

    def __init__(self, root: Path, lives: int) -> None:
        super().__init__(root)
        self._lives = lives

    def _one_less(self) -> None:
        self._lives -= 1
        if not self._lives:
            os._exit(9)

    def put_if(self, key: str, content: bytes, content_type: str, tag: str | None) -> str | None:
        self._one_less()
        return super().put_if(key, content, content_type, tag)

    def delete(self, key: str) -> None:
        self._one_less()
        super().delete(key)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "archive")


def settings_for(folder: Path, server: SmtpServer | None = None, **announcement: str) -> Settings:
    given: dict[str, Any] = {"organisers": "orga@example.org", "outbox": folder / "outbox"}
    if server is not None:
        given["smtp_url"] = f"smtp://{server.host}:{server.port}"
    given |= {"to": "liste@example.org", "from": "Netzwerk <wir@example.org>"}
    return Settings.model_validate({"announcement": given | announcement})


def tell(settings: Settings, storage: FolderStorage, key: str = KEY) -> bool:
    link = "https://mitschnitt.example.org/redaktion/"
    text = "Zwei Dateien fehlen:\nvideo.mp4\nBeheben: siehe unten"
    return notify_organisers_once(
        settings, storage, key, "Prüfung des Archivs", text, "mitschnitt verify", link
    )


def texts(mail: EmailMessage) -> list[str]:
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [str(part.get_content()).replace("\r\n", "\n") for part in parts if part is not None]


def test_each_key_is_told_once_and_says_where_to_go_on(storage: FolderStorage, tmp_path: Path) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        assert [tell(settings, storage, key) for key in (KEY, KEY, "another", KEY)] == [True] * 4
        send_waiting_notices(settings, storage)
    assert mailbox.recipients == ["orga@example.org"] * 2
    mail = message_from_bytes(mailbox.messages[0], policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail["Subject"] == "Bitte nachsehen: Prüfung des Archivs"
    plain, html = texts(mail)
    assert "Zwei Dateien fehlen:\nvideo.mp4\nBeheben" in plain
    assert "Dort nachsehen:\nhttps://mitschnitt.example.org/redaktion/" in plain
    assert "mitschnitt verify" in plain
    assert "Zwei Dateien fehlen:<br>video.mp4<br>" in html
    assert len({message_from_bytes(raw)["Message-ID"] for raw in mailbox.messages}) == 2


def test_a_mail_server_that_is_away_loses_nothing_though_nobody_says_it_again(
    storage: FolderStorage, tmp_path: Path
) -> None:
    mailbox = Mailbox("451 spaeter", "451 spaeter")
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        assert not tell(settings, storage)
        assert not tell(settings, storage)
        for _ in range(3):
            send_waiting_notices(settings, storage)
        assert tell(settings, storage)
    assert len(mailbox.messages) == 1
    assert list(Notices(storage).waiting()) == []


def test_what_may_be_out_is_not_sent_again(storage: FolderStorage, tmp_path: Path) -> None:
    mailbox = Mailbox("drop")
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        for _ in range(2):
            assert not tell(settings, storage)
            send_waiting_notices(settings, storage)
    assert len(mailbox.messages) == 1
    assert list(Notices(storage).waiting()) == []


def test_what_was_refused_is_tried_again_half_a_day_later(storage: FolderStorage, tmp_path: Path) -> None:
    mailbox, home = Mailbox("554 nein"), NoticeLedger(storage, notice_id(KEY))
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        assert not tell(settings, storage)
        send_waiting_notices(settings, storage)
        assert mailbox.messages == []
        entry = home.read().entry(FIRST, ORGANISERS)
        assert entry is not None
        assert entry.state is Delivery.FAILED
        home.write(entry.model_copy(update={"changed_at": datetime.now(UTC) - 2 * AFTER_REFUSAL}), entry)
        send_waiting_notices(settings, storage)
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("lives", range(1, WRITES_OF_ONE_NOTICE + 1))
def test_a_kill_at_any_change_neither_loses_nor_doubles_it(
    storage: FolderStorage, tmp_path: Path, lives: int
) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        dying = DyingStorage(tmp_path / "archive", lives)
        killed = multiprocessing.get_context("fork").Process(target=tell, args=(settings, dying))
        killed.start()
        killed.join(60)
        assert killed.exitcode == 9
        tell(settings, storage)
        send_waiting_notices(settings, storage)
        send_waiting_notices(settings, storage)
    assert len(mailbox.messages) == 1
    assert list(Notices(storage).waiting()) == []


def test_two_who_say_it_at_once_send_one_mail(storage: FolderStorage, tmp_path: Path) -> None:
    mailbox = Mailbox()
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        start = multiprocessing.get_context("fork").Process
        processes = [start(target=tell, args=(settings, storage)) for _ in "1234"]
        for each in processes:
            each.start()
        for each in processes:
            each.join(60)
    assert len(mailbox.messages) == 1


def test_without_an_address_nothing_is_sent_or_kept_and_the_administrator_stands_in(
    storage: FolderStorage, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, organisers="")
    assert not tell(settings, storage)
    assert list(storage.list_objects("notices")) == []
    network = settings.network.model_copy(update={"admin_address": "technik@example.org"})
    assert tell(settings.model_copy(update={"network": network}), storage)
    (mail,) = (tmp_path / "outbox").glob("*.eml")
    assert message_from_bytes(mail.read_bytes())["To"] == "technik@example.org"


def test_a_damaged_notice_keeps_the_others_from_nothing(storage: FolderStorage, tmp_path: Path) -> None:
    mailbox = Mailbox("451 spaeter")
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        storage.put_bytes("notices/damaged/notice.json", b'{"title": 7', "application/json")
        assert not tell(settings, storage)
        send_waiting_notices(settings, storage)
    assert len(mailbox.messages) == 1
    assert storage.get_bytes("notices/damaged/notice.json") == b'{"title": 7'


@pytest.mark.parametrize("key", ["../../recordings/x", "a" * 500, "Größe/ä", "not_found", "not-found", ""])
def test_any_key_is_a_safe_folder_of_its_own(key: str) -> None:
    assert all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in notice_id(key))
    assert len(notice_id(key)) < 100
    assert notice_id(key) != notice_id(key + "x")


def test_what_was_told_moves_with_the_archive(storage: FolderStorage, tmp_path: Path) -> None:
    moved, mailbox = FolderStorage(tmp_path / "anderswo"), Mailbox()
    with served(mailbox) as server:
        settings = settings_for(tmp_path, server)
        tell(settings, storage)
        copy_folder_ledgers(storage, moved)
        assert tell(settings, moved)
    assert len(mailbox.messages) == 1


def test_after_a_year_it_is_forgotten(storage: FolderStorage, tmp_path: Path) -> None:
    tell(settings_for(tmp_path), storage)
    now = datetime.now(UTC)
    Notices(storage).forget_old(now + KEPT - timedelta(days=1))
    assert len(list(storage.list_folders("notices"))) == 1
    Notices(storage).forget_old(now + KEPT + timedelta(days=1))
    assert list(storage.list_folders("notices")) == []


def test_an_outcome_that_a_person_settles_is_out(storage: FolderStorage, tmp_path: Path) -> None:
    home = NoticeLedger(storage, notice_id(KEY))
    with served(Mailbox("drop")) as server:
        settings = settings_for(tmp_path, server)
        tell(settings, storage)
        entry = home.read().entry(FIRST, ORGANISERS)
        assert entry is not None
        update_entry(home, entry, state=Delivery.SENT)
        assert tell(settings, storage)
