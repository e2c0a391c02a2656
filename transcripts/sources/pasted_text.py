"""A recording's address and passcode out of what people paste: a link, a line, a whole mail. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from transcripts.errors.address_errors import UrlLongError, UrlSeveralError, UrlShortenedError
from transcripts.errors.error_kinds import PermanentError
from transcripts.sources.link_wrappers import straight
from transcripts.sources.mail_text import clean_text
from transcripts.sources.passcode_in_text import passcode_in_words
from transcripts.sources.source_url import SourceUrl, parse_source_url, with_passcode

LONGEST_PASTED = 10_000
"""In characters: a mail with a long address."""

_WITH_SCHEME = re.compile(r"https?://[^\s<>\"“”„»«`]*", re.IGNORECASE)
_HOST = r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}"
_WITHOUT_SCHEME = re.compile(rf"(?<![\w.@:/\\-])({_HOST}(?::\d{{1,5}})?[/?][^\s<>\"“”„»«`]*)")
_HOST_ALONE = re.compile(rf"{_HOST}(?::\d{{1,5}})?/?")
_TAG = re.compile("<[^<>]*>")
_AFTER = ".,;:!?"
_WRAPS = "*_~'"
_OPENING = {")": "(", "]": "["}
_SHORTENED = ("…", "...")
_SHOWN_CHARACTERS = 80
_SHOWN_ADDRESSES = 3


@dataclass(frozen=True, slots=True)
class Pasted:
    """The address as it was meant, and the passcode that stood beside it."""

    source: SourceUrl
    passcode: SecretStr | None = None

    @property
    def address(self) -> str:
        """In full: not to be shown."""
        return self.source.full.get_secret_value()

    @property
    def with_its_passcode(self) -> SourceUrl:
        """The address that carries the passcode which stood beside it."""
        if self.passcode is None:
            return self.source
        return parse_source_url(with_passcode(self.address, self.passcode.get_secret_value()))


def read_pasted(text: str) -> Pasted:
    """The one address in the text.

    Raises UrlSeveralError (count, links), UrlShortenedError, and what `parse_source_url`
    raises.
    """
    if len(text) > LONGEST_PASTED:
        raise UrlLongError(most=LONGEST_PASTED)
    plain = clean_text(text)
    pieces = list(_addresses(plain))
    if not pieces:
        return Pasted(parse_source_url(_lone_host(plain.strip())))
    found = _the_one([_without_wrapping(*each) for each in pieces])
    rest = plain
    for _, address in pieces:
        rest = rest.replace(address, " ", 1)
    passcode = passcode_in_words(_TAG.sub(" ", rest))
    return Pasted(found, SecretStr(passcode) if passcode else None)


def _lone_host(text: str) -> str:
    return f"https://{text}" if _HOST_ALONE.fullmatch(text) else text


def _addresses(text: str) -> Iterator[tuple[str, str]]:
    """What looks like an address, with the character before it; without a scheme only if none has one."""
    found = [(match.start(), match[0]) for match in _WITH_SCHEME.finditer(text)]
    if not found and "://" not in text:
        found = [(match.start(1), match[1]) for match in _WITHOUT_SCHEME.finditer(text)]
    return ((text[max(0, start - 1) : start], address) for start, address in found)


def _without_wrapping(before: str, address: str) -> str:
    """Without the bracket that was opened before it, and without the sentence's marks behind it."""
    kept = address[: _end(address)]
    while kept:
        last = kept[-1]
        if kept.endswith(_SHORTENED) or not (last in _AFTER or (last == before and last in _WRAPS)):
            break
        kept = kept[:-1]
    return kept if urlsplit(kept[:8]).scheme or "://" in kept[:9] else f"https://{kept}"


def _end(address: str) -> int:
    """Where the first bracket is closed that was not opened within."""
    open_ = {"(": 0, "[": 0}
    for at, each in enumerate(address):
        if each in open_:
            open_[each] += 1
        elif each in _OPENING:
            open_[_OPENING[each]] -= 1
            if open_[_OPENING[each]] < 0:
                return at
    return len(address)


def _the_one(addresses: list[str]) -> SourceUrl:
    whole = [each for each in addresses if not each.endswith(_SHORTENED)]
    if not whole:
        raise UrlShortenedError()
    sources: dict[str, SourceUrl] = {}
    refused: list[PermanentError] = []
    for each in whole:
        try:
            source = parse_source_url(straight(each))
        except PermanentError as error:
            refused.append(error)
        else:
            sources.setdefault(source.fingerprint, source)
    if not sources:
        raise refused[0]
    deep = [each for each in sources.values() if not _is_front_page(each)]
    return _only(deep or list(sources.values()))


def _only(sources: list[SourceUrl]) -> SourceUrl:
    if len(sources) == 1:
        return sources[0]
    shown = [each.public[:_SHOWN_CHARACTERS] for each in sources[:_SHOWN_ADDRESSES]]
    raise UrlSeveralError(count=len(sources), links=", ".join(shown))


def _is_front_page(source: SourceUrl) -> bool:
    """What stands below a mail: no recording lies there."""
    parts = urlsplit(source.public)
    return parts.path in ("", "/") and not parts.query and not parts.fragment
