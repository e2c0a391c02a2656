"""The list of members as a file that people write."""

from pathlib import Path

import pytest

from tasks.access.members_file import LARGEST_BYTES, read_members
from transcripts.errors.error_kinds import PermanentError


def test_comments_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "members.txt"
    file.write_text("\ufeffada@example.org # Ada\n\n# alt\nbob@example.org\n", encoding="utf-8")
    assert read_members(file) == ("ada@example.org", "bob@example.org")


@pytest.mark.parametrize("content", ["jörg@example.org".encode("latin-1"), b"a" * (LARGEST_BYTES + 1)])
def test_what_is_no_such_list_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "members.txt"
    file.write_bytes(content)
    with pytest.raises(PermanentError, match="members_unreadable"):
        read_members(file)
