"""Rows: sound that changes on the way, joined files, gaps, and sound and picture of different length."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.matrix.container_rows import AC3, MP3, VORBIS
from bench.matrix.judge import DAMAGED
from bench.matrix.marks import whole
from bench.matrix.material import AAC, OPUS, SECONDS, VP8, X264, Heard, Move, Shown, Workshop, beeps
from bench.matrix.rows import Made, Maker, Row, making, rows

HALF = SECONDS // 2
MONO_48, MONO_44 = Heard(seconds=HALF), Heard(seconds=HALF, rate_hz=44_100)
STEREO_44 = Heard(seconds=HALF, rate_hz=44_100, channels=("", ""))
STEREO_48 = Heard(seconds=HALF, channels=("", ""))
SURROUND = Heard(seconds=HALF, channels=("",) * 6, layout="5.1")
THIRD = Heard(seconds=SECONDS // 3, rate_hz=44_100)
CHANGES = {
    "mono 48 kHz to stereo 44.1 kHz": (MONO_48, STEREO_44),
    "stereo 44.1 kHz to mono 48 kHz": (STEREO_44, MONO_48),
    "5.1 to stereo": (SURROUND, STEREO_48),
    "stereo to 5.1": (STEREO_48, SURROUND),
}
FRAGMENTS = ("-movflags", "+frag_keyframe+delay_moov")
SLOWER = 0.01


def sound_change_rows() -> Iterator[Row]:
    """A row for each change of the sound's format on one clock."""
    for codec_name, codec in {"AAC": AAC, "AC-3": AC3}.items():
        makers = {
            f"TS with {codec_name}, {name}": making(changed_in_ts, formats, codec)
            for name, formats in CHANGES.items()
        }
        yield from rows("changes of the sound", makers)
    both = making(changed_in_ts, CHANGES["mono 48 kHz to stereo 44.1 kHz"], AAC, widths=(160, 320), start=600)
    yield from rows("changes of the sound", {"TS from 600 s on, the picture's size with it": both})


def joined_rows() -> Iterator[Row]:
    """A row for each kind of file of which two were put into one, byte after byte."""
    up, down = tuple(CHANGES)[:2]
    makers: dict[str, Maker] = {
        f"MP3, {up}": making(joined_sound, "mp3", CHANGES[up], MP3),
        f"MP3, {down}": making(joined_sound, "mp3", CHANGES[down], MP3),
        "MP3, three alike": making(joined_sound, "mp3", (THIRD,) * 3, MP3),
        f"AAC, {up}": making(joined_sound, "aac", CHANGES[up], AAC),
        f"AAC, {down}": making(joined_sound, "aac", CHANGES[down], AAC),
        f"Opus, {up}": making(joined_sound, "opus", CHANGES[up], OPUS),
        f"Vorbis, {up}": making(joined_sound, "ogg", CHANGES[up], VORBIS),
        f"Vorbis, {down}": making(joined_sound, "ogg", CHANGES[down], VORBIS),
        "Opus, mono to stereo in one WebM": channels_in_webm,
        "MP4": making(joined_films, "mp4", (*X264, *AAC)),
        "MP4 in fragments": making(joined_films, "mp4", (*X264, *AAC, *FRAGMENTS)),
        "WebM": making(joined_films, "webm", (*VP8, *OPUS)),
        "WebM, another size": making(joined_sizes, "webm", (*VP8, *OPUS)),
        "MP4, another size and other sound": making(joined_sizes, "mp4", (*X264, *AAC), STEREO_44),
        "MKV": making(joined_films, "mkv", (*X264, *AAC)),
        "TS": making(joined_films, "ts", (*X264, *AAC)),
        "MPEG-PS": making(joined_films, "mpg", ("-c:v", "mpeg2video", "-c:a", "mp2")),
    }
    yield from rows("joined files", makers)
    yield from rows("joined files", {"FLV": making(joined_films, "flv", (*X264, *AAC))}, DAMAGED)


def gap_rows() -> Iterator[Row]:
    """A row for each gap, and for sound and picture that do not last equally long."""
    h264, vp8 = (*X264, *AAC), (*VP8, *OPUS)
    for ending, options in {"mp4": h264, "mkv": h264, "webm": vp8, "ts": h264}.items():
        makers = {
            "no sound for two seconds": making(sound_gap, ending, options),
            "no picture for two seconds": making(picture_gap, ending, options),
            "paused for three seconds": making(paused, ending, options, 3.0),
            "sound ends early": making(short_sound, ending, options),
            "picture ends early": making(short_picture, ending, options),
            "begins between key frames": making(begun_between, ending, options),
        }
        yield from rows("gaps", {f"{name}, {ending.upper()}": make for name, make in makers.items()})
    others: dict[str, Maker] = {
        "little gaps in the sound, MKV": making(little_gaps, "mkv", h264),
        "little gaps in the sound, MP4": making(little_gaps, "mp4", h264),
        "sound on a slow clock, MKV": making(slow_sound, "mkv", h264),
        "paused for ten minutes, MKV": making(paused, "mkv", h264, 600.0),
    }
    yield from rows("gaps", others)


def _from(heard: Heard, first: int) -> Heard:
    """The sound from a second on: all its channels beep."""
    return replace(heard, first=first, channels=tuple(beeps(first) for _ in heard.channels))


