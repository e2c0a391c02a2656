"""A release: the changelog's "Unreleased" gets a version and a date, pyproject.toml the version.

`make release VERSION=0.2.0` calls this twice: before the checks with `--check`, and after them. It commits
and tags; nothing is pushed: that stays with whoever releases.
"""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

CHANGELOG = Path("CHANGELOG.md")
LOCK = Path("uv.lock")
OWN_VERSION = re.compile(r'(^name = "mitschnitt"\nversion = )".+"$', re.MULTILINE)
UNRELEASED = "## Unreleased\n"
SEMANTIC_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def main() -> None:
    """Release, or look whether it could be done; an obstacle is said in one sentence, with status 1."""
    wanted = sys.argv[-1]
    if obstacle := obstacle_to(wanted):
        sys.exit(obstacle)
    if "--check" not in sys.argv:
        release(wanted)


def obstacle_to(wanted: str) -> str | None:
    """What stands in the way of a release under this version."""
    if not SEMANTIC_VERSION.fullmatch(wanted):
        return "Which version? make release VERSION=0.2.0"
    if output("git", "status", "--porcelain"):
        return "The working tree has changes. Please commit them, or take them back."
    if output("git", "tag", "--list", f"v{wanted}"):
        return f"The tag v{wanted} is there already."
    if parts_of(wanted) < parts_of(present_version()):
        return f"Version {wanted} is older than the present one, {present_version()}."
    if not unreleased_notes():
        return f"{CHANGELOG} says nothing under “Unreleased”."
    return None


def release(version: str) -> None:
    """Write changelog and version, commit and tag."""
    CHANGELOG.write_text(with_release(CHANGELOG.read_text("utf-8"), version, today()), encoding="utf-8")
    # By itself uv would resolve all dependencies anew for uv.lock, and so ask the package index.
    run(sys.executable, "-m", "uv", "version", version, "--frozen", "--quiet")
    LOCK.write_text(OWN_VERSION.sub(rf'\g<1>"{version}"', LOCK.read_text("utf-8"), count=1), encoding="utf-8")
    run("git", "add", str(CHANGELOG), "pyproject.toml", "uv.lock")
    run("git", "commit", "--quiet", "--message", f"Version {version}")
    run("git", "tag", "--annotate", f"v{version}", "--message", f"Mitschnitt {version}")
    print(f"Version {version} is committed and tagged. Publish it with: git push --follow-tags")


def with_release(changelog: str, version: str, date: str) -> str:
    """The changelog with all that was unreleased under the version."""
    return changelog.replace(UNRELEASED, f"{UNRELEASED}\n## {version} – {date}\n", 1)


def unreleased_notes() -> str:
    """What the changelog says under "Unreleased"."""
    _, heading, below = CHANGELOG.read_text("utf-8").partition(UNRELEASED)
    return below.partition("\n## ")[0].strip() if heading else ""


def present_version() -> str:
    """As pyproject.toml has it."""
    found = re.search(r'^version = "(.+)"$', Path("pyproject.toml").read_text("utf-8"), re.M)
    return found.group(1) if found else "0.0.0"


def parts_of(version: str) -> tuple[int, ...]:
    """For comparison: 0.10.0 comes after 0.9.0."""
    return tuple(int(part) for part in version.split("."))


def today() -> str:
    """The day in UTC, as ISO 8601 has it."""
    return datetime.now(UTC).date().isoformat()


def output(*command: str) -> str:
    """What a program says, without blanks around it."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def run(*command: str) -> None:
    """Let a program do its work; raises CalledProcessError where it fails."""
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
