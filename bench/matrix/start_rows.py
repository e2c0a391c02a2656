"""Rows: clocks that do not start at zero, and sound and picture that do not start together."""

from collections.abc import Iterator

from bench.matrix.container_rows import MP3, MPEG2, VORBIS
from bench.matrix.marks import whole
from bench.matrix.material import AAC, OPUS, SECONDS, SOUND_ONLY, VP8, X264, Heard, Shown, Workshop, beeps
from bench.matrix.rows import Made, Maker, Row, making, rows

LATE_SECONDS = 600
CLOCK_WRAPS_SECONDS = 2**33 / 90_000
H264_AAC, VP8_OPUS = (*X264, *AAC), (*VP8, *OPUS)
FRAGMENTS = ("-movflags", "+frag_keyframe+delay_moov+default_base_moof")


def start_rows() -> Iterator[Row]:
    """A row for each start."""
    makers: dict[str, Maker] = {
        "WebM from 600 s on": making(started, "webm", VP8_OPUS),
        "MKV from 600 s on": making(started, "mkv", H264_AAC),
        "TS from 600 s on": making(started, "ts", H264_AAC),
        "MPEG-PS from 600 s on": making(started, "mpg", (*MPEG2, "-c:a", "mp2")),
        "MP4 in fragments from 600 s on": making(started, "mp4", (*H264_AAC, *FRAGMENTS)),
        "Ogg from 600 s on": making(started, "ogv", ("-c:v", "libtheora", "-q:v", "7", *VORBIS)),
        "Opus from 600 s on": making(started_sound, "opus", OPUS),
        "MKA from 600 s on": making(started_sound, "mka", AAC),
        "TS whose clock wraps": making(started, "ts", H264_AAC, CLOCK_WRAPS_SECONDS - 6.5),
        "MP4 from before zero": before_zero,
        "MP4 with an edit list that skips 1.5 s": skipping,
        "picture two seconds late, MPEG-4 in MP4": making(late_picture, "mp4", ("-c:v", "mpeg4", *AAC)),
        "picture two seconds late, MPEG-2 in TS": making(late_picture, "ts", (*MPEG2, *AAC)),
        "picture two seconds late, MPEG-2 in MPEG-PS": making(late_picture, "mpg", (*MPEG2, "-c:a", "mp2")),
    }
    films = {"mp4": H264_AAC, "mkv": H264_AAC, "webm": VP8_OPUS, "ts": H264_AAC, "flv": H264_AAC}
    for ending, options in films.items():
        name = ending.upper()
        makers[f"sound two seconds late, {name}"] = making(late_sound, ending, options)
        makers[f"picture two seconds late, {name}"] = making(late_picture, ending, options)
    yield from rows("starts", makers)


def pair_rows() -> Iterator[Row]:
    """A row for each way in which picture and sound come as two files."""
    makers: dict[str, Maker] = {"MP4 and MP3": mp4_and_mp3}
    for late in (0.0, 1.5):
        makers |= {
            f"TS and TS, sound {late:.1f} s late": making(pair, ("ts", "ts"), H264_AAC, late),
            f"MP4 and M4A, sound {late:.1f} s late": making(pair, ("mp4", "m4a"), H264_AAC, late),
            f"WebM and WebM, sound {late:.1f} s late": making(pair, ("webm", "webm"), VP8_OPUS, late),
        }
    in_fragments = (*H264_AAC, *FRAGMENTS)
    makers |= {
        "MP4 in fragments from 600 s on": making(pair, ("mp4", "mp4"), in_fragments, 1.5, 600.0),
        "TS and TS from 600 s on": making(pair, ("ts", "ts"), H264_AAC, 1.5, 600.0),
        "TS and TS, sound early": making(pair, ("ts", "ts"), H264_AAC, -1.5, 600.0),
    }
    yield from rows("pairs", makers)


def started(workshop: Workshop, ending: str, options: tuple[str, ...], seconds: float = LATE_SECONDS) -> Made:
    path = workshop.mux(ending, Shown(), Heard(), *options, "-output_ts_offset", f"{seconds:.3f}")
    return Made(whole(SECONDS), (path,))


def started_sound(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, None, Heard(), *options, "-output_ts_offset", str(LATE_SECONDS))
    return Made(whole(SECONDS).sound_only(), (path,))


def before_zero(workshop: Workshop) -> Made:
    """B-frames and priming before zero, which an edit list leaves out."""
    path = workshop.mux("mp4", Shown(), Heard(), *H264_AAC, "-bf", "3", "-avoid_negative_ts", "disabled")
    return Made(whole(SECONDS), (path,))


def skipping(workshop: Workshop) -> Made:
    """What is before the edit list's start is in the file, and not of the recording."""
    source = workshop.mux("mkv", Shown(), Heard(), *H264_AAC)
    path = workshop.copied("mp4", [source], before=("-ss", "1.5"))
    truth = whole(SECONDS).without(beeps=range(0, 2), flashes=range(0, 2))
    return Made(truth.shifted(-1.5, -1.5), (path,))


def late_sound(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, Shown(), Heard(seconds=10, first=2), *options, late_sound=2.0)
    return Made(whole(SECONDS).without(beeps=range(0, 2)), (path,))


def late_picture(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, Shown(seconds=10, first=2), Heard(), *options, late_picture=2.0)
    return Made(whole(SECONDS).without(flashes=range(0, 2)), (path,))


def pair(
    workshop: Workshop,
    endings: tuple[str, str],
    options: tuple[str, ...],
    sound_late: float,
    start: float = 0.0,
) -> Made:
    """One file with the picture, one with the sound, on one clock."""
    shown = workshop.mux(endings[0], Shown(), None, *options, "-bf", "0", *_from_second(start))
    skipped = 2 if sound_late > 0 else 0
    heard = Heard(seconds=SECONDS - sound_late, channels=(_beeps_from(sound_late),))
    sound = workshop.mux(endings[1], None, heard, *options, *SOUND_ONLY, *_from_second(start + sound_late))
    truth = whole(SECONDS).without(beeps=range(0, skipped))
    if sound_late < 0:
        truth = truth.shifted(-sound_late, -sound_late)
    return Made(truth, (shown, sound))


def _from_second(seconds: float) -> tuple[str, ...]:
    return ("-output_ts_offset", str(seconds)) if seconds else ()


def _beeps_from(seconds: float) -> str:
    """The beeps of a sound that begins so late (or early: then nothing is heard before the first)."""
    return beeps().replace("t+0", f"t+{seconds}") + f"*gte(t+{seconds},0)"


def mp4_and_mp3(workshop: Workshop) -> Made:
    """Two clocks that say nothing of each other: both from zero."""
    shown = workshop.mux("mp4", Shown(), None, *X264)
    return Made(whole(SECONDS), (shown, workshop.mux("mp3", None, Heard(), *MP3)))
