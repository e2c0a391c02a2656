"""Reads all packets of a file once, without decoding any, and notes of each track when what is shown.

What a playlist said of a file lies beside it (`tasks.fetching.hls_playlist`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from tasks.fetching.hls_playlist import Playlist, playlist_beside
from tasks.media.clocked_packets import (
    AnyPacket,
    in_seconds,
    is_stamped,
    readable_packets,
    time_base_of,
)
from tasks.media.parts import is_decodable, opened, parts_of
from tasks.media.sound_headers import sound_header
from transcripts.media.timeline import (
    BACK_SECONDS,
    FORWARD_SECONDS,
    GAP_SECONDS,
    Event,
    Kind,
    Part,
)

# Formats whose time stamps are counted by the demuxer, from sizes and rates.
CLOCKLESS_FORMATS = {"mp3", "aac", "wav", "w64", "flac", "aiff", "caf", "amr"}
# Containers that state their length; the others' is estimated from the bit rate.
EXACT_FORMATS = {"mov", "matroska", "webm", "wav", "w64", "flac", "ogg", "caf"}
STATED_BY_TRACK = "mov"
# Packets before a stream's stated beginning are not heard: the decoder needs them to get going.
LONGEST_PRIMING_SECONDS = 0.5
# More than what containers put between packets.
LEAST_HOLE_BYTES = 4096
FRAME_SECONDS = 0.04  # where neither packet nor stream says how long a picture is shown
# So many pictures at most are decoded before the first of them is shown.
MOST_LEADING = 64

COMMENTS = Disposition.comment | Disposition.visual_impaired | Disposition.descriptions


@dataclass(slots=True)
class PacketLog:
    """One stream of one part, while its packets are read; times as they are stamped.

    `events` are where its time does not go on; `stretches` are the last packet's time and the end of
    what lies before each of them, and behind the last.
    """

    kind: Kind
    is_clocked: bool
    stream: int
    time_base: Fraction
    codec: str
    usual_seconds: float
    is_default: bool
    is_comment: bool
    language: str
    stated_seconds: float | None
    start_seconds: float | None
    rate_hz: int
    channels: int
    packets: int = 0
    size_bytes: int = 0
    unstamped: int = 0
    hidden: int = 0
    says_when_decoded: bool = False
    can_be_shown: bool = False
    lost_seconds: float = 0.0
    known_hole_byte: int = -1
    first_seconds: float = 0.0
    decoded_until_seconds: float = 0.0
    borders_passed: int = 0
    events: list[Event] = field(default_factory=list)
    stretches: list[tuple[float, float]] = field(default_factory=list)

    def add(self, packet: AnyPacket, border_bytes: Sequence[int], hole_byte: int) -> None:
        """Note a packet; `hole_byte` is the end of the last hole in the file."""
        if not is_stamped(packet):
            self._prolong(self._by_its_header(packet))
            return
        shown = packet.dts if packet.pts is None else packet.pts
        shown_seconds = in_seconds(shown or 0, self.time_base)
        is_leading = self._leads(packet)
        decoded_seconds = self._decoded_seconds(packet, is_leading=is_leading)
        if self.stretches and not self.is_clocked:
            shown_seconds = decoded_seconds = self.decoded_until_seconds
        seconds = in_seconds(packet.duration or 0, self.time_base) or self.usual_seconds
        seconds = self._by_its_header(packet) or seconds
        if self.kind == "picture" and packet.is_keyframe and not packet.is_discard and not self.can_be_shown:
            self.can_be_shown = True
            self.first_seconds = shown_seconds
        if packet.is_discard:
            self.hidden += 1
        elif not self.stretches:
            if not self.can_be_shown:
                self.first_seconds = self._first_heard(shown_seconds)
            self.stretches.append((shown_seconds, shown_seconds + seconds))
            self._passes_border(packet, border_bytes)
        else:
            self._note_loss(decoded_seconds, hole_byte)
            self._note_event(packet, shown_seconds, decoded_seconds, border_bytes)
            last_seconds, end_seconds = self.stretches[-1]
            self.stretches[-1] = max(last_seconds, shown_seconds), max(end_seconds, shown_seconds + seconds)
        self.decoded_until_seconds = decoded_seconds if is_leading else decoded_seconds + seconds
        self.known_hole_byte = hole_byte
        self.packets += 1
        self.size_bytes += packet.size
        self.unstamped += packet.pts is None

    def _leads(self, packet: AnyPacket) -> bool:
        """Whether it is one of the first pictures, of which Matroska does not say when they are decoded."""
        self.says_when_decoded |= packet.dts is not None
        return self.kind == "picture" and not self.says_when_decoded and self.packets < MOST_LEADING

    def _decoded_seconds(self, packet: AnyPacket, *, is_leading: bool) -> float:
        stamp = packet.pts if packet.dts is None else packet.dts
        seconds = in_seconds(stamp or 0, self.time_base)
        if is_leading and self.packets:
            return min(seconds, self.decoded_until_seconds)
        if self.packets == MOST_LEADING and not self.says_when_decoded:
            self.decoded_until_seconds = seconds  # it will not say so any more
        return seconds

    def _prolong(self, seconds: float) -> None:
        """A packet without a time stamp comes right behind the one before."""
        if self.stretches:
            last_seconds, end_seconds = self.stretches[-1]
            self.stretches[-1] = last_seconds, end_seconds + seconds
            self.decoded_until_seconds += seconds

    def _first_heard(self, shown_seconds: float) -> float:
        start_seconds = self.start_seconds
        if start_seconds is not None and 0 < start_seconds - shown_seconds < LONGEST_PRIMING_SECONDS:
            return start_seconds
        return shown_seconds

    def _note_loss(self, decoded_seconds: float, hole_byte: int) -> None:
        """A pause with something unreadable in its place is none."""
        step_seconds = decoded_seconds - self.decoded_until_seconds
        if hole_byte > self.known_hole_byte and GAP_SECONDS < step_seconds < FORWARD_SECONDS:
            self.lost_seconds += step_seconds

    def _note_event(
        self, packet: AnyPacket, shown_seconds: float, decoded_seconds: float, border_bytes: Sequence[int]
    ) -> None:
        step_seconds = decoded_seconds - self.decoded_until_seconds
        border = self._passes_border(packet, border_bytes)
        if border is None and -BACK_SECONDS <= step_seconds <= GAP_SECONDS:
            return
        end_seconds = self.stretches[-1][1]
        self.events.append(Event(self.packets, end_seconds, shown_seconds, border))
        self.stretches.append((shown_seconds, shown_seconds))

    def _passes_border(self, packet: AnyPacket, border_bytes: Sequence[int]) -> int | None:
        """The number of the playlist's border that this packet is the first behind."""
        before = self.borders_passed
        while (
            packet.pos is not None
            and self.borders_passed < len(border_bytes)
            and packet.pos >= border_bytes[self.borders_passed]
        ):
            self.borders_passed += 1
        return self.borders_passed - 1 if self.borders_passed > before else None

    def _by_its_header(self, packet: AnyPacket) -> float:
        """How long a packet of sound says that it is; 0 where it does not."""
        header = sound_header(self.codec, bytes(memoryview(packet)[:8])) if self.kind == "sound" else None
        if header is None:
            return 0.0
        self.rate_hz = max(self.rate_hz, header.rate_hz)
        self.channels = max(self.channels, header.channels)
        return header.duration_seconds


