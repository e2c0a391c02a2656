"""Sixty and more bombs: files and servers that would fill memory, disk or the day."""

from functools import partial
from pathlib import Path

from bench.attack.fetches import fetched_from
from bench.attack.media_bombs import Write, media_bombs
from bench.attack.outcomes import Bounds, Result, complaints_about
from bench.attack.watching import Case, tried
from bench.attack.web_bombs import prepare, web_bombs
from tasks.media.sandboxed_media import inspect_media, transcode

BOUNDS = Bounds(seconds=60)
LONGEST_SECONDS, LOUDNESS_LUFS = 8 * 3600.0, -16.0


def attack(share: float) -> Result:
    """All of both kinds; `share` of each."""
    files = [Case(name, partial(_read, write=write)) for name, write in media_bombs()]
    servers = [Case(name, partial(_fetch, name=name)) for name, _ in web_bombs()]
    chosen = [*_some(files, share), *_some(servers, share)]
    outcomes = tried(chosen)
    return Result(outcomes, complaints_about(outcomes, BOUNDS), {"bombs": len(outcomes)})


def _some(cases: list[Case], share: float) -> list[Case]:
    step = max(1, round(1 / share))
    return cases[::step]


def _read(folder: Path, write: Write) -> str:
    path = folder / "bomb"
    write(path)
    inspection = inspect_media([path], LONGEST_SECONDS)
    media = transcode([path], inspection, folder / "made", LOUDNESS_LUFS, lambda _seconds: None)
    return f"{media.duration_seconds:.0f} s"


def _fetch(folder: Path, name: str) -> str:
    prepare(name)
    return fetched_from(folder, dict(web_bombs())[name])
