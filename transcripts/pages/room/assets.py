"""Scripts and styles of the reading room, as they are served.

They lie below an address that holds a hash over all of them, so that browsers may
keep them for good and modules that import each other relatively are never mixed.
"""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

CONTENT_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_SPACED_MARK = re.compile(r"(?:(?<!\s)\s+)?([{};])\s*|(:)\s+")
LOOK = "look.css"
"""Colours, letters and what else all pages share; the archive's plain pages carry it too."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    content_type: str


@cache
def assets() -> dict[str, Asset]:
    """All files by their names."""
    package = files("transcripts")
    found = {each.name: each for each in package.joinpath("pages/static").iterdir()}
    found[LOOK] = package.joinpath("pages/templates", LOOK)
    return {
        name: Asset(_lean(name, place.read_text("utf-8")).encode(), _content_type(name))
        for name, place in sorted(found.items())
        if place.is_file() and _content_type(name)
    }


@cache
def assets_version() -> str:
    """Changes whenever any of the files does."""
    digest = sha256()
    for name, asset in assets().items():
        digest.update(f"{name} {len(asset.content)} ".encode() + asset.content)
    return digest.hexdigest()[:12]


def asset_path(name: str) -> str:
    """The address of a file. Raises KeyError for one that does not exist."""
    if name not in assets():
        raise KeyError(name)
    return f"/static/{assets_version()}/{name}"


def _lean(name: str, text: str) -> str:
    """Without indentation and lines that only comment: readers need not load notes for developers.

    In styles the spaces around punctuation go too, and what need not stand before and behind a closing
    brace: in ours no string holds any.
    """
    lines = (line.strip() for line in text.splitlines())
    lean = "\n".join(line for line in lines if line and not line.startswith(("//", "/*"))) + "\n"
    if not name.endswith(".css"):
        return lean
    return _SPACED_MARK.sub(r"\1\2", lean).replace(";}", "}").replace("}\n", "}")


def _content_type(name: str) -> str:
    return next((kind for ending, kind in CONTENT_TYPES.items() if name.endswith(ending)), "")
