"""The picture composed of a presentation's parts: the right slide at its time, screen and sound in step."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from bench.matrix.marks_found import read_sound
from tasks.media.inspection import inspect_media
from tasks.media.presentation_picture import CAMERAS, HEIGHT, WIDTH, compose_picture
from tasks.media.transcode import transcode
from tests.bigbluebutton_farm import Meeting, Seen, Slide, frames_of, publish, shown_at
from transcripts.errors.error_kinds import PermanentError
from transcripts.media.media_values import Fetched, LocalFile, Media
from transcripts.media.presentation import Presentation, ShownSlide, Stretch
from transcripts.sources.bigbluebutton_files import read_deskshare, read_shapes, slide_picture
from transcripts.wording.hold_wording import HOLD_WORDINGS, hold_lines

SLIDES = (Slide(0, "red"), Slide(1.7, "green"), Slide(3.3, "red"), Slide(8.4, "blue"), Slide(8.9, "yellow"))
SHAPES = {
    "slides, screen and cameras, 2.4, WebM": Meeting(slides=SLIDES, sharings=((4.0, 7.5),)),
    "drawn slides and sound, 3.0, MP4": Meeting(
        slides=SLIDES, draws=True, has_cameras=False, container="mp4", slide_size=(960, 540)
    ),
    "slides and screen, empty cameras": Meeting(
        slides=SLIDES, sharings=((4.0, 5.0), (6.0, 7.5)), are_cameras_empty=True
    ),
    "slides and sound alone, upright": Meeting(slides=SLIDES, has_own_sound=True, slide_size=(600, 1000)),
}
MIDDLE = (WIDTH // 2, HEIGHT // 2)


@dataclass(frozen=True)
class Composed:
    """A meeting of the farm, composed, and its frames where there are any."""

    meeting: Meeting
    fetched: Fetched
    frames: list[Seen]

    @property
    def paths(self) -> list[Path]:
        return [file.path for file in self.fetched.files]

    @property
    def reasons(self) -> list[str]:
        return [each.code for each in self.fetched.hold_reasons]

    def colour(self, seconds: float) -> str:
        return shown_at(self.frames, seconds).colour_at(*MIDDLE)

    def slide_at(self, seconds: float) -> str:
        return [each.colour for each in self.meeting.slides if each.at_seconds <= seconds][-1]

    def is_shared(self, seconds: float, slack: float = 0.0) -> bool:
        return any(start - slack <= seconds < end + slack for start, end in self.meeting.sharings)


def parts_of(folder: Path, meeting: Meeting) -> Fetched:
    """What fetching brings of a meeting's folder."""
    ending = meeting.container
    sound = folder / ("audio/audio.ogg" if meeting.has_own_sound else f"video/webcams.{ending}")
    screen = folder / f"deskshare/deskshare.{ending}"
    changes = read_shapes((folder / "shapes.svg").read_bytes())
    paths = {each.slide: folder / slide_picture(each.slide, each.ending) for each in changes if each.slide}
    names = {slide: f"source.slide-{slide.number}{path.suffix}" for slide, path in paths.items()}
    for slide, path in paths.items():
        path.rename(folder / names[slide])
    shared = folder / "deskshare.xml"
    sharings = read_deskshare(shared.read_bytes()) if shared.exists() else ()
    files = [sound, *([screen] if meeting.sharings else []), *(folder / name for name in names.values())]
    presentation = Presentation(
        sound=sound.name,
        screen=screen.name if meeting.sharings else None,
        sharings=tuple(Stretch(**dataclasses.asdict(each)) for each in sharings),
        slides=tuple(
            ShownSlide(start_seconds=each.start_seconds, picture=names[each.slide] if each.slide else None)
            for each in changes
        ),
        stated_seconds=meeting.seconds if meeting.stated_ms is None else meeting.stated_ms / 1000,
    )
    return Fetched(files=tuple(map(LocalFile.of, files)), presentation=presentation)


