"""`make release` in a clone: what it refuses, what it writes; and the hooks that check each commit."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.test_architecture import ROOT

GIT_USER = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Test"), ("EMAIL", "test@example.org"))
}
# The clone borrows our .venv, which must not be installed anew for it.
AS_INSTALLED = ("-o", "install")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose tree is as ours is now, with one more line to release."""
    folder = tmp_path / "clone"
    run(tmp_path, "git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder))
    (folder / ".git/info/exclude").write_text(".venv\n")
    (folder / ".venv").symlink_to(ROOT / ".venv")
    for name in ("Makefile", "release.py", "pyproject.toml", "uv.lock", "CHANGELOG.md"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    changelog = folder / "CHANGELOG.md"
    changelog.write_text(
        changelog.read_text("utf-8").replace("## Unreleased\n", "## Unreleased\n\n### Added\n- A line.\n", 1),
        encoding="utf-8",
    )
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "As it is")


def git(folder: Path, *arguments: str) -> str:
    return run(folder, "git", *arguments).stdout.strip()


def run(folder: Path, *command: str, succeeds: bool = True) -> subprocess.CompletedProcess[str]:
    # The tests' own make or coverage must not steer the one in the clone.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        command, cwd=folder, env=environment | GIT_USER, capture_output=True, text=True, check=False
    )
    assert (done.returncode == 0) is succeeds, done.stdout + done.stderr
    return done


def test_a_release_writes_changelog_and_version_commits_and_tags(clone: Path) -> None:
    before = (clone / "CHANGELOG.md").read_text("utf-8")
    run(clone, "make", *AS_INSTALLED, "-o", "lint", "release", "VERSION=97.0.0")
    after = (clone / "CHANGELOG.md").read_text("utf-8")
    heading = re.search(r"^## Unreleased\n\n## 97\.0\.0 – \d{4}-\d\d-\d\d\n", after, re.M)
    assert heading is not None
    assert after.replace(heading.group(), "## Unreleased\n") == before
    assert 'version = "97.0.0"' in (clone / "pyproject.toml").read_text("utf-8")
    assert 'name = "mitschnitt"\nversion = "97.0.0"' in (clone / "uv.lock").read_text("utf-8")
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "cat-file", "-t", "v97.0.0") == "tag"
    assert git(clone, "rev-parse", "v97.0.0^{commit}") == git(clone, "rev-parse", "HEAD")
    changed = git(clone, "show", "--name-only", "--format=%s", "HEAD").split()
    assert changed == ["Version", "97.0.0", "CHANGELOG.md", "pyproject.toml", "uv.lock"]


def refusal(clone: Path, version: str = "97.0.0") -> str:
    """What is said when nothing is released."""
    head = git(clone, "rev-parse", "HEAD")
    done = run(clone, "make", *AS_INSTALLED, "release", f"VERSION={version}", succeeds=False)
    assert git(clone, "rev-parse", "HEAD") == head
    assert git(clone, "tag", "--list", "v97.0.0") in (
        "",
        "v97.0.0" if "is there already" in done.stderr else "",
    )
    return done.stdout + done.stderr


def test_a_tree_with_changes_is_refused(clone: Path) -> None:
    (clone / "README.md").write_text("half a thought")
    assert "has changes" in refusal(clone)


def test_a_red_lint_is_refused(clone: Path) -> None:
    (clone / "flows/half.py").write_text("import os\n")
    commit(clone)
    assert "F401" in refusal(clone)


@pytest.mark.parametrize("version", ["", "1", "v97.0.0", "97.0.0-rc1", "next"])
def test_what_is_no_version_is_refused(clone: Path, version: str) -> None:
    assert "Which version?" in refusal(clone, version)


def test_a_version_that_was_passed_is_refused(clone: Path) -> None:
    assert "older than the present one" in refusal(clone, "0.0.9")


def test_a_tag_that_is_there_is_refused(clone: Path) -> None:
    git(clone, "tag", "v97.0.0")
    assert "is there already" in refusal(clone)


def test_two_releases_need_something_between_them(clone: Path) -> None:
    run(clone, "make", *AS_INSTALLED, "-o", "lint", "release", "VERSION=96.0.0")
    assert "says nothing" in refusal(clone)


def test_the_hooks_check_what_make_lint_checks() -> None:
    planned = run(ROOT, "make", *AS_INSTALLED, "--dry-run", "lint").stdout.splitlines()
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert repository["repo"] == "local", "nothing is fetched"
    assert [hook["entry"] for hook in repository["hooks"]] == planned
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}


def test_pre_commit_understands_the_hooks() -> None:
    run(ROOT, ".venv/bin/pre-commit", "validate-config", ".pre-commit-config.yaml")


def test_a_release_is_checked_before_it_is_made() -> None:
    planned = run(ROOT, "make", *AS_INSTALLED, "--dry-run", "release", "VERSION=97.0.0").stdout.splitlines()
    checks = run(ROOT, "make", *AS_INSTALLED, "--dry-run", "lint").stdout.splitlines()
    assert planned == [
        ".venv/bin/python release.py --check 97.0.0",
        *checks,
        ".venv/bin/python release.py 97.0.0",
    ]