def changed_in_ts(
    workshop: Workshop,
    formats: tuple[Heard, Heard],
    codec: tuple[str, ...],
    widths: tuple[int, int] = (320, 320),
    start: int = 1,
) -> Made:
    """Two pieces on one clock."""
    parts = [
        workshop.mux(
            "ts",
            Shown(seconds=HALF, first=first, width=width, height=width * 9 // 16),
            _from(heard, first),
            *(*X264, *codec, "-muxdelay", "0", "-output_ts_offset", str(first + start)),
        )
        for heard, width, first in zip(formats, widths, (0, HALF), strict=True)
    ]
    return Made(whole(SECONDS), (workshop.joined("ts", parts),))


def joined_sound(workshop: Workshop, ending: str, formats: tuple[Heard, ...], codec: tuple[str, ...]) -> Made:
    """Files' bytes one after the other."""
    parts = [
        workshop.mux(ending, None, _from(heard, index * SECONDS // len(formats)), *codec)
        for index, heard in enumerate(formats)
    ]
    return Made(whole(SECONDS).sound_only(), (workshop.joined(ending, parts),))


def channels_in_webm(workshop: Workshop) -> Made:
    """Opus packets of two channels in a stream that announces one."""
    parts = [
        workshop.mux("webm", None, _from(each, first), *OPUS)
        for each, first in ((MONO_48, 0), (STEREO_48, HALF))
    ]
    return Made(whole(SECONDS).sound_only(), (workshop.spliced("webm", parts),))


def _halves(workshop: Workshop, ending: str, options: tuple[str, ...]) -> list[Path]:
    return [
        workshop.mux(ending, Shown(seconds=HALF, first=first), Heard(seconds=HALF, first=first), *options)
        for first in (0, HALF)
    ]


def joined_films(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """Two files' bytes one after the other; the clock starts anew in the second."""
    return Made(whole(SECONDS), (workshop.joined(ending, _halves(workshop, ending, options)),))


def joined_sizes(workshop: Workshop, ending: str, options: tuple[str, ...], second: Heard = MONO_48) -> Made:
    parts = [
        workshop.mux(
            ending,
            Shown(seconds=HALF, first=first, width=width, height=width * 9 // 16),
            _from(heard, first),
            *options,
        )
        for heard, width, first in ((MONO_48, 160, 0), (second, 320, HALF))
    ]
    return Made(whole(SECONDS), (workshop.joined(ending, parts),))


def _edited(workshop: Workshop, ending: str, options: tuple[str, ...], move: Move) -> Path:
    """A film whose packets are moved or left out, in the container it is to be in."""
    source = workshop.mux(ending, Shown(), Heard(), *options, "-g", "25", "-bf", "0")
    start = _first_seconds(ending)
    return workshop.retimed(source, ending, lambda kind, at: move(kind, at - start))


def sound_gap(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """As when packets were lost."""
    path = _edited(workshop, ending, options, lambda kind, at: _lost(kind == "audio", at, 4.0, 6.0))
    return Made(whole(SECONDS).without(beeps=range(4, 6)), (path,))


def picture_gap(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """As when the camera was off."""
    path = _edited(workshop, ending, options, lambda kind, at: _lost(kind == "video", at, 4.0, 6.0))
    return Made(whole(SECONDS).without(flashes=range(4, 6)), (path,))


def _lost(is_lost: bool, at: float, start: float, end: float) -> float | None:
    return None if is_lost and start - 0.005 <= at < end - 0.005 else 0.0


def paused(workshop: Workshop, ending: str, options: tuple[str, ...], seconds: float) -> Made:
    """As when the recording was paused: everything goes on later."""
    path = _edited(workshop, ending, options, lambda _, at: seconds if at >= 5.995 else 0.0)
    return Made(whole(SECONDS).paused(6, seconds), (path,))


def _first_seconds(ending: str) -> float:
    """Where ffmpeg's muxer starts the clock."""
    return 1.4 if ending == "ts" else 0.0


def little_gaps(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """A fifth of each second's sound is lost, away from the beeps."""
    path = _edited(
        workshop, ending, options, lambda kind, at: None if kind == "audio" and 0.65 < at % 1 < 0.85 else 0.0
    )
    return Made(whole(SECONDS), (path,))


def begun_between(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """What was before the third second is gone: nothing can be shown until the next key frame."""
    path = _edited(workshop, ending, options, lambda _, at: None if at < 2.595 else 0.0)
    truth = whole(SECONDS).without(beeps=range(0, 3), flashes=range(0, 3))
    return Made(truth.shifted(-2.6, -2.6), (path,))


def slow_sound(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """Each packet of sound comes a hundredth later than its samples alone would say."""
    path = _edited(workshop, ending, options, lambda kind, at: SLOWER * at if kind == "audio" else 0.0)
    truth = whole(SECONDS)
    slower = {code: at * (1 + SLOWER) for code, at in truth.beeps.items()}
    return Made(replace(truth, beeps=slower, sound_end_seconds=SECONDS * (1 + SLOWER)), (path,))


def short_sound(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, Shown(), Heard(seconds=8), *options)
    truth = whole(SECONDS).without(beeps=range(8, SECONDS))
    return Made(replace(truth, sound_end_seconds=8.0), (path,))


def short_picture(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, Shown(seconds=8), Heard(), *options)
    truth = whole(SECONDS).without(flashes=range(8, SECONDS))
    return Made(replace(truth, picture_end_seconds=8.0), (path,))