def made(folder: Path, meeting: Meeting, spoil: Callable[[Path, Fetched], Fetched] | None = None) -> Composed:
    """Compose a meeting, after something in its folder was spoilt."""
    identity = publish(folder, "meeting", meeting)
    lying = folder / "presentation" / identity
    fetched = parts_of(lying, meeting)
    fetched = spoil(lying, fetched) if spoil else fetched
    composed = compose_picture(fetched, folder / "composed", 3600, lambda _seconds: None)
    pictures = [file.path for file in composed.files if file.path.name == "picture.mp4"]
    return Composed(meeting, composed, frames_of(pictures[0]) if pictures else [])


@pytest.fixture(scope="module", params=SHAPES)
def composed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Composed:
    return made(tmp_path_factory.mktemp("meeting"), SHAPES[request.param])


def test_the_right_slide_is_shown_a_fifth_of_a_second_around_each_change(composed: Composed) -> None:
    changes = [each.at_seconds for each in composed.meeting.slides]
    moments = [at + around for at in changes for around in (-0.2, 0.2) if at + around >= 0]
    compared = [each for each in moments if not composed.is_shared(each)]
    assert {each: composed.colour(each) for each in compared} == {
        each: composed.slide_at(each) for each in compared
    }
    assert len(compared) > len(changes)


def test_a_shared_screen_is_shown_at_its_times_and_then_the_slide_again(composed: Composed) -> None:
    for start, end in composed.meeting.sharings:
        for seconds, is_shared in (
            (start - 0.2, False),
            (start + 0.2, True),
            (end - 0.2, True),
            (end + 0.2, False),
        ):
            is_slide = composed.colour(seconds) == composed.slide_at(seconds)
            assert is_slide is not is_shared, seconds


def test_cameras_stand_beside_the_slides_if_they_show_anything(composed: Composed) -> None:
    width = composed.frames[0].picture.shape[1]
    shows = composed.meeting.has_cameras and not (
        composed.meeting.are_cameras_empty or composed.meeting.has_own_sound
    )
    assert width == (WIDTH + CAMERAS[0] if shows else WIDTH)
    if shows:
        corners = [frame.picture[: CAMERAS[1], WIDTH:].astype(int) for frame in composed.frames]
        assert (
            max(float(np.abs(now - first).mean()) for now, first in zip(corners[1:], corners, strict=False))
            > 2
        )


def test_nothing_is_doubtful_and_a_frame_comes_each_second(composed: Composed) -> None:
    assert composed.reasons == []
    times = [frame.at_seconds for frame in composed.frames]
    assert times[0] == 0
    assert max(after - before for before, after in pairwise(times)) <= 1.01
    assert times[-1] > composed.meeting.seconds - 1.1


def test_the_picture_is_taken_as_it_is_and_nothing_is_held(composed: Composed, tmp_path: Path) -> None:
    media = published(composed, tmp_path)
    assert media.hold_reasons == ()
    assert media.video is not None
    assert media.duration_seconds == pytest.approx(composed.meeting.seconds, abs=0.1)
    assert _sizes_of_packets(media.video.path) == _sizes_of_packets(composed.paths[0])


def published(composed: Composed, folder: Path) -> Media:
    inspection = inspect_media(composed.paths, 3600)
    return transcode(composed.paths, inspection, folder / "media", -16, lambda _seconds: None)


