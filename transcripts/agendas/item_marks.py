"""What stands in front of an item in a list: bullets, boxes, numbers of every kind. Pure.

A number before a month is a date ("1. Mai: Aktionstag"), one before "Quartal" an ordinal: both belong to the
title, unless the items around it are counted so.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from transcripts.agendas.item_times import clock_head

MONTHS = (
    "jan(?:uar|uary)?|jänner|feb(?:ruar|ruary)?|feber|märz|mär|apr(?:il)?|mai|juni?|juli?|aug(?:ust)?|"
    "sept?(?:ember)?|okt(?:ober)?|nov(?:ember)?|dez(?:ember)?"
)
_ORDINAL_NOUNS = (
    "quartal|halbjahr|trimester|semester|lesung|advent|runde|phase|etappe|sitzung|treffen|netzwerktreffen|"
    "hälfte|klasse|stock|platz|preis|schritt|jahrestag|geburtstag|jahrhundert|weltkrieg|generation|änderung|"
    "nachtrag|auflage|ausgabe|bürgerrat|fachtag|kongress|tagung|woche|liga|teil|reihe"
)
_BULLETS = "-–—−*•·▪◦‣>#○●■□▫❖➢➤►▶→⇒✓✔✗✘☐☑☒✅⬜◆◇♦⁃∙⚫⚪»\u2756\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf0e8"
_BULLET = re.compile(
    rf"(?:[{re.escape(_BULLETS)}]{{1,3}}|[o§](?=[ \t]))[ \t]*(?!\d)|[{re.escape(_BULLETS)}]{{1,3}}[ \t]"
    rf"+|[{re.escape(_BULLETS.lstrip('-–—−'))}]{{1,3}}"
)
_BOX = re.compile(r"(?:[-*•+][ \t]+)?(?:\[[ xX✓]?\]|\([xX ]\))[ \t]*|\+[ \t]+")
_NAMED = re.compile(
    r"(?:top|t\.o\.p\.|tagesordnungspunkt|punkt|thema|traktandum|trakt\.|agendapunkt|programmpunkt|"
    r"block|teil)(?:[ ](?:ö|n|nö|nö\.|oe)(?=[ \d]))?"
    r"[ \t]*(?:nr\.?[ \t]*)?#?(\d{1,2}(?:\.\d{1,2}){0,3}|[ivx]{1,5}(?=[ \t.:)–—-]))[ \t]?([a-z](?=[ \t.:)–—-]"
    r"))?[ \t]*[.:)|–—-]{0,3}[ \t]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"[(\[](\d{1,2}(?:\.\d{1,2}){0,3})[)\]][ \t]*[:–—-]?[ \t]*"
    r"|(\d{1,2}(?:\.\d{1,2}){0,3})(?:[.)]{1,2}(?!\d)[ \t]*[|:–—-]?[ \t]*|[ \t]*[:|–—](?!\d)[ \t]*|[ \t]"
    r"*-[ \t]+|\t[ \t]*|[ ]{2,6}(?=\S))"
    r"|(\d{1,2}(?:\.\d{1,2}){1,3})[ \t]+",
)
_BARE_NUMBER = re.compile(r"(\d{1,2})[ ](?=[A-ZÄÖÜ„\"»])")
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3[ \t]*|([①②③④⑤⑥⑦⑧⑨⑩])[ \t]*")
_ROMAN = re.compile(r"\(?([IVX]{1,5}|[ivx]{1,5})[.)][ \t]+(?=\S)")
_LETTER = re.compile(r"\(?([a-zA-Z])\)[ \t]*|([a-zA-Z])\.[ \t]+(?=[A-ZÄÖÜ„\"])")
_DATE = re.compile(
    rf"\d{{1,2}}\.[ \t]?(?:(?:{MONTHS})(?![\w-])|(?:{_ORDINAL_NOUNS})[es]?(?![a-zäöüß-]))"
    r"|\d{1,2}\.(?:\d{1,2}\.|[ ]\d{1,2}\.[ ]?\d{4})",
    re.IGNORECASE,
)
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10}


class MarkKind(StrEnum):
    """What kind of mark stands in front."""

    NONE = ""
    BULLET = "bullet"
    BOX = "box"
    NUMBER = "number"
    NAMED = "named"
    BARE = "bare"
    ROMAN = "roman"
    LETTER = "letter"

    @property
    def is_count(self) -> bool:
        """Whether it counts."""
        return self in (MarkKind.NUMBER, MarkKind.NAMED, MarkKind.BARE, MarkKind.ROMAN, MarkKind.LETTER)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark, its number where it has one, and the text behind it."""

    kind: MarkKind
    rest: str
    numbers: tuple[int, ...] = ()
    is_dated: bool = False
    """It may as well be a date, or an ordinal."""


