"""Where things lie in the archive: the names of records and of their objects.

Keys are relative to the archive's root and the same in a folder and in a
bucket. A record's id is its permanent address: of a recording the name of its folder
in `recordings/`, of a document `documents/NAME`.
"""

import re
import unicodedata
from collections.abc import Container
from datetime import date
from hashlib import sha256

RECORDINGS = "recordings"
DOCUMENTS = "documents"
RECORDING = "recording.json"
DOCUMENT = "document.json"
MANIFEST = "manifest.json"
VIDEO = "media/video.mp4"
AUDIO = "media/audio.m4a"
POSTER = "media/poster.jpg"
TRANSCRIPT = "transcript/transcript.json"
CORRECTED = "transcript/corrected.json"
VTT = "transcript/transcript.vtt"
SRT = "transcript/transcript.srt"
TEXT = "transcript/transcript.txt"
# What the source itself had in writing, as it was: captions by their language, and the list of chapters.
OF_SOURCE = "transcript/source."
CHAPTERS_OF_SOURCE = "transcript/source.chapters.json"
CHAPTERS = "chapters.json"
CHAPTERS_OF_MACHINE = "chapters.machine.json"
CHAPTERS_VTT = "chapters.vtt"
CHAPTERS_TEXT = "chapters.txt"
CHAPTERS_PODLOVE_XML = "chapters.podlove.xml"
CHAPTERS_PODLOVE_JSON = "chapters.podlove.json"
CHAPTERS_PODCAST = "chapters.podcast.json"
PAGE = "index.html"
# Of a document: the file as it was handed in, the form that is kept for good, the text, the pages' pictures.
ORIGINAL = "original/"
# The same file without what it says of persons beside its text: what members get.
CLEANED = "cleaned/"
DOCUMENT_PDF = "archival/document.pdf"
DOCUMENT_TEXT = "text/text.json"
DOCUMENT_PLAIN_TEXT = "text/text.txt"
PAGE_IMAGES = "pages/"
COVER = "pages/cover.webp"
# For organisers alone: where in the text something may be said of a private person.
PERSONAL_DATA = "personal_data.json"
MESSAGE = "announcement/message.eml"
LEDGER = "announcement/ledger.json"
CLAIM = "claim.json"
# Each of their folders has a ledger of its own.
MEETINGS = "meetings"
NOTICES = "notices"
DIGESTS = "digests"
# The one digest that there is: its folder, and what people call it on the command line.
DIGEST = "neues-im-archiv"
KNOWN_BEFORE = "known.json"
FOLDER_LEDGER = "ledger.json"
WAITING_NOTICE = "notice.json"
KNOWN_DAMAGE = "notices/damage.json"
ANNOUNCEMENT = "announcement/"
CORRECTIONS = "corrections/"
HISTORY = "history"
VERSIONS = "versions"
# Beside the versions of a record, not part of any: what was mailed, what people corrected.
BESIDE_VERSIONS = (ANNOUNCEMENT, CORRECTIONS)
MEDIA = (VIDEO, AUDIO, POSTER)
_FOLDERS_OF_MEDIA = ("media/", ORIGINAL, CLEANED, "archival/", PAGE_IMAGES)
# At the archive's root, made from the records.
CATALOGUE = "catalogue.json"
CATALOGUE_PAGE = "index.html"
FEED = "feed.xml"

MAX_SLUG_CHARACTERS = 80
NOTICE_DIGEST_CHARACTERS = 10
_LONGEST_READ_CHARACTERS = 1_000
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
    ".webp": "image/webp",
    ".pdf": "application/pdf",
    ".eml": "message/rfc822",
    ".ics": "text/calendar; charset=utf-8",
}
ADDRESS_CHARACTERS = 12
_LONGEST_LANGUAGE = 35
_LONGEST_ENDING = 8
RECORDING_WORD = "aufzeichnung"
DOCUMENT_WORD = "dokument"
LONGEST_PLACE = 300
_CORRECTION = re.compile(rf"{CORRECTIONS}\d{{1,6}}\.json")
_PLACE = re.compile(r"[^/\\]+(/[^/\\]+)*")
_PLAIN_WORD = re.compile("[a-z0-9]+")
_ADDRESSED = re.compile(rf"\.[0-9a-f]{{{ADDRESS_CHARACTERS}}}\.[a-z0-9]+$")
_MUTABLE = (MANIFEST, CLAIM, LEDGER, f"/{FOLDER_LEDGER}", CATALOGUE, FEED)
_GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def is_document(record_id: str) -> bool:
    """Whether a record is a document, and no recording."""
    return record_id.startswith(f"{DOCUMENTS}/")


def record_folder(record_id: str) -> str:
    """Where a record's objects lie."""
    return record_id if is_document(record_id) else f"{RECORDINGS}/{record_id}"


def object_key(record_id: str, name: str) -> str:
    """The key of one of a record's objects."""
    return f"{record_folder(record_id)}/{name}"


