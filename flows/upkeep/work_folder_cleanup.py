"""Keeps a machine's work folder small: by every run for a recording, and by every worker each hour.

Every worker also takes away what the settings keep no longer, and sees to who may read the archive.

The original of a recording stays until the record is released, or for a week, so that it can be
made anew with other options. Of anything else only what may still go on stays, for a week too.
"""

from datetime import datetime, timedelta
from pathlib import Path

from config.settings import Settings
from flows.composition import folder_name
from tasks.archive.catalogue_store import listed
from tasks.archive.record_store import recordings
from tasks.archive.upload_store import Uploads
from tasks.channels.outbox import forget_mails
from tasks.storage.folder_modes import Readers, let_read
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.storage_interface import Storage
from tasks.storage.work_folder import Needed, tidy
from transcripts.model import Stage


def tidy_work_folder(settings: Settings, storage: Storage, now: datetime) -> tuple[Path, ...]:
    """Take away what nobody on this machine goes on with; returns where that failed.

    Raises what storages raise.
    """
    stages = {folder_name(each.source.url_fingerprint): each.stage for each in recordings(storage)}

    def needed(name: str) -> Needed:
        if name not in stages:
            return Needed.ALL
        return Needed.ORIGINAL if stages[name] is Stage.HELD else Needed.NOTHING

    return tidy(settings.work.dir.resolve(), needed, now)


def tidy_machine(settings: Settings, storage: Storage, now: datetime) -> tuple[Path, ...]:
    """All that a worker tidies; returns where that failed. Raises what storages raise."""
    kept = settings.retention
    Uploads(storage).forget_old(now, timedelta(days=kept.uploads_days))
    return (
        *tidy_work_folder(settings, storage, now),
        *forget_mails(
            settings.announcement.outbox.resolve(),
            now,
            timedelta(days=kept.outbox_days),
            timedelta(hours=kept.sign_in_mails_hours),
        ),
        *open_archive(settings, storage),
    )


def open_archive(settings: Settings, storage: Storage) -> tuple[Path, ...]:
    """Let those read an archive in a folder for whom it is meant, and nobody else what waits for its release.

    Returns what could not be changed. An archive of its owner's is made so, and never changed afterwards.
    """
    readers = Readers[settings.archive.readable_by.upper()]
    if readers is Readers.OWNER or not isinstance(storage, FolderStorage):
        return ()
    found = listed(storage)
    released = {each.record_id for each in found.entries if each.is_released}
    released |= {each.record_id for each in found.documents if each.is_released}
    shared = {each.record_id for each in found.documents if each.document.gives_original}
    return let_read(storage.root, readers, released.__contains__, shared.__contains__)
