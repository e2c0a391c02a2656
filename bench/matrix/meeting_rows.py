"""Rows: files that real recordings came as, laid beside the repository, and a piece of the sample meeting."""

from collections.abc import Iterator
from pathlib import Path

from bench.matrix import heard_captions
from bench.matrix.judge import Expected
from bench.matrix.marks import Speech, Truth
from bench.matrix.material import AAC, X264, Workshop, make
from bench.matrix.rows import Made, Row, making, rows
from tests.media_samples import MEETING

NO_SOUND = Expected(published=False, refusals=frozenset({"no_audio"}))
MEDIA = Path(__file__).parents[3] / "shared" / "cases" / "media"
SECONDS = 20.0
FROM_SECONDS = 31.0  # of the sample meeting, in all of them
SOUND_ONLY = (
    "first_track_silent.m4a",
    "joined_mono44k_stereo48k.mp3",
    "phase_inverted.m4a",
    "webm_starts_at_600s.webm",
)
FILMS = ("zoom_resolution_change.mp4", "hls_discontinuity/q.m3u8")
SIZES = ("320x180", "640x360", "320x180")
MUTE = ("audio_track_without_packets.mkv",)


def case_rows() -> Iterator[Row]:
    """A row for each file; none where the folder is missing."""
    if not MEDIA.is_dir():
        return
    yield from rows("real files", {name: making(case, MEDIA / name, None) for name in SOUND_ONLY})
    yield from rows("real files", {name: making(case, MEDIA / name, SECONDS) for name in FILMS})
    yield from rows("real files", {name: making(case, MEDIA / name, SECONDS) for name in MUTE}, NO_SOUND)


def case(_workshop: Workshop, path: Path, picture_end_seconds: float | None) -> Made:
    truth = Truth({}, {}, SECONDS, picture_end_seconds, speech=Speech(FROM_SECONDS))
    return Made(truth, address=path) if path.suffix == ".m3u8" else Made(truth, (path,))


def caption_rows() -> Iterator[Row]:
    """A meeting whose picture changes its size, on clocks from zero and from elsewhere."""
    makers = {
        "TS from 600 s on, another size twice": making(meeting, ending="ts", start=600.0),
        "MP4, another size twice": making(meeting, ending="mp4", start=0.0),
    }
    yield from rows("captions", makers)


def meeting(workshop: Workshop, ending: str, start: float) -> Made:
    """A minute and a half of the sample meeting."""
    seconds = heard_captions.SECONDS / len(SIZES)
    parts = [
        make(
            workshop.path("h264"),
            *_piece(heard_captions.FROM_SECONDS + index * seconds, seconds),
            *("-an", "-r", "5", "-frames:v", str(round(5 * seconds)), "-s", size, *X264, "-bf", "0"),
        )
        for index, size in enumerate(SIZES)
    ]
    sound = _piece(heard_captions.FROM_SECONDS, heard_captions.SECONDS)
    heard = make(workshop.path("m4a"), *sound, "-vn", *AAC)
    raw = workshop.joined("h264", parts)
    inputs = ("-fflags", "+genpts", "-framerate", "5", "-i", str(raw), "-i", str(heard))
    path = make(workshop.path(ending), *inputs, "-c", "copy", "-output_ts_offset", str(start))
    speech = Speech(heard_captions.FROM_SECONDS, has_captions=True)
    return Made(Truth({}, {}, heard_captions.SECONDS, heard_captions.SECONDS, speech=speech), (path,))


def _piece(start_seconds: float, seconds: float) -> tuple[str, ...]:
    return ("-ss", str(start_seconds), "-t", str(seconds), "-i", str(MEETING))
