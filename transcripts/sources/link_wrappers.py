"""Addresses that lead to an address: what mail programs and search engines wrap around a link.

Pure: nothing is asked on the network; what only a server knows (a shortener's target) stays as it is.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

# A host, or the end of one, and the parameter in which it carries the address that is meant.
_WRAPPERS = (
    ("safelinks.protection.outlook.com", ("url",)),
    ("statics.teams.cdn.office.net", ("url",)),
    ("urldefense.proofpoint.com", ("u",)),
    ("linkprotect.cudasvc.com", ("a",)),
    ("deref-gmx.net", ("redirectUrl",)),
    ("deref-gmx.com", ("redirectUrl",)),
    ("deref-web.de", ("redirectUrl",)),
    ("deref-mail.com", ("redirectUrl",)),
    ("l.facebook.com", ("u",)),
    ("lm.facebook.com", ("u",)),
    ("l.instagram.com", ("u",)),
    ("slack-redir.net", ("url",)),
    ("duckduckgo.com", ("uddg",)),
    ("youtube.com", ("q",)),
)
_WRAPPING_PATHS = {"youtube.com": "/redirect", "duckduckgo.com": "/l/"}
_GOOGLE = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_PROOFPOINT = re.compile("/v3/__([^;]+)__;")
_DEEPEST = 5
_TRACKER_PREFIXES = ("utm_", "mc_", "hsa_", "pk_", "mtm_")
_TRACKERS = frozenset(
    [
        *("fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "ttclid", "yclid"),
        *("igshid", "igsh", "mkt_tok", "_hsenc", "_hsmi"),
    ]
)
_MOBILE_HOSTS = {"m.facebook.com": "www.facebook.com", "m.twitch.tv": "www.twitch.tv"}
_YOUTUBE_HOSTS = frozenset(
    ["youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "www.youtube-nocookie.com"]
)
_YOUTUBE_FOLDERS = frozenset(["live", "shorts", "embed", "v"])
# As long as an id, and none: what runs now on a channel, and a list.
_YOUTUBE_NO_ID = frozenset(["live_stream", "videoseries"])
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")


def straight(address: str) -> str:
    """The address that is meant: without detours and without what only tells where somebody came from.

    What is no address, or leads nowhere else, comes back as it is.
    """
    try:
        for _ in range(_DEEPEST):
            inner = _wrapped(urlsplit(address))
            if inner is None:
                break
            address = inner
        return _plain(address)
    except ValueError:
        return address


def _wrapped(parts: SplitResult) -> str | None:
    """The address inside of this one, if it is a known detour."""
    host = (parts.hostname or "").lower()
    inner = _of_proofpoint(host, parts) or _parameter(parts, _names_for(host, parts.path))
    return inner if inner and urlsplit(inner).scheme.lower() in ("http", "https") else None


def _names_for(host: str, path: str) -> tuple[str, ...]:
    if _GOOGLE.fullmatch(host):
        return ("q", "url") if path == "/url" else ()
    for end, names in _WRAPPERS:
        if host == end or host.endswith(f".{end}"):
            return names if path.startswith(_WRAPPING_PATHS.get(end, "")) else ()
    return ()


def _parameter(parts: SplitResult, names: tuple[str, ...]) -> str | None:
    if not names:
        return None
    given = parse_qsl(parts.query)
    return next((value for name in names for key, value in given if key == name), None)


def _of_proofpoint(host: str, parts: SplitResult) -> str | None:
    """Proofpoint writes addresses in ways of its own: `https-3A__host_path`, or between underscores."""
    if host == "urldefense.proofpoint.com":
        packed = _parameter(parts, ("u",))
        return unquote(packed.replace("-", "%").replace("_", "/")) if packed else None
    if host == "urldefense.com" and "*" not in parts.path:
        found = _PROOFPOINT.match(urlunsplit(("", "", parts.path, parts.query, parts.fragment)))
        return found[1] if found else None
    return None


def _plain(address: str) -> str:
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    video = _youtube_id(host, parts)
    if video is not None:
        return f"https://www.youtube.com/watch?v={video}"
    query = "&".join(piece for piece in parts.query.split("&") if not _is_tracker(piece))
    if host in _MOBILE_HOSTS:
        parts = parts._replace(netloc=_MOBILE_HOSTS[host])
    return address if parts == urlsplit(address) and query == parts.query else _put_together(parts, query)


def _put_together(parts: SplitResult, query: str) -> str:
    return urlunsplit(parts._replace(query=query))


def _is_tracker(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    return name in _TRACKERS or name.startswith(_TRACKER_PREFIXES)


def _youtube_id(host: str, parts: SplitResult) -> str | None:
    """Which video of YouTube's is meant, however it is written."""
    first, _, rest = parts.path.strip("/").partition("/")
    found: str | None = None
    if host in ("youtu.be", "www.youtu.be"):
        found = first
    elif host in _YOUTUBE_HOSTS and first in _YOUTUBE_FOLDERS:
        found = rest.partition("/")[0]
    elif host in _YOUTUBE_HOSTS and first == "watch":
        found = _parameter(parts, ("v",))
    return found if found and found not in _YOUTUBE_NO_ID and _YOUTUBE_ID.fullmatch(found) else None
