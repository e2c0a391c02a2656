"""The list hears of a record once: the ledger decides, also after a crash."""

import json
import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.publishing import publish
from tasks.archive.record_store import write_entry
from tasks.archive.verification import verify_archive
from tasks.channels.smtp import SmtpServer
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import RECORD_ID, small_record
from tests.flows.conftest import ProcessedSample
from tests.flows.workplace import Workplace, files_of, manifest_of, plain_files_of, recording_of
from tests.media_samples import meeting_clip
from tests.misbehaving_server import serve_folder
from tests.s3_server import S3Server
from tests.tasks.channels.test_http_channels import Receiver, receiving
from tests.tasks.channels.test_smtp import Mailbox, served
from transcripts.archive.catalogue import Imprint
from transcripts.archive.manifest import MadeBy
from transcripts.mail.ledger import Delivery, Ledger
from transcripts.model import Stage

IMPRINT = Imprint(None, None, MadeBy(tool="mitschnitt 0"))


@pytest.fixture
def archived(processed_sample: ProcessedSample, workplace: Workplace) -> Path:
    """The sample's record as it is before its announcement, in an archive of its own."""
    shutil.copytree(processed_sample.workplace.archive, workplace.archive)
    (record,) = workplace.records()
    (record / "manifest.json").write_bytes((record / "history/0001.json").read_bytes())
    for name in set(files_of(record)) - manifest_of(record).places - {"manifest.json", "history/0001.json"}:
        (record / name).unlink()
    update_catalogue(FolderStorage(workplace.archive), IMPRINT, anew=(record.name,))
    return record


def leave_ledger(record: Path, state: Delivery, like: Path) -> None:
    """Write the ledger as a run would have that ended in this state."""
    ledger = Ledger.model_validate_json((like / "announcement/ledger.json").read_bytes())
    (entry,) = ledger.entries
    message = (like / "announcement/message.eml").read_bytes()
    changed = entry.model_copy(update={"state": state})
    write_entry(FolderStorage(record.parents[1]), record.name, changed, None, IMPRINT.writer, message)


def test_what_was_archived_but_not_announced_is_announced_by_the_next_run(
    processed_sample: ProcessedSample, workplace: Workplace, archived: Path
) -> None:
    answer = workplace.run("process", processed_sample.url, "--json")
    assert answer.status == 0, answer.err
    assert len(workplace.mails) == 1
    assert workplace.mails[0]["Message-ID"] == processed_sample.workplace.mails[0]["Message-ID"]
    assert manifest_of(archived).names == set(plain_files_of(archived)) - {"manifest.json"}
    assert list(verify_archive(FolderStorage(workplace.archive), IMPRINT, deep=True)) == []


@pytest.mark.parametrize("state", [Delivery.SENDING, Delivery.UNKNOWN])
def test_an_announcement_that_may_be_out_is_not_sent_again(
    state: Delivery, processed_sample: ProcessedSample, workplace: Workplace, archived: Path
) -> None:
    leave_ledger(archived, state, like=processed_sample.record)
    answer = workplace.run("process", processed_sample.url, "--json")
    assert answer.status == 1
    assert answer.json["error"]["code"] == "outcome_unknown"
    assert "ungewiss" in answer.json["error"]["message"]
    assert workplace.mails == []


def test_an_announcement_that_was_sent_is_only_noted(
    processed_sample: ProcessedSample, workplace: Workplace, archived: Path
) -> None:
    leave_ledger(archived, Delivery.SENT, like=processed_sample.record)
    assert workplace.run("process", processed_sample.url).status == 0
    assert workplace.mails == []
    assert json.loads((archived / "recording.json").read_bytes())["stage"] == "announced"


