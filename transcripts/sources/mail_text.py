"""Text as it is copied out of mails, freed of what mail programs did to it.

Line breaks inside of addresses, soft hyphens, quoted-printable, HTML's entities, unseen marks. Pure.
"""

import re
import unicodedata
from collections.abc import Iterator

_SPACES = re.compile(r"[^\S\n]")
# Whatever else there is of these: nobody can see it, nobody typed it.
_UNSEEN_CATEGORIES = frozenset(["Cf", "Cc", "Co", "Cs"])
_ENTITIES = {
    **{"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": " ", "&shy;": ""},
    **{"&#60;": "<", "&#62;": ">", "&#34;": '"', "&#160;": " ", "&#173;": "", "&#8203;": ""},
    **{"&amp;": "&", "&#38;": "&", "&#038;": "&", "&#x26;": "&"},
}
_ENTITY = re.compile("|".join(map(re.escape, _ENTITIES)), re.IGNORECASE)
_ENCODED = re.compile("(?:=[0-9A-F]{2})+")
_SIGN = re.compile(r"=3D", re.IGNORECASE)
_EQUALS = re.compile("=(?![0-9A-Fa-f]{2}|[ \t]*\n)")
_NAMELESS = re.compile(r"[?&][\w.\n-]{1,60}\Z")  # a parameter whose value is still to come
_YOUTUBE_3D = re.compile(r"[?&]v=3D[\w-]{9}(?![\w-])")
_IN_BRACKETS = re.compile(r"<\s*(?:URL:\s*)?(https?://[^<>]*)>", re.IGNORECASE)
_QUOTE_MARKS = re.compile(r"(?:>[ \t]?)+")
_ADDRESS_AT_END = re.compile(r"https?://\S*\Z|(?<!\S)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S*\Z", re.IGNORECASE)
_OF_ADDRESSES = re.compile(r"[\w.~:/?#\[\]@!$&'()*+,;=%-]+")
_WORD = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+[.,!?:;]?|[A-ZÄÖÜ]+[.,!?:;]?")
_NUMBER = re.compile(r"\d{1,4}(?:[.:/-]\d{1,4}){0,2}[.,:)]?|[-*•]")
_WRAPPED_CHARACTERS = 60
_LONG_WORD = 20
_UNFINISHED = "=&?%-_"
_BEGINS_A_PART = "?&=%#"


def clean_text(text: str) -> str:
    """The text as its writer saw it, with each address in one piece."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = _without_entities(_decoded("".join(_seen(lines))))
    return "\n".join(_joined(_IN_BRACKETS.sub(_in_one_piece, plain)))


def _seen(text: str) -> Iterator[str]:
    """Each character that can be seen; spaces of every kind are spaces."""
    for each in _SPACES.sub(" ", text):
        if each == "\n" or unicodedata.category(each) not in _UNSEEN_CATEGORIES:
            yield each


def _without_entities(text: str) -> str:
    """Twice: what was encoded once more on its way."""
    for _ in range(2):
        text = _ENTITY.sub(lambda found: _ENTITIES[found[0].lower()], text)
    return text


def _decoded(text: str) -> str:
    """Without quoted-printable (RFC 2045, 6.7), where the text is written in it.

    It is, where every "=" begins something encoded, one of them an encoded "="; or where lines end with "=".
    """
    if _SIGN.search(text) and not _EQUALS.search(text) and not _YOUTUBE_3D.search(text):
        return _ENCODED.sub(_characters, text.replace("=\n", ""))
    if "=\n" not in text:
        return text
    parts = text.split("=\n")
    ends = (part + ("=\n" if _NAMELESS.search(part[-80:]) else "") for part in parts[:-1])
    return "".join([*ends, parts[-1]])


def _characters(found: re.Match[str]) -> str:
    try:
        return bytes.fromhex(found[0].replace("=", "")).decode()
    except UnicodeDecodeError:
        return found[0]


def _in_one_piece(found: re.Match[str]) -> str:
    """What stands in angle brackets is one address, however many lines it takes (RFC 3986, appendix C)."""
    return f" <{''.join(map(str.strip, found[1].splitlines()))}> "


def _joined(text: str) -> Iterator[str]:
    """The lines, those of one address as one."""
    pieces: list[str] = []
    before, is_open = "", False
    for line in text.split("\n"):
        line = _QUOTE_MARKS.sub("", line, count=1).strip() if line.startswith(">") else line.strip()
        if is_open and _goes_on(before, line):
            pieces.append(line)
            is_open = " " not in line or _ends_in_address(line)
        else:
            if pieces:
                yield "".join(pieces)
            pieces, is_open = [line], _ends_in_address(line)
        before = line
    yield "".join(pieces)


def _ends_in_address(line: str) -> bool:
    return _ADDRESS_AT_END.search(line.rpartition(" ")[2]) is not None


def _goes_on(before: str, line: str) -> bool:
    """Whether an address that stands at the end of the line before goes on in this one."""
    first, _, rest = line.partition(" ")
    if not _OF_ADDRESSES.fullmatch(first) or "://" in first or first.lower().startswith("www."):
        return False
    if first[0] in _BEGINS_A_PART and len(first) > 1:
        return True
    is_unfinished = before[-1] in _UNFINISHED
    if _NUMBER.fullmatch(first) or "@" in first or first.endswith(":"):
        return is_unfinished and not rest and not first.endswith(":")
    if _WORD.fullmatch(first):
        return not rest and (is_unfinished or len(first) >= _LONG_WORD)
    return is_unfinished or before.endswith("/") or len(before) >= _WRAPPED_CHARACTERS
