"""A real mailing list for tests: Postfix and Mailman 3 on free ports of the loopback, an announce-only
list with three members. Nothing can leave the machine. Needs root, and Debian's `postfix` and `mailman3`.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx

from tasks.channels.mailman import MailmanList
from tasks.channels.smtp import SmtpServer
from tests.s3_server import free_port

MEMBERS = ("anna", "bela", "cem")
ROBOT, SUSPECT, STRANGER = (f"{name}@members.example.test" for name in ("robot", "neu", "fremd"))
LIST_ADDRESS, LIST_ID = "netzwerk@lists.example.test", "netzwerk.lists.example.test"
SUBJECT_PREFIX = "[Netzwerk] "
PATIENCE_SECONDS = 180
# What a list without archive, digests and commands by mail does not need.
IDLE_RUNNERS = ("archive", "bounces", "command", "digest", "nntp", "retry", "task")
PROGRAMS = ("/usr/sbin/postfix", "/usr/bin/mailman")


@dataclass(frozen=True)
class ListServer:
    """The running list: where to send, whom to ask, what arrived."""

    folder: Path
    smtp: SmtpServer
    mailman: MailmanList

    def maildir(self, name: str) -> list[EmailMessage]:
        """The mails of a person, oldest first."""
        files = sorted(self._files(name), key=lambda file: file.stat().st_mtime_ns)
        parsed = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]

    def wait_for(self, name: str, count: int) -> list[EmailMessage]:
        """The mails of a person, as soon as there are so many."""
        until = time.monotonic() + PATIENCE_SECONDS
        while len(found := self.maildir(name)) < count:
            assert time.monotonic() < until, f"{name} has {len(found)} mails: {self._logs()}"
            time.sleep(0.2)
        return found

    def wait_for_message(self, name: str, message_id: str) -> bytes:
        """A mail of a person's, byte for byte, as soon as it is there."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            for file in self._files(name):
                if f"\nMessage-ID: {message_id}\n".encode() in (content := file.read_bytes()):
                    return content
            assert time.monotonic() < until, f"{name} has no mail {message_id}: {self._logs()}"
            time.sleep(0.2)

    def _files(self, name: str) -> Iterator[Path]:
        """A person's mails, also those that an IMAP server has seen."""
        for place in ("new", "cur"):
            yield from (self.folder / "maildirs" / name / place).glob("*")

    def approve(self, message_id: str) -> None:
        """Let a held post out, as a moderator would."""
        for each in self.call("GET", f"lists/{LIST_ID}/held")["entries"]:
            if each["message_id"] == message_id:
                self.call("POST", f"lists/{LIST_ID}/held/{each['request_id']}", action="accept")

    @contextmanager
    def unadorned(self) -> Iterator[None]:
        """The list adds no name before subjects and no lines below texts."""
        footer = self.folder / f"mailman/var/templates/lists/{LIST_ID}/de/list:member:regular:footer.txt"
        footer.parent.mkdir(parents=True, exist_ok=True)
        footer.touch()
        self.call("PATCH", f"lists/{LIST_ID}/config", subject_prefix="")
        try:
            yield
        finally:
            self.call("PATCH", f"lists/{LIST_ID}/config", subject_prefix=SUBJECT_PREFIX)
            footer.unlink()

    def call(self, method: str, path: str, **data: Any) -> Any:
        """One request to Mailman's REST API."""
        access = (self.mailman.user, self.mailman.password)
        url = f"{self.mailman.url}/{path}"
        answer = httpx.request(method, url, data=data or None, auth=access, timeout=60)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else {"location": answer.headers.get("location", "")}

    def _logs(self) -> str:
        logs = [self.folder / "postfix/maillog", *(self.folder / "mailman/var/log").glob("*.log")]
        return "\n".join(log.read_text()[-1500:] for log in logs if log.exists())


