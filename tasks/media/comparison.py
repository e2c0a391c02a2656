"""Compares what was made with its source, in both directions, before anything is archived.

Tolerances are those with which none of a hundred right results was found wrong. A picture is measured
by the time of its last frame: how long that one is shown, containers say in ways that contradict each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from transcripts.hold_reasons import LENGTHS_DIFFER, HoldReason
from transcripts.media.timeline import Span, Survey, SurveyedFile, Track

SOUND_TOLERANCE_SECONDS = 0.15
PICTURE_TOLERANCE_SECONDS = 0.2
START_TOLERANCE_SECONDS = 0.05
# What containers and playlists state is rounded, and counts other tracks.
STATED_TOLERANCE_SECONDS, STATED_TOLERANCE_SHARE = 1.0, 0.005
SEGMENT_TOLERANCE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Chosen:
    """The picture and the sound that are published, with the files they are of."""

    sound_file: SurveyedFile
    sound: Track
    picture_file: SurveyedFile | None = None
    picture: Track | None = None

    @property
    def tracks(self) -> list[tuple[SurveyedFile, Track]]:
        """What there is of both, each with its file."""
        sound = [(self.sound_file, self.sound)]
        if self.picture is None or self.picture_file is None:
            return sound
        return [*sound, (self.picture_file, self.picture)]

    @property
    def start_seconds(self) -> float:
        """The origin: where the first of both begins."""
        return min(track.first_seconds for _, track in self.tracks)

    @property
    def end_seconds(self) -> float:
        return max(track.end_seconds for _, track in self.tracks)

    @property
    def length_seconds(self) -> float:
        """From the first beginning to the last end."""
        return self.end_seconds - self.start_seconds


def differences(
    chosen: Chosen, span: Span, made_sound_seconds: float, made: Survey | None
) -> tuple[HoldReason, ...]:
    """Why the record is to be held, if anything disagrees. `made` is what the published video holds."""
    found = [*_sound(chosen, span, made_sound_seconds), *_lost(chosen), *_stated(chosen)]
    if chosen.picture is not None and made is not None:
        found += _picture(chosen.picture, span, made)
    return tuple(found)


def _sound(chosen: Chosen, span: Span, made_seconds: float) -> Iterator[HoldReason]:
    source_seconds = min(chosen.sound.end_seconds - span.start_seconds, span.length_seconds)
    if abs(made_seconds - source_seconds) > SOUND_TOLERANCE_SECONDS:
        yield _reason("sound", made_seconds, source_seconds)


def _lost(chosen: Chosen) -> Iterator[HoldReason]:
    """What could not be read in the middle."""
    for _, track in chosen.tracks:
        if track.lost_seconds:
            length_seconds = track.end_seconds - track.first_seconds
            yield _reason(track.kind, length_seconds - track.lost_seconds, length_seconds)


def _picture(source: Track, span: Span, made: Survey) -> Iterator[HoldReason]:
    """The last frame's time, and how much later than the sound the first one is."""
    found = made.picture()
    first_seconds = source.first_seconds - span.start_seconds
    last_seconds = source.last_seconds - span.start_seconds
    made_last_seconds = found[1].last_seconds if found else 0.0
    is_cut = not span.is_to_the_end and last_seconds >= span.length_seconds
    if not is_cut and abs(made_last_seconds - last_seconds) > PICTURE_TOLERANCE_SECONDS:
        yield _reason("picture", made_last_seconds, last_seconds)
    elif is_cut and made_last_seconds > span.length_seconds:
        yield _reason("picture", made_last_seconds, span.length_seconds)
    sounds = made.sounds()
    if found and sounds and first_seconds >= 0:
        made_first_seconds = found[1].first_seconds - sounds[0][1].first_seconds
        if abs(made_first_seconds - first_seconds) > START_TOLERANCE_SECONDS:
            yield _reason("start", made_first_seconds, first_seconds)


def _stated(chosen: Chosen) -> Iterator[HoldReason]:
    """What containers and playlists say, against what their packets do."""
    for file, track in chosen.tracks:
        tolerance_seconds = max(STATED_TOLERANCE_SECONDS, STATED_TOLERANCE_SHARE * track.end_seconds)
        if track.stated_seconds is not None:
            lengths = [track.end_seconds - track.first_seconds, track.end_seconds]
            yield from _disagreement(track, lengths, track.stated_seconds, tolerance_seconds)
        elif file.stated_seconds is not None:
            lengths = [_end_of(file) - _start_of(file), _end_of(file)]
            yield from _disagreement(track, lengths, file.stated_seconds, tolerance_seconds)
        if file.playlist_seconds is not None:
            tolerance_seconds += SEGMENT_TOLERANCE_SECONDS * file.playlist_segments
            lengths = [_end_of(file) - _start_of(file)]
            yield from _disagreement(track, lengths, file.playlist_seconds, tolerance_seconds)


def _disagreement(
    track: Track, lengths: list[float], stated_seconds: float, tolerance_seconds: float
) -> Iterator[HoldReason]:
    nearest_seconds = min(lengths, key=lambda each: abs(each - stated_seconds))
    if abs(nearest_seconds - stated_seconds) > tolerance_seconds:
        yield _reason(track.kind, nearest_seconds, stated_seconds)


def _end_of(file: SurveyedFile) -> float:
    return max(track.end_seconds for track in file.tracks)


def _start_of(file: SurveyedFile) -> float:
    return min(track.first_seconds for track in file.tracks if track.packets)


def _reason(what: str, made_seconds: float, source_seconds: float) -> HoldReason:
    figures: dict[str, str | float] = {
        "what": what,
        "made_seconds": round(made_seconds, 3),
        "source_seconds": round(source_seconds, 3),
    }
    return HoldReason(code=LENGTHS_DIFFER, details=figures)