def test_with_a_bucket_and_a_mail_server_the_record_and_the_mail_go_there(
    workplace: Workplace, s3_server: S3Server, tmp_path: Path
) -> None:
    mailbox = Mailbox("451 spaeter")
    meeting_clip(tmp_path / "Erstes Treffen.mp4", 0, 12)
    with serve_folder(tmp_path) as site, served(mailbox) as smtp:
        settings = {
            "MITSCHNITT_ARCHIVE__URL": f"s3://{s3_server.bucket}/netzwerk",
            "MITSCHNITT_ARCHIVE__ENDPOINT_URL": str(s3_server.access.endpoint_url),
            "MITSCHNITT_ARCHIVE__REGION": "eu-central-1",
            "MITSCHNITT_ARCHIVE__ACCESS_KEY_ID": str(s3_server.access.access_key_id),
            "MITSCHNITT_ARCHIVE__SECRET_ACCESS_KEY": str(s3_server.access.secret_access_key),
            "MITSCHNITT_ARCHIVE__CA_FILE": str(s3_server.access.ca_file),
            "MITSCHNITT_ANNOUNCEMENT__TO": "Liste <liste@example.org>",
            "MITSCHNITT_ANNOUNCEMENT__FROM": "Netzwerk Bürgerräte <netzwerk@example.org>",
            "MITSCHNITT_ANNOUNCEMENT__SMTP_URL": f"smtp://{smtp.host}:{smtp.port}",
            "MITSCHNITT_NETWORK__BASE_URL": "https://mitschnitt.example.org",
        }
        there = Workplace(workplace.folder, workplace.environment | settings)
        url = site.url("Erstes%20Treffen.mp4")
        answer = there.run("process", url, "--date", "2026-11-19", "--json")
        again = there.run("process", url, "--json")
    assert answer.status == 0, answer.err
    assert (
        answer.json["location"] == f"s3://{s3_server.bucket}/netzwerk/recordings/2026-11-19-erstes-treffen/"
    )
    assert again.json["existed"] is True
    (raw,) = mailbox.messages
    mail = message_from_bytes(raw, policy=default)
    assert mail["From"] == "Netzwerk Bürgerräte <netzwerk@example.org>"
    assert mailbox.recipients == ["liste@example.org"]
    assert "https://mitschnitt.example.org/recordings/2026-11-19-erstes-treffen/" in str(mail)
    assert not (workplace.folder / "archive").exists()


@pytest.fixture
def small(workplace: Workplace) -> Workplace:
    """A workplace whose archive holds one small record, not yet announced."""
    storage = FolderStorage(workplace.archive)
    publish(storage, small_record(workplace.folder / "source"), IMPRINT)
    return workplace


def with_settings(workplace: Workplace, **settings: str) -> Workplace:
    named = {f"MITSCHNITT_{name.upper()}": value for name, value in settings.items()}
    return Workplace(workplace.folder, workplace.environment | named)


def by_mail(workplace: Workplace, smtp: SmtpServer, **settings: str) -> Workplace:
    return with_settings(
        workplace,
        announcement__to="liste@example.org",
        announcement__from="Netzwerk Bürgerräte <netzwerk@example.org>",
        announcement__smtp_url=f"smtp://{smtp.host}:{smtp.port}",
        **settings,
    )


def states_of(workplace: Workplace) -> dict[str, str]:
    """Channel -> state, as the command says."""
    entries = workplace.run("announce", RECORD_ID, "--json").json["entries"]
    return {each["channel"]: each["state"] for each in entries}


def stage_of(workplace: Workplace) -> Stage:
    return recording_of(workplace.archive / "recordings" / RECORD_ID).stage


def test_a_server_that_says_later_is_asked_later_and_at_last_named_with_its_words(small: Workplace) -> None:
    mailbox = Mailbox(*["451 spaeter vielleicht"] * 9)
    with served(mailbox) as smtp:
        there = by_mail(small, smtp, announcement__retry_hours="0.0005")
        answer = there.run("announce", RECORD_ID, "--send", "--json")
    assert answer.status == 1
    assert answer.json["error"]["code"] == "announcement_given_up"
    assert "spaeter vielleicht" in answer.json["error"]["message"]
    assert states_of(small) == {"mail": "failed"}
    assert len(mailbox.answers) < 8, "tried more than once"
    assert stage_of(small) is Stage.ARCHIVED