def is_medium(name: str) -> bool:
    """Whether an object lies in the archive once, beside the first of its name; a text lies there twice."""
    return name.startswith(_FOLDERS_OF_MEDIA)


def page_image_name(number: int) -> str:
    """Where the picture of a document's page is kept, counted from 1: `pages/page-0001.webp`."""
    return f"{PAGE_IMAGES}page-{number:04}.webp"


def original_name(file_name: str) -> str:
    """Where a document is kept as it was handed in, under a safe form of its own name."""
    stem, dot, ending = file_name.rpartition(".")
    plain = "".join(_PLAIN_WORD.findall(ending[:_LONGEST_ENDING].lower())) if dot and stem else ""
    return f"{ORIGINAL}{slug(stem if plain else file_name, DOCUMENT_WORD)}.{plain or 'bin'}"


def cleaned_name(original: str) -> str:
    """Where its copy without traces of persons is kept, by the name of the original."""
    return CLEANED + original.removeprefix(ORIGINAL)


def notice_id(key: str) -> str:
    """The folder of what organisers are told once under this key: safe, legible, another for each key."""
    digest = sha256(key.encode()).hexdigest()[:NOTICE_DIGEST_CHARACTERS]
    return f"{slug(key)}-{digest}"


def notice_key(notice: str, name: str) -> str:
    """The key of one of the objects of a notice, by its `notice_id`."""
    return f"{NOTICES}/{notice}/{name}"


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
    return addressed if is_medium(name) else f"{VERSIONS}/{addressed}"


def message_name(number: int) -> str:
    """Where an announcement's mail is kept, below the record's folder."""
    return MESSAGE if number == 1 else MESSAGE.replace(".eml", f"-{number}.eml")


def is_addressed(place: str) -> bool:
    """Whether an object is named after its content."""
    return _ADDRESSED.search(place) is not None


def history_name(version: int) -> str:
    """Where the manifest of a version is kept, below the record's folder."""
    return f"{HISTORY}/{version:04d}.json"


def captions_of_source(language: str, ending: str) -> str:
    """Where the source's captions are kept, below the record's folder: `transcript/source.de.vtt`."""
    tag = "-".join(_PLAIN_WORD.findall(language.lower()[:_LONGEST_LANGUAGE])) or "und"
    return f"{OF_SOURCE}{tag}.{ending}"


def correction_name(number: int) -> str:
    """Where a correction is kept, below the record's folder."""
    return f"{CORRECTIONS}{number:04d}.json"


def correction_number(name: str) -> int:
    """The number that `correction_name` was given."""
    return int(name.removeprefix(CORRECTIONS).removesuffix(".json"))


def is_place(place: str) -> bool:
    """Whether something can lie there below a record's folder, and nowhere else."""
    is_path = len(place) <= LONGEST_PLACE and _PLACE.fullmatch(place) is not None and place.isprintable()
    leads_out = any(part in (".", "..") for part in place.split("/"))
    is_numbered = not place.startswith(CORRECTIONS) or _CORRECTION.fullmatch(place) is not None
    return is_path and not leads_out and is_numbered


def record_place(key: str) -> tuple[str, str] | None:
    """The id of the record that an object belongs to, and its place there; None for what belongs to none."""
    parts = key.split("/", 2)
    if len(parts) != 3 or parts[0] not in (RECORDINGS, DOCUMENTS):
        return None
    folder, name, place = parts
    return (name if folder == RECORDINGS else f"{folder}/{name}"), place


def cache_control(key: str) -> str:
    """How long a reader may keep an object: for good if it is named after its content."""
    if is_addressed(key):
        return "private, max-age=31536000, immutable"
    return "no-cache" if key.endswith(_MUTABLE) else "private, max-age=300"


def slug(title: str, without_words: str = RECORDING_WORD) -> str:
    """A title as part of an address: lower case, ASCII, words joined by hyphens.

    Umlauts become two letters as in German; cut at a word's end; `without_words`
    when nothing is left.
    """
    german = unicodedata.normalize("NFC", title[:_LONGEST_READ_CHARACTERS]).lower().translate(_GERMAN_LETTERS)
    ascii_only = unicodedata.normalize("NFKD", german).encode("ascii", "ignore").decode()
    words = _PLAIN_WORD.findall(ascii_only)
    while len("-".join(words)) > MAX_SLUG_CHARACTERS and len(words) > 1:
        words.pop()
    return "-".join(words)[:MAX_SLUG_CHARACTERS] or without_words


def new_record_id(day: date, title: str, taken: Container[str]) -> str:
    """The id of a new recording: date and title, and a number if that address is taken."""
    return _next_free(f"{day.isoformat()}-{slug(title)}", taken)


def new_document_id(day: date, title: str, taken: Container[str]) -> str:
    """The id of a new document: the day it was handed in, and its title as that of a recording."""
    return _next_free(f"{DOCUMENTS}/{day.isoformat()}-{slug(title, DOCUMENT_WORD)}", taken)


def _next_free(base: str, taken: Container[str]) -> str:
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    return candidate
