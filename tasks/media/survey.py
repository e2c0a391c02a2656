"""Where everything in the fetched files lies on the source's own clock.

What the packets say (`packet_scan`) goes to `transcripts.media.timeline`, which makes one clock of it.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tasks.media.packet_scan import CLOCKLESS_FORMATS, PacketLog, Scan, scan_packets
from tasks.media.sound_headers import packed_audio_seconds
from transcripts.media.timeline import (
    Border,
    Kind,
    Piece,
    Shift,
    Survey,
    SurveyedFile,
    Track,
    borders_of,
    shifts_of,
)

# Here a leap of the time stamps is a new clock; elsewhere it is a pause.
STREAMED_FORMATS = {"mpegts", "mpeg"}
LARGEST_LAG_SECONDS = 60.0


def survey(paths: Sequence[Path]) -> Survey:
    """What lies in one file, or in one with the picture and one with the sound.

    Raises av.error.FFmpegError where a file is none of the known formats.
    """
    scans = [scan_packets(path) for path in paths]
    borders = _borders(scans)
    beginnings = _beginnings_of_files(paths, scans)
    surveyed = (_surveyed(*each) for each in zip(scans, borders, beginnings, strict=True))
    return Survey(files=tuple(surveyed))


def _borders(scans: Sequence[Scan]) -> list[list[list[Border]]]:
    """The borders in each part of each file.

    Where picture and sound come from playlists with the same borders, the picture's hold for both.
    """
    found = [[_borders_in(logs, scan.formats) for logs in scan.logs] for scan in scans]
    numbers = [[[border.number for border in part] for part in parts] for parts in found]
    if len(found) == 2 and numbers[0] == numbers[1] and None not in numbers[0][0]:
        return [found[0], found[0]]
    return found


def _borders_in(logs: Sequence[PacketLog], formats: set[str]) -> list[Border]:
    reference = _reference(logs)
    if reference is None or formats & CLOCKLESS_FORMATS:
        return []
    others = [log.events for log in logs if log is not reference and log.stretches]
    return borders_of(reference.events, others, closes_forward=bool(formats & STREAMED_FORMATS))


def _reference(logs: Sequence[PacketLog]) -> PacketLog | None:
    """The picture, which comes first among the logs, or else the sound."""
    return next((log for log in logs if log.stretches), None)


def _beginnings_of_files(paths: Sequence[Path], scans: Sequence[Scan]) -> list[float | None]:
    """Where a file begins whose time stamps mean nothing: where a segment's tag says, or with the other file.

    None: where its own time stamps say.
    """
    firsts = [_first_seconds(scan) for scan in scans if not scan.formats & CLOCKLESS_FORMATS]
    if len(scans) == 1 or len(firsts) != 1:
        return [None] * len(scans)
    other_seconds = firsts[0]
    return [
        _near(packed_audio_seconds(path), other_seconds) if scan.formats & CLOCKLESS_FORMATS else None
        for path, scan in zip(paths, scans, strict=True)
    ]


def _first_seconds(scan: Scan) -> float:
    reference = next(filter(None, map(_reference, scan.logs)), None)
    return reference.first_seconds if reference else 0.0


def _near(stated_seconds: float | None, other_seconds: float) -> float:
    """What is stated, unless it is of quite another clock."""
    if stated_seconds is None or abs(stated_seconds - other_seconds) > LARGEST_LAG_SECONDS:
        return other_seconds
    return stated_seconds


def _surveyed(scan: Scan, borders: Sequence[Sequence[Border]], begins_seconds: float | None) -> SurveyedFile:
    """Each part follows the one before where its picture ends, or else its sound."""
    beginnings = _beginnings(scan, borders, begins_seconds)
    numbered: dict[tuple[Kind, int], list[tuple[int, PacketLog, tuple[Shift, ...]]]] = {}
    for part, logs in enumerate(scan.logs):
        counts: dict[Kind, int] = {}
        for log in logs:
            number = counts[log.kind] = counts.get(log.kind, -1) + 1
            shifts = tuple(
                Shift(packet=each.packet, seconds=each.seconds + beginnings[part])
                for each in shifts_of(log.events, borders[part])
            )
            numbered.setdefault((log.kind, number), []).append((part, log, shifts))
    return SurveyedFile(
        parts=scan.parts,
        tracks=tuple(_track(kind, number, pieces) for (kind, number), pieces in numbered.items()),
        is_clocked=not scan.formats & CLOCKLESS_FORMATS,
        stated_seconds=scan.stated_seconds,
        playlist_seconds=scan.playlist.total_seconds if scan.playlist else None,
        playlist_segments=scan.playlist.segments if scan.playlist else 0,
    )


def _beginnings(scan: Scan, borders: Sequence[Sequence[Border]], begins_seconds: float | None) -> list[float]:
    """What is added to the times of each part."""
    beginnings: list[float] = []
    end_seconds = begins_seconds
    for logs, found in zip(scan.logs, borders, strict=True):
        reference = _reference(logs)
        begins = 0.0
        if reference is not None and end_seconds is not None:
            begins = end_seconds - reference.first_seconds
        if reference is not None:
            end_seconds = begins + _on_clock(reference, shifts_of(reference.events, found))[1]
        beginnings.append(begins)
    return beginnings


def _on_clock(log: PacketLog, shifts: Sequence[Shift]) -> tuple[float, float]:
    """The time of the last packet and the end of all of a stream, on the clock."""
    firsts = [0, *(event.packet for event in log.events)]
    added = [next(each.seconds for each in reversed(shifts) if each.packet <= first) for first in firsts]
    pairs = list(zip(log.stretches, added, strict=True))
    last_seconds = max(last + seconds for (last, _), seconds in pairs)
    return last_seconds, max(end + seconds for (_, end), seconds in pairs)


def _track(kind: Kind, number: int, pieces: Sequence[tuple[int, PacketLog, tuple[Shift, ...]]]) -> Track:
    there = [each for each in pieces if each[1].stretches] or pieces[:1]
    logs = [log for _, log, _ in there]
    ends = [_on_clock(log, shifts) for _, log, shifts in there if log.stretches]
    first = logs[0]
    return Track(
        kind=kind,
        number=number,
        codec=first.codec,
        packets=sum(log.packets - log.hidden for log in logs),
        size_bytes=sum(log.size_bytes for log in logs),
        is_fully_stamped=not any(log.unstamped for log in logs),
        hides_packets=any(log.hidden for log in logs),
        lost_seconds=sum(log.lost_seconds for log in logs),
        first_seconds=first.first_seconds + there[0][2][0].seconds,
        last_seconds=max((last for last, _ in ends), default=0.0),
        end_seconds=max((end for _, end in ends), default=0.0),
        pieces=tuple(Piece(part=part, stream=log.stream, shifts=shifts) for part, log, shifts in there),
        is_default=first.is_default,
        is_comment=first.is_comment,
        language=first.language,
        stated_seconds=_sum_of(log.stated_seconds for log in logs),
        rate_hz=max(log.rate_hz for log in logs),
        channels=max(log.channels for log in logs),
    )


def _sum_of(values: Iterable[float | None]) -> float | None:
    """None if any is unknown."""
    known = list(values)
    return None if None in known else sum(each for each in known if each is not None)
