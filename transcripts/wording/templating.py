"""How all templates are filled in: what is missing is an error, markup is escaped, formats are shared."""

import re
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from transcripts.wording.german_formats import format_clock, format_date_de, format_duration
from transcripts.wording.local_time import in_zone

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def folder_environment(name: str) -> Environment:
    """The templates of one folder of `pages/templates`."""
    return environment(PackageLoader("transcripts", f"pages/templates/{name}"))


def environment(loader: BaseLoader) -> Environment:
    """Templates ending in `.txt` are plain text, all others are markup."""
    made = Environment(
        loader=loader,
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_without_controls,
    )
    made.filters.update(
        clock=format_clock,
        duration=format_duration,
        german_date=format_date_de,
        timestamp=_timestamp,
        urn=_urn,
    )
    return made


def _without_controls(value: object) -> object:
    """What XML has no characters for: in a title of one record it would break the feed of all."""
    if isinstance(value, str) and _CONTROLS.search(value):
        return type(value)(_CONTROLS.sub("", value))
    return value


def _timestamp(moment: datetime) -> str:
    """As Atom writes times (RFC 3339), in UTC."""
    return in_zone(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _urn(record_id: str) -> str:
    """The name of a record for feed readers, wherever the feed lies."""
    return uuid5(NAMESPACE_URL, f"mitschnitt/{record_id}").urn
