"""Several machines on one Prefect server: a small version of `make soak-workers`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import running_cluster
from tests.misbehaving_server import serve_folder
from tests.worker_soak import Outcome, short_recording, soak_on


def test_two_workers_publish_and_announce_each_recording_once_although_prefects_server_is_killed(
    tmp_path: Path,
) -> None:
    site_folder = tmp_path / "site"
    site_folder.mkdir()
    names = [f"aufzeichnung-{number}" for number in range(3)]
    for number, name in enumerate(names):
        short_recording(site_folder / f"{name}.mp4", number)
    with serve_folder(site_folder) as site, running_cluster(tmp_path / "cluster") as cluster:
        urls = {name: site.url(f"{name}.mp4") for name in names}
        outcome = soak_on(cluster, workers=2).run(urls, to_kill_in=None, kill_server=True)
    assert outcome.killed == ["server"]
    assert outcome.is_good, outcome
    assert outcome.windows == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"published": 2},
        {"announced": 2},
        {"not_done": ["a"]},
        {"published_again": ["a"]},
        {"announced_again": ["a"]},
        {"windows_made_again": ["a"]},
        {"damaged": ["a"]},
    ],
)
def test_whatever_is_lost_doubled_or_done_again_is_told(wrong: dict[str, object]) -> None:
    good = {"asked_for": 3, "published": 3, "announced": 3}
    assert Outcome(**good).is_good  # type: ignore[arg-type]
    assert not Outcome(**(good | wrong)).is_good  # type: ignore[arg-type]


def test_prefects_server_is_not_opened_to_other_machines_without_a_password(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flows.cli.main", "server", "--host", "0.0.0.0"]
    root = str(Path(__file__).parents[3])
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": root, "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "ohne Kennwort" in ran.stderr
