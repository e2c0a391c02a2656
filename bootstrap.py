"""Make `.venv` and put uv into it, with nothing but Python's standard library.

A fresh Debian has neither pip nor ensurepip, so uv's wheel is taken by the
address and SHA-256 that `uv.lock` names. All else is then installed by uv.
"""

import hashlib
import io
import platform
import stat
import sys
import tomllib
import urllib.request
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"


def main() -> None:
    """Create what is missing; does nothing when uv of the locked version is there."""
    uv = locked_uv()
    marker = VENV / "bin" / f".uv-{uv['version']}"
    if marker.exists():
        return
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=False, symlinks=True)
    install_executable(download(wheel_for_this_machine(uv["wheels"])))
    marker.touch()


def locked_uv() -> dict:
    """The entry of uv itself in `uv.lock`."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return next(package for package in lock["package"] if package["name"] == "uv")


def wheel_for_this_machine(wheels: list[dict]) -> dict:
    """The wheel whose name carries this system's platform tag."""
    system = {"linux": "manylinux", "darwin": "macosx"}.get(sys.platform, sys.platform)
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for wheel in wheels:
        name = wheel["url"].rsplit("/", 1)[-1]
        if system in name and name.endswith(f"{machine}.whl"):
            return wheel
    sys.exit(
        f"uv publishes no build for {sys.platform} on {machine}: install uv by hand, then run 'uv sync'."
    )


def download(wheel: dict) -> bytes:
    """The wheel's bytes, checked against the lock."""
    with urllib.request.urlopen(wheel["url"], timeout=120) as response:  # noqa: S310 - https, from uv.lock
        content = response.read()
    if "sha256:" + hashlib.sha256(content).hexdigest() != wheel["hash"]:
        sys.exit("The download of uv is damaged (its SHA-256 differs from uv.lock). Please try again.")
    return content


def install_executable(content: bytes) -> None:
    """Put the wheel's `uv` program into `.venv/bin`."""
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        member = next(name for name in wheel.namelist() if name.endswith(".data/scripts/uv"))
        target = VENV / "bin" / "uv"
        target.unlink(missing_ok=True)
        target.write_bytes(wheel.read(member))
    target.chmod(target.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
