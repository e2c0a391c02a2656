"""Fetches from a hostile server on the loopback, the very way that recordings are fetched."""

from pathlib import Path

from tasks.fetching.fetch_step import FetchLimits, fetch
from tests.misbehaving_server import Handler, serve
from transcripts.sources.source_url import parse_source_url

LARGEST_BYTES, LONGEST_SECONDS = 200_000_000, 8 * 3600.0
# Short, so that a server that drips is given up in less than a minute.
STALL_SECONDS = 1.0


def fetched_from(folder: Path, pages: dict[str, Handler], path: str = "") -> str:
    """Raises StepError."""
    with serve(pages) as site:
        limits = FetchLimits(
            allow_hosts=(site.authority,),
            max_duration_seconds=LONGEST_SECONDS,
            max_size_bytes=LARGEST_BYTES,
            timezone="Europe/Berlin",
            stall_timeout_seconds=STALL_SECONDS,
        )
        address = parse_source_url(site.url(path))
        return fetch(address, folder / "fetched", limits, lambda _progress: None).extractor
