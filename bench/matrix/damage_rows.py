"""Rows: files that were cut off or overwritten, and must be refused or held."""

from collections.abc import Iterator
from dataclasses import replace

from bench.matrix.container_rows import FILMS, SOUNDS
from bench.matrix.judge import CUT_SHORT, DAMAGED
from bench.matrix.marks import Truth, whole
from bench.matrix.material import AAC, OPUS, SECONDS, VP8, X264, Heard, Shown, Workshop
from bench.matrix.rows import Made, Row, making, rows

SHARES = (0.6, 0.93)
CUT_FILMS = (
    "MP4, H.264 with B-frames, AAC",
    "MP4, H.264, AAC, index first",
    "MP4 in fragments, H.264, AAC",
    "MOV, ProRes, PCM",
    "MKV, H.264, AAC",
    "WebM, VP8, Opus",
    "TS, H.264, AAC",
    "AVI, MPEG-4, MP3",
    "FLV, H.264, AAC",
    "WMV, WMV2, WMA",
    "Ogg, Theora, Vorbis",
)
ENDLESS = ("MPEG-PS, MPEG-2, AC-3",)  # nothing in them says where they end
CUT_SOUNDS = (
    "MP3",
    "MP3 without Xing",
    "M4A, AAC",
    "ADTS, AAC",
    "WAV, PCM",
    "W64, 24-bit PCM",
    "FLAC",
    "AIFF, PCM",
    "CAF, PCM",
    "Ogg, Opus",
    "Ogg, Vorbis 44.1 kHz",
    "MKA, Opus",
    "WMA",
    "AMR",
)
OVERWRITTEN = ("MP4, H.264, AAC, index first", "MKV, H.264, AAC", "TS, H.264, AAC", "WebM, VP9, Opus")


def damage_rows() -> Iterator[Row]:
    """Rows for each container that is cut where no frame ends, and for stretches that are overwritten."""
    for share in SHARES:
        cut = {
            **{name: making(cut_film, *FILMS[name], share) for name in CUT_FILMS},
            **{name: making(cut_sound, *SOUNDS[name], share) for name in CUT_SOUNDS},
            "WebM without length": making(cut_live_webm, share),
            "MP4 and M4A": making(cut_pair, share),
        }
        yield from rows("cut off", {f"{name}, at {share:.0%}": make for name, make in cut.items()}, CUT_SHORT)
        endless = {f"{name}, at {share:.0%}": making(cut_film, *FILMS[name], share) for name in ENDLESS}
        yield from rows("cut off", endless, DAMAGED)
    middle = {name: making(overwritten, *FILMS[name]) for name in OVERWRITTEN}
    yield from rows("overwritten", middle, DAMAGED)


def cut_film(workshop: Workshop, ending: str, options: tuple[str, ...], share: float) -> Made:
    path = workshop.mux(ending, Shown(), Heard(), *options)
    return Made(_first_part(share), (workshop.cut(path, share),))


def _first_part(share: float) -> Truth:
    """What may be published of a container that does not show where it ends."""
    kept = round(SECONDS * share)
    truth = whole(SECONDS).without(beeps=range(kept, SECONDS), flashes=range(kept, SECONDS))
    return replace(truth, sound_end_seconds=SECONDS * share, picture_end_seconds=SECONDS * share)


def cut_live_webm(workshop: Workshop, share: float) -> Made:
    path = workshop.mux("webm", Shown(), Heard(), *VP8, *OPUS, "-f", "webm", "-live", "1")
    return Made(_first_part(share), (workshop.cut(path, share),))


def cut_sound(workshop: Workshop, ending: str, options: tuple[str, ...], share: float) -> Made:
    path = workshop.mux(ending, None, Heard(), *options)
    return Made(_first_part(share).sound_only(), (workshop.cut(path, share),))


def cut_pair(workshop: Workshop, share: float) -> Made:
    """The file with the sound broke off."""
    shown = workshop.mux("mp4", Shown(), None, *X264)
    heard = workshop.mux("m4a", None, Heard(), *AAC, "-movflags", "+faststart")
    return Made(_first_part(share), (shown, workshop.cut(heard, share)))


def overwritten(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """Ten kilobytes in the middle: what lies there may be missing, all else must be in its place."""
    path = workshop.mux(ending, Shown(), Heard(), *options)
    return Made(replace(whole(SECONDS), spoiled=range(5, 9)), (workshop.overwritten(path, 0.5, 10_000),))