@dataclass(slots=True)
class Scan:
    """One file, after all of its packets were read. `logs` are those of each part."""

    parts: tuple[Part, ...]
    logs: list[list[PacketLog]]
    formats: set[str]
    stated_seconds: float | None
    playlist: Playlist | None


def scan_packets(path: Path) -> Scan:
    """All packets of a file, read once. Raises av.error.FFmpegError where it is none of the known formats."""
    playlist = playlist_beside(path)
    with opened(path, Part()) as container:
        name = container.format.name
    parts = parts_of(path, name)
    border_bytes = playlist.border_bytes if playlist else ()
    logs: list[list[PacketLog]] = []
    stated: list[float | None] = []
    for part in parts:
        with opened(path, part) as container:
            inside = [byte - part.start_byte for byte in border_bytes if part.holds(byte)]
            logs.append(_read_packets(container, inside))
            stated.append(_stated_seconds(container))
    known = [seconds for seconds in stated if seconds]
    formats = set(name.split(","))
    total = sum(known) if len(known) == len(stated) and EXACT_FORMATS & formats else None
    return Scan(parts, logs, formats, total, playlist)


def _read_packets(container: InputContainer, border_bytes: Sequence[int]) -> list[PacketLog]:
    streams: list[AudioStream | VideoStream] = [
        *(each for each in container.streams.video if not each.disposition & Disposition.attached_pic),
        *container.streams.audio,
    ]
    streams = [each for each in streams if is_decodable(each)]
    logs = {stream.index: _log_of(stream, container.format.name) for stream in streams}
    holes = _Holes(has_places=STATED_BY_TRACK not in container.format.name.split(","))
    if streams:
        for packet in readable_packets(container, streams):
            holes.observe(packet)
            logs[packet.stream.index].add(packet, border_bytes, holes.last_byte)
    return list(logs.values())


@dataclass(slots=True)
class _Holes:
    """Where packets do not lie one behind the other: what is between them could not be read.

    `has_places`: the format is written as it is read.
    """

    has_places: bool
    last_byte: int = -1
    _until_byte: int | None = None

    def observe(self, packet: AnyPacket) -> None:
        if packet.pos is None or not self.has_places:
            return
        if self._until_byte is not None and packet.pos - self._until_byte > LEAST_HOLE_BYTES:
            self.last_byte = packet.pos
        self._until_byte = max(self._until_byte or 0, packet.pos + packet.size)


def _log_of(stream: AudioStream | VideoStream, format_name: str) -> PacketLog:
    is_sound = isinstance(stream, AudioStream)
    time_base = time_base_of(stream)
    formats = set(format_name.split(","))
    stated = stream.duration if STATED_BY_TRACK in formats else None
    frame_rate = None if isinstance(stream, AudioStream) else stream.average_rate
    return PacketLog(
        kind="sound" if is_sound else "picture",
        is_clocked=not formats & CLOCKLESS_FORMATS,
        stream=stream.index,
        time_base=time_base,
        codec=stream.codec_context.name,
        usual_seconds=0.0 if is_sound else float(1 / frame_rate) if frame_rate else FRAME_SECONDS,
        is_default=bool(stream.disposition & Disposition.default),
        is_comment=bool(stream.disposition & COMMENTS),
        language=stream.metadata.get("language", ""),
        stated_seconds=in_seconds(stated, time_base) if stated else None,
        start_seconds=None if stream.start_time is None else in_seconds(stream.start_time, time_base),
        rate_hz=stream.codec_context.sample_rate if isinstance(stream, AudioStream) else 0,
        channels=stream.codec_context.channels if isinstance(stream, AudioStream) else 0,
    )


def _stated_seconds(container: InputContainer) -> float | None:
    """What the container says; some WebM recordings say nothing."""
    return container.duration / av.time_base if container.duration else None
