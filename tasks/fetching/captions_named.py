"""Which captions and chapters yt-dlp names that people wrote: links to fetch, and chapters as they are."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from transcripts.captions.makers import is_by_machine
from transcripts.media.media_values import SourceChapter

Info = dict[str, Any]

MOST_LANGUAGES, MOST_KINDS, MOST_CHAPTERS = 200, 20, 1_000
_LONGEST_TAG, _LONGEST_TITLE = 35, 300
# In the order in which they are taken: others hold the same text with more marks.
ENDINGS = ("vtt", "srt")
_WEB = ("http", "https", "")
_PLAYLIST = ("m3u8", "m3u8_native")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class CaptionLink:
    """Captions to be fetched; `content` is their text, where the page itself has it.

    A playlist names pieces of them.
    """

    address: str
    language: str
    ending: str
    headers: dict[str, str] = field(default_factory=dict)
    content: str | None = None
    is_playlist: bool = False


def caption_links(info: Info) -> tuple[CaptionLink, ...]:
    """The captions of each language that are no machine's, in a format that we read."""
    found = info.get("subtitles")
    named = islice(found.items(), MOST_LANGUAGES) if isinstance(found, dict) else ()
    links = (_best(str(tag), kinds) for tag, kinds in named if isinstance(kinds, list))
    return tuple(each for each in links if each is not None)


def chapters_in(info: Info) -> tuple[SourceChapter, ...]:
    """The chapters that the source names; what is no chapter is passed over."""
    found = info.get("chapters")
    return tuple(_chapters(found[:MOST_CHAPTERS])) if isinstance(found, list) else ()


def _best(tag: str, kinds: list[Any]) -> CaptionLink | None:
    links = [
        link
        for kind in kinds[:MOST_KINDS]
        if isinstance(kind, dict) and not is_by_machine(tag, str(kind.get("name") or ""))
        if (link := _link(tag, kind)) is not None
    ]
    return min(links, key=lambda each: (each.is_playlist, ENDINGS.index(each.ending)), default=None)


def _link(tag: str, kind: Info) -> CaptionLink | None:
    address, content = str(kind.get("url") or ""), kind.get("data")
    path = address.partition("?")[0].partition("#")[0]
    ending = str(kind.get("ext") or path.rpartition(".")[2]).lower()
    protocol = str(kind.get("protocol") or "")
    is_playlist = protocol in _PLAYLIST and bool(address)
    if (
        ending not in ENDINGS
        or not (is_playlist or protocol in _WEB)
        or not (address or isinstance(content, str))
    ):
        return None
    language = tag[:_LONGEST_TAG] if _LANGUAGE.fullmatch(tag[:_LONGEST_TAG]) else ""
    headers = kind.get("http_headers")
    return CaptionLink(
        address=address,
        language=language,
        ending=ending,
        headers=dict(headers) if isinstance(headers, dict) else {},
        content=content if isinstance(content, str) else None,
        is_playlist=is_playlist,
    )


def _chapters(found: list[Any]) -> Iterator[SourceChapter]:
    for each in found:
        start = each.get("start_time") if isinstance(each, dict) else None
        if isinstance(start, (int, float)) and math.isfinite(start):
            yield SourceChapter(
                start_seconds=float(start), title=str(each.get("title") or "")[:_LONGEST_TITLE]
            )
