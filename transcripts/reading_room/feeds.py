"""The feeds of a reading room: Atom for readers of news, RSS for podcast apps. Pure.

Sources: RFC 4287 (Atom), RSS 2.0, Apple's podcast tags, the podcast namespace (podcastindex.org:
`podcast:guid`, `podcast:locked`, `podcast:chapters`, `podcast:transcript`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache
from uuid import UUID, uuid5

from jinja2 import Environment

from transcripts import layout
from transcripts.model import Chapter
from transcripts.templating import folder_environment

MOST_ITEMS = 100
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
class FeedSite:
    """Whose feed it is; `url` is the reading room's, `feed_url` the folder of this member's feeds."""

    name: str
    url: str
    feed_url: str

    def record_url(self, record_id: str) -> str:
        """The page of a record."""
        return f"{self.url}/{layout.object_key(record_id, '')}"

    def file_url(self, record_id: str, name: str) -> str:
        """One of a record's objects, for apps that cannot sign in."""
        return f"{self.feed_url}/{layout.object_key(record_id, name)}"


def render_atom(site: FeedSite, items: Sequence[FeedItem]) -> str:
    """The newest records as an Atom feed."""
    return _render("atom.xml", site, items)


def render_podcast(site: FeedSite, items: Sequence[FeedItem]) -> str:
    """The newest records that have sound as a podcast."""
    return _render("podcast.xml", site, [each for each in items if layout.AUDIO in each.names])


def _render(template: str, site: FeedSite, items: Sequence[FeedItem]) -> str:
    newest = sorted(items, key=lambda each: (each.recorded_on, each.id), reverse=True)[:MOST_ITEMS]
    updated = max((each.changed_at for each in newest), default=datetime(1970, 1, 1, tzinfo=UTC))
    return _environment().get_template(template).render(site=site, items=newest, updated=updated)


def _noon(day: date) -> datetime:
    """The middle of a day, which is the same day from America to Japan."""
    return datetime.combine(day, time(12), UTC)


def _xml_text(text: str) -> str:
    """The text without characters that XML 1.0 cannot hold."""
    return "".join(each for each in text if each in "\t\n" or (each >= " " and each not in "\ufffe\uffff"))


@cache
def _environment() -> Environment:
    environment = folder_environment("feeds")
    environment.filters.update(
        plain=_xml_text,
        mail_date=lambda day: format_datetime(_noon(day)),
        mail_moment=format_datetime,
        podcast_guid=lambda url: str(uuid5(_PODCAST_NAMESPACE, url.split("://", 1)[-1].rstrip("/"))),
    )
    environment.globals.update(layout=layout)
    return environment
