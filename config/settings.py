"""The settings: each key exists once, here, with its type and default.

`mitschnitt.example.toml` beside this module explains them; `config.loading` reads what people wrote.
"""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from config.list_values import HostList, MailAddressList, MinutesList, ProxyList

_USER_AND_PASSWORD = re.compile("[^:]+:.{12,}")


@cache
def _zone_names() -> frozenset[str]:
    """The time zones of the world. Those of a system's folder would do, but for its own, which is any."""
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


class Section(BaseModel):
    """A table of the TOML file; an unknown key is an error, not silence."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True, allow_inf_nan=False
    )


class Network(Section):
    """Whose recordings these are, and where members read them."""

    name: str | None = None
    language: str = "de"
    timezone: str = "Europe/Berlin"
    base_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    admin_address: str | None = None

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in _zone_names():
            raise ValueError(
                "diese Zeitzone gibt es nicht; Beispiele: Europe/Berlin, Europe/Vienna, Europe/Zurich"
            )
        return name

    @property
    def zone(self) -> ZoneInfo:
        """In which days and times are told, wherever the machine stands."""
        return ZoneInfo(self.timezone)


class Archive(Section):
    """Where records are kept: a local folder or `s3://bucket/prefix`."""

    url: str = "archive"
    endpoint_url: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_access_key: SecretStr | None = None
    checksums: Literal["sha256", "md5"] = "sha256"
    path_style: bool | None = None
    ca_file: Path | None = None
    readable_by: Literal["owner", "group", "everyone"] = "owner"
    grace_hours: float = Field(default=48, ge=0)
    verify_nights: int = Field(default=30, ge=1)


class Work(Section):
    """`dir` holds what is made again when it is gone, `state_dir` what must be kept: keys, waiting jobs."""

    dir: Path = Path("work")
    state_dir: Path = Path("state")


class Fetch(Section):
    """What may be fetched."""

    allow_hosts: HostList = ()
    max_duration_hours: float = Field(default=8, gt=0)
    max_size_gb: float = Field(default=20, gt=0)


class Inbox(Section):
    """Where recordings are dropped: a folder of this machine, a place in a bucket; off while none is set.

    `bucket` is "s3://bucket/prefix", reached as the archive is, by its keys.
    """

    dir: Path | None = None
    bucket: str | None = Field(default=None, pattern=r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[^/\s][^\s]*$")
    when_done: Literal["keep", "remove"] = "keep"
    settled_seconds: float = Field(default=60, ge=1, le=3600)


class Media(Section):
    """How the published media are made."""

    loudness_lufs: float = Field(default=-23.0, ge=-40, le=-10)


class Transcription(Section):
    """Which recogniser listens, and how."""

    model: str = "base"
    language: str = "de"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: str = "auto"
    threads: int = Field(default=0, ge=0)
    glossary: Path = Path("config/glossary.txt")
    windows_at_once: int = Field(default=1, ge=1, le=64)
    short_inputs: bool | None = None


class Chapters(Section):
    """Who words chapter titles and the summary: nobody but Mitschnitt, unless an endpoint is named."""

    llm_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    llm_model: str = "default"
    llm_api_key: SecretStr | None = None
    llm_timeout_seconds: float = Field(default=120, gt=0, le=3600)


class Announcement(Section):
    """Who is told, and how the mail leaves the house."""

    to: str | None = None
    from_: str | None = Field(default=None, alias="from")
    reply_to: str | None = None
    organisers: str | None = None
    release: Literal["automatic", "held"] = "automatic"
    retry_hours: float = Field(default=23, gt=0, le=24 * 14)
    templates: Path | None = None
    poster: bool = False
    outbox: Path = Path("outbox")
    smtp_url: SecretStr | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _is_addressed(self) -> Self:
        if self.smtp_url is not None and not (self.to and self.from_):
            raise ValueError("mit smtp_url müssen auch to und from gesetzt sein")
        return self


class Mailman(Section):
    """The mailing list's own server, asked whether a post is out."""

    url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    user: str | None = None
    password: SecretStr | None = None
    list_id: str | None = None
    web_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    wait_seconds: float = Field(default=60, ge=0, le=3600)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.url and not (self.user and self.password and self.list_id):
            raise ValueError("mit url müssen auch user, password und list_id gesetzt sein")
        return self


