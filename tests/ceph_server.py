"""A real Ceph with its S3 gateway, for `make test-ceph`: one monitor, one disk in memory.

Needs Debian's packages ceph-mon, ceph-osd, ceph-common and radosgw, and root, as Ceph's
daemons do. The reader's key gets the policy of docs/archive.md.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

from tasks.s3_access import S3Access, s3_client
from tests.s3_server import BUCKET, S3Server, free_port, make_certificate

PATIENCE_SECONDS = 120
KEYS = {"pipeline": "nur-fuer-tests", "reader": "auch-nur-fuer-tests"}
DOCUMENT = Path(__file__).parents[1] / "docs" / "archive.md"
SETTINGS = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{v2},v1:127.0.0.1:{v1}]
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
keyring = {folder}/keyring
rgw frontends = beast endpoint=127.0.0.1:{plain} ssl_endpoint=127.0.0.1:{tls} \\
  ssl_certificate={folder}/both.pem
"""


@contextmanager
def running_ceph_server(folder: Path) -> Iterator[S3Server]:
    """Start it with a bucket, a key that writes and one that reads; stop it at the end."""
    ports = {name: free_port() for name in ("v1", "v2", "plain", "tls")}
    identity, settings = str(uuid4()), folder / "ceph.conf"
    make_certificate(folder)
    (folder / "both.pem").write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    settings.write_text(SETTINGS.format(fsid=identity, folder=folder, **ports))
    for name in ("mon", "osd"):
        (folder / name).mkdir()
    with ExitStack() as daemons:
        _run(
            "monmaptool",
            "--create",
            "--clobber",
            "--fsid",
            identity,
            "--addv",
            "a",
            _monitor(ports),
            folder / "map",
        )
        _run("ceph-mon", "-c", settings, "-i", "a", "--mkfs", "--monmap", folder / "map")
        daemons.enter_context(_daemon(folder, "ceph-mon", "-i", "a"))
        disk = str(uuid4())
        _run("ceph", "-c", settings, "--connect-timeout", "60", "osd", "new", disk)
        _run("ceph-osd", "-c", settings, "-i", "0", "--mkfs", "--osd-uuid", disk)
        daemons.enter_context(_daemon(folder, "ceph-osd", "-i", "0"))
        for name, secret in KEYS.items():
            user = ("--uid", name, "--display-name", name, "--access-key", name, "--secret-key", secret)
            _run("radosgw-admin", "-c", settings, "user", "create", *user)
        daemons.enter_context(_daemon(folder, "radosgw", "-n", "client.rgw"))
        access = S3Access(
            endpoint_url=f"https://127.0.0.1:{ports['tls']}",
            region="default",
            access_key_id="pipeline",
            secret_access_key=KEYS["pipeline"],
            ca_file=str(folder / "cert.pem"),
        )
        _make_bucket(access)
        yield S3Server(BUCKET, access, f"http://127.0.0.1:{ports['plain']}")


def reader_policy() -> str:
    """The reader's policy as documented, for the whole bucket and the user `reader`."""
    block = next(
        each for each in re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.S) if "Reader" in each
    )
    policy = json.loads(
        block.replace("BUCKET/PREFIX", BUCKET).replace("BUCKET", BUCKET).replace("PREFIX/", "")
    )
    for statement in policy["Statement"]:
        statement["Principal"] = {"AWS": ["arn:aws:iam:::user/reader"]}
    return json.dumps(policy)


def _monitor(ports: dict[str, int]) -> str:
    return f"[v2:127.0.0.1:{ports['v2']},v1:127.0.0.1:{ports['v1']}]"


def _run(*command: str | Path) -> None:
    ended = subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert ended.returncode == 0, ended.stderr[-2000:]


@contextmanager
def _daemon(folder: Path, *command: str) -> Iterator[None]:
    with (folder / f"{command[0]}.out").open("wb") as log:
        process = subprocess.Popen([*command, "-c", str(folder / "ceph.conf"), "-f"], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _make_bucket(access: S3Access) -> None:
    """Wait for the gateway, then make the bucket that the reader may read."""
    client = s3_client(access)
    for attempt in range(PATIENCE_SECONDS):
        try:
            client.create_bucket(Bucket=BUCKET)
            client.put_bucket_policy(Bucket=BUCKET, Policy=reader_policy())
            return
        except Exception:
            if attempt == PATIENCE_SECONDS - 1:
                raise
            time.sleep(1)
