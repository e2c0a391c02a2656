"""Composes the picture of a presentation: slides, the shared screen in their place, the cameras beside.

All parts of a presentation run on one clock, that of its sound, which is published as it is. So only the
picture is made here: H.264 that is copied later on, of frames where something changes, and one a second.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import ffmpeg
import numpy as np
from av.packet import Packet

from tasks.media.ffmpeg import local_input, run_ffmpeg
from tasks.media.inspection import UNREADABLE, inspect_media, played_seconds
from tasks.media.parts import DEMUXER_OPTIONS
from tasks.media.picture import RUN_UP_SECONDS
from tasks.media.slide_images import paint_slides
from tasks.media.slide_renderer import AROUND, png_of
from tasks.media.truncation import cut_off_reasons
from transcripts.hold_reasons import (
    LENGTHS_DIFFER,
    SCREEN_MISSING,
    SLIDES_MISSING,
    SLIDES_UNREADABLE,
    HoldReason,
)
from transcripts.media.media_values import Fetched, Inspection, LocalFile
from transcripts.media.presentation import Presentation, Scene, Stretch, scenes, sharings_within

WIDTH, HEIGHT = 1280, 720
CAMERAS = (320, 240)
# Slides change at tenths of a second; what moves is to be in step within 40 ms.
SLIDES_RATE, MOVING_RATE, CAMERAS_RATE = 10, 25, Fraction(25, 2)
KEY_FRAME_SECONDS = 10
# Blocks of 8 by 8 pixels that differ by less than one step of brightness are the same.
SAME_BLOCK = 64
# Of a camera's picture that shows nothing: all of it is one colour.
PLAIN_DEVIATION = 3.0
MOST_KEY_FRAMES = 400
STATED_TOLERANCE_SECONDS, STATED_TOLERANCE_SHARE = 5.0, 0.01
CUT_TOLERANCE_SECONDS = 1.0
CLOCK = Fraction(1, 1000)
ENCODING = {
    "vcodec": "libx264",
    "preset": "veryfast",
    "crf": 23,
    # At the same quality (SSIM) a tenth larger, and a third cheaper: slides and screens stand still, and what
    # moves is small, so frames between frames and a wider search find little.
    "x264-params": "bframes=0:me=dia:subme=1",
    "fps_mode": "vfr",
    "enc_time_base": "1:90000",  # else times are rounded to whole pictures of the usual rate
    "force_key_frames": f"expr:gte(t,n_forced*{KEY_FRAME_SECONDS})",
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
}

logger = logging.getLogger("mitschnitt.media")


@dataclass(frozen=True, slots=True)
class _Layers:
    """What is composed: slides below all, the shared screen at its times, the cameras at the side."""

    scenes: tuple[Scene, ...]
    screen: Path | None
    sharings: tuple[Stretch, ...]
    cameras: Path | None
    length_seconds: float

    @property
    def moves(self) -> bool:
        return self.screen is not None or self.cameras is not None


def compose_picture(
    fetched: Fetched, directory: Path, max_duration_seconds: float, on_seconds: Callable[[float], None]
) -> Fetched:
    """What was fetched with the picture in one file; what is no presentation is returned as it is.

    The sound stays in its file. Where neither slides nor a screen were shown, that file is all there is.
    Raises what `inspect_media` and `run_ffmpeg` raise.
    """
    presentation = fetched.presentation
    if presentation is None:
        return fetched
    files = {file.path.name: file.path for file in fetched.files}
    sound = files[presentation.sound]
    inspection = inspect_media([sound], max_duration_seconds)
    directory.mkdir(parents=True, exist_ok=True)
    painted = _painted(presentation, files, directory)
    layers = _layers(presentation, files, inspection, sound)
    composed = [_composed(layers, painted, directory, on_seconds)] if painted or layers.sharings else []
    for path in painted.values():
        path.unlink()
    reasons = _doubts(presentation, layers, painted)
    changed = {
        "files": tuple(map(LocalFile.of, [*composed, sound])),
        "presentation": None,
        "hold_reasons": (*fetched.hold_reasons, *reasons),
    }
    return fetched.model_copy(update=changed)


def _painted(presentation: Presentation, files: Mapping[str, Path], directory: Path) -> dict[str, Path]:
    """The painted slides, by the names under which they were fetched."""
    sources = [files[each.picture] for each in presentation.slides if each.picture and each.picture in files]
    found = paint_slides(sources, directory, WIDTH, HEIGHT)
    return {source.name: target for source, target in found.items()}


def _layers(
    presentation: Presentation, files: Mapping[str, Path], inspection: Inspection, sound: Path
) -> _Layers:
    length_seconds = inspection.survey.end_seconds
    screen = files.get(presentation.screen or "")
    sharings: tuple[Stretch, ...] = ()
    if screen is not None and _seconds_of(screen) > 0:
        whole = () if presentation.slides else (Stretch(start_seconds=0, end_seconds=length_seconds),)
        sharings = sharings_within(presentation.sharings or whole, length_seconds)
    return _Layers(
        scenes=scenes(presentation.slides, length_seconds),
        screen=screen if sharings else None,
        sharings=sharings,
        cameras=sound if inspection.video is not None and _shows_something(sound) else None,
        length_seconds=length_seconds,
    )


def _seconds_of(screen: Path) -> float:
    """How long a shared screen plays; 0 for what cannot be played."""
    try:
        return played_seconds(screen)
    except UNREADABLE:
        return 0.0


def _shows_something(cameras: Path) -> bool:
    """Whether there is anything to see in a picture, by its key frames.

    BigBlueButton writes an empty one where nobody had a camera on, but a screen was shared.
    """
    with av.open(str(cameras), options=dict(DEMUXER_OPTIONS)) as container:
        container.streams.video[0].codec_context.skip_frame = "NONKEY"
        with suppress(av.error.FFmpegError):
            for frame in islice(container.decode(video=0), MOST_KEY_FRAMES):
                if frame.reformat(width=64, height=48, format="gray").to_ndarray().std() > PLAIN_DEVIATION:
                    return True
    return False


def _composed(
    layers: _Layers, painted: Mapping[str, Path], directory: Path, on_seconds: Callable[[float], None]
) -> Path:
    slides, target = directory / "slides.mov", directory / "picture.mp4"
    draft = directory / "picture.draft.mp4"
    _write_scenes(layers, painted, slides)
    output = _stacked(layers, slides).output(str(draft), an=None, map_metadata=-1, **ENCODING)
    run = run_ffmpeg(output.global_args("-copyts"), layers.length_seconds, on_seconds)
    logger.info("%d scenes, %d shared screens.", len(layers.scenes), len(layers.sharings))
    if run.undecodable_packets:
        logger.warning("%d packets of the picture could not be decoded.", run.undecodable_packets)
    slides.unlink()
    draft.replace(target)
    return target


def _write_scenes(layers: _Layers, painted: Mapping[str, Path], target: Path) -> None:
    """A video of the slides' PNGs as they are: one when a scene begins, and the last one again at the end."""
    blank = png_of(np.full((HEIGHT, WIDTH, 3), AROUND, np.uint8))
    times = [*(each.start_seconds for each in layers.scenes), layers.length_seconds]
    shown = [*layers.scenes, layers.scenes[-1]]
    with av.open(str(target), "w", format="mov") as container:
        stream = container.add_stream("png", rate=SLIDES_RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "rgb24"
        stream.time_base = CLOCK
        for seconds, scene in zip(times, shown, strict=True):
            picture = painted.get(scene.picture or "")
            packet = Packet(picture.read_bytes() if picture else blank)
            packet.stream, packet.time_base, packet.is_keyframe = stream, CLOCK, True
            packet.pts = packet.dts = round(seconds / CLOCK)
            container.mux(packet)


def _stacked(layers: _Layers, slides: Path) -> Any:
    """All layers on each other. A frame that shows nothing new is left out, but for one a second."""
    rate = MOVING_RATE if layers.moves else SLIDES_RATE
    picture = local_input(slides)["v:0"].filter("scale", out_color_matrix="bt709", out_range="tv")
    picture = picture.filter("format", "yuv420p")
    if layers.cameras is not None:
        picture = picture.filter("pad", w=WIDTH + CAMERAS[0], h=HEIGHT)
    picture = picture.filter("fps", fps=rate, start_time=0)
    if layers.cameras is not None:
        cameras = local_input(layers.cameras)["v:0"].filter("fps", fps=str(CAMERAS_RATE))
        picture = ffmpeg.overlay(picture, _fitted(cameras, *CAMERAS), x=WIDTH, y=0, eof_action="pass")
    if layers.screen is not None:
        screen = _fitted(_screen_input(layers.screen, layers.sharings)["v:0"], WIDTH, HEIGHT)
        picture = ffmpeg.overlay(picture, screen, x=0, y=0, enable=_while(layers.sharings))
    changing = picture.filter("mpdecimate", max=rate - 1, hi=SAME_BLOCK, lo=SAME_BLOCK, frac=0)
    return changing.filter("setsar", 1).filter("format", "yuv420p")


def _screen_input(screen: Path, sharings: Sequence[Stretch]) -> Any:
    """The shared screen, as far as it is shown: what lies around need not be decoded."""
    from_seconds = max(0.0, sharings[0].start_seconds - RUN_UP_SECONDS)
    length_seconds = sharings[-1].end_seconds + 1 - from_seconds
    seek = {"seek_timestamp": 1, "ss": f"{from_seconds:.3f}"} if from_seconds else {}
    return local_input(screen, **seek, t=f"{length_seconds:.3f}")


def _fitted(picture: Any, width: int, height: int) -> Any:
    """As large as it fits, in the middle, with black around."""
    fitted = picture.filter("scale", w=width, h=height, force_original_aspect_ratio="decrease")
    padded = fitted.filter("pad", w=width, h=height, x="(ow-iw)/2", y="(oh-ih)/2")
    return padded.filter("setsar", 1).filter("format", "yuv420p")


def _while(stretches: Sequence[Stretch]) -> str:
    """Half a tick early, since frames come on a grid."""
    slack = 0.5 / MOVING_RATE
    times = ((each.start_seconds - slack, each.end_seconds - slack) for each in stretches)
    return "+".join(f"gte(t,{start:.3f})*lt(t,{end:.3f})" for start, end in times)


def _doubts(presentation: Presentation, layers: _Layers, painted: Mapping[str, Path]) -> Iterator[HoldReason]:
    if not presentation.has_readable_slides:
        yield HoldReason(code=SLIDES_UNREADABLE)
    pictures = {each.picture for each in presentation.slides if each.picture}
    missing = len(pictures - set(painted))
    if missing:
        yield HoldReason(code=SLIDES_MISSING, details={"count": missing})
    if presentation.sharings and layers.screen is None:
        yield HoldReason(code=SCREEN_MISSING)
    elif layers.screen is not None:
        yield from _doubts_of_screen(layers.screen, layers.sharings[-1].end_seconds)
    yield from _doubts_of_length(presentation.stated_seconds, layers.length_seconds)


def _doubts_of_screen(screen: Path, until_seconds: float) -> Iterator[HoldReason]:
    yield from cut_off_reasons([screen])
    seconds = _seconds_of(screen)
    if seconds < until_seconds - CUT_TOLERANCE_SECONDS:
        figures: dict[str, str | float] = {
            "what": "screen",
            "made_seconds": round(seconds, 3),
            "source_seconds": round(until_seconds, 3),
        }
        yield HoldReason(code=LENGTHS_DIFFER, details=figures)


def _doubts_of_length(stated_seconds: float | None, seconds: float) -> Iterator[HoldReason]:
    """Whether the source says of itself that it is longer or shorter."""
    if stated_seconds is None:
        return
    tolerance_seconds = max(STATED_TOLERANCE_SECONDS, STATED_TOLERANCE_SHARE * stated_seconds)
    if abs(seconds - stated_seconds) > tolerance_seconds:
        figures: dict[str, str | float] = {
            "what": "stated",
            "made_seconds": round(seconds, 3),
            "source_seconds": round(stated_seconds, 3),
        }
        yield HoldReason(code=LENGTHS_DIFFER, details=figures)
