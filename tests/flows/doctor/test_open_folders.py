"""The doctor names what other accounts of the machine may read, and how to close it."""

from pathlib import Path

from config.loading import LoadedSettings
from config.settings import Settings
from flows.doctor.check import Verdict
from flows.doctor.machine_checks import open_folders


def made(tmp_path: Path, **archive: str) -> LoadedSettings:
    """Settings whose folders are all there, and their owner's alone."""
    file = tmp_path / "mitschnitt.toml"
    file.touch(mode=0o600)
    for name in ("work", "state", "outbox", "archive"):
        (tmp_path / name).mkdir(mode=0o700)
    given = {
        "work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")},
        "announcement": {"outbox": str(tmp_path / "outbox")},
        "archive": {"url": str(tmp_path / "archive"), **archive},
    }
    (tmp_path / "state/reading-room.key").touch(mode=0o600)
    return LoadedSettings(Settings.model_validate(given), file)


def test_nothing_is_said_where_all_is_its_owners_alone(tmp_path: Path) -> None:
    assert list(open_folders(made(tmp_path))) == []


def test_each_that_is_open_is_named_with_what_closes_it(tmp_path: Path) -> None:
    loaded = made(tmp_path)
    for name, bits, closed in (
        ("work", 0o755, "700"),
        ("state", 0o750, "700"),
        ("outbox", 0o705, "700"),
        ("archive", 0o755, "700"),
        ("mitschnitt.toml", 0o644, "600"),
        ("state/reading-room.key", 0o640, "600"),
    ):
        path = tmp_path / name
        before = path.stat().st_mode
        path.chmod(bits)
        (remark,) = open_folders(loaded)
        assert remark.verdict is Verdict.HINT
        assert f"chmod {closed} „{path}“" in remark.text
        path.chmod(before)


def test_an_archive_that_is_meant_for_others_may_be_open(tmp_path: Path) -> None:
    loaded = made(tmp_path, readable_by="group")
    (tmp_path / "archive").chmod(0o750)
    assert list(open_folders(loaded)) == []
