"""The feeds of a reading room: Atom for readers of news, RSS for podcast apps. Pure.

Sources: RFC 4287 (Atom), RSS 2.0, Apple's podcast tags, the podcast namespace (podcastindex.org:
`podcast:guid`, `podcast:locked`, `podcast:chapters`, `podcast:transcript`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import cache
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from jinja2 import Environment

from transcripts.archive import layout
from transcripts.model import Chapter
from transcripts.wording.german_formats import format_date_de, format_duration
from transcripts.wording.local_time import noon
from transcripts.wording.templating import folder_environment

MOST_ITEMS = 100
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
ATOM_TYPE = "application/atom+xml; charset=utf-8"
PODCAST_TYPE = "application/rss+xml; charset=utf-8"
_PODCAST_NAMESPACE = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # of podcast:guid


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A record as feeds show it; `names` are the objects it has."""

    id: str
    title: str
    recorded_on: date
    changed_at: datetime
    duration_seconds: float
    summary: str
    chapters: tuple[Chapter, ...]
    audio_bytes: int
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class FeedPaper:
    """A document as feeds show it; `summary` is how its text begins."""

    id: str
    title: str
    released_at: datetime
    changed_at: datetime
    facts: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """What the Atom feed says of either."""

    id: str
    title: str
    published: datetime
    updated: datetime
    summary: str


@dataclass(frozen=True, slots=True)
class FeedSite:
    """Whose feed it is; `url` is the reading room's, `feed_url` the folder of this member's feeds.

    A record's time is noon of its day in `zone`, since feeds must name one.
    """

    name: str
    url: str
    feed_url: str
    zone: ZoneInfo

    def time_of(self, item: FeedItem) -> datetime:
        """When a record was made, as far as it can be told."""
        return noon(item.recorded_on, self.zone)

    def record_url(self, record_id: str) -> str:
        """The page of a record."""
        return f"{self.url}/{layout.object_key(record_id, '')}"

    def file_url(self, record_id: str, name: str) -> str:
        """One of a record's objects, for apps that cannot sign in."""
        return f"{self.feed_url}/{layout.object_key(record_id, name)}"


def render_atom(site: FeedSite, items: Sequence[FeedItem], papers: Sequence[FeedPaper] = ()) -> str:
    """The newest records of both kinds as an Atom feed."""
    entries = [*(_entry(site, each) for each in items), *map(_paper_entry, papers)]
    newest = sorted(entries, key=lambda each: (each.published, each.id), reverse=True)[:MOST_ITEMS]
    updated = max((each.updated for each in newest), default=NEVER)
    has_papers = bool(papers)
    template = _environment().get_template("atom.xml")
    return template.render(site=site, entries=newest, updated=updated, has_papers=has_papers)


def render_podcast(site: FeedSite, items: Sequence[FeedItem]) -> str:
    """The newest records that have sound as a podcast."""
    sounding = [each for each in items if layout.AUDIO in each.names]
    newest = sorted(sounding, key=lambda each: (each.recorded_on, each.id), reverse=True)[:MOST_ITEMS]
    updated = max((each.changed_at for each in newest), default=NEVER)
    return _environment().get_template("podcast.xml").render(site=site, items=newest, updated=updated)


def _entry(site: FeedSite, item: FeedItem) -> AtomEntry:
    facts = f"{format_date_de(item.recorded_on)}, {format_duration(item.duration_seconds)}"
    return AtomEntry(item.id, item.title, site.time_of(item), item.changed_at, _joined(facts, item.summary))


def _paper_entry(paper: FeedPaper) -> AtomEntry:
    summary = _joined(", ".join(("Dokument", *paper.facts)), paper.summary)
    return AtomEntry(paper.id, paper.title, paper.released_at, paper.changed_at, summary)


def _joined(facts: str, summary: str) -> str:
    return f"{facts}. {summary}" if summary else facts


def _xml_text(text: str) -> str:
    """The text without characters that XML 1.0 cannot hold."""
    return "".join(each for each in text if each in "\t\n" or (each >= " " and each not in "\ufffe\uffff"))


@cache
def _environment() -> Environment:
    environment = folder_environment("feeds")
    environment.filters.update(
        plain=_xml_text,
        mail_moment=format_datetime,
        podcast_guid=lambda url: str(uuid5(_PODCAST_NAMESPACE, url.split("://", 1)[-1].rstrip("/"))),
    )
    environment.globals.update(layout=layout)
    return environment
