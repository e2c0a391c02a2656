"""Where things are, by the settings of the machine that works: settings, archive, folders.

Loads neither Prefect nor the recogniser, so that quick questions get quick answers.
"""

from pathlib import Path

from config.settings import Settings, load_settings
from tasks.s3_storage import S3Access
from tasks.storage import Storage, open_storage
from transcripts import layout
from transcripts.source_url import SourceUrl


def current_settings() -> Settings:
    """The settings of this machine. Secrets in them never travel as parameters."""
    return load_settings().settings


def current_storage() -> Storage:
    """The archive of the settings."""
    archive = current_settings().archive
    secret = archive.secret_access_key
    access = S3Access(
        archive.endpoint_url,
        archive.region,
        archive.access_key_id,
        secret.get_secret_value() if secret else None,
    )
    return open_storage(archive.url, access)


def models_folder(settings: Settings) -> Path:
    """Where the packaged model is joined, once a machine."""
    return settings.work.dir.resolve() / "models"


def recording_folder(settings: Settings, source: SourceUrl) -> Path:
    """Where one recording's files lie while it is processed."""
    return settings.work.dir.resolve() / "recordings" / source.fingerprint[:16]


def record_url(settings: Settings, storage: Storage, record_id: str) -> str:
    """The public address of a record; without a reading room, where its page lies."""
    if settings.network.base_url:
        return f"{settings.network.base_url.rstrip('/')}/{layout.RECORDINGS}/{record_id}/"
    place = storage.location(layout.object_key(record_id, layout.PAGE))
    return place if "://" in place else Path(place).as_uri()
