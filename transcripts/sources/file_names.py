"""What the name of a file says of a meeting: its title and its day, and how sure that is. Pure.

People write names, and so do programs: Zoom, Teams, Webex, Jibri, BigBlueButton, OBS, phones, messengers. A
program writes a moment, and seldom a title; which clock it means is known of some (Zoom: UTC), of others not.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from transcripts.sources.generic_titles import says_nothing
from transcripts.sources.typed_day import EARLIEST_YEAR
from transcripts.wording.local_time import local_day

LONGEST_READ_CHARACTERS = 300
_LONGEST_TITLE = 200
_LATEST_YEAR = 2100
_MONTHS = (
    "januar", "februar", "märz", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "dezember",
)  # fmt: skip
_ENDING = re.compile(
    r"\.(?:mp4|m4v|mov|webm|mkv|avi|flv|wmv|m?ts|mpe?g|3gp|mp3|m4a|aac|og[gav]|opus|wav|flac|aiff?|wma|amr|m3u8|mpd"
    r"|html?|php|aspx?)$",
    re.IGNORECASE,
)
# What is no title wherever it stands: a video's id, a copy's number, a picture's size.
_MARKS = re.compile(
    r"\s?\[[\w-]{11}\]$|\s?\(\d{1,2}\)$|[ _-]{0,3}\b(?:Kopie|Copy)\b(?:\s?\(?\d{1,2}\)?)?$"
    r"|[ _-]\d{3,4}x\d{3,4}(?!\d)|[ _-]\d{3,4}p\b",
    re.IGNORECASE,
)
_JOINED_BY = re.compile(r"_|\+|(?<!\d)-|-(?!\d)")
_EMPTY_BRACKETS = re.compile(r"[(\[]\s?[)\]]")
_AROUND = " \t_-–—.,;:+#|"
_SPOKEN_TIME = r"(?:,?\s?(?:um|at)\s\d{1,2}[.:]\d{2}(?:[.:]\d{2})?(?:\s?(?:Uhr|AM|PM))?)?"
_BY_WHATSAPP = re.compile(r"^(?:VID|AUD|PTT)-(\d{4})(\d\d)(\d\d)-WA\d+")
_BY_MESSENGER = re.compile(
    rf"^(?:WhatsApp|Signal|Telegram)[ -][\w ]{{0,20}}[ -](\d{{4}})-(\d\d)-(\d\d){_SPOKEN_TIME}",
    re.IGNORECASE,
)
_FOLDERS = re.compile(r"[/\\]")
_ZOOM = re.compile(r"GMT(\d{8})-(\d{6})\S*")
_BIGBLUEBUTTON = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}-(\d{13})(?!\d)\S*")
_TEAMS = re.compile(r"-(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(?:\d\d)?(?:UTC)?-(?=[^\W\d_])[\w .-]{1,60}$")
_WEBEX = re.compile(r"-(\d{4})(\d\d)(\d\d) (\d\d)(\d\d)-\d{1,2}$")
_JIBRI = re.compile(r"_(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-\d\d$")
_WRITTEN = re.compile(
    r"(?<!\d)(\d{4})([-._]?)(\d\d)\2(\d\d)(?:[ _-]{1,3}|T)"
    r"(\d\d)[-.:_h]?(\d\d)(?:[-.:_]?\d\d(?:\d{3})?)?(?!\d)"
)
_ISO = re.compile(rf"(?<!\d)(\d{{4}})([-._ ]?)(\d\d)\2(\d\d)(?!\d){_SPOKEN_TIME}")
_GERMAN = re.compile(rf"(?<!\d)(\d{{1,2}})([.\-_]) ?(\d{{1,2}})\2 ?(\d{{4}})(?!\d){_SPOKEN_TIME}")
_SPELLED = re.compile(rf"(?<!\d)(\d{{1,2}})\.?[ _]?({'|'.join(_MONTHS)})[ _]?(\d{{4}})(?!\d)", re.IGNORECASE)
_SHORT = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(\d\d)(?!\d)")
_SHORT_COMPACT = re.compile(r"^(\d\d)(\d\d)(\d\d)(?=[ _-])")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """What a name says. What it does not say is None, and then only a guess is left to others."""

    title: str | None
    day: date | None
    is_title_guessed: bool
    is_day_guessed: bool


@dataclass(frozen=True, slots=True)
class _Moment:
    """A day in a name, where it stands, and what is known by whoever wrote it so."""

    start: int
    end: int
    day: date
    is_sure: bool = True
    has_title: bool | None = None
    """Whether the program puts the meeting's own title beside it; None where that is not known."""