def _sizes_of_packets(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [packet.size for packet in container.demux(video=0) if packet.size]


@pytest.mark.parametrize(
    ("seconds", "sharing", "has_cameras"),
    [(16, (1.0, 15.0), False), (16, (1.0, 15.0), True), (44, (36.0, 43.0), False)],
)
def test_screen_and_sound_are_in_step_within_50_ms(
    seconds: int, sharing: tuple[float, float], has_cameras: bool, tmp_path: Path
) -> None:
    meeting = Meeting(
        seconds=seconds, slides=(Slide(0, "red"),), sharings=(sharing,), has_cameras=has_cameras
    )
    media = published(made(tmp_path, meeting), tmp_path)
    assert media.video is not None
    beeps = {mark.code: mark.at_seconds for mark in read_sound(media.video.path).beeps}
    flashes = _flashes(frames_of(media.video.path))
    assert sorted(flashes) == list(range(int(sharing[0]), int(sharing[1])))
    assert {
        second: round(at - beeps[second], 3)
        for second, at in flashes.items()
        if abs(at - beeps[second]) > 0.05
    } == {}


def _flashes(frames: list[Seen]) -> dict[int, float]:
    """The first bright frame of each second in which there is one, by what is below the white columns."""
    found: dict[int, float] = {}
    for frame in frames:
        below = frame.picture[int(0.75 * HEIGHT) : int(0.9 * HEIGHT), WIDTH // 4 : 3 * WIDTH // 4]
        if below.mean() > 100 and below.std() < 20 and float(np.ptp(below.mean(axis=(0, 1)))) < 20:
            found.setdefault(int(frame.at_seconds), frame.at_seconds)
    return found


@pytest.mark.parametrize("container", ["webm", "mp4"])
def test_cameras_alone_are_published_as_they_are(container: str, tmp_path: Path) -> None:
    composed = made(tmp_path, Meeting(seconds=4, container=container))
    assert [path.name for path in composed.paths] == [f"webcams.{container}"]
    assert composed.reasons == []


def test_what_is_no_presentation_stays_as_it_is(tmp_path: Path) -> None:
    fetched = Fetched(files=())
    assert compose_picture(fetched, tmp_path, 3600, lambda _seconds: None) is fetched


def without(name: str) -> Callable[[Path, Fetched], Fetched]:
    def spoil(_folder: Path, fetched: Fetched) -> Fetched:
        return fetched.model_copy(
            update={"files": tuple(file for file in fetched.files if not file.path.name.startswith(name))}
        )

    return spoil


def overwritten(pattern: str, content: bytes) -> Callable[[Path, Fetched], Fetched]:
    def spoil(folder: Path, fetched: Fetched) -> Fetched:
        (path,) = folder.glob(pattern)
        path.write_bytes(content)
        return fetched

    return spoil


BOMB = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="99999999" height="99999999"><defs><g id="a">'
    + b"".join(b'<g id="b%d">%s</g>' % (n, b'<use href="#b%d"/>' % (n + 1) * 9) for n in range(12))
    + b'</g></defs><use href="#b0"/></svg>'
)
# A PNG that says that it is 60000 by 60000 pixels large.
VAST = bytes.fromhex("89504e470d0a1a0a0000000d494844520000ea600000ea6008020000004b6d29dc")
SPOILS = {
    "gone": without("source.slide-2"),
    "cut off": overwritten("source.slide-2.*", bytes.fromhex("89504e470d0a1a0a0000000d49484452")),
    "a page": overwritten("source.slide-2.*", b"<html>Nicht gefunden</html>"),
    "vast": overwritten("source.slide-2.*", VAST + bytes(1000)),
}


@pytest.mark.parametrize("kind", SPOILS)
def test_a_slide_that_is_missing_is_black_and_held(kind: str, tmp_path: Path) -> None:
    meeting = Meeting(
        seconds=6, slides=(Slide(0, "red"), Slide(2, "green"), Slide(4, "blue")), has_own_sound=True
    )
    composed = made(tmp_path, meeting, SPOILS[kind])
    assert [composed.colour(each) for each in (1, 3, 5)] == ["red", "black", "blue"]
    assert composed.reasons == ["slides_missing"]
    assert hold_lines(composed.fetched.hold_reasons)[0].startswith("Folien, deren Bild")


def test_a_drawing_made_to_exhaust_the_machine_is_one_missing_slide(tmp_path: Path) -> None:
    meeting = Meeting(
        seconds=6,
        slides=(Slide(0, "red"), Slide(2, "green"), Slide(4, "blue")),
        has_own_sound=True,
        draws=True,
    )
    composed = made(tmp_path, meeting, overwritten("source.slide-2.svg", BOMB))
    assert [composed.colour(each) for each in (1, 3, 5)] == ["red", "black", "blue"]
    assert composed.reasons == ["slides_missing"]


def test_a_drawing_shows_no_file_of_this_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    meeting = Meeting(seconds=2, slides=(Slide(0, "red"), Slide(1, "green")), has_own_sound=True)
    publish(tmp_path / "other", "other", meeting)
    next((tmp_path / "other").rglob("slide-2.png")).rename(secret)
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="400pt" '
        'height="300pt" viewBox="0 0 400 300"><rect width="400" height="300" fill="rgb(30,40,210)"/>'
        f'<image width="400" height="300" xlink:href="{secret}"/>'
        f'<image width="400" height="300" href="{secret}"/>'
        f'<image width="400" height="300" href="file://{secret}"/></svg>'
    )
    drawn = dataclasses.replace(meeting, draws=True)
    composed = made(tmp_path, drawn, overwritten("source.slide-1.svg", drawing.encode()))
    assert composed.colour(0.5) == "blue"


