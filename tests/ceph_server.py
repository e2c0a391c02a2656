"""A real Ceph with its S3 gateway over TLS, for `make test-ceph`: one monitor, one disk in memory.

Needs Debian's packages ceph-mon, ceph-osd and radosgw. The daemons prove themselves to each other with
keys (cephx): told to go without (`auth client required = none`), this gateway never gets through to
the monitor (`get_initial_auth_request returned -13`).
"""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from tasks.storage.s3_access import S3Access
from tests.s3_policies import PIPELINE
from tests.s3_server import BUCKET, SECRETS, S3Server, free_port, make_buckets, make_certificate

PATIENCE_SECONDS = 120
# What Ceph calls a user in a bucket's policy.
PRINCIPAL = "arn:aws:iam:::user/{}"
RIGHTS = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
    "client.rgw": {"mon": "allow rw", "osd": "allow rwx"},
}
SETTINGS = """
[global]
fsid = {fsid}
mon host = {monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = {folder}/keyring
mon data = {folder}/mon
osd data = {folder}/osd
rgw data = {folder}/rgw
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
osd objectstore = memstore
memstore device bytes = 4294967296
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
rgw frontends = beast endpoint=127.0.0.1:{plain} {tls}
"""


@contextmanager
def running_ceph_server(folder: Path) -> Iterator[S3Server]:
    """Start it with the buckets, keys and policies that SeaweedFS gets too; stop it at the end."""
    plain, tls = free_port(), free_port()
    monitor = f"[v2:127.0.0.1:{free_port()},v1:127.0.0.1:{free_port()}]"
    identity, settings = str(uuid4()), folder / "ceph.conf"
    secured = f"ssl_endpoint=127.0.0.1:{tls} ssl_certificate={folder}/both.pem"
    settings.write_text(
        SETTINGS.format(fsid=identity, folder=folder, monitor=monitor, plain=plain, tls=secured).lstrip()
    )
    make_certificate(folder)
    (folder / "both.pem").write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    _make_keyring(folder / "keyring")
    with ExitStack() as daemons:
        daemons.enter_context(_monitor(folder, identity, monitor))
        daemons.enter_context(_disk(folder))
        for user, secret in SECRETS.items():
            key = ("--uid", user, "--display-name", user, "--access-key", user, "--secret-key", secret)
            _run("radosgw-admin", "-c", settings, "-n", "client.rgw", "user", "create", *key)
        gateway = daemons.enter_context(_daemon(folder, "radosgw", "-n", "client.rgw"))
        access = S3Access(
            endpoint_url=f"https://127.0.0.1:{tls}",
            region="default",
            access_key_id=PIPELINE,
            secret_access_key=SECRETS[PIPELINE],
            checksums="md5",
            ca_file=str(folder / "cert.pem"),
        )
        make_buckets(access, PRINCIPAL, gateway, folder / "radosgw.out")
        yield S3Server(BUCKET, access, f"http://127.0.0.1:{plain}")


def _make_keyring(path: Path) -> None:
    _run("ceph-authtool", "--create-keyring", path)
    for name, rights in RIGHTS.items():
        caps = [word for subject, right in rights.items() for word in ("--cap", subject, right)]
        _run("ceph-authtool", path, "--gen-key", "-n", name, *caps)


@contextmanager
def _monitor(folder: Path, identity: str, monitor: str) -> Iterator[None]:
    """The daemon that knows the others."""
    plan = folder / "monmap"
    (folder / "mon").mkdir()
    _run("monmaptool", "--create", "--fsid", identity, "--addv", "a", monitor, plan)
    made = ("--mkfs", "--monmap", plan, "--keyring", folder / "keyring")
    _run("ceph-mon", "-c", folder / "ceph.conf", "-i", "a", *made)
    with _daemon(folder, "ceph-mon", "-i", "a"):
        yield


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """The daemon that keeps the objects, in memory."""
    disk = str(uuid4())
    (folder / "osd").mkdir()
    _run("ceph", "-c", folder / "ceph.conf", "--connect-timeout", "60", "osd", "new", disk)
    _run("ceph-osd", "-c", folder / "ceph.conf", "-i", "0", "--mkfs", "--osd-uuid", disk)
    with _daemon(folder, "ceph-osd", "-i", "0"):
        yield


def _run(*command: str | Path) -> None:
    ended = subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert ended.returncode == 0, f"{command[0]}: {ended.stderr[-2000:]}"


@contextmanager
def _daemon(folder: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / f"{command[0]}.out").open("wb") as log:
        process = subprocess.Popen([*command, "-c", str(folder / "ceph.conf"), "-f"], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)
