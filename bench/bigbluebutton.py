"""Two hours of a BigBlueButton presentation: how long composing takes, whether slides and screen are in time.

`python -m bench.bigbluebutton` makes the parts that a server keeps (slides, an hour of shared screen, cameras
or sound alone), composes them as the pipeline does, and looks at each change of slides and at the marks
of the screen and the sound. Ends with 1 where a figure is not as it should be.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from bench.matrix.material import Heard, Shown, make
from bench.preparing_once import processor_seconds
from bench.running.termination import end_on_sigterm
from tasks.media.presentation_picture import HEIGHT, WIDTH, compose_picture
from tests.bigbluebutton_farm import COLOURS, OPUS, VP8, VP9, slide_png
from transcripts.media.media_values import Fetched, LocalFile
from transcripts.media.presentation import Presentation, ShownSlide, Stretch

BLOCK_SECONDS = 16
SLIDE_EVERY_SECONDS = 97.3
LONGEST_SHARE = 0.25  # of the recording's length
LARGEST_SLIDE_ERROR_SECONDS, LARGEST_STEP_SECONDS = 0.2, 0.05
SHARED = (0.25, 0.75)  # of the recording


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one shape."""

    seconds: float
    processor_seconds: float
    megabytes: float
    slide_error_seconds: float
    step_seconds: float | None

    @property
    def is_good(self) -> bool:
        return (
            self.slide_error_seconds <= LARGEST_SLIDE_ERROR_SECONDS
            and (self.step_seconds or 0.0) <= LARGEST_STEP_SECONDS
        )


def main() -> None:
    """Compose each shape and print its figures."""
    end_on_sigterm()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=120)
    length_seconds = 60 * parser.parse_args().minutes // BLOCK_SECONDS * BLOCK_SECONDS
    is_good = True
    shapes = {
        "slides, sound alone": (False, False),
        "slides and a shared screen": (True, False),
        "slides, a shared screen, cameras": (True, True),
    }
    for name, (has_screen, has_cameras) in shapes.items():
        with tempfile.TemporaryDirectory(prefix="bigbluebutton-") as temporary:
            found = measured(Path(temporary), length_seconds, has_screen=has_screen, has_cameras=has_cameras)
        share = found.seconds / length_seconds
        in_step = (
            ""
            if found.step_seconds is None
            else f", screen and sound within {1000 * found.step_seconds:.0f} ms"
        )
        print(
            f"{name}: {length_seconds / 60:.0f} min in {found.seconds:.0f} s ({share:.1%} of its length; "
            f"{found.processor_seconds:.0f} s of the processor), "
            f"{found.megabytes:.0f} MB, slides within {1000 * found.slide_error_seconds:.0f} ms{in_step}",
            flush=True,
        )
        is_good = is_good and found.is_good and share <= LONGEST_SHARE
    sys.exit(0 if is_good else 1)


def measured(folder: Path, length_seconds: int, *, has_screen: bool, has_cameras: bool) -> Figures:
    fetched = parts(folder, length_seconds, has_screen=has_screen, has_cameras=has_cameras)
    began, before_seconds = time.monotonic(), processor_seconds()
    composed = compose_picture(fetched, folder / "composed", 8 * 3600, lambda _seconds: None)
    seconds, worked_seconds = time.monotonic() - began, processor_seconds() - before_seconds
    if composed.hold_reasons or fetched.presentation is None:
        raise AssertionError(f"doubtful: {composed.hold_reasons}")
    picture = composed.files[0].path
    looks = list(_looks(picture))
    screen = [file.path for file in fetched.files if file.path.name == fetched.presentation.screen]
    return Figures(
        seconds=seconds,
        processor_seconds=worked_seconds,
        megabytes=picture.stat().st_size / 1e6,
        slide_error_seconds=max(_slide_errors(looks, fetched.presentation)),
        step_seconds=max(_steps(looks, screen[0], fetched.presentation.sharings)) if screen else None,
    )


