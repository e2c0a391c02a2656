"""Keeps the catalogue at the archive's root up to date, and lists the records by it.

A listing asks for the folders and for one file. Where the two disagree, because a
writer died in between, the record itself is asked.
"""

import logging
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from tasks.archive.record_files import (
    StoredManifest,
    current_manifest,
    read_document_record,
    read_recording,
)
from tasks.storage.contested import tries
from tasks.storage.storage_interface import Storage
from tasks.storage.stored_models import read_stored
from tasks.storage.stored_objects import Tagged
from transcripts.archive import layout
from transcripts.archive.catalogue import (
    Catalogue,
    CatalogueEntry,
    DocumentEntry,
    Imprint,
    document_entry_of,
    entry_of,
    render_catalogue_page,
    render_feed,
)
from transcripts.archive.layout import content_type
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import DamagedError

logger = logging.getLogger("mitschnitt.archive")
EntryT = TypeVar("EntryT", CatalogueEntry, DocumentEntry)


@dataclass(frozen=True, slots=True)
class Listing:
    """The complete records by id, and what is wrong with those that cannot be read, by theirs.

    A record that cannot be read is listed too where the catalogue still knows what it was. `entries` are
    recordings.
    """

    entries: tuple[CatalogueEntry, ...]
    damaged: Mapping[str, DamagedError]
    documents: tuple[DocumentEntry, ...] = ()


def listing(storage: Storage) -> list[CatalogueEntry]:
    """All complete recordings, by id; one that cannot be read is named in the log and passed over."""
    damaged: dict[str, DamagedError] = {}
    return list(_recordings(storage, read_catalogue(storage).records, (), damaged))


def document_listing(storage: Storage) -> list[DocumentEntry]:
    """The same of documents."""
    damaged: dict[str, DamagedError] = {}
    return list(_documents(storage, read_catalogue(storage).documents, (), damaged))


def listed(storage: Storage) -> Listing:
    """All records of both kinds, and what is wrong with those that are passed over."""
    return _current(storage, read_catalogue(storage), anew=())


def examined(storage: Storage) -> Listing:
    """All complete records as they say themselves; what cannot be read as the catalogue knows it."""
    known = read_catalogue(storage)
    return _current(storage, known, anew=known.ids)


def read_catalogue(storage: Storage) -> Catalogue:
    """`catalogue.json` as it is; an empty one when there is none that can be read."""
    try:
        return _parsed(_tagged(storage))
    except DamagedError as error:
        logger.warning("catalogue unreadable, reading the records instead: %s", error)
        return Catalogue()


def is_listed(storage: Storage, record_id: str, held: StoredManifest) -> bool:
    """Whether the catalogue knows this state of the record; else what is new may be visible nowhere."""
    return read_catalogue(storage).manifests.get(record_id) == sha256(held.content).hexdigest()


def update_catalogue(storage: Storage, imprint: Imprint, anew: Container[str] = ()) -> Catalogue:
    """Bring the catalogue up to date, looking at the records in `anew` themselves; write page and feed.

    Raises RecordBusyError when others change it all the time.
    """
    for _ in tries():
        held = _tagged(storage)
        now = _current(storage, _parsed(held), anew)
        catalogue = Catalogue(records=now.entries, documents=now.documents)
        tag = _put(storage, catalogue, held)
        if tag is not None:
            _put_pages(storage, catalogue, imprint)
            if _is_newest(storage, tag):
                return catalogue
    raise RecordBusyError(place=storage.location(layout.CATALOGUE))


def _current(storage: Storage, known: Catalogue, anew: Container[str]) -> Listing:
    """An entry for each folder that holds a record; those in `anew` say themselves what they are."""
    damaged: dict[str, DamagedError] = {}
    entries = _recordings(storage, known.records, anew, damaged)
    documents = _documents(storage, known.documents, anew, damaged)
    return Listing(entries, damaged, documents)


def _recordings(
    storage: Storage,
    known: Sequence[CatalogueEntry],
    anew: Container[str],
    damaged: dict[str, DamagedError],
) -> tuple[CatalogueEntry, ...]:
    return _entries(storage, storage.list_folders(layout.RECORDINGS), known, anew, _recording_entry, damaged)


def _documents(
    storage: Storage,
    known: Sequence[DocumentEntry],
    anew: Container[str],
    damaged: dict[str, DamagedError],
) -> tuple[DocumentEntry, ...]:
    return _entries(storage, document_ids(storage), known, anew, _document_entry, damaged)


def document_ids(storage: Storage) -> list[str]:
    """The id of every document's folder, complete or not."""
    return [f"{layout.DOCUMENTS}/{name}" for name in storage.list_folders(layout.DOCUMENTS)]


def folder_ids(storage: Storage) -> list[str]:
    """The same of all records: recordings first."""
    return [*storage.list_folders(layout.RECORDINGS), *document_ids(storage)]


def _entries(
    storage: Storage,
    record_ids: Iterable[str],
    known: Sequence[EntryT],
    anew: Container[str],
    examine: Callable[[Storage, str, StoredManifest], EntryT],
    damaged: dict[str, DamagedError],
) -> tuple[EntryT, ...]:
    """What is known, or what is there, of each record; `damaged` takes what cannot be read."""
    entries, found = {each.record_id: each for each in known}, []
    for record_id in record_ids:
        entry = entries.get(record_id)
        if entry is None or record_id in anew:
            try:
                entry = examine(storage, record_id, current_manifest(storage, record_id))
            except KeyError:
                entry = None  # it is not complete
            except DamagedError as error:
                logger.warning("%s cannot be read: %s", record_id, error)
                damaged[record_id] = error  # what was known of it stays: `rebuild` may need it
        if entry is not None:
            found.append(entry)
    return tuple(found)


def _recording_entry(storage: Storage, record_id: str, held: StoredManifest) -> CatalogueEntry:
    return entry_of(read_recording(storage, record_id), held.manifest, held.content)


def _document_entry(storage: Storage, record_id: str, held: StoredManifest) -> DocumentEntry:
    return document_entry_of(read_document_record(storage, record_id), held.manifest, held.content)


def _put(storage: Storage, catalogue: Catalogue, held: Tagged | None) -> str | None:
    content = catalogue.to_json().encode()
    if held is not None and held.content == content:
        return held.tag
    return storage.put_if(
        layout.CATALOGUE, content, content_type(layout.CATALOGUE), held.tag if held else None
    )


def _put_pages(storage: Storage, catalogue: Catalogue, imprint: Imprint) -> None:
    for name, text in pages_of(catalogue, imprint):
        storage.put_bytes(name, text.encode(), content_type(name))


def pages_of(catalogue: Catalogue, imprint: Imprint) -> Iterable[tuple[str, str]]:
    """Name and text of the files made from the catalogue."""
    yield layout.CATALOGUE_PAGE, render_catalogue_page(catalogue, imprint)
    yield layout.FEED, render_feed(catalogue, imprint)


def _is_newest(storage: Storage, tag: str) -> bool:
    """Whether the pages that were just written are those of the catalogue that now is."""
    held = _tagged(storage)
    return held is not None and held.tag == tag


def _tagged(storage: Storage) -> Tagged | None:
    try:
        return storage.get_tagged(layout.CATALOGUE)
    except KeyError:
        return None


def _parsed(tagged: Tagged | None) -> Catalogue:
    """What the catalogue says; nothing where it is damaged, for it is made again from the records."""
    try:
        return read_stored(Catalogue, tagged.content, layout.CATALOGUE) if tagged else Catalogue()
    except DamagedError as error:
        logger.warning("catalogue unreadable, reading the records instead: %s", error)
        return Catalogue()
