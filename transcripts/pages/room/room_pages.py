"""The pages of the reading room as HTML: start, search, record, errors.

Templates lie in `pages/templates/room`. Nothing here knows of a server; whoever adds pages
(sign-in, feeds) uses `render` with a template of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment
from markupsafe import Markup

from transcripts.pages.room.assets import asset_path
from transcripts.pages.room.document_list import LIBRARY, LibraryPage
from transcripts.pages.room.document_reading import WHOLE, DocumentReading
from transcripts.pages.room.menu import MenuEntry
from transcripts.pages.room.reading_page import ReadingPage
from transcripts.pages.room.record_list import Shelf, ShelvedRecord
from transcripts.pages.room.search_results import BAR_WIDTH, SIMILAR, STRIPE_WIDTH, ResultsPage
from transcripts.pages.room.similar_page import SimilarPage, Suggestion
from transcripts.wording.document_wording import document_facts
from transcripts.wording.templating import folder_environment

MOST_TOPICS = 18
RECORDS_LISTED = 48
_TEXT_GOES_HERE = Markup("<!-- text -->")


@dataclass(frozen=True, slots=True)
class Site:
    """Whose reading room it is; `base_url` is its public address without a slash at the end."""

    network_name: str | None = None
    base_url: str | None = None
    navigation: tuple[MenuEntry, ...] = ()

    @property
    def name(self) -> str:
        """What stands at the top of every page."""
        return self.network_name or "Mitschnitt"

    def url(self, path: str) -> str:
        """The public address of a page; without a public address the path alone."""
        return f"{(self.base_url or '').rstrip('/')}{path}"


@dataclass(frozen=True, slots=True)
class StartPage:
    """The list of records, as far as a year and a topic (by its key) narrow it; `page` counts from 1.

    `document_count` is how many documents lie beside them.
    """

    shelf: Shelf
    year: int | None = None
    topic: str | None = None
    page: int = 1
    document_count: int = 0

    @property
    def chosen(self) -> Sequence[ShelvedRecord]:
        """The records of the year and the topic."""
        return self.shelf.chosen(self.year, self.topic)

    @property
    def records(self) -> Sequence[ShelvedRecord]:
        """What is listed on this page."""
        return self.chosen[RECORDS_LISTED * (self.page - 1) : RECORDS_LISTED * self.page]

    @property
    def newer_path(self) -> str | None:
        """The address of the page before."""
        return self._path(self.page - 1) if self.page > 1 else None

    @property
    def older_path(self) -> str | None:
        """The address of the page behind."""
        return self._path(self.page + 1) if len(self.chosen) > RECORDS_LISTED * self.page else None

    def _path(self, page: int) -> str:
        wishes = {"jahr": self.year or "", "thema": self.topic or "", "seite": page if page > 1 else ""}
        named = {name: value for name, value in wishes.items() if value}
        return f"/?{urlencode(named)}" if named else "/"

    @property
    def library_path(self) -> str | None:
        """The address of the documents, if there are any."""
        return LIBRARY if self.document_count else None

    @property
    def summary(self) -> str:
        """How much is listed."""
        shown, whole = len(self.chosen), len(self.shelf.records)
        if not whole:
            return "Noch keine Aufzeichnung."
        counted = f"{whole} Aufzeichnung" if whole == 1 else f"{whole} Aufzeichnungen"
        return counted if shown == whole else f"{shown} von {counted}"


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """A page that says what is wrong and what to do."""

    status: int
    title: str
    text: str


def render_start(site: Site, page: StartPage) -> str:
    """The start page."""
    return render("start.html", site, page=page, topics=page.shelf.topics(MOST_TOPICS))


def render_results(site: Site, page: ResultsPage) -> str:
    """The answer to a search."""
    return render("search.html", site, page=page, query=page.asked.shown_query, bar=(BAR_WIDTH, STRIPE_WIDTH))


def render_similar(site: Site, page: SimilarPage) -> str:
    """What is like a passage."""
    return render("similar.html", site, page=page, bar=(BAR_WIDTH, STRIPE_WIDTH))


def render_text(page: ReadingPage) -> str:
    """The text of a record, the part of its page that takes time; the same for everybody."""
    return _environment().get_template("text.html").render(page=page)


def render_around_text(
    site: Site, page: ReadingPage, jump_seconds: float | None, papers: Sequence[Suggestion] = ()
) -> tuple[str, str]:
    """What stands before and behind `render_text` on the page of a record.

    `jump_seconds` is the second that the address asks for; `papers` are documents that it may talk of.
    """
    whole = render(
        "record.html",
        site,
        page=page,
        text=_TEXT_GOES_HERE,
        jump=None if jump_seconds is None else page.sentence_at(jump_seconds),
        jump_seconds=jump_seconds,
        address=site.url(page.path),
        papers=papers,
    )
    before, _, after = whole.partition(_TEXT_GOES_HERE)
    return before, after


def render_library(site: Site, page: LibraryPage) -> str:
    """The list of documents."""
    return render("documents.html", site, page=page)


def render_document(site: Site, page: DocumentReading, spoken: Sequence[Suggestion] = ()) -> str:
    """The page of a document; `spoken` are places of recordings that may talk of it."""
    record = page.record
    return render(
        "document.html",
        site,
        page=page,
        facts=document_facts(record.details, record.page_count),
        day=(record.released_at or record.handed_in_at).date(),
        address=site.url(page.path),
        whole=WHOLE,
        spoken=spoken,
        similar=f"{SIMILAR}?{urlencode({'in': record.id})}&stelle=",
    )


def render_error(site: Site, page: ErrorPage) -> str:
    """A page instead of the one that was asked for."""
    return render("error.html", site, page=page)


def render(template: str, site: Site, **values: Any) -> str:
    """A page from a template of `pages/templates/room`; `query` may name what stands in the search box."""
    return _environment().get_template(template).render(site=site, **{"query": "", **values})


@cache
def _environment() -> Environment:
    environment = folder_environment("room")
    environment.globals.update(asset=asset_path)
    return environment
