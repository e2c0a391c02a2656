"""A real S3 server (SeaweedFS) for tests, over TLS, on free ports of the loopback."""

import json
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from secrets import randbelow

from botocore.exceptions import BotoCoreError, ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tasks.storage.s3_access import S3Access, s3_client
from tasks.storage.s3_storage import S3Storage
from tests.s3_policies import PIPELINE, READER, bucket_policy
from transcripts.errors.error_kinds import StepError

BUCKET = "archiv"
# A second bucket, in which the archive is one of several users: at a prefix.
SHARED_BUCKET, SHARED_PREFIX = "geteilt", "netzwerk/mitschnitte"
PATIENCE_SECONDS = 60
# SeaweedFS also takes, for each port, the one 10,000 above it.
FIRST_PORT, PORTS = 10_000, 10_000
SECRETS = {"owner": "gehoert-alles", PIPELINE: "nur-fuer-tests", READER: "auch-nur-fuer-tests"}
# What SeaweedFS calls a user in a bucket's policy.
PRINCIPAL = "arn:aws:iam::000000000000:user/{}"


@dataclass(frozen=True, slots=True)
class S3Server:
    """How to reach the running server over TLS with the pipeline's key, and without TLS."""

    bucket: str
    access: S3Access
    plain_url: str

    @property
    def reader(self) -> S3Access:
        """The access of someone who may only read."""
        return access_of(READER, self.access)

    @property
    def owner(self) -> S3Access:
        """The access of whoever set the buckets up."""
        return access_of("owner", self.access)


def access_of(user: str, access: S3Access) -> S3Access:
    """The same server with the key of one of its users."""
    return replace(access, access_key_id=user, secret_access_key=SECRETS[user])


def free_port() -> int:
    """A port that nobody has now, and hardly anybody takes before the server that is started for it has.

    By lot, and below those that Linux gives to connections and to whoever asks for any (ip_local_port_range).
    """
    while True:
        port = FIRST_PORT + randbelow(PORTS)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def running_s3_server(folder: Path) -> Iterator[S3Server]:
    """Start SeaweedFS with its buckets and keys; stop it at the end."""
    plain, tls = free_port(), free_port()
    (folder / "s3.json").write_text(json.dumps({"identities": [_identity(user) for user in SECRETS]}))
    make_certificate(folder)
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(_command(folder, plain, tls), stdout=log, stderr=log)
        try:
            access = S3Access(
                endpoint_url=f"https://127.0.0.1:{tls}",
                region="eu-central-1",
                access_key_id=PIPELINE,
                secret_access_key=SECRETS[PIPELINE],
                ca_file=str(folder / "cert.pem"),
            )
            make_buckets(access, PRINCIPAL, process, folder / "weed.log")
            yield S3Server(BUCKET, access, f"http://127.0.0.1:{plain}")
        finally:
            process.terminate()
            process.wait(timeout=30)


def make_certificate(folder: Path) -> None:
    """A certificate of our own for 127.0.0.1: `cert.pem` and `key.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(key.private_bytes(*private))


def _command(folder: Path, plain: int, tls: int) -> list[str]:
    weed = Path(sysconfig.get_path("scripts")) / "weed"
    ports = {"master": free_port(), "filer": free_port(), "volume": free_port()}
    return [
        str(weed),
        "-logtostderr=true",
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.port={plain}",
        f"-s3.port.https={tls}",
        f"-s3.cert.file={folder / 'cert.pem'}",
        f"-s3.key.file={folder / 'key.pem'}",
        *(f"-{name}.port={number}" for name, number in ports.items()),
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder / 's3.json'}",
    ]


def _identity(user: str) -> dict[str, object]:
    """Whoever is not the owner may do nothing but what the buckets' policies allow."""
    return {
        "name": user,
        "credentials": [{"accessKey": user, "secretKey": SECRETS[user]}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"] if user == "owner" else [],
    }


def make_buckets(access: S3Access, principal: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for the server; then its owner makes the buckets and sets the policies of docs/archive.md."""
    client = s3_client(access_of("owner", access))
    principals = {user: principal.format(user) for user in (PIPELINE, READER)}
    for _ in range(PATIENCE_SECONDS * 5):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            for bucket, prefix in ((BUCKET, ""), (SHARED_BUCKET, SHARED_PREFIX)):
                client.create_bucket(Bucket=bucket)
                client.put_bucket_policy(Bucket=bucket, Policy=bucket_policy(bucket, prefix, principals))
            S3Storage(BUCKET, "", access).put_bytes("ready", b"", "text/plain")
            return
        except (StepError, BotoCoreError, ClientError):
            time.sleep(0.2)
    raise AssertionError("The server did not start: " + log.read_text()[-2000:])
