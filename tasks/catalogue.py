"""Keeps the catalogue at the archive's root up to date, and lists the records by it.

A listing asks for the folders and for one file. Where the two disagree, because a
writer died in between, the record itself is asked.
"""

import random
import time
from collections.abc import Container, Iterable, Iterator
from hashlib import sha256

from pydantic import ValidationError

from tasks.record_files import Held, held_manifest, read_recording
from tasks.storage import Storage
from tasks.stored import Tagged
from transcripts import layout
from transcripts.catalogue import (
    Catalogue,
    CatalogueEntry,
    Imprint,
    entry_of,
    render_catalogue_page,
    render_feed,
)
from transcripts.errors import PermanentError, TemporaryError
from transcripts.layout import content_type

ATTEMPTS = 20
LONGEST_PAUSE_SECONDS = 0.5


def listing(storage: Storage) -> list[CatalogueEntry]:
    """All complete records, by id."""
    return list(_current(storage, read_catalogue(storage), anew=()))


def examined(storage: Storage) -> list[CatalogueEntry]:
    """All complete records as they say themselves, whatever the catalogue knows."""
    return list(_current(storage, Catalogue(), anew=()))


def read_catalogue(storage: Storage) -> Catalogue:
    """`catalogue.json` as it is; an empty one when there is none that can be read."""
    return _parsed(_tagged(storage))


def is_listed(storage: Storage, record_id: str, held: Held) -> bool:
    """Whether the catalogue knows this state of the record; else what is new may be visible nowhere."""
    listed = {each.recording.id: each.manifest_sha256 for each in read_catalogue(storage).records}
    return listed.get(record_id) == sha256(held.content).hexdigest()


def update_catalogue(storage: Storage, imprint: Imprint, anew: Container[str] = ()) -> Catalogue:
    """Bring the catalogue up to date, looking at the records in `anew` themselves; write page and feed.

    Raises TemporaryError `record_busy` when others change it all the time.
    """
    for _ in range(ATTEMPTS):
        held = _tagged(storage)
        catalogue = Catalogue(records=tuple(_current(storage, _parsed(held), anew)))
        tag = _put(storage, catalogue, held)
        if tag is not None:
            _put_pages(storage, catalogue, imprint)
            if _is_newest(storage, tag):
                return catalogue
        time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - only to part two writers
    raise TemporaryError("record_busy", place=storage.location(layout.CATALOGUE))


def _current(storage: Storage, known: Catalogue, anew: Container[str]) -> Iterator[CatalogueEntry]:
    """An entry for each folder that holds a record."""
    entries = {each.recording.id: each for each in known.records if each.recording.id not in anew}
    for record_id in storage.list_folders(layout.RECORDINGS):
        entry = entries.get(record_id) or _examined(storage, record_id)
        if entry is not None:
            yield entry


def _examined(storage: Storage, record_id: str) -> CatalogueEntry | None:
    """The entry as the record itself says; None for a record that is not complete, or damaged."""
    try:
        held = held_manifest(storage, record_id)
        return entry_of(read_recording(storage, record_id), held.manifest, held.content)
    except (KeyError, PermanentError, ValidationError):
        return None


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
    try:
        return Catalogue.model_validate_json(tagged.content) if tagged else Catalogue()
    except ValidationError:
        return Catalogue()  # damaged: it is made again from the records
