"""What a process works with, put together once: settings, archive, writer; and where things are.

Loads neither Prefect nor the recogniser, so that quick questions get quick answers.
"""

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

from config.loading import load_settings
from config.settings import Archive, Settings
from flows.state_folder import KEY_FILE, prepared_state
from tasks.access.secret_file import secret_from_file
from tasks.clock import utc_now
from tasks.storage.s3_access import S3Access
from tasks.storage.storage_interface import Storage, open_storage
from tasks.storage.work_folder import RECORDINGS
from transcripts.archive import layout
from transcripts.archive.catalogue import Imprint
from transcripts.archive.manifest import MadeBy
from transcripts.sources.source_url import SourceUrl


@dataclass(frozen=True)
class Resources:
    """What a process works with: settings and archive, put together once and handed on.

    Secrets in the settings never travel as parameters of a flow or a task: each process has its own.
    """

    settings: Settings

    @cached_property
    def storage(self) -> Storage:
        """The archive of the settings."""
        return self.storage_at(self.settings.archive.url)

    @cached_property
    def imprint(self) -> Imprint:
        """Who writes into the archive."""
        return imprint_of(self.settings)

    @cached_property
    def secret(self) -> str:
        """The key of sessions, links and sealed addresses."""
        return secret_key(self.settings)

    def storage_at(self, url: str) -> Storage:
        """The storage at an address, a bucket's with the access that the settings give."""
        return storage_of(self.settings.archive, url)


@cache
def resources() -> Resources:
    """The resources of this process, for where it is entered: commands, flows, tasks, hooks.

    Raises SettingsError.
    """
    return Resources(load_settings().settings)


def storage_of(archive: Archive, url: str | None = None) -> Storage:
    """The archive that these settings describe, or another one at `url` that is reached in the same way."""
    secret = archive.secret_access_key
    access = S3Access(
        endpoint_url=archive.endpoint_url,
        region=archive.region,
        access_key_id=archive.access_key_id,
        secret_access_key=secret.get_secret_value() if secret else None,
        checksums=archive.checksums,
        path_style=archive.path_style,
        ca_file=str(archive.ca_file) if archive.ca_file else None,
    )
    return open_storage(archive.url if url is None else url, access)


def imprint_of(settings: Settings) -> Imprint:
    """Who writes into the archive, by these settings."""
    network = settings.network
    return Imprint(network.name, network.base_url, MadeBy(tool=f"mitschnitt {version('mitschnitt')}"))


def secret_key(settings: Settings) -> str:
    """The key of sessions, links and sealed addresses; without one in the settings it is made and kept."""
    given = settings.reading_room.secret_key
    return given.get_secret_value() if given else secret_from_file(prepared_state(settings) / KEY_FILE)


def machine_name(settings: Settings) -> str:
    """What this machine is called among the workers."""
    return settings.worker.name or platform.node() or "mitschnitt"


def index_file(settings: Settings) -> Path:
    """Where this machine keeps its search index."""
    return settings.work.dir.resolve() / "search.sqlite"


def end_of_grace(settings: Settings, grace_hours: float | None = None) -> datetime:
    """What no manifest names and was stored later is left alone; `grace_hours` instead of the settings'."""
    hours = settings.archive.grace_hours if grace_hours is None else grace_hours
    return utc_now() - timedelta(hours=hours)


def models_folder(settings: Settings) -> Path:
    """Where the packaged model is joined, once a machine."""
    return settings.work.dir.resolve() / "models"


def recording_folder(settings: Settings, source: SourceUrl) -> Path:
    """Where one recording's files lie while it is processed."""
    return settings.work.dir.resolve() / RECORDINGS / folder_name(source.fingerprint)


def folder_name(url_fingerprint: str) -> str:
    """What the folder of a recording is called, by its source."""
    return url_fingerprint[:16]


def record_url(settings: Settings, storage: Storage, record_id: str) -> str:
    """The public address of a record; without a reading room, where its page lies."""
    if settings.network.base_url:
        return f"{settings.network.base_url.rstrip('/')}/{layout.object_key(record_id, '')}"
    place = storage.location(layout.object_key(record_id, layout.PAGE))
    return place if "://" in place else Path(place).as_uri()