def test_what_waits_for_release_is_shown_and_tried_and_sent_only_when_asked(small: Workplace) -> None:
    mailbox = Mailbox()
    with served(mailbox) as smtp:
        there = by_mail(small, smtp, announcement__release="held")
        preview = there.run("announce", RECORD_ID, "--preview")
        assert "Hallo zusammen," in preview.out
        there.run("announce", RECORD_ID, "--changed", "Nur zum Ansehen.", "--preview")
        assert there.run("announce", RECORD_ID, "--test", "ich@example.org").status == 0
        assert states_of(there) == {}, "neither looking nor trying changes the ledger"
        assert there.run("announce", RECORD_ID, "--send").status == 0
        assert there.run("announce", RECORD_ID, "--send").status == 0
    first, second = (message_from_bytes(raw, policy=default) for raw in mailbox.messages)
    assert mailbox.recipients == ["ich@example.org", "liste@example.org"]
    assert first["Subject"] == f"[Probe] {second['Subject']}"
    assert first["Message-ID"] != second["Message-ID"]
    assert stage_of(there) is Stage.ANNOUNCED


def test_a_changed_recording_is_announced_anew_with_its_own_reason_and_id(small: Workplace) -> None:
    small.run("announce", RECORD_ID, "--send")
    answer = small.run("announce", RECORD_ID, "--changed", "Der Ton ist jetzt besser.", "--send", "--json")
    assert [each["number"] for each in answer.json["entries"]] == [1, 2]
    assert [each["reason"] for each in answer.json["entries"]] == ["new", "changed"]
    first, second = small.mails
    assert "Der Ton ist jetzt besser." in second.as_string()
    assert first["Message-ID"] != second["Message-ID"]
    kept = small.archive / "recordings" / RECORD_ID / "announcement"
    assert message_from_bytes((kept / "message-2.eml").read_bytes())["Message-ID"] == second["Message-ID"]
    assert list(verify_archive(FolderStorage(small.archive), IMPRINT, deep=True)) == []


def test_an_unknown_outcome_is_asked_of_the_organisers_once_and_settled_by_hand(small: Workplace) -> None:
    mailbox = Mailbox("drop")
    with served(mailbox) as smtp:
        there = by_mail(small, smtp, announcement__organisers="orga@example.org")
        answers = [there.run("announce", RECORD_ID, "--send", "--json") for _ in range(2)]
        assert [each.json["error"]["code"] for each in answers] == ["outcome_unknown"] * 2
        assert mailbox.recipients == ["orga@example.org"]
        assert "--resolve not-sent" in message_from_bytes(mailbox.messages[1], policy=default).as_string()
        settled = there.run("announce", RECORD_ID, "--resolve", "sent", "--json")
        assert settled.status == 0
        assert there.run("announce", RECORD_ID, "--send").status == 0
    assert len(mailbox.messages) == 2
    kept = small.archive / "recordings" / RECORD_ID / "announcement/message.eml"
    assert kept.read_bytes() == mailbox.messages[0], "the announcement, not the mail to the organisers"
    assert stage_of(there) is Stage.ANNOUNCED


def test_a_channel_that_fails_stops_no_other(small: Workplace) -> None:
    mailbox, refusing, hearing = Mailbox(), Receiver(status=400), Receiver()
    with served(mailbox) as smtp, receiving(refusing) as signal_url, receiving(hearing) as hook_url:
        there = by_mail(
            small,
            smtp,
            signal__url=signal_url,
            signal__account="+4915100000000",
            signal__group="Z3J1cHBl",
            webhook__url=hook_url,
            webhook__secret="ganz geheim",
        )
        answer = there.run("announce", RECORD_ID, "--send", "--json")
        assert answer.json["error"]["code"] == "channel_refused"
        assert states_of(there) == {"mail": "sent", "signal": "failed", "webhook": "sent"}
        refusing.status, refusing.answer = 200, {"result": {"timestamp": 1}}
        assert there.run("announce", RECORD_ID, "--send").status == 0
    assert stage_of(there) is Stage.ANNOUNCED
    assert (len(mailbox.messages), len(refusing.requests), len(hearing.requests)) == (1, 2, 1)
    facts = json.loads(hearing.requests[0][2])
    assert (facts["type"], facts["record"]) == ("recording.new", RECORD_ID)
    assert "ganz geheim" not in answer.out + answer.err
