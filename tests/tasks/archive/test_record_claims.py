"""A claim that says nonsense holds nobody up."""

from datetime import UTC, datetime, timedelta

import pytest

from tasks.archive.record_claims import is_claimed, take_claim
from tasks.storage.folder_storage import FolderStorage

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b'{"writer": "a", "source": "s", "machine": "m", "process_id": -1, "refreshed_at": "2026-11-19"}',
        f'{{"writer": "a", "source": "s", "machine": "m", "process_id": 1, '
        f'"refreshed_at": "{(NOW + timedelta(days=700)).isoformat()}"}}'.encode(),
        f'{{"writer": "a", "source": "s", "machine": "m", "process_id": 1, '
        f'"refreshed_at": "{NOW.replace(tzinfo=None).isoformat()}"}}'.encode(),
    ],
)
def test_a_damaged_claim_is_taken_over(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    storage = FolderStorage(tmp_path_factory.mktemp("archive"))
    storage.put_bytes("recordings/eins/claim.json", content, "application/json")
    assert not is_claimed(storage, "eins")
    assert take_claim(storage, "eins", "s") is not None
