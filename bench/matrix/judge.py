"""Judges what was published against the marks that were put in: what is missing, extra, late, askew or cut.

Every rule gives sentences; a row without any is right.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import av
import numpy as np

from bench.matrix.heard_captions import misplaced_captions
from bench.matrix.marks import Truth
from bench.matrix.marks_found import (
    READ_RATE_HZ,
    Mark,
    PictureReading,
    Samples,
    SoundReading,
    read_pictures,
    read_sound,
)
from tests.media_samples import MEETING
from transcripts.errors.error_kinds import StepError
from transcripts.media.media_values import Media

TOGETHER_SECONDS = 0.05
ON_TIME_SECONDS = 0.1
SOUND_LENGTH_SECONDS = 0.15
PICTURE_LENGTH_SECONDS = 0.2
STATED_LENGTH_SECONDS = 0.3
ASPECT_TOLERANCE = 0.03
ONE_SIDED = 0.05
MOST_COMBS = 0.5
SPEECH_WINDOW_SECONDS, SPEECH_LIKENESS = 2.0, 0.7


@dataclass(frozen=True, slots=True)
class Expected:
    """What may become of an input: published, refused with one of these codes, or held with one of these."""

    published: bool = True
    refusals: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()


PUBLISHED = Expected()
CUT_SHORT = Expected(
    published=False,
    refusals=frozenset({"truncated", "damaged", "not_finished"}),
    holds=frozenset({"looks_cut_off", "lengths_differ"}),
)
DAMAGED = Expected(
    published=True,
    refusals=frozenset({"truncated", "damaged"}),
    holds=frozenset({"looks_cut_off", "lengths_differ", "sound_missing_share"}),
)


def judged(result: Media | StepError, truth: Truth, expected: Expected) -> list[str]:
    """What is wrong with the outcome of an input."""
    if isinstance(result, StepError):
        return [] if result.code in expected.refusals else [f"refused: {result}"]
    if any(reason.code in expected.holds for reason in result.hold_reasons):
        return []
    complaints = [f"held: {reason.code} {reason.details}" for reason in result.hold_reasons]
    if not expected.published:
        return [*complaints, "published as if it were whole"]
    try:
        return [*complaints, *judged_media(result, truth)]
    except av.error.FFmpegError as error:
        return [*complaints, f"what is published cannot be read: {error}"]


def judged_media(media: Media, truth: Truth) -> list[str]:
    """What is wrong with published media."""
    pictures = read_pictures(media.video.path) if media.video else None
    sounds = {"audio.m4a": read_sound(media.audio.path), "speech.wav": read_sound(media.speech.path)}
    if media.video:
        sounds["video.mp4"] = read_sound(media.video.path)
    complaints = list(_pictures(pictures, truth))
    for name, sound in sounds.items():
        complaints += [f"{name}: {each}" for each in _sound(sound, truth)]
        if pictures:
            complaints += [f"{name}: {each}" for each in _together(pictures.flashes, sound.beeps, truth)]
    if truth.speech and truth.speech.has_captions:
        complaints += misplaced_captions(media.speech.path)
    complaints += _ears(sounds["audio.m4a"], truth)
    if abs(media.duration_seconds - truth.end_seconds) > STATED_LENGTH_SECONDS:
        complaints.append(f"stated length {media.duration_seconds:.2f} s for {truth.end_seconds:.2f}")
    if truth.picture_end_seconds is not None and media.poster is None:
        complaints.append("no poster")
    return complaints


def judged_step(flashes: Sequence[Mark], beeps: Sequence[Mark], truth: Truth) -> Iterator[str]:
    """What is wrong with marks that were seen and heard, each kind alone and both together."""
    yield from (f"flashes: {each}" for each in marked(flashes, truth.flashes, truth.spoiled))
    yield from (f"beeps: {each}" for each in marked(beeps, truth.beeps, truth.spoiled))
    yield from _together(flashes, beeps, truth)


def marked(
    found: Sequence[Mark], wanted: Mapping[int, float], spoiled: Collection[int] = ()
) -> Iterator[str]:
    """What is missing, there twice, out of place or not to be there at all."""
    codes = [mark.code for mark in found]
    if missing := [code for code in wanted if code not in codes and code not in spoiled]:
        yield f"missing {_listed(missing)}"
    strange = [
        mark
        for mark in found
        if (mark.code not in wanted or codes.count(mark.code) > 1) and int(mark.at_seconds) not in spoiled
    ]
    if strange:
        named = (f"{mark.what or mark.code} at {mark.at_seconds:.2f} s" for mark in strange[:4])
        yield f"{len(strange)} extra ({', '.join(named)})"
    off = {
        code: mark.at_seconds - wanted[code]
        for mark in found
        if (code := mark.code) in wanted and code is not None
    }
    late = {code: seconds for code, seconds in off.items() if abs(seconds) > ON_TIME_SECONDS}
    if late:
        worst = max(late.values(), key=abs)
        yield f"{len(late)} out of place, by up to {1000 * worst:+.0f} ms"


def _listed(codes: Iterable[int]) -> str:
    """The first of them and how many there are."""
    numbers = sorted(codes)
    return ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")


def _pictures(pictures: PictureReading | None, truth: Truth) -> Iterator[str]:
    if (pictures is None) != (truth.picture_end_seconds is None):
        yield "no picture" if pictures is None else "a picture where there is none"
    if pictures is None or truth.picture_end_seconds is None:
        return
    if truth.speech is None:
        yield from (f"flashes: {each}" for each in marked(pictures.flashes, truth.flashes, truth.spoiled))
    over = pictures.last_seconds - truth.picture_end_seconds
    if not -PICTURE_LENGTH_SECONDS - 0.2 <= over <= PICTURE_LENGTH_SECONDS:
        yield f"last picture at {pictures.last_seconds:.2f} s of {truth.picture_end_seconds:.2f}"
    wrong = [each for each in pictures.aspects if not _is_one_of(each, truth.aspects)]
    if wrong and truth.speech is None:
        yield f"distorted: {wrong[0]:.2f} for {truth.aspects[0]:.2f}, {len(wrong)} times"
    if truth.moves and pictures.combs > MOST_COMBS:
        yield f"combs ({pictures.combs:.1f})"
    yield from _playable(pictures)


def _is_one_of(aspect: float, wanted: Sequence[float]) -> bool:
    return any(abs(aspect / each - 1) <= ASPECT_TOLERANCE for each in wanted)


def _playable(pictures: PictureReading) -> Iterator[str]:
    """What keeps a player from showing it."""
    if pictures.codec != "h264" or not pictures.pixel_formats <= {"yuv420p", "yuvj420p"}:
        yield f"published as {pictures.codec} {', '.join(sorted(pictures.pixel_formats))}"
    if len(pictures.sizes) > 1:
        yield f"published in {len(pictures.sizes)} sizes"


def _sound(sound: SoundReading, truth: Truth) -> Iterator[str]:
    if truth.speech is None:
        yield from marked(sound.beeps, truth.beeps, truth.spoiled)
    else:
        yield from _speech(sound, truth)
    longest = truth.end_seconds + SOUND_LENGTH_SECONDS
    if not truth.sound_end_seconds - SOUND_LENGTH_SECONDS <= sound.seconds <= longest:
        yield f"{sound.seconds:.2f} s of sound for {truth.sound_end_seconds:.2f}"
    if sound.codec not in {"aac", "pcm_s16le"} or sound.channels > 2:
        yield f"published as {sound.codec} with {sound.channels} channels"


def _together(flashes: Sequence[Mark], beeps: Sequence[Mark], truth: Truth) -> Iterator[str]:
    """Whether each flash comes with its beep, as far apart as in the source."""
    seen = {mark.code: mark.at_seconds for mark in flashes}
    apart = [
        (seen[code] - mark.at_seconds) - (truth.flashes[code] - truth.beeps[code])
        for mark in beeps
        if (code := mark.code) is not None and code in seen and code in truth.flashes and code in truth.beeps
    ]
    worst = max(apart, key=abs, default=0.0)
    if abs(worst) > TOGETHER_SECONDS:
        yield f"picture {1000 * worst:+.0f} ms from the sound"


def _ears(sound: SoundReading, truth: Truth) -> Iterator[str]:
    if (
        truth.stereo
        and sound.left_share is not None
        and min(sound.left_share, 1 - sound.left_share) < ONE_SIDED
    ):
        yield f"audio.m4a: one ear only ({sound.left_share:.0%} on the left)"


def _speech(sound: SoundReading, truth: Truth) -> Iterator[str]:
    """Whether the sample meeting is heard in its place, window by window."""
    if truth.speech is None:
        return
    meeting = _meeting()
    size = round(SPEECH_WINDOW_SECONDS * READ_RATE_HZ)
    margin = round(3 * ON_TIME_SECONDS * READ_RATE_HZ)
    off: list[float] = []
    missing = []
    for second in range(0, int(truth.sound_end_seconds - SPEECH_WINDOW_SECONDS) + 1, 2):
        start = round((truth.speech.start_seconds + second) * READ_RATE_HZ)
        heard = np.pad(sound.samples, (0, margin))[max(0, second * READ_RATE_HZ - margin) :]
        lag, likeness = _alignment(heard[: size + 2 * margin], meeting[start : start + size])
        if likeness < SPEECH_LIKENESS:
            missing.append(second)
        else:
            off.append(lag / READ_RATE_HZ - min(margin / READ_RATE_HZ, second))
    if missing:
        yield f"speech not found at {_listed(missing)} s"
    worst = max(off, key=abs, default=0.0)
    if abs(worst) > ON_TIME_SECONDS:
        yield f"speech off by {1000 * worst:+.0f} ms"


@cache
def _meeting() -> Samples:
    return read_sound(MEETING).samples


def _alignment(heard: Samples, wanted: Samples) -> tuple[int, float]:
    """Where in `heard` the wanted sound begins, and how alike they are there, 0 to 1."""
    if heard.size < wanted.size:
        return 0, 0.0
    size = 1 << (heard.size + wanted.size).bit_length()
    crossed = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    lag = int(np.abs(crossed[: heard.size - wanted.size + 1]).argmax())
    energy = float(np.sqrt((heard[lag : lag + wanted.size] ** 2).sum() * (wanted**2).sum()))
    return lag, float(abs(crossed[lag])) / max(energy, 1e-9)
