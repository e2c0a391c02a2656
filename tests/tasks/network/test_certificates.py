"""Certificates that the settings name and that are not there are told as such, whoever would use them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.channels.imap import ImapMailbox, check_mailbox
from tasks.channels.smtp import SmtpServer, check_server
from tasks.storage.s3_access import S3Access, s3_client
from transcripts.errors.error_kinds import PermanentError

# None of the servers is ever reached.
USERS: list[Callable[[str], object]] = [
    lambda ca_file: check_server(SmtpServer("smtps", "127.0.0.1", 9, ca_file=ca_file)),
    lambda ca_file: check_mailbox(ImapMailbox("imaps", "127.0.0.1", 9, "a", "b", ca_file=ca_file)),
    lambda ca_file: s3_client(S3Access(endpoint_url="https://127.0.0.1:9", ca_file=ca_file)),
]


@pytest.mark.parametrize("use", USERS, ids=["mail", "mailbox", "archive"])
@pytest.mark.parametrize(
    ("content", "code"), [(None, "ca_file_unreadable"), ("kein Zertifikat", "ca_file_empty")]
)
def test_certificates_that_are_not_there_are_no_server_that_is_away(
    use: Callable[[str], object], content: str | None, code: str, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(PermanentError) as caught:
        use(str(file))
    assert (caught.value.code, caught.value.details["path"]) == (code, str(file))
