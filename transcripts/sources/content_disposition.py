"""What a server calls a file: the header Content-Disposition (RFC 6266, with RFC 5987 for umlauts). Pure."""

import re
from contextlib import suppress
from email.header import decode_header, make_header
from email.message import Message
from urllib.parse import unquote

LONGEST_HEADER = 1_000
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_FOLDERS = re.compile(r"[/\\]")
_ENCODED_WORD = "=?"


def disposition_file_name(header: str) -> str | None:
    """The name of the file, without folders; None where the header names none, or none that is readable."""
    message = Message()
    message["content-disposition"] = " ".join(header[:LONGEST_HEADER].split())
    given = message.get_params(failobj=[], header="content-disposition")
    names = [value for name, value in given if name.lower() == "filename"]
    extended = [value for value in names if isinstance(value, tuple)]
    plain = [value for value in names if not isinstance(value, tuple)]
    try:
        found = _extended(*extended[0]) if extended else _plain(plain[0]) if plain else ""
    except (UnicodeError, LookupError, ValueError):
        return None
    last = _FOLDERS.split(found)[-1].strip()
    return last or None


def _extended(charset: str | None, _language: str | None, value: str) -> str:
    """As RFC 5987 writes it."""
    return value.encode("latin-1").decode(charset or "utf-8")


def _plain(value: str) -> str:
    """As it stands there, or as servers write umlauts against the rule: raw, percent-encoded, as in mails."""
    text = value
    with suppress(UnicodeError):  # else it is latin-1 itself
        text = value.encode("latin-1").decode("utf-8")
    if text.startswith(_ENCODED_WORD):
        return str(make_header(decode_header(text)))
    return unquote(text) if _PERCENT.search(text) else text
