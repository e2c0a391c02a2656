"""A real IMAP server for tests: Dovecot on free ports of the loopback, with TLS. Needs root, and Debian's
`dovecot-imapd`."""

import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks.channels.imap import ImapMailbox
from tests.s3_server import free_port, make_certificate

USER, PASSWORD = "archiv", 'grün "und" geheim'
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class ImapServer:
    """The running server: where its mailboxes are, and how one is read by TLS from the start."""

    folder: Path
    mailbox: ImapMailbox
    plain_port: int

    def put(self, content: bytes, name: str, user: str = USER) -> None:
        """Lay a mail into a mailbox, as a mail server would."""
        place = self.folder / "maildirs" / user / "new" / name
        place.write_bytes(content)
        shutil.chown(place, "list", "list")


@contextmanager
def running_imap_server(maildirs: Path | None = None) -> Iterator[ImapServer]:
    """Start Dovecot, over a mailbox of its own or those in `maildirs` (of `list`); stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mitschnitt-imap-"))
    folder.chmod(0o755)
    make_certificate(folder)
    plain, tls = free_port(), free_port()
    if maildirs is None:
        maildirs = folder / "maildirs"
        _make_maildir(maildirs / USER)
    users = {USER, *(each.name for each in maildirs.iterdir())}
    (folder / "users").write_text("".join(f"{each}:{PASSWORD}\n" for each in users), encoding="utf-8")
    (folder / "dovecot.conf").write_text(_configuration(folder, maildirs, plain, tls))
    server = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", str(folder / "dovecot.conf")])
    mailbox = ImapMailbox("imaps", "127.0.0.1", tls, USER, PASSWORD, ca_file=str(folder / "cert.pem"))
    try:
        _wait_for(tls, folder, server)
        yield ImapServer(folder, mailbox, plain)
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _make_maildir(folder: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for each in (folder.parent, folder, *folder.rglob("*")):
        shutil.chown(each, "list", "list")


def _wait_for(port: int, folder: Path, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert server.poll() is None, "it did not start"
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.1)


def _configuration(folder: Path, maildirs: Path, plain: int, tls: int) -> str:
    owner = pwd.getpwnam("list")
    return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/log
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{maildirs}/%n:INDEX=MEMORY
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={maildirs}/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
"""
