"""Rows: recordings of which an organiser leaves out the beginning and the end."""

from collections.abc import Iterator
from dataclasses import replace

from bench.matrix.container_rows import FILMS, SOUNDS, film, sound
from bench.matrix.marks import Truth
from bench.matrix.material import AAC, OPUS, SECONDS, VP8, X264, Workshop
from bench.matrix.picture_rows import LARGE, SMALL, resized_h264
from bench.matrix.rows import Made, Maker, Row, making, rows
from bench.matrix.sound_rows import CHANGES, changed_in_ts, joined_films, joined_sound
from bench.matrix.start_rows import late_sound, started
from transcripts.media.media_values import Cut

TO_STEREO = "mono 48 kHz to stereo 44.1 kHz"
START_SECONDS, END_SECONDS = 2.6, 3.0
BOTH = Cut(start_seconds=START_SECONDS, end_seconds=END_SECONDS)


def cut_rows() -> Iterator[Row]:
    """A row for each kind of input, cut at both ends, and for some cut at one."""
    h264_aac, vp8_opus = (*X264, *AAC), (*VP8, *OPUS)
    whole_ones: dict[str, Maker] = {
        "MP4": making(film, *FILMS["MP4, H.264 with B-frames, AAC"]),
        "WebM": making(film, *FILMS["WebM, VP8, Opus"]),
        "TS": making(film, *FILMS["TS, H.264, AAC"]),
        "MP3": making(sound, *SOUNDS["MP3"]),
        "Opus": making(sound, *SOUNDS["Ogg, Opus"]),
        "MP4 of changing size": making(resized_h264, "mp4", (SMALL, LARGE, SMALL)),
        "TS of changing sound": making(changed_in_ts, CHANGES["5.1 to stereo"], AAC),
        "joined MP3": making(joined_sound, "mp3", CHANGES[TO_STEREO], SOUNDS["MP3"][1]),
        "joined MP4": making(joined_films, "mp4", h264_aac),
        "WebM from 600 s on": making(started, "webm", vp8_opus),
        "TS from 600 s on": making(started, "ts", h264_aac),
        "MP4 with late sound": making(late_sound, "mp4", h264_aac),
    }
    yield from rows("cuts", {f"{name}, at both ends": cut(make, BOTH) for name, make in whole_ones.items()})
    copied = whole_ones["MP4"]
    yield from rows("cuts", {"MP4, at the end": cut(copied, Cut(end_seconds=END_SECONDS))})
    yield from rows("cuts", {"MP4, at the beginning": cut(copied, Cut(start_seconds=START_SECONDS))})


def cut(make: Maker, what: Cut) -> Maker:
    """The same input with something to leave out."""

    def made(workshop: Workshop) -> Made:
        source = make(workshop)
        return replace(source, truth=_left(source.truth, what), cut=what)

    return made


def _left(truth: Truth, what: Cut) -> Truth:
    """What is seen and heard of it."""
    end_seconds = SECONDS - what.end_seconds
    kept = {code for code in range(SECONDS) if what.start_seconds <= code + 0.3 and code + 0.6 <= end_seconds}
    gone = [code for code in range(SECONDS) if code not in kept]
    picture_end_seconds = None if truth.picture_end_seconds is None else end_seconds
    left = replace(
        truth.without(beeps=gone, flashes=gone),
        sound_end_seconds=end_seconds,
        picture_end_seconds=picture_end_seconds,
    )
    return left.shifted(-what.start_seconds, -what.start_seconds)
