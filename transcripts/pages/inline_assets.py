"""Files of ours that self-contained pages carry in themselves, and the hashes that allow exactly them."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from markupsafe import Markup


@cache
def asset(name: str) -> Markup:
    """A file below `pages/templates` that goes into the page unescaped."""
    text = files("transcripts").joinpath("pages/templates", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - our own file, never anything from outside


def csp_hash(inline: Markup) -> str:
    """The source expression that allows exactly this inline text (CSP Level 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(inline.encode()).digest()).decode()}'"
