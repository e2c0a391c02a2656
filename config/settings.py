"""The settings: embedded defaults, then the TOML file, then the environment.

`load_settings` is the only reader of both. Each key exists once, here, with its
type and default; `mitschnitt.example.toml` beside this module explains them.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

CONFIG_FOLDER = Path(__file__).parent
DEFAULT_FILE = Path("mitschnitt.toml")
ENVIRONMENT_PREFIX = "MITSCHNITT_"


def _split_commas(value: Any) -> Any:
    """Let a list be given in one environment variable: `a,b`."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


TextList = Annotated[tuple[str, ...], BeforeValidator(_split_commas)]


class Section(BaseModel):
    """A table of the TOML file; an unknown key is an error, not silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True)


class Network(Section):
    """Whose recordings these are, and where members read them."""

    name: str | None = None
    language: str = "de"
    base_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+$")
    admin_address: str | None = None


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
    grace_hours: float = Field(default=48, ge=0)
    verify_nights: int = Field(default=30, ge=1)


class Work(Section):
    """Downloads, intermediate files, Prefect's results and the joined model."""

    dir: Path = Path("work")


class Fetch(Section):
    """What may be fetched."""

    allow_hosts: TextList = ()
    max_duration_hours: float = Field(default=8, gt=0)
    max_size_gb: float = Field(default=20, gt=0)


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
    retry_hours: float = Field(default=24, gt=0, le=24 * 14)
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


class ReadingRoom(Section):
    """Where members read."""

    access: Literal["members", "open"] = "members"
    members_file: Path | None = None
    organisers: TextList = ()
    secret_key: SecretStr | None = Field(default=None, min_length=32)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    trusted_proxies: TextList = ("127.0.0.1", "::1")
    media: Literal["proxied", "presigned"] = "proxied"
    searches_per_minute: int = Field(default=60, ge=1)
    upload_max_gb: float = Field(default=10, gt=0)
    metrics_token: SecretStr | None = Field(default=None, min_length=16)


class Prefect(Section):
    """The server that hands out the work: `mitschnitt serve` runs one, unless `api_url` names another."""

    api_url: str | None = Field(default=None, pattern=r"^https?://[^\s?#]+/api$")
    auth: SecretStr | None = None
    port: int = Field(default=4200, ge=1, le=65535)
    database_url: SecretStr | None = None

    @field_validator("auth")
    @classmethod
    def _is_long_enough(cls, auth: SecretStr | None) -> SecretStr | None:
        if auth is not None and not re.fullmatch(r"[^:]+:.{12,}", auth.get_secret_value()):
            raise ValueError("Name:Kennwort, das Kennwort mit 12 Zeichen oder mehr")
        return auth


class Worker(Section):
    """How much one machine takes on at once."""

    name: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._-]+$")
    recordings_at_once: int = Field(default=3, ge=1, le=64)
    transcriptions_at_once: int = Field(default=1, ge=1, le=64)


class Settings(Section):
    """All settings, one attribute a table of the TOML file."""

    network: Network = Network()
    archive: Archive = Archive()
    work: Work = Work()
    fetch: Fetch = Fetch()
    media: Media = Media()
    transcription: Transcription = Transcription()
    chapters: Chapters = Chapters()
    announcement: Announcement = Announcement()
    mailman: Mailman = Mailman()
    mailbox: Mailbox = Mailbox()
    signal: Signal = Signal()
    webhook: Webhook = Webhook()
    meetings: Meetings = Meetings()
    reading_room: ReadingRoom = ReadingRoom()
    prefect: Prefect = Prefect()
    worker: Worker = Worker()


class SettingsError(Exception):
    """The settings are wrong; the message (German) names each place and what is expected."""


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings and where they came from (`file` is None with embedded defaults)."""

    settings: Settings
    file: Path | None


def load_settings(environment: Mapping[str, str] = os.environ) -> LoadedSettings:
    """Read the TOML file, lay the environment over it, check every key.

    Raises SettingsError for a file that is missing though named, broken TOML,
    an unknown key or a wrong value.
    """
    file = _settings_file(environment)
    text = _read(file) if file else ""
    given = _parse_toml(text, file)
    overrides = _from_environment(environment)
    try:
        settings = Settings.model_validate(_merged(given, overrides))
    except ValidationError as error:
        places = [_complaint(detail, overrides, file, text) for detail in error.errors()]
        raise SettingsError("\n".join(places)) from None
    return LoadedSettings(settings, file)


def glossary_text(settings: Settings) -> str:
    """The glossary as written: the configured file, else the one that ships with Mitschnitt."""
    configured = settings.transcription.glossary
    file = configured if configured.exists() else CONFIG_FOLDER / "glossary.txt"
    return file.read_text(encoding="utf-8")


def meetings_text(settings: Settings) -> str | None:
    """The list of meetings as written; None where there is none. Raises SettingsError."""
    file = settings.meetings.file
    return _read(file) if file.exists() else None


def _settings_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(ENVIRONMENT_PREFIX + "CONFIG")
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: Die Einstellungen lassen sich nicht lesen ({error}).") from error


def _parse_toml(text: str, file: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: Das ist kein gültiges TOML: {error}.") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """`MITSCHNITT_FETCH__MAX_SIZE_GB=5` becomes `{"fetch": {"max_size_gb": "5"}}`."""
    values: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(ENVIRONMENT_PREFIX) or name == ENVIRONMENT_PREFIX + "CONFIG":
            continue
        section, _, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().partition("__")
        if not key:
            raise SettingsError(
                f"Umgebungsvariable {name}: unbekannt. Die Form ist {ENVIRONMENT_PREFIX}ABSCHNITT__SCHLÜSSEL."
            )
        values.setdefault(section, {})[key] = value
    return values


def _merged(given: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    merged = dict(given)
    for section, values in overrides.items():
        below = merged.get(section, {})
        merged[section] = {**below, **values} if isinstance(below, dict) else below
    return merged


def _complaint(detail: ErrorDetails, overrides: dict[str, Any], file: Path | None, text: str) -> str:
    """One line in German: the place, what is wrong, what is expected."""
    path = [str(part) for part in detail["loc"]]
    section, key = path[0], path[1] if len(path) > 1 else ""
    if key in overrides.get(section, {}) or (section in overrides and not key):
        place = f"Umgebungsvariable {ENVIRONMENT_PREFIX}{section.upper()}__{key.upper()}"
    else:
        place = f"{file}, Zeile {_line_of(section, key, text)}"
    name = f"[{section}] {key}".strip()
    if detail["type"] == "extra_forbidden":
        return f"{place}: {name} ist unbekannt.{_known_names(section, key)}"
    reason = detail["msg"].removeprefix("Value error, ")
    return f"{place}: {name} hat einen falschen Wert ({reason})."


def _known_names(section: str, key: str) -> str:
    if not key:
        return " Bekannte Abschnitte: " + ", ".join(Settings.model_fields) + "."
    fields = type(getattr(Settings(), section)).model_fields
    return " Bekannt sind: " + ", ".join(field.alias or name for name, field in fields.items()) + "."


def _line_of(section: str, key: str, text: str) -> int:
    """The line on which a key of a table stands (1 when it cannot be told)."""
    table = re.compile(rf"\s*\[\s*{re.escape(section)}\s*\]")
    key_line = re.compile(rf"""\s*["']?{re.escape(key or section)}["']?\s*[.=]""")
    inside, found = not key, 1
    for number, line in enumerate(text.splitlines(), start=1):
        if table.match(line):
            inside, found = True, number
        elif inside and key_line.match(line):
            return number
        elif line.lstrip().startswith("["):
            inside = False
    return found
