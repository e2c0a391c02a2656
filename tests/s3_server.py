"""A real S3 server (SeaweedFS) for tests, over TLS, on free ports of the loopback."""

import json
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tasks.s3_access import S3Access
from tasks.s3_storage import S3Storage
from transcripts.errors import StepError

BUCKET = "archiv"
PATIENCE_SECONDS = 60
IDENTITIES = [
    {
        "name": "pipeline",
        "credentials": [{"accessKey": "pipeline", "secretKey": "nur-fuer-tests"}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    },
    {
        "name": "reader",
        "credentials": [{"accessKey": "reader", "secretKey": "auch-nur-fuer-tests"}],
        "actions": ["Read", "List"],
    },
]


@dataclass(frozen=True, slots=True)
class S3Server:
    """How to reach the running server: with TLS, as a reader, and without TLS."""

    bucket: str
    access: S3Access
    plain_url: str

    @property
    def reader(self) -> S3Access:
        """The access of someone who may only read."""
        return replace(self.access, access_key_id="reader", secret_access_key="auch-nur-fuer-tests")


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running_s3_server(folder: Path) -> Iterator[S3Server]:
    """Start SeaweedFS with one bucket and two keys; stop it at the end."""
    plain, tls = free_port(), free_port()
    (folder / "s3.json").write_text(json.dumps({"identities": IDENTITIES}))
    make_certificate(folder)
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(_command(folder, plain, tls), stdout=log, stderr=log)
        try:
            access = S3Access(
                endpoint_url=f"https://127.0.0.1:{tls}",
                region="eu-central-1",
                access_key_id="pipeline",
                secret_access_key="nur-fuer-tests",
                ca_file=str(folder / "cert.pem"),
            )
            _wait_for_bucket(access, process, folder / "weed.log")
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
        f"-bucket={BUCKET}",
        f"-s3.config={folder / 's3.json'}",
    ]


def _wait_for_bucket(access: S3Access, process: subprocess.Popen[bytes], log: Path) -> None:
    """The server answers before its bucket is made: ask until the bucket takes an object."""
    storage = S3Storage(BUCKET, "", access)
    for _ in range(PATIENCE_SECONDS * 5):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            storage.put_bytes("ready", b"", "text/plain")
            return
        except StepError:
            time.sleep(0.2)
    raise AssertionError("SeaweedFS did not start: " + log.read_text()[-2000:])
