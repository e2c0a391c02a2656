"""What a file of a record is called when somebody saves it."""

import re
import unicodedata
from datetime import date
from urllib.parse import quote

LONGEST_TITLE_CHARACTERS = 80
INLINE, ATTACHMENT = "inline", "attachment"
_UNFIT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')


def download_name(day: date, title: str, name: str) -> str:
    """What a file is called when it is saved: `2026-11-19 Bürgerräte.mp4`."""
    printable = "".join(each if each.isprintable() else " " for each in title)
    plain = " ".join(_UNFIT_IN_NAMES.sub(" ", printable).split())[:LONGEST_TITLE_CHARACTERS].strip(" .")
    return f"{day.isoformat()} {plain}.{name.rsplit('.', 1)[-1]}"


def content_disposition(file_name: str, disposition: str = INLINE) -> str:
    """The header that names a file, with its umlauts (RFC 6266, RFC 5987)."""
    german = unicodedata.normalize("NFC", file_name)
    plain = unicodedata.normalize("NFKD", german).encode("ascii", "ignore").decode().replace('"', "")
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(german, safe='')}"
