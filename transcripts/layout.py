"""Where things lie in the archive: the names of records and of their objects.

Keys are relative to the archive's root and the same in a folder and in a
bucket. A record's id is its permanent address.
"""

import re
import unicodedata
from collections.abc import Container
from datetime import date
from urllib.parse import quote

RECORDINGS = "recordings"
RECORDING = "recording.json"
MANIFEST = "manifest.json"
VIDEO = "media/video.mp4"
AUDIO = "media/audio.m4a"
POSTER = "media/poster.jpg"
TRANSCRIPT = "transcript/transcript.json"
CORRECTED = "transcript/corrected.json"
VTT = "transcript/transcript.vtt"
SRT = "transcript/transcript.srt"
TEXT = "transcript/transcript.txt"
CHAPTERS = "chapters.json"
CHAPTERS_OF_MACHINE = "chapters.machine.json"
CHAPTERS_VTT = "chapters.vtt"
CHAPTERS_TEXT = "chapters.txt"
CHAPTERS_PODLOVE_XML = "chapters.podlove.xml"
CHAPTERS_PODLOVE_JSON = "chapters.podlove.json"
CHAPTERS_PODCAST = "chapters.podcast.json"
PAGE = "index.html"
MESSAGE = "announcement/message.eml"
LEDGER = "announcement/ledger.json"
CLAIM = "claim.json"
MEETINGS = "meetings"
MEETING_LEDGER = "ledger.json"
ANNOUNCEMENT = "announcement/"
CORRECTIONS = "corrections/"
HISTORY = "history"
VERSIONS = "versions"
# Beside the versions of a record, not part of any: what was mailed, what people corrected.
BESIDE_VERSIONS = (ANNOUNCEMENT, CORRECTIONS)
MEDIA = (VIDEO, AUDIO, POSTER)
# At the archive's root, made from the records.
CATALOGUE = "catalogue.json"
CATALOGUE_PAGE = "index.html"
FEED = "feed.xml"

MAX_SLUG_CHARACTERS = 80
CONTENT_TYPES = {
    ".podcast.json": "application/json+chapters",
    "feed.xml": "application/atom+xml; charset=utf-8",
    ".xml": "application/xml",
    ".json": "application/json",
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".jpg": "image/jpeg",
    ".eml": "message/rfc822",
    ".ics": "text/calendar; charset=utf-8",
}
ADDRESS_CHARACTERS = 12
_ADDRESSED = re.compile(rf"\.[0-9a-f]{{{ADDRESS_CHARACTERS}}}\.[a-z0-9]+$")
_MUTABLE = (MANIFEST, CLAIM, LEDGER, f"/{MEETING_LEDGER}", CATALOGUE, FEED)
_GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def object_key(record_id: str, name: str) -> str:
    """The key of one of a record's objects."""
    return f"{RECORDINGS}/{record_id}/{name}"


def meeting_key(meeting_id: str, name: str) -> str:
    """The key of one of a meeting's objects."""
    return f"{MEETINGS}/{meeting_id}/{name}"


def content_type(name: str) -> str:
    """The media type under which an object is served, by the ending of its name."""
    endings = (kind for ending, kind in CONTENT_TYPES.items() if name.endswith(ending))
    return next(endings, "application/octet-stream")


def addressed_name(name: str, sha256: str) -> str:
    """Where a replaced object lies, below the record's folder: named after its content, never overwritten.

    A medium lies beside the first one, which its page links; a text below `versions/`.
    """
    stem, _, ending = name.rpartition(".")
    addressed = f"{stem}.{sha256[:ADDRESS_CHARACTERS]}.{ending}"
    return addressed if name in MEDIA else f"{VERSIONS}/{addressed}"


def message_name(number: int) -> str:
    """Where an announcement's mail is kept, below the record's folder."""
    return MESSAGE if number == 1 else MESSAGE.replace(".eml", f"-{number}.eml")


def is_addressed(place: str) -> bool:
    """Whether an object is named after its content."""
    return _ADDRESSED.search(place) is not None


def history_name(version: int) -> str:
    """Where the manifest of a version is kept, below the record's folder."""
    return f"{HISTORY}/{version:04d}.json"


def correction_name(number: int) -> str:
    """Where a correction is kept, below the record's folder."""
    return f"{CORRECTIONS}{number:04d}.json"


def correction_number(name: str) -> int:
    """The number that `correction_name` was given."""
    return int(name.removeprefix(CORRECTIONS).removesuffix(".json"))


def cache_control(key: str) -> str:
    """How long a reader may keep an object: for good if it is named after its content."""
    if is_addressed(key):
        return "private, max-age=31536000, immutable"
    return "no-cache" if key.endswith(_MUTABLE) else "private, max-age=300"


def download_name(day: date, title: str, name: str) -> str:
    """What a file is called when it is saved: `2026-11-19 Bürgerräte.mp4`."""
    printable = "".join(each if each.isprintable() else " " for each in title)
    plain = " ".join(re.sub(r'[\\/:*?"<>|]', " ", printable).split())[:MAX_SLUG_CHARACTERS].strip(" .")
    return f"{day.isoformat()} {plain}.{name.rsplit('.', 1)[-1]}"


def content_disposition(file_name: str) -> str:
    """The header that names a file, with its umlauts (RFC 6266, RFC 5987)."""
    german = unicodedata.normalize("NFC", file_name)
    plain = unicodedata.normalize("NFKD", german).encode("ascii", "ignore").decode().replace('"', "")
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(german, safe='')}"


def slug(title: str) -> str:
    """A title as part of an address: lower case, ASCII, words joined by hyphens.

    Umlauts become two letters as in German; cut at a word's end; `aufzeichnung`
    when nothing is left.
    """
    german = unicodedata.normalize("NFC", title).lower().translate(_GERMAN_LETTERS)
    ascii_only = unicodedata.normalize("NFKD", german).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_only)
    while len("-".join(words)) > MAX_SLUG_CHARACTERS and len(words) > 1:
        words.pop()
    return "-".join(words)[:MAX_SLUG_CHARACTERS] or "aufzeichnung"


def new_record_id(day: date, title: str, taken: Container[str]) -> str:
    """The id of a new record: date and title, and a number if that address is taken."""
    base = f"{day.isoformat()}-{slug(title)}"
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    return candidate
