"""Stores results of steps where any worker can resume what another one began.

With an archive in a bucket, they lie in the bucket, beside the recordings; else in the work folder,
which the workers of one machine share. Prefect asks for them by their cache keys.
"""

import asyncio
from datetime import datetime

from prefect.filesystems import WritableFileSystem
from prefect.utilities.asyncutils import sync_compatible

from config.settings import Settings
from flows.composition import Resources, resources
from tasks.storage.folder_storage import FolderStorage

BLOCK_NAME = "shared"
PREFIX = "work/results"
RESULTS_FOLDER = "prefect/results"
CONTENT_TYPE = "application/json"


class ArchiveResults(WritableFileSystem):
    """Results as objects in the archive's storage, with the access that each machine's settings give."""

    _block_type_name = "Mitschnitt: results in the archive"
    _block_type_slug = "mitschnitt-results"

    @sync_compatible
    async def read_path(self, path: str) -> bytes:
        """A result. Raises KeyError where there is none, StepError while the storage is away."""
        return await asyncio.to_thread(lambda: resources().storage.get_bytes(_key(path)))

    @sync_compatible
    async def write_path(self, path: str, content: bytes) -> None:
        """Keep a result. Raises StepError."""
        await asyncio.to_thread(lambda: resources().storage.put_bytes(_key(path), content, CONTENT_TYPE))


def result_environment(settings: Settings) -> dict[str, str]:
    """What makes Prefect keep results in the bucket, if there is one; makes the block known to the server."""
    if not settings.archive.url.startswith("s3://"):
        return {}
    ArchiveResults().save(BLOCK_NAME, overwrite=True)
    return {"PREFECT_DEFAULT_RESULT_STORAGE_BLOCK": f"{ArchiveResults._block_type_slug}/{BLOCK_NAME}"}


def forget_results(here: Resources, before: datetime) -> None:
    """Remove results that were kept before this moment. Raises StepError."""
    folder = FolderStorage(here.settings.work.dir.resolve() / RESULTS_FOLDER)
    for home, prefix in ((here.storage, PREFIX), (folder, "")):
        for each in home.list_objects(prefix):
            if each.modified_at < before:
                home.delete(each.key)


def _key(path: str) -> str:
    return f"{PREFIX}/{path}"
