"""A few broken lines and killed writers; `make soak-archive` does hundreds."""

from pathlib import Path

from tests.archive_soak import soak
from tests.s3_server import S3Server


def test_broken_lines_and_killed_writers_leave_every_record_whole(
    s3_server: S3Server, tmp_path: Path
) -> None:
    outcome = soak(s3_server, tmp_path.name, tmp_path, faults=12, kills=3)
    assert outcome.kills == 3
    assert sum(outcome.faults.values()) >= 12
    assert outcome.records == 3
    assert outcome.looks > 0
    assert outcome.half_records == []
    assert outcome.damage_before_prune == []
    assert outcome.damage_after_prune == []
    assert outcome.orphans_after_prune == []
    assert outcome.corrections >= outcome.records
    assert outcome.lost_corrections == []
