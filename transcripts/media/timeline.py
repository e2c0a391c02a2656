"""The source's own clock: where each stretch of each track of the fetched files lies on it.

Pure: what the packets said comes in as events, what comes out are the seconds to add to their times.
A file may have been joined from several recordings, each of which counts from its own beginning; the
picture says where they follow each other, and all other tracks of the file follow it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from transcripts.values import Value

# Time stamps of one recording come that near to where the one before has ended.
BACK_SECONDS, GAP_SECONDS = 0.5, 0.5
# A stream of packets that was sent has no pause so long; a new clock has begun.
FORWARD_SECONDS = 10.0
ALIKE_SECONDS = 2.0
BELIEVED_SECONDS = 1.0

Kind = Literal["sound", "picture"]


@dataclass(frozen=True, slots=True)
class Event:
    """A place in a track where its time does not go on, or where the playlist says that a new clock begins.

    `packet` is the number of the first packet behind it, `end_seconds` the end of all before,
    `start_seconds` the time of that packet, both as they are stamped. `border` is the number of the
    playlist's border, if it is one.
    """

    packet: int
    end_seconds: float
    start_seconds: float
    border: int | None = None

    @property
    def step_seconds(self) -> float:
        return self.start_seconds - self.end_seconds


class Shift(Value):
    """From a packet on, so much is added to the time stamps of a track to bring them onto the clock."""

    packet: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Border:
    """Where all tracks of a file change to another clock, and what is then added to their stamps."""

    seconds: float
    number: int | None = None


def borders_of(
    reference: Sequence[Event], others: Sequence[Sequence[Event]], *, closes_forward: bool
) -> list[Border]:
    """The borders in a file by its picture's events (of a file without picture: its sound's).

    `closes_forward`: a leap forward is a new clock, too, if all `others` have it; else it is a pause.
    """
    borders: list[Border] = []
    seconds = 0.0
    for event in reference:
        if event.border is None and not _is_border(event, others, closes_forward=closes_forward):
            continue
        seconds -= event.step_seconds
        borders.append(Border(seconds, event.border))
    return borders


def _is_border(event: Event, others: Sequence[Sequence[Event]], *, closes_forward: bool) -> bool:
    if event.step_seconds < -BACK_SECONDS:
        return True
    return (
        closes_forward
        and event.step_seconds > FORWARD_SECONDS
        and all(
            any(abs(each.step_seconds - event.step_seconds) < ALIKE_SECONDS for each in other)
            for other in others
        )
    )


def shifts_of(events: Sequence[Event], borders: Sequence[Border]) -> tuple[Shift, ...]:
    """What is added to a track's time stamps: it passes a border where it fits better behind it."""
    shifts = [Shift(packet=0, seconds=0.0)]
    passed = 0
    for event in events:
        before = passed
        if event.border is not None:
            passed = max(passed, _behind(borders, event.border))
        else:
            passed = _best(event, borders, passed, shifts[-1].seconds)
        if passed > before:
            shifts.append(Shift(packet=event.packet, seconds=borders[passed - 1].seconds))
    return tuple(shifts)


def _behind(borders: Sequence[Border], number: int) -> int:
    """How many borders are passed behind the playlist's border of this number."""
    found = [at for at, each in enumerate(borders, 1) if each.number is not None and each.number <= number]
    return found[-1] if found else 0


def _best(event: Event, borders: Sequence[Border], passed: int, shift_seconds: float) -> int:
    """How many borders are passed behind a break in the time stamps: as many as leave the least of it."""
    least, best = abs(event.step_seconds), passed
    for at in range(passed, min(len(borders), passed + 3)):
        if borders[at].number is not None:
            break
        left_seconds = abs(event.step_seconds + borders[at].seconds - shift_seconds)
        if left_seconds < least:
            least, best = left_seconds, at + 1
    return best


class Part(Value):
    """A stretch of a file that is opened by itself; `end_byte` None: to the file's end."""

    start_byte: int = 0
    end_byte: int | None = None

    @property
    def is_whole_file(self) -> bool:
        return self.start_byte == 0 and self.end_byte is None

    def holds(self, byte: int) -> bool:
        """Whether a byte of the file lies in this part, and not at its beginning."""
        return self.start_byte < byte and (self.end_byte is None or byte < self.end_byte)


