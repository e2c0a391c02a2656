"""What rooms must know of each other, also where a note is damaged."""

from pathlib import Path

import pytest

from tasks.access.sign_in_store import GENERATIONS, SignInStore
from tasks.storage.folder_storage import FolderStorage
from transcripts.errors.error_kinds import DamagedError


@pytest.mark.parametrize("content", [b"", b"\xff", b"-1", b"1e3", b"9" * 5000, " ٣".encode()])
def test_a_generation_that_cannot_be_read_makes_no_old_address_good(tmp_path: Path, content: bytes) -> None:
    notes = SignInStore(FolderStorage(tmp_path / "archive"), FolderStorage(tmp_path / "own"))
    assert [notes.renew("ada"), notes.renew("ada"), notes.renew("bob")] == [1, 2, 1]
    notes.archive.put_bytes(f"{GENERATIONS}/ada", content, "text/plain")
    with pytest.raises(DamagedError):
        notes.generation("ada")
    assert notes.generation("bob") == 1
    assert notes.renew("ada") == notes.generation("ada") > 1000
