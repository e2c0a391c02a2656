"""Addresses of places within a record. Pure text; the address of the record itself is given."""

from urllib.parse import urlsplit, urlunsplit


def link_at(record_url: str, seconds: float) -> str:
    """The address of a record at a second, rounded down: `…/losverfahren/?t=55`.

    Whatever else the address asks for is kept as it is written; a time it already names is replaced.
    """
    parts = urlsplit(record_url)
    wishes = [wish for wish in parts.query.split("&") if wish and not wish.startswith("t=")]
    query = "&".join([*wishes, f"t={max(0, int(seconds))}"])
    return urlunsplit(parts._replace(query=query))
