"""Times of day and lengths: in front of an item, behind it, or alone. Patterns see short texts only. Pure."""

import re
from dataclasses import dataclass

_CLOCK = r"(?<!\d)([01]?\d|2[0-4])(?:(?:([:.])|[ ]?uhr[ ]?(?=\d)|h(?=\d))([0-5]\d)(?!\d))?"
_UNIT = r"([ ]?(?:uhr|h)(?![a-zäöüß\d]))?"
_BEFORE = r"(?:(?:ab|ca\.?|circa|um|gegen|von|etwa|~)[ ]{0,2}){0,2}"
_SPAN = rf"{_CLOCK}{_UNIT}(?:[ ]?(?:[-–—−]{{1,2}}|bis(?:[ ]ca\.?)?)[ ]?{_CLOCK}{_UNIT})?"
_HEAD = re.compile(rf"[(\[]?[ ]?{_BEFORE}{_SPAN}(?!\d)(?:[ ]?[)\]])?", re.IGNORECASE)
_ALONE = re.compile(rf"[(\[]?[ ]?{_BEFORE}{_SPAN}(?:[ ]?[-–—])?[ ]?[)\]]?[.:,]?\Z", re.IGNORECASE)
_TAIL = re.compile(
    rf"(?:[ ]?[,;|]|[ ][-–—@]{{1,2}})?[ ]{{1,3}}[(\[]?{_BEFORE}{_SPAN}[)\]]?[.,;]?\Z", re.IGNORECASE
)
_MINUTES_UNIT = r"(?:min(?:uten|ute|\.)?\.?(?![a-zäöüß])|['′’`´])"
_HOURS_UNIT = r"(?:h|std\.?|stunden?)(?![a-zäöüß\d])"
_LENGTH = (
    rf"(?:ca\.?[ ]?|circa[ ]|etwa[ ]|max\.?[ ]?|je[ ]|~[ ]?|dauer:?[ ]"
    rf")?(?<![\d.,:])(\d{{1,3}})(?:[,.](\d))?(?:[ ]?[-–][ ]?(\d{{1,3}}))?"
    rf"[ ]?(?:({_MINUTES_UNIT})|({_HOURS_UNIT}))(?:[ ]?(\d{{1,2}})[ ]?{_MINUTES_UNIT})?"
)
_LENGTH_ALONE = re.compile(rf"[(\[]?[ ]?{_LENGTH}[ ]?[)\]]?[.:,]?\Z", re.IGNORECASE)
_LENGTH_HEAD = re.compile(rf"[(\[]?[ ]?{_LENGTH}[ ]?[)\]]?[ ]?[:|,–—-]{{0,2}}[ ]", re.IGNORECASE)
_LENGTH_TAIL = re.compile(
    rf"(?:[ ]?[,;|:]|[ ]?[–—/]|[ ]-)?[ ]{{0,3}}(?<![\w.,–-])[(\[]?[ ]?{_LENGTH}[ ]?[)\]]?[.,;]?\Z",
    re.IGNORECASE,
)
_HALF_HOURS = {
    "½ stunde": 30,
    "halbe stunde": 30,
    "eine halbe stunde": 30,
    "eine stunde": 60,
    "½ h": 30,
    "viertelstunde": 15,
}
_AFTER_HEAD = re.compile(r"[ ]{0,3}(?:[:|,;–—−]{1,2}|-{1,2}(?=[ ])|-(?=[A-ZÄÖÜ])|\.(?=[ ]))?[ ]{0,3}")
_REACH = 48


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day or a span of them, written "9:05"; `length` characters of the text are it."""

    start: str
    end: str
    hour: int
    length: int
    is_sure: bool
    """No number of an item is written so."""


def clock_head(text: str) -> Clock | None:
    """The time of day that the text begins with."""
    found = _HEAD.match(text[:_REACH])
    if found is None or not _is_clock(found):
        return None
    if text[found.end() : found.end() + 1].isalnum() or _is_date(found, text):
        return None
    return _clock(found)


def clock_alone(text: str) -> Clock | None:
    """The time of day that the whole text is."""
    found = _ALONE.match(text) if len(text) <= _REACH else None
    return _clock(found) if found and _is_clock(found) else None


def clock_tail(text: str) -> Clock | None:
    """The time of day that the text ends with; `length` counts from its end."""
    found = _TAIL.search(text[-_REACH:])
    if found is None or not _is_clock(found) or not _is_set_off(found):
        return None
    return _clock(found)


def without_head(text: str, length: int) -> str:
    """The text behind a time in front and the marks that set it off."""
    rest = text[length:]
    marks = _AFTER_HEAD.match(rest)
    return rest[marks.end() :] if marks else rest


def minutes_alone(text: str) -> int:
    """The length that the whole text is; 0 for anything else."""
    if len(text) > _REACH:
        return 0
    if known := _HALF_HOURS.get(text.lower().strip("()[]., ")):
        return known
    found = _LENGTH_ALONE.match(text)
    return _minutes(found) if found else 0


def minutes_head(text: str) -> tuple[int, int]:
    """The length in front of a text, and how many characters it takes; zeros where there is none."""
    found = _LENGTH_HEAD.match(text[:_REACH])
    return (_minutes(found), found.end()) if found else (0, 0)


def minutes_tail(text: str) -> tuple[int, int]:
    """The same behind a text."""
    found = _LENGTH_TAIL.search(text[-_REACH:])
    if found is None or (found[5] and found[0].lstrip(" ")[:1] not in "([,;|–—-"):
        return 0, 0
    return _minutes(found), len(found[0])


def _is_clock(found: re.Match[str]) -> bool:
    has_minutes, has_unit = found[3] or found[7], found[4] or found[8]
    return bool(has_minutes or has_unit) and not (found[2] == "." and found[5] and not (found[7] or has_unit))


def _is_date(found: re.Match[str], text: str) -> bool:
    """Whether it is a day and a month: "17.12. Treffen", "17.12.2026"."""
    follows = text[found.end() : found.end() + 2]
    is_dotted = found[2] == "." and not found[4] and not found[7]
    return is_dotted and follows[:1] == "." and int(found[3]) <= 12


def _is_set_off(found: re.Match[str]) -> bool:
    """Whether the time is apart from the words before it, or could be nothing else."""
    first = found[0].lstrip(" ")[:1]
    return first in ",;|–—-@([" or bool(found[5]) or (first.isdigit() and found[2] == ":")


def _clock(found: re.Match[str]) -> Clock:
    is_sure = found[2] == ":" or bool(found[4] or found[8] or found[5]) or (not found[2] and bool(found[3]))
    end = _written(found[5], found[7]) if found[5] else ""
    return Clock(_written(found[1], found[3]), end, int(found[1]), len(found[0]), is_sure)


def _written(hour: str, minute: str | None) -> str:
    return f"{int(hour)}:{minute or '00'}"


def _minutes(found: re.Match[str]) -> int:
    """The longer one of a range."""
    whole, tenth = int(found[3] or found[1]), int(found[2] or 0)
    if found[5]:
        return 60 * whole + 6 * tenth + int(found[6] or 0)
    return whole
