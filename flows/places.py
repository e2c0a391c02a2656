"""Where things are, by the settings of the machine that works: settings, archive, folders.

Loads neither Prefect nor the recogniser, so that quick questions get quick answers.
"""

import platform
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from config.settings import Settings, load_settings
from tasks.s3_access import S3Access
from tasks.secret_file import kept_secret
from tasks.storage import Storage, open_storage
from transcripts import layout
from transcripts.catalogue import Imprint
from transcripts.manifest import MadeBy
from transcripts.source_url import SourceUrl

KEY_FILE = "reading-room.key"


def current_settings() -> Settings:
    """The settings of this machine. Secrets in them never travel as parameters."""
    return load_settings().settings


def current_storage() -> Storage:
    """The archive of the settings."""
    return storage_at(current_settings().archive.url)


def storage_at(url: str) -> Storage:
    """The storage at an address, a bucket's with the access that the settings give."""
    archive = current_settings().archive
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
    return open_storage(url, access)


def current_imprint() -> Imprint:
    """Who writes into the archive, by the settings."""
    network = current_settings().network
    return Imprint(network.name, network.base_url, MadeBy(tool=f"mitschnitt {version('mitschnitt')}"))


def secret_key(settings: Settings) -> str:
    """The key of sessions, links and sealed addresses; without one in the settings it is made and kept."""
    given = settings.reading_room.secret_key
    return given.get_secret_value() if given else kept_secret(settings.work.dir.resolve() / KEY_FILE)


def machine_name(settings: Settings) -> str:
    """What this machine is called among the workers."""
    return settings.worker.name or platform.node() or "mitschnitt"


def index_file(settings: Settings) -> Path:
    """Where this machine keeps its search index."""
    return settings.work.dir.resolve() / "search.sqlite"


def end_of_grace(settings: Settings, grace_hours: float | None = None) -> datetime:
    """What no manifest names and was stored later is left alone; `grace_hours` instead of the settings'."""
    hours = settings.archive.grace_hours if grace_hours is None else grace_hours
    return datetime.now(UTC) - timedelta(hours=hours)


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