_Reader = Callable[[str, ZoneInfo], _Moment | None]


def read_file_name(name: str, zone: ZoneInfo) -> NamedFile:
    """Title and day; the day that a moment falls on in `zone`."""
    stem = _stem(name)
    moment = next(_moments(stem, zone), None)
    rest = stem if moment is None else f"{stem[: moment.start]} {stem[moment.end :]}"
    title = _readable(rest, has_spaces=" " in stem)
    if title is None or says_nothing(title) or (moment and moment.has_title is False):
        title = None
    return NamedFile(
        title=title,
        day=moment.day if moment else None,
        is_title_guessed=title is None or not (_is_meant(stem) or bool(moment and moment.has_title)),
        is_day_guessed=moment is None or not moment.is_sure,
    )


def _stem(name: str) -> str:
    """Without folders, endings and what is no title."""
    last = _FOLDERS.split(name[-LONGEST_READ_CHARACTERS:])[-1]
    visible = "".join(each for each in unicodedata.normalize("NFC", last) if each.isprintable())
    stem = _ENDING.sub("", _ENDING.sub("", " ".join(visible.split())))
    for _ in range(2):
        stem = _MARKS.sub("", stem).strip()
    return stem


def _is_meant(stem: str) -> bool:
    """Whether a person wrote it: in words, with spaces."""
    return " " in stem


def _readable(text: str, *, has_spaces: bool) -> str | None:
    words = text.replace("_", " ") if has_spaces else _JOINED_BY.sub(" ", text)
    title = " ".join(_EMPTY_BRACKETS.sub(" ", words).split()).strip(_AROUND)
    return title[:_LONGEST_TITLE] or None


def _moments(stem: str, zone: ZoneInfo) -> Iterator[_Moment]:
    """The first reading is the best one."""
    for read in _READERS:
        found = read(stem, zone)
        if found is not None:
            yield found


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if EARLIEST_YEAR <= found.year < _LATEST_YEAR else None


def _zoom(stem: str, zone: ZoneInfo) -> _Moment | None:
    """`GMT20261119-190312_Recording_gallery_1280x720`: in UTC, and never with a title."""
    found = _ZOOM.search(stem)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return _Moment(found.start(), found.end(), local_day(moment, zone), has_title=None)


def _bigbluebutton(stem: str, zone: ZoneInfo) -> _Moment | None:
    """A meeting's internal id: a hash, and the milliseconds since 1970 in UTC."""
    found = _BIGBLUEBUTTON.search(stem)
    if found is None:
        return None
    day = local_day(datetime.fromtimestamp(int(found[1]) / 1000, UTC), zone)
    return _Moment(found.start(), found.end(), day, has_title=False) if _is_likely(day) else None


def _is_likely(day: date) -> bool:
    return EARLIEST_YEAR <= day.year < _LATEST_YEAR


def _teams(stem: str, zone: ZoneInfo) -> _Moment | None:
    """`Netzwerktreffen-20261119_180312-Besprechungsaufzeichnung`."""
    found = _TEAMS.search(stem)
    return _program_moment(found, zone, has_title=True)


def _webex(stem: str, zone: ZoneInfo) -> _Moment | None:
    """`Netzwerktreffen-20261119 1803-1`."""
    return _program_moment(_WEBEX.search(stem), zone, has_title=True)


