"""A secret is made once, and nothing weaker is taken for it."""

import os
import stat
from pathlib import Path

import pytest

from tasks.access.secret_file import SECRET_BYTES, secret_from_file
from transcripts.errors.error_kinds import PermanentError


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    made = secret_from_file(tmp_path / "work" / "key")
    assert len(made) >= 32
    assert secret_from_file(tmp_path / "work" / "key") == made


def test_it_is_on_the_disk_before_its_name_is_and_the_name_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this order nothing but a whole secret can be found after a power cut."""
    steps: list[str] = []
    sync, link = os.fsync, os.link

    def noted_sync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        sync(handle)

    def noted_link(source: Path, target: Path) -> None:
        steps.append("name")
        assert Path(source).read_text(encoding="ascii")
        link(source, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(os, "link", noted_link)
    secret_from_file(tmp_path / "key")
    assert steps == ["file", "name", "folder"]
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("length", range(SECRET_BYTES))
def test_one_that_is_too_short_is_refused_however_long_it_is(length: int, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * length, encoding="ascii")
    with pytest.raises(PermanentError, match="key_unreadable"):
        secret_from_file(tmp_path / "key")


@pytest.mark.parametrize("content", [b"", b"kurz", b" \n" * 40, b"\xff" * 40, b"\x00" * 40, b"a" * 100_000])
def test_a_damaged_one_is_named_and_kept(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(PermanentError, match="key_unreadable"):
        secret_from_file(file)
    assert file.read_bytes() == content