@contextmanager
def running_list_server() -> Iterator[ListServer]:
    """Start both, make the list, stop both at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mitschnitt-liste-"))  # pytest's own folders are closed to others
    folder.chmod(0o755)
    rest, lmtp, smtp = free_port(), free_port(), free_port()
    mailing_list = MailmanList(
        url=f"http://127.0.0.1:{rest}/3.1",
        user="restadmin",
        password="nur-fuer-tests",
        list_id=LIST_ID,
        web_url="https://lists.example.test/mailman3",
        on_the_way_seconds=3,
    )
    server = ListServer(folder, SmtpServer("smtp", "127.0.0.1", smtp), mailing_list)
    _configure_mailman(folder, rest, lmtp, smtp)
    _configure_postfix(folder, smtp)
    try:
        _mailman(folder, "start")
        _wait_for_mailman(server, lmtp)
        _make_list(server)
        _postfix(folder, "start")
        yield server
    finally:
        _postfix(folder, "stop")
        _mailman(folder, "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _make_list(server: ListServer) -> None:
    server.call("POST", "domains", mail_host="lists.example.test")
    server.call("POST", "lists", fqdn_listname=LIST_ADDRESS, style_name="legacy-announce")
    server.call(
        "PATCH",
        f"lists/{LIST_ID}/config",
        send_welcome_message=False,
        default_member_action="reject",
        default_nonmember_action="reject",
        preferred_language="de",
        subject_prefix=SUBJECT_PREFIX,
        archive_policy="never",
    )
    for name in MEMBERS:
        _add(server, f"{name}@members.example.test", "member")
    for address, action in ((ROBOT, "accept"), (SUSPECT, "hold")):
        member = _add(server, address, "nonmember")
        server.call("PATCH", member, moderation_action=action)


def _add(server: ListServer, address: str, role: str) -> str:
    """Subscribe an address; returns the member's path."""
    done = {"pre_verified": True, "pre_confirmed": True, "pre_approved": True}
    answer = server.call("POST", "members", list_id=LIST_ID, subscriber=address, role=role, **done)
    return str(answer["location"]).split("/3.1/")[1]


def _configure_mailman(folder: Path, rest: int, lmtp: int, smtp: int) -> None:
    home = folder / "mailman"
    (home / "etc").mkdir(parents=True)
    (home / "etc/postfix.cfg").write_text(
        "[postfix]\npostmap_command: /usr/sbin/postmap\ntransport_file_type: regex\n"
    )
    idle = "".join(f"[runner.{name}]\nstart: no\n" for name in IDLE_RUNNERS)
    archivers = ("prototype", "hyperkitty", "mhonarc", "mail_archive")
    silent = "".join(f"[archiver.{name}]\nenable: no\n" for name in archivers)
    folders = ("queue", "lists", "logs", "locks", "data", "cache", "ext", "messages", "archives", "templates")
    names = {
        "lists": "list_data",
        "logs": "log",
        "locks": "lock",
        "templates": "template",
        "archives": "archive",
    }
    paths = "".join(f"{names.get(each, each)}_dir: $var_dir/{each}\n" for each in folders)
    (home / "etc/mailman.cfg").write_text(
        f"""[mailman]
layout: test
site_owner: postmaster@members.example.test
default_language: de
[paths.test]
var_dir: {home}/var
bin_dir: /usr/lib/mailman3/bin
etc_dir: {home}/etc
{paths}pid_file: $var_dir/master.pid
lock_file: $lock_dir/master.lck
[database]
url: sqlite:///{home}/var/data/mailman.db
[webservice]
hostname: 127.0.0.1
port: {rest}
admin_user: restadmin
admin_pass: nur-fuer-tests
workers: 1
[mta]
incoming: mailman.mta.postfix.LMTP
outgoing: mailman.mta.deliver.deliver
smtp_host: 127.0.0.1
smtp_port: {smtp}
lmtp_host: 127.0.0.1
lmtp_port: {lmtp}
configuration: {home}/etc/postfix.cfg
{idle}{silent}"""
    )
    _give_to("list", home)


