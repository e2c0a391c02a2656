"""Reads the settings: embedded defaults, then the TOML file, then the environment."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.settings import Section, Settings
from config.validation_messages import complaint, toml_complaint

CONFIG_FOLDER = Path(__file__).parent
DEFAULT_FILE = Path("mitschnitt.toml")
ENVIRONMENT_PREFIX = "MITSCHNITT_"


class SettingsError(Exception):
    """The settings are wrong; the message (German) names each place and what is expected."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a setting, in German, with its place; `section` is the table it stands in."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings and where they came from (`file` is None with embedded defaults).

    `complaints` are about keys and values that were left out, so that all else can be looked at.
    """

    settings: Settings
    file: Path | None
    text: str = field(default="", repr=False)
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    complaints: tuple[Complaint, ...] = ()

    def place_of(self, section: str, key: str) -> str:
        """Where somebody wrote this setting, and its name: `mitschnitt.toml, Zeile 3: [work] dir`."""
        name = f"[{section}] {key}".strip()
        if key in self.overrides.get(section, {}) or (section in self.overrides and not key):
            return f"Umgebungsvariable {ENVIRONMENT_PREFIX}{section.upper()}__{key.upper()}: {name}"
        if self.file is None or not is_named(self.settings, section, key):
            return name
        return f"{self.file}, Zeile {_line_of(section, key, self.text)}: {name}"


def load_settings(environment: Mapping[str, str] = os.environ) -> LoadedSettings:
    """Read the TOML file, lay the environment over it, check every key.

    Raises SettingsError for a file that is missing though named, broken TOML,
    an unknown key or a wrong value.
    """
    loaded = read_settings(environment)
    if loaded.complaints:
        raise SettingsError("\n".join(each.text for each in loaded.complaints))
    return loaded


def read_settings(environment: Mapping[str, str] = os.environ) -> LoadedSettings:
    """As `load_settings`, but what is unknown or wrong is left out and complained of.

    Raises SettingsError for a file that is missing though named, and broken TOML.
    """
    file = _settings_file(environment)
    text = _read(file) if file else ""
    overrides = _from_environment(environment)
    given = _merged(_parse_toml(text, file), overrides)
    complaints: list[Complaint] = []
    while True:
        try:
            settings = Settings.model_validate(given)
        except ValidationError as error:
            details, named = error.errors(), {each.section for each in complaints}
            complaints += [
                Complaint(str(detail["loc"][0]), _complaint(detail, overrides, file, text))
                for detail in details
                if detail["loc"][0] not in named  # what was left out of a table would be missed there
            ]
            given = _without(given, [detail["loc"] for detail in details])
        else:
            return LoadedSettings(settings, file, text, overrides, tuple(complaints))


def is_named(settings: Settings, section: str, key: str) -> bool:
    """Whether somebody wrote this setting into the file or the environment, even as the default is."""
    table: Section = getattr(settings, section)
    names = {field.alias or name for name, field in type(table).model_fields.items()}
    written = {type(table).model_fields[name].alias or name for name in table.model_fields_set}
    return key in written if key in names else section in settings.model_fields_set


def glossary_text(settings: Settings) -> str:
    """The glossary as written; the one that ships with Mitschnitt where none is named and none lies there.

    Raises SettingsError for a file that cannot be read, and for one that is named but missing.
    """
    configured = settings.transcription.glossary
    if os.path.lexists(configured) or is_named(settings, "transcription", "glossary"):
        return _read(configured)
    return _read(CONFIG_FOLDER / "glossary.txt")


def meetings_text(settings: Settings) -> str | None:
    """The list of meetings as written; None where none is named and none lies there.

    Raises SettingsError for a file that cannot be read, and for one that is named but missing.
    """
    file = settings.meetings.file
    if os.path.lexists(file) or is_named(settings, "meetings", "file"):
        return _read(file)
    return None


def _without(given: dict[str, Any], places: Iterable[tuple[int | str, ...]]) -> dict[str, Any]:
    """What was given, but for the keys at these places; but for the whole table where no key is named."""
    kept = {name: dict(table) if isinstance(table, dict) else table for name, table in given.items()}
    for section, *key in places:
        table = kept.get(str(section))
        if key and isinstance(table, dict) and key[0] in table:
            del table[key[0]]
        else:
            kept.pop(str(section), None)
    return kept


def _settings_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get(ENVIRONMENT_PREFIX + "CONFIG")
    if named:
        return Path(named)
    return DEFAULT_FILE if os.path.lexists(DEFAULT_FILE) else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        text = (
            "Die Datei ist nicht als UTF-8 gespeichert. Bitte sie im Editor mit der Kodierung UTF-8 sichern."
        )
        raise SettingsError(f"{file}, Zeile {line}: {text}") from error
    except OSError as error:
        raise SettingsError(f"{file}: {_why_unreadable(error)}") from error


def _why_unreadable(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "Diese Datei gibt es nicht. Bitte sie anlegen oder den Namen berichtigen."
    if isinstance(error, IsADirectoryError):
        return "Das ist ein Ordner, keine Datei. Bitte den Namen einer Datei angeben."
    if isinstance(error, PermissionError):
        return "Diese Datei darf nicht gelesen werden. Bitte ihre Rechte ändern."
    return f"Diese Datei lässt sich nicht lesen ({error.strerror})."


def _parse_toml(text: str, file: Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: {toml_complaint(error)}") from error


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
    path = detail["loc"]
    section, key = str(path[0]), str(path[1]) if len(path) > 1 else ""
    if key in overrides.get(section, {}) or (section in overrides and not key):
        place = f"Umgebungsvariable {ENVIRONMENT_PREFIX}{section.upper()}__{key.upper()}"
    else:
        place = f"{file}, Zeile {_line_of(section, key, text)}"
    name = f"[{section}] {key}".strip()
    if detail["type"] == "extra_forbidden":
        return f"{place}: {name} ist unbekannt.{_known_names(section, key)}"
    entry = f"Eintrag {path[2] + 1}: " if len(path) > 2 and isinstance(path[2], int) else ""
    return f"{place}: {name} hat einen falschen Wert ({entry}{complaint(detail)})."


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
