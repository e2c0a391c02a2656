"""Keys and waiting jobs lie where nothing is ever deleted; what lay in the work folder is moved there."""

import shutil
from pathlib import Path

from config.settings import Settings
from flows.composition import secret_key
from flows.orchestration.prefect_environment import own_password
from flows.state_folder import FolderWatch, prepared_state


def settings_in(folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "work": {"dir": str(folder / "work"), "state_dir": str(folder / "state")},
            "archive": {"url": str(folder / "archive")},
            "announcement": {"outbox": str(folder / "outbox")},
        }
    )


def test_keys_survive_the_end_of_the_work_folder(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    key, password = secret_key(settings), own_password(settings)
    shutil.rmtree(tmp_path / "work", ignore_errors=True)
    assert (secret_key(settings), own_password(settings)) == (key, password)
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700, "nobody else may read them"


def test_a_key_and_a_database_of_the_work_folder_are_moved_once_and_never_over_others(tmp_path: Path) -> None:
    work, settings = tmp_path / "work", settings_in(tmp_path)
    (work / "prefect/results").mkdir(parents=True)
    former = {
        "reading-room.key": "a" * 43,
        "prefect/server.key": "b" * 43,
        "prefect/prefect.db": "jobs",
    }
    for name, text in former.items():
        (work / name).write_text(text)
    assert secret_key(settings) == "a" * 43
    assert own_password(settings).get_secret_value() == "mitschnitt:" + "b" * 43
    assert (tmp_path / "state/prefect/prefect.db").read_text() == "jobs"
    assert [each.name for each in work.rglob("*")] == ["prefect", "results"]
    (work / "reading-room.key").write_text("c" * 43)
    prepared_state(settings)
    assert secret_key(settings) == "a" * 43


def test_a_folder_that_goes_under_who_works_with_it_is_named_until_it_is_back(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    watch = FolderWatch.of(settings)
    prepared_state(settings)
    assert watch.missing() == [], "what was never there is missed by nobody"
    (tmp_path / "archive").mkdir()
    assert watch.missing() == []
    shutil.rmtree(tmp_path / "archive")
    shutil.rmtree(tmp_path / "state")
    assert watch.missing() == ["archive.url", "work.state_dir"]
    prepared_state(settings)
    assert watch.missing() == ["archive.url"]