def read_mark(text: str) -> Mark:
    """The mark in front of the text."""
    text = without_pictures(text)
    if box := _BOX.match(text):
        return Mark(MarkKind.BOX, text[box.end() :])
    return _counted(text) or _bullet(text) or Mark(MarkKind.NONE, text)


def is_mark_only(text: str) -> bool:
    """Whether a bullet stands for nothing."""
    return len(text) <= 3 and not text.strip(f"{_BULLETS} ")


def _bullet(text: str) -> Mark | None:
    found = _BULLET.match(text)
    if found is None or not (rest := text[found.end() :].lstrip(" \t")):
        return None
    if box := _BOX.match(rest):
        return Mark(MarkKind.BOX, rest[box.end() :])
    rest = without_pictures(rest)
    inner = _counted(rest)
    if inner is None or inner.kind is MarkKind.BARE or inner.is_dated:
        return Mark(MarkKind.BULLET, rest)
    return inner


def _counted(text: str) -> Mark | None:
    """A number, unless it is a time of day."""
    if key := _KEYCAP.match(text):
        value = int(key[1]) if key[1] else ord(key[2]) - ord("①") + 1
        return Mark(MarkKind.NUMBER, text[key.end() :], (value,))
    if named := _NAMED.match(text):
        part = (ord(named[2].lower()) - ord("a") + 1,) if named[2] else ()
        return Mark(MarkKind.NAMED, text[named.end() :], _numbers(named[1]) + part)
    if number := _NUMBER.match(text):
        return _number_mark(text, number)
    if (bare := _BARE_NUMBER.match(text)) and clock_head(text) is None:
        return Mark(MarkKind.BARE, text[bare.end() :], (int(bare[1]),))
    if roman := _ROMAN.match(text):
        value = _roman(roman[1].lower())
        if value:
            return Mark(MarkKind.ROMAN, text[roman.end() :], (value,))
    if letter := _LETTER.match(text):
        value = ord((letter[1] or letter[2]).lower()) - ord("a") + 1
        return Mark(MarkKind.LETTER, text[letter.end() :], (value,))
    return None


def _number_mark(text: str, found: re.Match[str]) -> Mark | None:
    digits = found[1] or found[2] or found[3]
    clock = clock_head(text)
    if clock is not None and (clock.is_sure or (found[3] is not None and clock.hour >= 6)):
        return None
    is_dated = _DATE.match(text) is not None
    return Mark(MarkKind.NUMBER, text[found.end() :], _numbers(digits), is_dated)


def _numbers(text: str) -> tuple[int, ...]:
    if text[:1].isdigit():
        return tuple(int(each) for each in text.split("."))
    return (_roman(text.lower()),)


def _roman(text: str) -> int:
    """The value; 0 for what is no number."""
    values = [_ROMAN_DIGITS[each] for each in text]
    total = sum(
        -value if any(value < later for later in values[at + 1 : at + 2]) else value
        for at, value in enumerate(values)
    )
    return total if "iiii" not in text and "vv" not in text else 0


def without_pictures(text: str) -> str:
    """The text without emojis in front."""
    at = 0
    while at < min(len(text), 40) and (_is_picture(text[at]) or (at and text[at] == " ")):
        at += 1
    return text[at:] if at and text[at:] else text


def without_pictures_behind(text: str) -> str:
    """The text without emojis at its end."""
    end = len(text)
    while end > max(0, len(text) - 40) and (_is_picture(text[end - 1]) or text[end - 1] == " "):
        end -= 1
    return text[:end] or text


def _is_picture(sign: str) -> bool:
    return sign in "\ufe0f\u200d" or (
        sign > "\u2190"
        and unicodedata.category(sign) in ("So", "Sk")
        and sign not in _BULLETS
        and not "①" <= sign <= "⑳"
    )
