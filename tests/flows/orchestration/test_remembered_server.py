"""The address of a running server, kept for commands that are called meanwhile."""

from pathlib import Path

import pytest

from config.settings import Settings
from flows.orchestration.prefect_environment import prefect_access, remember_server
from flows.state_folder import SERVER_FILE


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"http://[::1", b"http://127.0.0.1:99999/api", b"http://" + b"a" * 5000, b"\0"],
)
def test_what_is_no_address_is_as_no_server(tmp_path: Path, content: bytes) -> None:
    settings = Settings.model_validate({"work": {"dir": tmp_path / "work", "state_dir": tmp_path}})
    remember_server(settings, "http://127.0.0.1:1/api")
    (tmp_path / SERVER_FILE).write_bytes(content)
    assert prefect_access(settings) == {}