def _jibri(stem: str, zone: ZoneInfo) -> _Moment | None:
    """`roomname_2026-11-19-18-00-00`: a room is called so, and perhaps no meeting."""
    found = _JIBRI.search(stem)
    return _program_moment(found, zone, has_title=None)


def _messenger(stem: str, _zone: ZoneInfo) -> _Moment | None:
    """`VID-20261119-WA0003`, `WhatsApp Video 2026-11-19 at 19.04.12`: the day on which it was sent."""
    found = _BY_WHATSAPP.search(stem) or _BY_MESSENGER.search(stem)
    day = _day(*found.group(1, 2, 3)) if found else None
    return _Moment(found.start(), found.end(), day, is_sure=False) if found and day else None


def _written_moment(stem: str, zone: ZoneInfo) -> _Moment | None:
    """`2026-11-19 18-00-12`, `VID_20261119_190412`, `20261119-1904`: by a machine's clock."""
    found = _WRITTEN.search(stem)
    if found is None:
        return None
    return _at(found, found.group(1, 3, 4), found.group(5, 6), zone, has_title=None)


def _program_moment(found: re.Match[str] | None, zone: ZoneInfo, *, has_title: bool | None) -> _Moment | None:
    if found is None:
        return None
    return _at(found, found.group(1, 2, 3), found.group(4, 5), zone, has_title=has_title)


def _at(
    found: re.Match[str],
    written: tuple[str | None, ...],
    clock: tuple[str | None, ...],
    zone: ZoneInfo,
    *,
    has_title: bool | None,
) -> _Moment | None:
    """Whether the clock was a local one or UTC's is not known: sure is what both make the same day."""
    day = _day(*(each or "" for each in written))
    hour, minute = (int(each or 0) for each in clock)
    if day is None or hour > 23 or minute > 59:
        return None
    as_utc = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    return _Moment(found.start(), found.end(), day, local_day(as_utc, zone) == day, has_title)


def _iso_day(stem: str, _zone: ZoneInfo) -> _Moment | None:
    found = _ISO.search(stem)
    day = _day(*found.group(1, 3, 4)) if found else None
    return _Moment(found.start(), found.end(), day) if found and day else None


def _german_day(stem: str, _zone: ZoneInfo) -> _Moment | None:
    """`19.11.2026`, `19_11_2026`; with dashes the month may come first, as in America."""
    found = _GERMAN.search(stem)
    if found is None:
        return None
    day, swapped = _day(found[4], found[3], found[1]), _day(found[4], found[1], found[3])
    if found[2] == "." or swapped is None or day == swapped:
        return _Moment(found.start(), found.end(), day) if day else None
    return _Moment(found.start(), found.end(), day or swapped, is_sure=False)


def _spelled_day(stem: str, _zone: ZoneInfo) -> _Moment | None:
    """`19. November 2026`."""
    found = _SPELLED.search(stem)
    day = _day(found[3], str(_MONTHS.index(found[2].lower()) + 1), found[1]) if found else None
    return _Moment(found.start(), found.end(), day) if found and day else None


def _short_day(stem: str, _zone: ZoneInfo) -> _Moment | None:
    """`19.11.26`, `261119 `: what these digits mean is a guess."""
    found = _SHORT.search(stem)
    if found is not None:
        day = _day(f"20{found[3]}", found[2], found[1])
        return _Moment(found.start(), found.end(), day, is_sure=False) if day else None
    found = _SHORT_COMPACT.search(stem)
    day = _day(f"20{found[1]}", found[2], found[3]) if found else None
    return _Moment(found.start(), found.end(), day, is_sure=False) if found and day else None


_READERS: tuple[_Reader, ...] = (
    *(_zoom, _bigbluebutton, _teams, _webex, _jibri, _messenger),
    *(_written_moment, _iso_day, _german_day, _spelled_day, _short_day),
)
