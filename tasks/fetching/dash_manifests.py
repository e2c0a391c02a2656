"""Counts what a DASH or Smooth Streaming manifest announces, before yt-dlp makes a list of it.

A manifest of 300 bytes can stand for a thousand million segments. yt-dlp writes them all down, for each
format by itself; its readers of manifests are told to count first (`count_before_listing`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from xml.etree.ElementTree import Element

from yt_dlp.extractor.common import InfoExtractor
from yt_dlp.utils import parse_duration

from transcripts.errors.source_errors import TooManySegmentsError

# Eight hours in pieces of half a second, and some more: of one format, and of all together.
MOST_SEGMENTS, MOST_SEGMENTS_OF_ALL = 60_000, 600_000

Read = Callable[..., Any]


def count_before_listing() -> None:
    """From now on in this process, no manifest with too many segments is read."""
    for name, count in (
        ("_parse_mpd_periods", dash_segments),
        ("_parse_ism_formats_and_subtitles", smooth_segments),
    ):
        setattr(InfoExtractor, name, _counting(getattr(InfoExtractor, name), count))


def check_segments(most: float, all_together: float = 0) -> None:
    """Raises TooManySegmentsError (most)."""
    if most > MOST_SEGMENTS or all_together > MOST_SEGMENTS_OF_ALL:
        raise TooManySegmentsError(most=MOST_SEGMENTS)


def _counting(read: Read, count: Callable[[Element], list[float]]) -> Read:
    @wraps(read)
    def counting(extractor: InfoExtractor, manifest: Element, *rest: Any, **named: Any) -> Any:
        counts = count(manifest)
        check_segments(max(counts, default=0), sum(counts))
        return read(extractor, manifest, *rest, **named)

    return counting


@dataclass(frozen=True, slots=True)
class _Segments:
    """What a level of a manifest says of its segments, with what it takes over from those above.

    Lengths are in units of the time scale: `length` of each segment, `listed_length` of all that are listed.
    """

    listed: int | None = None
    listed_length: float | None = None
    length: float | None = None
    timescale: float = 1.0

    @property
    def listed_seconds(self) -> float:
        length = (
            (self.listed or 0) * (self.length or 0.0) if self.listed_length is None else self.listed_length
        )
        return length / self.timescale if self.timescale else math.inf

    def count(self, period_seconds: float) -> float:
        if self.listed is not None:
            return self.listed
        if self.length is None:
            return 0
        seconds = self.length / self.timescale if self.timescale else 0.0
        return period_seconds / seconds if seconds > 0 else math.inf


def dash_segments(manifest: Element) -> list[float]:
    """How many segments each representation has (ISO/IEC 23009-1, 5.3.9).

    A period that does not say how long it is, is taken to be as long as what is listed in it.
    """
    whole_seconds = parse_duration(manifest.get("mediaPresentationDuration")) or 0.0
    counts: list[float] = []
    for period in manifest.iterfind("{*}Period"):
        stated_seconds = parse_duration(period.get("duration")) or whole_seconds
        listed_seconds = 0.0
        of_period = _stated(period, _Segments())
        for adaptation in period.iterfind("{*}AdaptationSet"):
            of_adaptation = _stated(adaptation, of_period)
            for representation in adaptation.iterfind("{*}Representation"):
                segments = _stated(representation, of_adaptation)
                counts.append(segments.count(stated_seconds or listed_seconds))
                listed_seconds = max(listed_seconds, segments.listed_seconds)
    return counts


def _stated(element: Element, above: _Segments) -> _Segments:
    found = element.find("{*}SegmentTemplate")
    if found is None:
        found = element.find("{*}SegmentList")
    if found is None:
        return above
    stated = above
    if (length := _number(found.get("duration"))) is not None:
        stated = replace(stated, length=length)
    if (timescale := _number(found.get("timescale"))) is not None:
        stated = replace(stated, timescale=timescale)
    lines = [
        (1 + max(0, int(_number(each.get("r")) or 0)), _number(each.get("d")) or 0.0)
        for each in found.iterfind("{*}SegmentTimeline/{*}S")
    ]
    if lines:
        length = sum(count * length for count, length in lines)
        return replace(stated, listed=sum(count for count, _ in lines), listed_length=length)
    urls = len(found.findall("{*}SegmentURL"))
    return replace(stated, listed=urls) if urls else stated


def smooth_segments(manifest: Element) -> list[float]:
    """How many fragments each quality of each stream has (MS-SSTR, 2.2.2)."""
    return [
        sum(max(1.0, _number(each.get("r")) or 0.0) for each in stream.iterfind("c"))
        for stream in manifest.iterfind("StreamIndex")
        for _ in range(max(1, len(stream.findall("QualityLevel"))))
    ]


def _number(text: str | None) -> float | None:
    """None where it is missing or none; what is beyond all bounds counts as much."""
    try:
        number = float(text or "")
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else 1e300
