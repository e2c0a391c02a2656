"""What other accounts of the machine can read: nothing, and of an archive what is meant for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import Archive, Settings, Work
from flows.upkeep.work_folder_cleanup import open_archive
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.document_publishing import change_document, publish_document
from tasks.archive.publishing import publish
from tasks.archive.record_store import set_stage
from tasks.storage.folder_modes import Readers, let_read, open_to_others
from tasks.storage.folder_storage import FolderStorage
from tests.archive_documents import CONVERTER, DOCUMENT_ID, small_document
from tests.archive_records import IMPRINT, small_record
from transcripts.documents.document_record import DocumentStage
from transcripts.model import Stage


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def seen_by(root: Path, bit: int) -> set[str]:
    """The files that somebody with this right reaches, all the way down."""
    if not mode(root) & bit:
        return set()
    found: set[str] = set()
    for each in root.iterdir():
        if each.is_dir():
            found |= {f"{each.name}/{name}" for name in seen_by(each, bit)}
        elif mode(each) & bit:
            found.add(each.name)
    return found


def archive_with_one_held(folder: Path) -> FolderStorage:
    """Two records, of which one waits for its release; beside them what a room notes."""
    storage = FolderStorage(folder / "archive")
    record = small_record(folder / "record")
    publish(storage, record, IMPRINT)
    other = record.recording.model_copy(
        update={
            "id": "2026-01-01-wartet",
            "stage": Stage.HELD,
            "source": record.recording.source.model_copy(
                update={"url_fingerprint": "f2", "sha256": "2" * 64}
            ),
        }
    )
    from dataclasses import replace

    publish(storage, replace(record, recording=other), IMPRINT)
    update_catalogue(storage, IMPRINT)
    for key in ("sign-in/sessions/x", "uploads/1/upload.json", "notices/ledger.json"):
        storage.put_bytes(key, b"{}", "application/json")
    storage.put_bytes(f"recordings/{record.recording.id}/announcement/ledger.json", b"{}", "application/json")
    return storage


@pytest.mark.parametrize(("readers", "bit"), [("group", 0o040), ("everyone", 0o004)])
def test_readers_of_an_archive_see_what_is_released_and_nothing_else(
    tmp_path: Path, readers: str, bit: int
) -> None:
    storage = archive_with_one_held(tmp_path)
    settings = Settings(
        archive=Archive(url=str(storage.root), readable_by=readers), work=Work(dir=tmp_path / "work")
    )
    assert open_archive(settings, storage) == ()
    seen = seen_by(storage.root, bit)
    released = small_record(tmp_path / "again").recording.id
    assert f"recordings/{released}/index.html" in seen
    assert f"recordings/{released}/transcript/transcript.vtt" in seen
    for each in seen:
        assert each.startswith(f"recordings/{released}/") or each in ("index.html", "feed.xml"), each
        assert "announcement" not in each
    if readers == "group":
        assert seen_by(storage.root, 0o004) == set()
    assert open_archive(settings, storage) == ()
    storage.put_bytes(f"recordings/{released}/chapters.json", b"[]", "application/json")
    assert f"recordings/{released}/chapters.json" in seen_by(storage.root, bit), (
        "what is replaced stays readable"
    )
    set_stage(storage, "2026-01-01-wartet", Stage.ARCHIVED, IMPRINT.writer)
    update_catalogue(storage, IMPRINT, anew=("2026-01-01-wartet",))
    open_archive(settings, storage)
    assert "recordings/2026-01-01-wartet/index.html" in seen_by(storage.root, bit)
    set_stage(storage, "2026-01-01-wartet", Stage.HELD, IMPRINT.writer)
    update_catalogue(storage, IMPRINT, anew=("2026-01-01-wartet",))
    open_archive(settings, storage)
    assert not any("wartet" in each for each in seen_by(storage.root, bit)), "taken back"


def test_an_archive_of_its_owners_is_never_touched(tmp_path: Path) -> None:
    storage = archive_with_one_held(tmp_path)
    storage.root.chmod(0o711)
    assert open_archive(Settings(archive=Archive(url=str(storage.root))), storage) == ()
    assert mode(storage.root) == 0o711


def test_links_are_not_followed_and_the_group_of_a_folder_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o700)
    root = tmp_path / "archive"
    (root / "recordings/a").mkdir(parents=True)
    (root / "recordings").chmod(0o2700)
    (root / "recordings/b").symlink_to(outside)
    (root / "recordings/a/link").symlink_to(outside)
    assert let_read(root, Readers.EVERYONE, lambda _: True) == ()
    assert mode(outside) == 0o700
    assert (root / "recordings").stat().st_mode & 0o2000


PROBE = """
import sys
from pathlib import Path
from flows.cli import main as cli
from tasks.storage.folder_storage import FolderStorage
from tasks.channels.smtp import put_into_outbox
from email.message import EmailMessage
sys.argv = ["mitschnitt", "--help"]
try:
    cli.main()
except SystemExit:
    pass
root = Path(sys.argv[0]).cwd()
FolderStorage(root / "archive").put_bytes("recordings/a/b.json", b"{}", "application/json")
FolderStorage(root / "archive").put_if("sign-in/x", b"{}", "application/json", None)
put_into_outbox(EmailMessage(), root / "outbox", "anmelden-1")
(root / "work").mkdir()
(root / "work/search.sqlite").write_bytes(b"x")
import subprocess
subprocess.run(["touch", "of-a-child"], check=True)
"""


def test_what_a_program_of_ours_makes_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the account's own mask is, and with all that it starts."""
    subprocess.run(
        [sys.executable, "-c", "import os; os.umask(0)\n" + PROBE],
        cwd=tmp_path,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    made = list(tmp_path.rglob("*"))
    assert {"b.json", "x", "anmelden-1.eml", "search.sqlite", "of-a-child", ".lock"} <= {
        each.name for each in made
    }
    for path in made:
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_open_is_what_others_may_read_or_write(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for bits, is_open in (
        (0o600, False),
        (0o640, True),
        (0o604, True),
        (0o620, True),
        (0o711, False),
        (0o700, False),
    ):
        file.chmod(bits)
        assert open_to_others(file) is is_open, oct(bits)
    assert not open_to_others(tmp_path / "nirgends")


def test_readers_of_an_archive_see_released_documents_without_what_is_for_organisers(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "archive")
    released = small_document(tmp_path / "eins")
    waiting = publish_document(
        storage, small_document(tmp_path / "zwei", "zwei", "Wartet"), CONVERTER, IMPRINT
    )
    publish_document(storage, released, CONVERTER, IMPRINT)

    def seen() -> set[str]:
        settings = Settings(archive=Archive(url=str(storage.root), readable_by="everyone"))
        assert open_archive(settings, storage) == ()
        return seen_by(storage.root, 0o004)

    def shown(**changed: object) -> set[str]:
        change_document(storage, DOCUMENT_ID, lambda record: record.model_copy(update=changed), IMPRINT)
        return seen()

    assert not any(each.startswith("documents/") for each in seen())
    after_release = shown(stage=DocumentStage.RELEASED)
    assert {f"{DOCUMENT_ID}/cleaned/antrag-neu.docx", f"{DOCUMENT_ID}/text/text.txt"} <= after_release
    assert not any(waiting.record.id in each or "personal_data" in each for each in after_release)
    assert not any("/original/" in each for each in after_release)
    assert f"{DOCUMENT_ID}/original/antrag-neu.docx" in shown(is_original_shared=True)
    assert not any("/original/" in each for each in shown(is_barred=True))
    assert not any(each.startswith("documents/") for each in shown(stage=DocumentStage.PROPOSED))
