"""Pages that are slow to read: what extractors look for, without an end, over and over."""

from functools import partial
from pathlib import Path

from bench.attack.fetches import fetched_from
from bench.attack.outcomes import Bounds, Result, complaints_about
from bench.attack.watching import Case, tried
from tests import misbehaving_server as server

BOUNDS = Bounds(seconds=20)
_SIZES_BYTES = (300_000, 6_000_000)
# What a page is filled with: beginnings of what is searched for, and what is nested.
_FILLINGS = (
    "<video ",
    "<video src='a",
    "<iframe src=",
    "<meta property='og:video' content='",
    "<meta name='",
    '<a href="',
    "<script type='application/ld+json'>{\"@graph\":[",
    "<script>jwplayer('a').setup({",
    "flowplayer('x',{clip:{url:'",
    "<object data='x",
    '<embed src="',
    "<div itemscope itemtype='",
    '<html prefix="og:',
    'window.__NEXT_DATA__={"a":',
    "'file':\"",
    "<param name='flashvars' value='",
    "https://player.vimeo.com/video/",
    " \t\n",
    "<" * 8,
    "&#x41;&amp;",
)


def attack(share: float) -> Result:
    """Each filling in both sizes; `share` of them."""
    cases = [
        Case(f"{size // 1000} kB of {filling!r}", partial(_read, filling=filling, size=size))
        for size in _SIZES_BYTES
        for filling in _FILLINGS
    ]
    step = max(1, round(1 / share))
    outcomes = tried(cases[::step])
    return Result(outcomes, complaints_about(outcomes, BOUNDS), {"pages": len(outcomes)})


def _read(folder: Path, filling: str, size: int) -> str:
    html = "<html><title>Treffen</title><body>" + filling * (size // len(filling))
    return fetched_from(folder, {"/": partial(server.page, html=html)})