class Piece(Value):
    """A track in one part of its file: the stream's index there, and what brings it onto the clock."""

    part: int
    stream: int
    shifts: tuple[Shift, ...]


class Track(Value):
    """A picture or a sound of one file, on the source's clock.

    `last_seconds` is the last packet's time, `end_seconds` the end of what is shown or heard last.
    `stated_seconds` is how long the container says that it is, if it says so of each track.
    `is_fully_stamped`: each packet says when it is shown. `hides_packets`: some are only decoded, for the
    sake of others. `lost_seconds` are pauses in whose place something unreadable lies. Rate and channels
    are the greatest that the packets state; 0 for a picture.
    """

    kind: Kind
    number: int
    codec: str
    packets: int
    size_bytes: int
    first_seconds: float
    last_seconds: float
    end_seconds: float
    pieces: tuple[Piece, ...]
    is_default: bool = False
    is_comment: bool = False
    language: str = ""
    stated_seconds: float | None = None
    is_fully_stamped: bool = True
    hides_packets: bool = False
    lost_seconds: float = 0.0
    rate_hz: int = 0
    channels: int = 0


class SurveyedFile(Value):
    """What the packets of one file say. `is_clocked`: its time stamps mean something of their own."""

    parts: tuple[Part, ...]
    tracks: tuple[Track, ...]
    is_clocked: bool
    stated_seconds: float | None = None
    playlist_seconds: float | None = None
    playlist_segments: int = 0

    @property
    def needs_retiming(self) -> bool:
        """Whether its time stamps cannot be taken as they are."""
        shifts = [len(piece.shifts) for track in self.tracks for piece in track.pieces]
        return len(self.parts) > 1 or max(shifts, default=1) > 1


def shown_seconds(length_seconds: float, stated_seconds: float) -> float:
    """How long players show a recording to be, from whose end people count.

    At times that is a little less than there is; where more is stated, or much less, it is not believed.
    """
    if 0 < length_seconds - stated_seconds < BELIEVED_SECONDS:
        return stated_seconds
    return length_seconds


class Survey(Value):
    """What lies in one file, or in one with the picture and one with the sound."""

    files: tuple[SurveyedFile, ...]

    def picture(self) -> tuple[int, Track] | None:
        """The number of the file with the picture and the track; None without one."""
        found = self._tracks("picture")
        return found[0] if found else None

    def sound_tracks(self) -> list[tuple[int, Track]]:
        """All tracks of sound of the last file that has one with packets, also those without any."""
        with_packets = self.sounds()
        number = with_packets[0][0] if with_packets else 0
        return [(number, track) for track in self.files[number].tracks if track.kind == "sound"]

    def sounds(self) -> list[tuple[int, Track]]:
        """All tracks of sound in which there is any packet: those of the last file that has one."""
        found = self._tracks("sound")
        return [(number, track) for number, track in found if number == found[-1][0]]

    def _tracks(self, kind: str) -> list[tuple[int, Track]]:
        return [
            (number, track)
            for number, file in enumerate(self.files)
            for track in file.tracks
            if track.kind == kind and track.packets
        ]

    @property
    def end_seconds(self) -> float:
        """The end of what is shown or heard last."""
        return max((track.end_seconds for file in self.files for track in file.tracks), default=0.0)

    @property
    def start_seconds(self) -> float:
        """Where the first of all that is shown or heard begins."""
        starts = [track.first_seconds for file in self.files for track in file.tracks if track.packets]
        return min(starts, default=0.0)

    @property
    def duration_seconds(self) -> float:
        """From the first of all tracks' beginnings to the last end."""
        return max(0.0, self.end_seconds - self.start_seconds)


@dataclass(frozen=True, slots=True)
class Span:
    """What is published: from where on the source's clock, and how long at most.

    `is_from_the_beginning` and `is_to_the_end`: nothing is cut off before it, and behind it.
    """

    start_seconds: float
    length_seconds: float
    is_from_the_beginning: bool = True
    is_to_the_end: bool = True
