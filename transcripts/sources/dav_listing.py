"""What a WebDAV server lists of a folder (RFC 4918, 9.1), read without trust. Pure.

A document type in the answer is refused, and with it every entity; whoever reads the answer bounds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from transcripts.sources.listed_files import ListedFile, Listing

MOST_BYTES = 8 * 2**20
MOST_ENTRIES = 5_000
QUESTION = (
    b'<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:resourcetype/><d:displayname/>'
    b"<d:getcontentlength/><d:getlastmodified/><d:getcontenttype/></d:prop></d:propfind>"
)
"""What is asked of each file."""
_DAV = "{DAV:}"


@dataclass(frozen=True, slots=True)
class DavAnswer:
    """What was asked for: itself as a file, or its listing as a folder.

    `own_name` is what the server calls it.
    """

    listing: Listing
    is_file: bool
    own_name: str


@dataclass(frozen=True, slots=True)
class _Response:
    """One answer, with what the server found of it."""

    place: str
    properties: Sequence[Element]

    @classmethod
    def of(cls, element: Element) -> "_Response":
        href = element.findtext(f"{_DAV}href") or ""
        return cls(unquote(urlsplit(href).path).strip("/"), _properties(element))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One answer; `place` is its path on the server, decoded, without slashes around it."""

    place: str
    is_folder: bool
    name: str
    file: ListedFile


def read_answer(xml: bytes, asked: str, within: str) -> DavAnswer | None:
    """What `xml` lists of the address path `asked`; None where it is no listing.

    `within` is the path of `asked` in the share: the listed files' paths begin there.
    """
    root = _parsed(xml)
    if root is None or root.tag != f"{_DAV}multistatus":
        return None
    responses = [_Response.of(each) for each in root.iterfind(f"{_DAV}response")][:MOST_ENTRIES]
    here = _here(responses, unquote(asked).strip("/"))
    entries = [_entry(each, here, within) for each in responses]
    own = next((each for each in entries if each.place == here), None)
    if own is not None and not own.is_folder:
        return DavAnswer(Listing((own.file,)), is_file=True, own_name=own.name)
    below = [each for each in entries if each.place.startswith(f"{here}/")]
    listing = Listing(
        tuple(each.file for each in below if not each.is_folder),
        tuple(each.file.path for each in below if each.is_folder),
    )
    return DavAnswer(listing, is_file=False, own_name=own.name if own else "")


def is_dav_error(xml: bytes) -> bool:
    """Whether a WebDAV server wrote this, and not a web server that has no such address."""
    root = _parsed(xml)
    return root is not None and root.tag == f"{_DAV}error"


def _parsed(xml: bytes) -> Element | None:
    try:
        parsed: Element = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return parsed


def _here(responses: list[_Response], asked: str) -> str:
    """The place that was asked for as the server writes it: behind a proxy it may begin otherwise."""
    places = [each.place for each in responses]
    return asked if asked in places or not places else min(places, key=len)


def _entry(response: _Response, here: str, within: str) -> _Entry:
    properties = response.properties
    path = "/".join(each for each in (within, response.place.removeprefix(here).strip("/")) if each)
    return _Entry(
        place=response.place,
        is_folder=any(each.find(f"{_DAV}resourcetype/{_DAV}collection") is not None for each in properties),
        name=_text(properties, "displayname"),
        file=ListedFile(
            path=path,
            size_bytes=_whole_number(_text(properties, "getcontentlength")),
            modified_at=_moment(_text(properties, "getlastmodified")),
            kind=_text(properties, "getcontenttype").partition(";")[0].strip().lower(),
        ),
    )


def _properties(response: Element) -> list[Element]:
    """The properties that the server found; those it did not find have another status."""
    return [
        prop
        for each in response.iterfind(f"{_DAV}propstat")
        if " 200 " in f"{each.findtext(f'{_DAV}status') or ''} "
        for prop in each.iterfind(f"{_DAV}prop")
    ]


def _text(properties: Sequence[Element], name: str) -> str:
    return next((text.strip() for each in properties if (text := each.findtext(f"{_DAV}{name}"))), "")


def _whole_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def _moment(text: str) -> datetime | None:
    """A moment as HTTP writes it (RFC 9110, 5.6.7)."""
    try:
        found = parsedate_to_datetime(text) if 0 < len(text) < 50 else None
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC) if found else None