def parts(folder: Path, length_seconds: int, *, has_screen: bool, has_cameras: bool) -> Fetched:
    """What fetching brings: a block of screen, cameras and sound that is repeated without being encoded."""
    cameras = (
        Shown(seconds=BLOCK_SECONDS, width=640, height=480, rate="15").arguments() if has_cameras else ()
    )
    heard = Heard(seconds=BLOCK_SECONDS).arguments()
    codecs = (*(VP8 if has_cameras else ()), *OPUS)
    sound = repeated(
        make(folder / "block.webm", *cameras, *heard, *codecs), folder / "webcams.webm", length_seconds
    )
    files, shared = [sound], tuple[Stretch, ...]()
    if has_screen:
        screen = Shown(seconds=BLOCK_SECONDS, width=1280, height=720, rate="10").arguments()
        block = make(folder / "screen_block.webm", *screen, *VP9, "-an")
        files.append(repeated(block, folder / "deskshare.webm", length_seconds))
        start, end = (round(share * length_seconds, 1) for share in SHARED)
        shared = (Stretch(start_seconds=start, end_seconds=end),)
    slides = []
    for number in range(int(length_seconds / SLIDE_EVERY_SECONDS) + 1):
        colour = list(COLOURS)[number % len(COLOURS)]
        path = folder / f"slide-{colour}.png"
        path.write_bytes(slide_png(colour, 1600, 1200))
        files.append(path)
        at_seconds = round(number * SLIDE_EVERY_SECONDS, 1)
        slides.append(ShownSlide(start_seconds=at_seconds, picture=path.name))
    presentation = Presentation(
        sound=sound.name,
        screen="deskshare.webm" if has_screen else None,
        sharings=shared,
        slides=tuple(slides),
        stated_seconds=length_seconds,
    )
    return Fetched(files=tuple(map(LocalFile.of, dict.fromkeys(files))), presentation=presentation)


def repeated(block: Path, target: Path, length_seconds: int) -> Path:
    """The block again and again, for so long."""
    return make(target, "-stream_loop", "-1", "-i", str(block), "-t", str(length_seconds), "-c", "copy")


@dataclass(frozen=True, slots=True)
class _Look:
    at_seconds: float
    colour: str
    is_flash: bool


def _looks(picture: Path) -> Iterator[_Look]:
    """What each frame shows in the middle of where slides and screen are."""
    with av.open(str(picture)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            small = frame.reformat(width=frame.width // 16, height=HEIGHT // 16, format="rgb24").to_ndarray()
            below = small[int(0.75 * HEIGHT / 16) : int(0.9 * HEIGHT / 16), WIDTH // 64 : 3 * WIDTH // 64]
            mean = below.reshape(-1, 3).mean(axis=0)
            nearest = min(COLOURS, key=lambda each: float(np.abs(mean - COLOURS[each]).sum()))
            is_slide = float(np.abs(mean - COLOURS[nearest]).sum()) < 60
            is_grey = 100 < mean.mean() < 160 and float(np.ptp(mean)) < 20
            yield _Look(float(frame.time or 0.0), nearest if is_slide else "", is_grey)


def _slide_errors(looks: Sequence[_Look], presentation: Presentation) -> Iterator[float]:
    """How far from its time each slide is first seen; those behind a shared screen are not."""
    yield 0.0
    times = [look.at_seconds for look in looks]
    for slide in presentation.slides[1:]:
        at_seconds = slide.start_seconds
        if any(each.start_seconds - 1 < at_seconds < each.end_seconds + 1 for each in presentation.sharings):
            continue
        colour = str(slide.picture).removeprefix("slide-").removesuffix(".png")
        first = int(np.searchsorted(times, at_seconds - 10))
        seen = next(look for look in looks[first:] if look.colour == colour)
        yield abs(seen.at_seconds - at_seconds)


def _steps(looks: Sequence[_Look], screen: Path, sharings: Sequence[Stretch]) -> Iterator[float]:
    """How far each flash of the shared screen is from where it is in the screen's own file.

    The sound is published as it is, so this is also by how much screen and sound come out of step.
    """
    flashes, source = _flashes(looks, sharings), _flashes(_looks(screen), sharings)
    if not source or flashes.keys() != source.keys():
        raise AssertionError(f"{len(flashes)} flashes of {len(source)}")
    yield from (abs(at_seconds - source[second]) for second, at_seconds in flashes.items())


def _flashes(looks: Iterable[_Look], sharings: Sequence[Stretch]) -> dict[int, float]:
    """The first bright frame of each whole second in which the screen is shared."""
    found: dict[int, float] = {}
    for look in looks:
        second = int(look.at_seconds)
        if look.is_flash and any(each.start_seconds <= second < each.end_seconds - 1 for each in sharings):
            found.setdefault(second, look.at_seconds)
    return found


if __name__ == "__main__":
    main()