class Mailbox(Section):
    """A mailbox that gets the list's mails, read by IMAP; off while no url is set."""

    url: SecretStr | None = None
    folder: str = Field(default="INBOX", pattern=r"^[ -~]+$")
    ca_file: Path | None = None
    wait_seconds: float = Field(default=60, ge=0, le=3600)


class Signal(Section):
    """A Signal group, through the daemon of signal-cli; off while no url is set."""

    url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    account: str | None = None
    group: str | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.url and not (self.account and self.group):
            raise ValueError("mit url müssen auch account und group gesetzt sein")
        return self


class Webhook(Section):
    """A program of the network's own that hears of announcements; off while no url is set."""

    url: str | None = Field(default=None, pattern=r"^https?://[^\s#]+$")
    secret: SecretStr | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.url and not self.secret:
            raise ValueError("mit url muss auch secret gesetzt sein")
        return self


class Meetings(Section):
    """The meetings to come, for invitations and reminders."""

    file: Path = Path("config/meetings.toml")
    release: Literal["automatic", "held"] = "automatic"


class Digest(Section):
    """The mail that tells members what is new in the archive, at most one a week."""

    enabled: bool = False
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "friday"
    hour: int = Field(default=9, ge=0, le=23)
    release: Literal["automatic", "held"] = "held"


class ReadingRoom(Section):
    """Where members read."""

    access: Literal["members", "open"] = "members"
    members_file: Path | None = None
    organisers: MailAddressList = ()
    secret_key: SecretStr | None = Field(default=None, min_length=32)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    trusted_proxies: ProxyList = ("127.0.0.1", "::1")
    media: Literal["proxied", "presigned"] = "proxied"
    searches_per_minute: int = Field(default=60, ge=1)
    upload_max_gb: float = Field(default=10, gt=0)
    uploads_gb_per_organiser: float = Field(default=30, gt=0)
    uploads_gb_in_all: float = Field(default=100, gt=0)
    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    max_connections: int = Field(default=4000, ge=1, le=30_000)
    max_connections_per_address: int = Field(default=200, ge=1, le=30_000)


class Prefect(Section):
    """The server that hands out the work: `mitschnitt serve` runs one, unless `api_url` names another."""

    api_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+/api$")
    auth: SecretStr | None = None
    port: int = Field(default=4200, ge=1, le=65535)
    database_url: SecretStr | None = None

    @field_validator("auth")
    @classmethod
    def _is_long_enough(cls, auth: SecretStr | None) -> SecretStr | None:
        if auth is not None and not _USER_AND_PASSWORD.fullmatch(auth.get_secret_value()):
            raise ValueError("Name:Kennwort, das Kennwort mit 12 Zeichen oder mehr")
        return auth


class Worker(Section):
    """How much one machine takes on at once, and how long what fails for a while is tried again."""

    name: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]+$")
    recordings_at_once: int = Field(default=3, ge=1, le=64)
    transcriptions_at_once: int = Field(default=1, ge=1, le=64)
    retry_pauses_minutes: MinutesList = Field(default=(1, 5, 15, 60), min_length=1, max_length=50)
    retry_hours: float = Field(default=24, gt=0, le=24 * 14)


class Retention(Section):
    """How long what nobody needs any more is kept."""

    outbox_days: float = Field(default=90, gt=0, le=3650)
    sign_in_mails_hours: float = Field(default=1, ge=0.25, le=24 * 7)
    uploads_days: float = Field(default=7, gt=0, le=365)
    prefect_days: float = Field(default=30, ge=15, le=3650)  # recordings are tried again for up to 14


class Logging(Section):
    """What the processes that run for long write to their standard error, a line for each thing."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Section):
    """All settings, one attribute a table of the TOML file."""

    network: Network = Network()
    archive: Archive = Archive()
    work: Work = Work()
    fetch: Fetch = Fetch()
    inbox: Inbox = Inbox()
    media: Media = Media()
    transcription: Transcription = Transcription()
    chapters: Chapters = Chapters()
    announcement: Announcement = Announcement()
    mailman: Mailman = Mailman()
    mailbox: Mailbox = Mailbox()
    signal: Signal = Signal()
    webhook: Webhook = Webhook()
    meetings: Meetings = Meetings()
    digest: Digest = Digest()
    reading_room: ReadingRoom = ReadingRoom()
    prefect: Prefect = Prefect()
    worker: Worker = Worker()
    retention: Retention = Retention()
    logging: Logging = Logging()
