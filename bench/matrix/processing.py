"""Takes an input through fetching, inspection and transcoding, as the pipeline does."""

from pathlib import Path

from bench.matrix.rows import Made
from tasks.fetching.fetch_step import FetchLimits, fetch
from tasks.media.inspection import inspect_media
from tasks.media.transcode import transcode
from tests.misbehaving_server import serve_folder
from transcripts.errors.error_kinds import StepError
from transcripts.media.media_values import WHOLE, Cut, Fetched, LocalFile, Media
from transcripts.sources.source_url import parse_source_url

LOUDNESS_LUFS = -23.0
LONGEST_SECONDS = 8 * 3600.0
LARGEST_BYTES = 2_000_000_000


def processed(made: Made, folder: Path) -> Media | StepError:
    """The media published of an input, or why it was refused."""
    try:
        return prepared(_fetched(made, folder / "fetched"), folder / "media", made.cut)
    except StepError as error:
        return error


def prepared(fetched: Fetched, folder: Path, cut: Cut = WHOLE) -> Media:
    """What the pipeline makes of fetched files."""
    paths = [file.path for file in fetched.files]
    inspection = inspect_media(paths, LONGEST_SECONDS)
    return transcode(paths, inspection, folder, LOUDNESS_LUFS, lambda _seconds: None, cut)


def _fetched(made: Made, folder: Path) -> Fetched:
    if made.address is None:
        return Fetched(files=tuple(LocalFile.of(path) for path in made.files))
    with serve_folder(made.address.parent) as site:
        limits = FetchLimits((site.authority,), LONGEST_SECONDS, LARGEST_BYTES, "UTC")
        return fetch(parse_source_url(site.url(made.address.name)), folder, limits, lambda _progress: None)
