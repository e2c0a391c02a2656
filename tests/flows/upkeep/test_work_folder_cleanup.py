"""What stays in a machine's work folder by what became of the recording; nothing for good."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import Announcement, Settings, Work
from flows.composition import folder_name
from flows.upkeep.work_folder_cleanup import tidy_machine, tidy_work_folder
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.publishing import publish
from tasks.archive.record_store import set_stage
from tasks.archive.upload_store import Uploads
from tasks.channels.outbox import forget_mails
from tasks.clock import utc_now
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.work_folder import KEPT
from tests.archive_records import IMPRINT, small_record
from transcripts.hold_reasons import DAY_GUESSED, HoldReason
from transcripts.model import Stage
from transcripts.sources.source_url import parse_source_url

LATER = KEPT + timedelta(minutes=1)


def settings_for(tmp_path: Path) -> Settings:
    return Settings(work=Work(dir=tmp_path / "work"))


def left_by(tmp_path: Path, fingerprint: str) -> Path:
    """The folder of a recording whose run was killed."""
    folder = tmp_path / "work/recordings" / folder_name(fingerprint)
    for name in ("source", "media", "transcoding-x1"):
        (folder / name).mkdir(parents=True)
        (folder / name / "datei.part").write_bytes(b"...")
    return folder


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


def test_the_original_of_a_held_record_stays_until_it_is_released_and_no_longer(tmp_path: Path) -> None:
    storage, settings = FolderStorage(tmp_path / "archive"), settings_for(tmp_path)
    record = small_record(tmp_path / "record")
    changes = {"stage": Stage.HELD, "hold_reasons": (HoldReason(code=DAY_GUESSED),)}
    held = record.recording.model_copy(update=changes)
    publish(storage, replace(record, recording=held), IMPRINT)
    folder = left_by(tmp_path, held.source.url_fingerprint)
    tidy_work_folder(settings, storage, utc_now())
    assert names(folder) == {"source"}
    set_stage(storage, held.id, Stage.ARCHIVED, IMPRINT.writer)
    update_catalogue(storage, IMPRINT, anew=(held.id,))
    tidy_work_folder(settings, storage, utc_now())
    assert not folder.exists()


@pytest.mark.parametrize("stage", [Stage.HELD, Stage.ANNOUNCED])
def test_after_a_week_the_original_goes_whatever_became_of_the_record(stage: Stage, tmp_path: Path) -> None:
    storage, settings = FolderStorage(tmp_path / "archive"), settings_for(tmp_path)
    record = small_record(tmp_path / "record")
    recording = record.recording.model_copy(update={"stage": stage})
    publish(storage, replace(record, recording=recording), IMPRINT)
    folder = left_by(tmp_path, recording.source.url_fingerprint)
    tidy_work_folder(settings, storage, utc_now() + LATER)
    assert not folder.exists()


def test_what_may_still_go_on_keeps_what_it_has_but_for_what_was_just_being_made(tmp_path: Path) -> None:
    storage, settings = FolderStorage(tmp_path / "archive"), settings_for(tmp_path)
    folder = left_by(tmp_path, parse_source_url("https://example.org/a.mp4").fingerprint)
    tidy_work_folder(settings, storage, utc_now())
    assert names(folder) == {"source", "media"}
    tidy_work_folder(settings, storage, utc_now() + LATER)
    assert not folder.exists(), "stopped by a person, or given up, a week ago"


def test_what_the_settings_keep_no_longer_goes_from_outbox_and_uploads(tmp_path: Path) -> None:
    storage, now = FolderStorage(tmp_path / "archive"), utc_now()
    outbox, settings = tmp_path / "outbox", settings_for(tmp_path)
    settings = settings.model_copy(update={"announcement": Announcement(outbox=outbox)})
    outbox.mkdir()
    for name in ("anmelden-1.eml", "2026-treffen.eml", ".anmelden-2.draft", "notizen.txt"):
        (outbox / name).write_text("x", encoding="utf-8")
    upload = Uploads(storage).begin("Treffen.mp4", 10)
    ages = {"minutes": 50}, {"hours": 2}, {"days": 8}, {"days": 91}
    left = []
    for age in ages:
        assert tidy_machine(settings, storage, now + timedelta(**age)) == ()
        left.append((names(outbox), len(list(Uploads(storage).present()))))
    assert left[0] == ({"anmelden-1.eml", "2026-treffen.eml", ".anmelden-2.draft", "notizen.txt"}, 1)
    assert left[1] == ({"2026-treffen.eml", "notizen.txt"}, 1), "links to sign in go after an hour"
    assert left[2] == ({"2026-treffen.eml", "notizen.txt"}, 0)
    assert left[3] == ({"notizen.txt"}, 0), "what is not ours stays"
    assert list(storage.list_objects(f"uploads/{upload.id}")) == []


def test_a_mail_that_cannot_be_removed_is_named(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    (outbox / "ordner.eml").mkdir(parents=True)
    later = utc_now() + timedelta(days=1000)
    assert forget_mails(outbox, later, timedelta(days=1), timedelta(days=1)) == (outbox / "ordner.eml",)
