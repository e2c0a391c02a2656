"""The catalogue of the archive: an entry a record, and the page and the feed made from it.

All three are plain files at the archive's root, made from the records and always
makable again. The page needs no server and no script. The feed is Atom (RFC 4287).
"""

import operator
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import groupby
from typing import Annotated, Literal

from jinja2 import Environment
from markupsafe import Markup
from pydantic import Field

from transcripts.archive.layout import PAGE, VIDEO, object_key
from transcripts.archive.manifest import MadeBy, Manifest
from transcripts.documents.document_record import DocumentRecord, DocumentStage
from transcripts.model import Line, Moment, Number, Recording, Stage, StoredModel
from transcripts.wording.document_wording import document_facts
from transcripts.wording.german_formats import format_date_de, format_duration
from transcripts.wording.templating import folder_environment

FEED_ENTRIES = 50
DEFAULT_NAME = "Mitschnitt"


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who writes: the network's name and public address, as they stand on pages, and the program."""

    network_name: str | None
    base_url: str | None
    writer: MadeBy


class CatalogueEntry(StoredModel):
    """What a list of records shows and searches; `manifest_sha256` tells whether it is up to date."""

    recording: Recording
    has_video: bool
    version: Number
    changed_at: Moment | None = None
    manifest_sha256: Line

    @property
    def record_id(self) -> str:
        """The id of the record."""
        return self.recording.id

    @property
    def is_released(self) -> bool:
        """Whether members may see it; an organiser may want to look first."""
        return self.recording.stage is not Stage.HELD


class DocumentEntry(StoredModel):
    """The same of a document."""

    document: DocumentRecord
    version: Number
    changed_at: Moment | None = None
    manifest_sha256: Line

    @property
    def record_id(self) -> str:
        """The id of the document."""
        return self.document.id

    @property
    def is_released(self) -> bool:
        """Whether members may see it: organisers look at each first."""
        return self.document.stage is DocumentStage.RELEASED


class Catalogue(StoredModel):
    """`catalogue.json`: the complete records, oldest first; recordings and documents apart."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    records: tuple[CatalogueEntry, ...] = ()
    documents: Annotated[tuple[DocumentEntry, ...], Field(exclude_if=operator.not_)] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all records of both kinds."""
        return frozenset(self.manifests)

    @property
    def manifests(self) -> dict[str, str]:
        """The SHA-256 of each record's manifest, by its id."""
        recordings = {each.record_id: each.manifest_sha256 for each in self.records}
        return recordings | {each.record_id: each.manifest_sha256 for each in self.documents}

    @property
    def released(self) -> tuple[CatalogueEntry, ...]:
        """The recordings that members may see."""
        return tuple(each for each in self.records if each.is_released)

    @property
    def released_documents(self) -> tuple[DocumentEntry, ...]:
        """The documents that members may see."""
        return tuple(each for each in self.documents if each.is_released)


@dataclass(frozen=True, slots=True)
class Year:
    """The records of one year, newest first."""

    number: int
    entries: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """What the feed says of a record of either kind."""

    id: str
    title: str
    day: date
    updated: datetime
    summary: str


def entry_of(recording: Recording, manifest: Manifest, manifest_text: bytes) -> CatalogueEntry:
    """The entry of a record, whose manifest was read as `manifest_text`."""
    return CatalogueEntry(
        recording=recording,
        has_video=VIDEO in manifest.names,
        version=manifest.version,
        changed_at=manifest.made_at,
        manifest_sha256=sha256(manifest_text).hexdigest(),
    )


def document_entry_of(document: DocumentRecord, manifest: Manifest, manifest_text: bytes) -> DocumentEntry:
    """The entry of a document, whose manifest was read as `manifest_text`."""
    return DocumentEntry(
        document=document,
        version=manifest.version,
        changed_at=manifest.made_at,
        manifest_sha256=sha256(manifest_text).hexdigest(),
    )


def render_catalogue_page(catalogue: Catalogue, imprint: Imprint) -> str:
    """`index.html` of the archive: the records by year, each linked to its page."""
    style = _style()
    return (
        _environment()
        .get_template("index.html")
        .render(
            name=imprint.network_name or DEFAULT_NAME,
            years=tuple(_years(catalogue)),
            count=len(catalogue.released),
            documents=catalogue.released_documents[::-1],
            style=style,
            style_hash=_csp_hash(style),
        )
    )


def render_feed(catalogue: Catalogue, imprint: Imprint) -> str:
    """`feed.xml` of the archive: the newest records of both kinds."""
    entries = [*map(_feed_entry, catalogue.released), *map(_feed_entry_of, catalogue.released_documents)]
    newest = sorted(entries, key=lambda each: (each.day, each.id), reverse=True)[:FEED_ENTRIES]
    return (
        _environment()
        .get_template("feed.xml")
        .render(
            name=imprint.network_name or DEFAULT_NAME,
            base_url=imprint.base_url,
            entries=newest,
            updated=max((each.updated for each in newest), default=datetime(1970, 1, 1, tzinfo=UTC)),
            has_documents=bool(catalogue.released_documents),
        )
    )


def _feed_entry(entry: CatalogueEntry) -> FeedEntry:
    recording = entry.recording
    facts = f"{format_date_de(recording.recorded_on)}, {format_duration(recording.duration_seconds)}"
    return FeedEntry(recording.id, recording.title, recording.recorded_on, updated_at(entry), facts)


def _feed_entry_of(entry: DocumentEntry) -> FeedEntry:
    document = entry.document
    facts = ", ".join(("Dokument", *document_facts(document.details, document.page_count)))
    released_at = document.released_at or document.handed_in_at
    title, updated = document.details.title, entry.changed_at or released_at
    return FeedEntry(document.id, title, released_at.date(), updated, facts)


def updated_at(entry: CatalogueEntry) -> datetime:
    """When the present version was made; for records that do not tell, noon of the meeting's day."""
    return entry.changed_at or datetime.combine(entry.recording.recorded_on, time(12), UTC)


def record_link(record_id: str, base_url: str | None) -> str:
    """The address of a record's page: public if there is a public address, else relative to the root."""
    if base_url:
        return f"{base_url.rstrip('/')}/{object_key(record_id, '')}"
    return object_key(record_id, PAGE)


def _newest_first(catalogue: Catalogue) -> Iterable[CatalogueEntry]:
    return sorted(catalogue.released, key=lambda each: each.recording.recorded_on, reverse=True)


def _years(catalogue: Catalogue) -> Iterator[Year]:
    for number, entries in groupby(_newest_first(catalogue), lambda each: each.recording.recorded_on.year):
        yield Year(number, tuple(entries))


@cache
def _environment() -> Environment:
    environment = folder_environment("catalogue")
    environment.globals.update(record_link=record_link, document_facts=document_facts)
    return environment


@cache
def _style() -> Markup:
    """The record page's style, and what only the catalogue needs."""
    folder = files("transcripts").joinpath("pages/templates")
    names = ("look.css", "page/style.css", "catalogue/style.css")
    texts = [folder.joinpath(name).read_text("utf-8") for name in names]
    return Markup("\n".join(texts))  # noqa: S704 - our own files, never anything from outside


def _csp_hash(inline: Markup) -> str:
    """The source expression that allows exactly this inline text (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"