@pytest.mark.parametrize("kind", ["gone", "damaged"])
def test_a_shared_screen_that_is_missing_is_told(kind: str, tmp_path: Path) -> None:
    meeting = Meeting(seconds=6, slides=(Slide(0, "red"),), sharings=((2.0, 4.0),), has_cameras=False)
    spoil = without("deskshare") if kind == "gone" else overwritten("deskshare/deskshare.webm", b"nichts")
    composed = made(tmp_path, meeting, spoil)
    assert composed.reasons == ["screen_missing"]
    assert composed.colour(1) == "red"


def test_a_shared_screen_that_breaks_off_is_told(tmp_path: Path) -> None:
    def spoil(folder: Path, fetched: Fetched) -> Fetched:
        screen = folder / "deskshare/deskshare.webm"
        screen.write_bytes(screen.read_bytes()[: screen.stat().st_size // 3])
        return fetched

    meeting = Meeting(seconds=8, slides=(Slide(0, "red"),), sharings=((2.0, 8.0),), has_cameras=False)
    composed = made(tmp_path, meeting, spoil)
    assert "lengths_differ" in composed.reasons
    assert any("Bildschirm" in line for line in hold_lines(composed.fetched.hold_reasons))


@pytest.mark.parametrize("stated_seconds", [1, 9, 7000])
def test_a_length_that_the_source_is_wrong_about_is_told(stated_seconds: int, tmp_path: Path) -> None:
    meeting = Meeting(
        seconds=3, slides=(Slide(0, "red"),), has_own_sound=True, stated_ms=1000 * stated_seconds
    )
    composed = made(tmp_path, meeting)
    assert composed.reasons == ([] if abs(stated_seconds - 3) < 5 else ["lengths_differ"])
    assert composed.frames[-1].at_seconds < 3.1


@pytest.mark.parametrize("container", ["webm", "mp4"])
def test_half_a_sound_is_no_half_record(container: str, tmp_path: Path) -> None:
    def spoil(folder: Path, fetched: Fetched) -> Fetched:
        sound = folder / f"video/webcams.{container}"
        sound.write_bytes(sound.read_bytes()[: sound.stat().st_size // 2])
        return fetched

    meeting = Meeting(seconds=12, slides=(Slide(0, "red"),), container=container)
    with pytest.raises(PermanentError) as caught:
        published(made(tmp_path, meeting, spoil), tmp_path)
    assert caught.value.code == ("truncated" if container == "webm" else "not_finished")


def test_what_can_be_doubtful_has_words() -> None:
    assert {"slides_missing", "slides_unreadable", "screen_missing"} <= set(HOLD_WORDINGS)