def _configure_postfix(folder: Path, smtp: int) -> None:
    home, mailman = folder / "postfix", folder / "mailman/var/data"
    for name in ("etc", "queue", "data"):
        (home / name).mkdir(parents=True)
    (folder / "maildirs").mkdir()
    people = (*MEMBERS, "robot", "neu", "fremd", "orga", "archiv")
    (home / "etc/vmailbox").write_text("".join(f"{p}@members.example.test {p}/\n" for p in people))
    owner = pwd.getpwnam("list")
    (home / "etc/main.cf").write_text(
        f"""compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.test
mydomain = example.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = {home}/maillog
maillog_file_prefixes = {folder}
disable_dns_lookups = yes
smtp_host_lookup = native
default_transport = error:5.1.2 nothing leaves this machine
relay_transport = error:5.1.2 nothing leaves this machine
virtual_mailbox_domains = members.example.test
virtual_mailbox_base = {folder}/maildirs
virtual_mailbox_maps = texthash:{home}/etc/vmailbox
virtual_minimum_uid = 1
virtual_uid_maps = static:{owner.pw_uid}
virtual_gid_maps = static:{owner.pw_gid}
owner_request_special = no
recipient_delimiter = +
transport_maps = regexp:{mailman}/postfix_lmtp
local_recipient_maps = regexp:{mailman}/postfix_lmtp
relay_domains = regexp:{mailman}/postfix_domains
relay_recipient_maps = regexp:{mailman}/postfix_lmtp
queue_run_delay = 5s
minimal_backoff_time = 5s
maximal_backoff_time = 10s
smtpd_recipient_restrictions = reject_unlisted_recipient, permit_mynetworks, reject_unauth_destination
"""
    )
    (home / "etc/master.cf").write_text(_services(smtp))
    _give_to("postfix", home / "data")
    _give_to("list", folder / "maildirs")


def _services(smtp: int) -> str:
    """Debian's own list of services, on our port and in no chroot."""
    lines = []
    for line in Path("/usr/share/postfix/master.cf.dist").read_text().splitlines():
        fields = line.split()
        is_service = len(fields) == 8 and not line.startswith(("#", " "))
        if is_service and fields[:2] == ["smtp", "inet"]:
            fields[0] = f"127.0.0.1:{smtp}"
        if is_service:
            fields[4] = "n"
        lines.append(" ".join(fields) if is_service else line)
    if not any(line.startswith("postlog ") for line in lines):
        lines.append("postlog unix-dgram n - n - 1 postlogd")
    return "\n".join(lines) + "\n"


def _mailman(folder: Path, command: str) -> None:
    """Run as the user `list`: Mailman refuses root."""
    home = folder / "mailman"
    environment = {**os.environ, "HOME": str(home), "MAILMAN_CONFIG_FILE": str(home / "etc/mailman.cfg")}
    as_list = ["setpriv", "--reuid", "list", "--regid", "list", "--clear-groups"]
    command_line = [*as_list, "/usr/bin/mailman", command]
    # Its runners would hold a pipe open.
    subprocess.run(
        command_line,
        env=environment,
        check=command == "start",
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _postfix(folder: Path, command: str) -> None:
    command_line = ["/usr/sbin/postfix", "-c", str(folder / "postfix/etc"), command]
    subprocess.run(command_line, check=command == "start", capture_output=True)


def _wait_for_mailman(server: ListServer, lmtp: int) -> None:
    """Until REST answers and posts are taken: what comes earlier, Postfix would lay aside."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            server.call("GET", "system/versions")
            socket.create_connection(("127.0.0.1", lmtp), timeout=1).close()
            return
        except (OSError, httpx.HTTPError, AssertionError):
            assert time.monotonic() < until, server._logs()
            time.sleep(0.3)


def _give_to(user: str, folder: Path) -> None:
    for each in (folder, *folder.rglob("*")):
        shutil.chown(each, user, user)
