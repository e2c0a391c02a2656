"""The list hears of a record once: the ledger decides, also after a crash."""

import json
import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tasks.archive import write_ledger
from tasks.catalogue import update_catalogue
from tasks.folder_storage import FolderStorage
from tasks.verification import verify_archive
from tests.flows.conftest import ProcessedSample
from tests.flows.workplace import Workplace, files_of, manifest_of, plain_files_of
from tests.media_samples import meeting_clip
from tests.misbehaving_server import serve_folder
from tests.s3_server import S3Server
from tests.tasks.test_mail import Mailbox, served
from transcripts.catalogue import Imprint
from transcripts.ledger import Delivery, Ledger
from transcripts.manifest import MadeBy

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
    changed = Ledger(entries=tuple(entry.model_copy(update={"state": state}) for entry in ledger.entries))
    message = (like / "announcement/message.eml").read_bytes()
    storage = FolderStorage(record.parents[1])
    write_ledger(storage, record.name, changed, Ledger(), IMPRINT.writer, message)


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
