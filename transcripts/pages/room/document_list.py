"""The library: the documents by kind, place, year and topic, each a link, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from transcripts.pages.room.document_shelf import DocumentShelf, DocumentWish, ShelvedDocument
from transcripts.pages.room.record_list import Counted

DOCUMENTS_A_PAGE = 40
MOST_TOPICS = 24
LIBRARY = "/documents/"
_NAMES = {"kind": "dokumentart", "municipality": "ort", "year": "jahr", "topic": "thema"}


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One thing to choose, how many documents that leaves, and where they are listed."""

    label: str
    count: int
    path: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """What documents are chosen by; `all_path` gives the choice up, where one was made."""

    label: str
    chosen: str
    links: tuple[FilterLink, ...]
    all_path: str | None


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """A page of the list, counted from 1."""

    shelf: DocumentShelf
    wish: DocumentWish = field(default_factory=DocumentWish)
    page: int = 1

    @property
    def chosen(self) -> Sequence[ShelvedDocument]:
        """All documents that are asked for."""
        return self.shelf.chosen(self.wish)

    @property
    def documents(self) -> Sequence[ShelvedDocument]:
        """What is listed on this page."""
        return self.chosen[DOCUMENTS_A_PAGE * (self.page - 1) : DOCUMENTS_A_PAGE * self.page]

    @property
    def newer_path(self) -> str | None:
        """The address of the page before."""
        return path_of(self.wish, self.page - 1) if self.page > 1 else None

    @property
    def older_path(self) -> str | None:
        """The address of the page behind."""
        has_more = len(self.chosen) > DOCUMENTS_A_PAGE * self.page
        return path_of(self.wish, self.page + 1) if has_more else None

    @property
    def summary(self) -> str:
        """How much is listed."""
        shown, whole = len(self.chosen), len(self.shelf.documents)
        if not whole:
            return "Noch kein Dokument."
        if shown == whole:
            return "1 Dokument" if whole == 1 else f"{whole} Dokumente"
        return f"{shown} von {whole} {'Dokument' if whole == 1 else 'Dokumenten'}"

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What there is to choose, within what is chosen already."""
        offered = (
            ("Art", "kind", self.shelf.kinds()),
            ("Ort", "municipality", self.shelf.municipalities()),
            ("Jahr", "year", self.shelf.years()),
            ("Thema", "topic", self.shelf.topics(MOST_TOPICS)),
        )
        return tuple(self._filter(label, name, some) for label, name, some in offered if some)

    def _filter(self, label: str, name: str, some: Sequence[Counted]) -> Filter:
        value = getattr(self.wish, name)
        links = tuple(self._links(name, some))
        chosen = next((each.label for each in links if each.is_chosen), "")
        without = None if value is None else path_of(replace(self.wish, **{name: None}))
        return Filter(label, chosen, links, without)

    def _links(self, name: str, some: Sequence[Counted]) -> Iterator[FilterLink]:
        for each in some:
            value: Any = int(each.key) if name == "year" else each.key
            wish = replace(self.wish, **{name: value})
            count = len(self.shelf.chosen(wish))
            if count:
                is_chosen = getattr(self.wish, name) == value
                yield FilterLink(each.label, count, path_of(wish), is_chosen)


def path_of(wish: DocumentWish, page: int = 1) -> str:
    """The address of a list."""
    wishes = {german: getattr(wish, name) for name, german in _NAMES.items()}
    wishes["seite"] = page if page > 1 else None
    named = {name: value for name, value in wishes.items() if value}
    return f"{LIBRARY}?{urlencode(named)}" if named else LIBRARY
