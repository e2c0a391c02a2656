"""Why a page shows no recording: it asks for a login or a passcode, or says that its quota is used up. Pure.

Pages are foreign text: only their forms, their title and a few sayings are looked for, each in linear time.
"""

import html
import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

LONGEST_PAGE = 500_000
"""So many characters of a page are looked at."""

_FORM = re.compile("<form(?![a-z])", re.IGNORECASE)
_TAG = re.compile(r"<(?:input|form)(?![a-z])[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])([a-z-]{1,20})\s{0,5}=\s{0,5}(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""", re.IGNORECASE
)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
_LOGIN_TITLE = re.compile(
    r"\b(?:log ?in|sign ?in|log on|anmeld(?:en|ung)|einloggen|authentication required)\b", re.IGNORECASE
)
_QUOTA = re.compile(
    "|".join(
        (
            "quota (?:has been )?exceeded",
            "bandwidth limit exceeded",
            "traffic[ -]limit",
            "download limit (?:has been )?(?:reached|exceeded)",
            "too many users have viewed or downloaded",
            "downloadlimit (?:ist )?erreicht",
        )
    ),
    re.IGNORECASE,
)
_LOGIN_SEGMENTS = frozenset(
    ["login", "login.php", "signin", "sign-in", "sign_in", "anmelden", "anmeldung", "sso", "adfs", "saml2"]
)
# Fields beside a password that somebody fills in who has an account.
_NAMING = frozenset(["text", "email", "tel", ""])
_LINK = re.compile(r"""<a\s[^<>]{0,300}?href\s?=\s?["']([^"'<>]{1,1000})["']""", re.IGNORECASE)
_INDEX_TITLE = re.compile(r"(?:index of|directory listing|verzeichnis)\b", re.IGNORECASE)


class Barrier(StrEnum):
    """What a page asks for, or says, instead of showing a recording."""

    LOGIN = "login"
    PASSCODE = "passcode"
    QUOTA = "quota"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form with what stands in it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PasscodeForm:
    """A form with a password and nobody's name: where it is sent, and with which hidden fields."""

    action: str
    hidden: tuple[Field, ...]
    passcode_name: str


def barrier_of(page: str) -> Barrier | None:
    """What the page asks for; None where it asks for nothing that is known."""
    text = page[:LONGEST_PAGE]
    forms = [_inputs(each) for each in _pieces(text)]
    guarded = [each for each in forms if _has_password(each)]
    if any(_names_somebody(each) for each in guarded):
        return Barrier.LOGIN
    if guarded:
        return Barrier.PASSCODE
    if _has_password(_inputs(text)):
        return Barrier.LOGIN  # outside of any form: only the page's script knows what becomes of it
    if _QUOTA.search(text):
        return Barrier.QUOTA
    title = _TITLE.search(text)
    return Barrier.LOGIN if title and _LOGIN_TITLE.search(title[1]) else None


def is_login_address(address: str) -> bool:
    """Whether people log in at an address, by its path: some such pages are drawn by scripts alone."""
    return not _LOGIN_SEGMENTS.isdisjoint(urlsplit(address).path.lower().split("/"))


def passcode_form(page: str, address: str) -> PasscodeForm | None:
    """The form in which the page at `address` asks for a passcode, if it is sent to the same server."""
    for piece in _pieces(page[:LONGEST_PAGE]):
        inputs = _inputs(piece)
        if _has_password(inputs) and not _names_somebody(inputs):
            action = urljoin(address, _attributes(piece[: piece.find(">") + 1]).get("action") or address)
            name = next(each.get("name", "") for each in inputs if each.get("type", "") == "password")
            if _origin(action) != _origin(address) or not name:
                return None
            hidden = (each for each in inputs if each.get("type") == "hidden" and each.get("name"))
            fields = tuple(Field(each["name"], each.get("value", "")) for each in hidden)
            return PasscodeForm(action, fields, name)
    return None


def listed_links(page: str, address: str) -> tuple[str, ...]:
    """The addresses in a web server's own listing of the folder `address`; nothing from any other page."""
    text = page[:LONGEST_PAGE]
    title = _TITLE.search(text)
    if title is None or not _INDEX_TITLE.match(title[1].strip()):
        return ()
    folder = urljoin(address, ".").partition("?")[0]
    links = (urljoin(address, html.unescape(each)).partition("?")[0] for each in _LINK.findall(text))
    return tuple(dict.fromkeys(each for each in links if each.startswith(folder) and each != folder))


def _pieces(text: str) -> list[str]:
    """Each form's text, its own tag included."""
    starts = [each.start() for each in _FORM.finditer(text)]
    return [_until_end(text[one:other]) for one, other in pairwise([*starts, len(text)])]


def _until_end(piece: str) -> str:
    end = piece.lower().find("</form")
    return piece if end < 0 else piece[:end]


def _inputs(piece: str) -> list[dict[str, str]]:
    tags = (each.group() for each in _TAG.finditer(piece))
    return [_attributes(each) for each in tags if each[1:6].lower() == "input"]


def _attributes(tag: str) -> dict[str, str]:
    found = {
        each[1].lower(): html.unescape(each[2] or each[3] or each[4] or "")
        for each in _ATTRIBUTE.finditer(tag)
    }
    return found | ({"type": found["type"].lower()} if "type" in found else {})


def _has_password(inputs: list[dict[str, str]]) -> bool:
    return any(each.get("type") == "password" for each in inputs)


def _names_somebody(inputs: list[dict[str, str]]) -> bool:
    return any(each.get("type", "") in _NAMING for each in inputs)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
