"""Meetings as they lie on BigBlueButton servers' disks, made with the real ffmpeg.

Slides have one colour each, so that a frame tells which one it shows. The shared screen flashes when the
sound beeps (see bench.matrix.marks). Around them lies what a record must never hold: names and chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import av
import numpy as np
from numpy.typing import NDArray

from bench.matrix.material import Heard, Shown
from tasks.media.slide_renderer import png_of
from tests.media_samples import make

BEGAN_AT_MS = 1_795_303_800_000  # 2026-11-21 23:30 UTC: in Berlin, it is the 22nd already
TITLE = "Netzwerktreffen Bürgerräte"
PRIVATE_NAMES = ("Wanda Wunderlich", "Kuno Kummer")
COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 180, 40),
    "blue": (30, 40, 210),
    "yellow": (230, 220, 40),
    "white": (255, 255, 255),
}
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k", "-g", "50")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "500k", "-g", "50")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50")
OPUS = ("-c:a", "libopus")
SOUNDS = {
    "webm": OPUS,
    "mp4": ("-c:a", "aac"),
    "ogg": ("-c:a", "libvorbis"),
    "m4v": ("-c:a", "aac"),
}
PICTURES = {"webm": VP8, "mp4": H264, "m4v": H264}


@dataclass(frozen=True)
class Slide:
    """A colour that is shown from so many seconds on, and what stands on it."""

    at_seconds: float
    colour: str
    text: str = ""


@dataclass(frozen=True)
class Meeting:
    """What a server made of a meeting. `draws`: slides are drawings, as from 2.6 on."""

    seconds: int = 12
    container: str = "webm"
    slides: tuple[Slide, ...] = ()
    sharings: tuple[tuple[float, float], ...] = ()
    has_cameras: bool = True
    are_cameras_empty: bool = False
    has_own_sound: bool = False
    draws: bool = False
    slide_size: tuple[int, int] = (1600, 1200)
    state: str = "published"
    is_published: bool = True
    stated_ms: int | None = None
    title: str = TITLE
    sound: Path | None = None
    text_file: bool = True
    extra: dict[str, bytes] = field(default_factory=dict)


def meeting_id(name: str, began_at_ms: int = BEGAN_AT_MS) -> str:
    """An id as BigBlueButton gives them."""
    return f"{sha1(name.encode(), usedforsecurity=False).hexdigest()}-{began_at_ms}"


def publish(site: Path, name: str, meeting: Meeting) -> str:
    """Write the folder `presentation/ID` of a meeting below the site's; returns the id."""
    identity = meeting_id(name)
    folder = site / "presentation" / identity
    folder.mkdir(parents=True)
    write_metadata(folder, identity, meeting)
    (folder / "shapes.svg").write_text(shapes(meeting), encoding="utf-8")
    _write_slides(folder, meeting)
    _write_media(folder, meeting)
    _write_private(folder)
    for path, content in meeting.extra.items():
        (folder / path).write_bytes(content)
    return identity


def publish_video(site: Path, name: str, meeting: Meeting, ending: str = "m4v") -> str:
    """Write the folder of the `video` format."""
    identity = meeting_id(name)
    folder = site / "playback" / "video" / identity
    folder.mkdir(parents=True)
    write_metadata(folder, identity, meeting, "video")
    (folder / "index.html").write_text("<html><body><video></video></body></html>")
    _mixed(folder / f"video-0.{ending}", meeting, Shown(seconds=meeting.seconds))
    _write_private(folder)
    return identity


def write_metadata(folder: Path, identity: str, meeting: Meeting, kind: str = "presentation") -> None:
    """`metadata.xml`, with what else stands there."""
    stated_ms = 1000 * meeting.seconds if meeting.stated_ms is None else meeting.stated_ms
    people = "".join(
        f"<attendee><userID>w_1</userID><fullName>{each}</fullName></attendee>" for each in PRIVATE_NAMES
    )
    text = (
        f'<?xml version="1.0"?>\n<recording><id>{identity}</id><state>{meeting.state}</state>'
        f"<published>{str(meeting.is_published).lower()}</published>"
        f"<start_time>{BEGAN_AT_MS}</start_time><end_time>{BEGAN_AT_MS + 7_200_000}</end_time>"
        f'<participants>2</participants><meeting id="{identity}" name={quoteattr(meeting.title)} '
        f'breakout="false"/><attendees>{people}</attendees>'
        f"<meta><isBreakout>false</isBreakout><meetingId>x</meetingId><meetingName>{escape(meeting.title)}"
        f"</meetingName><bbb-origin-server-name>{PRIVATE_NAMES[0]}</bbb-origin-server-name></meta>"
        f"<playback><format>{kind}</format><link>https://elsewhere.example/{identity}</link>"
        f"<processing_time>1</processing_time><duration>{stated_ms}</duration></playback>"
        f"<raw_size>1</raw_size></recording>\n"
    )
    (folder / "metadata.xml").write_text(text, encoding="utf-8")


def shapes(meeting: Meeting) -> str:
    """`shapes.svg`: an image a slide with all its times, drawings on it, and the place holders."""
    shown = sorted(
        [(each.at_seconds, each.colour) for each in meeting.slides]
        + [(start, "deskshare") for start, _ in meeting.sharings]
    )
    times: dict[str, list[float]] = {}
    for at, what in shown:
        times.setdefault(what, []).append(at)
    for start, end in meeting.sharings:
        before = [colour for at, colour in shown if at <= start and colour != "deskshare"]
        if before:
            times[before[-1]].append(end)
    images = "".join(_image(number, what, at, meeting) for number, (what, at) in enumerate(times.items(), 1))
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="svgfile" '
        f'version="1.1" viewBox="0 0 800 600">{images}'
        '<g class="canvas" id="canvas1" image="image1" display="none"><g class="shape" timestamp="1.0">'
        '<image xlink:href="presentation/p1/poll_result1.svg" in="3.3"/>'
        f"<switch><foreignObject><p>{PRIVATE_NAMES[1]}</p></foreignObject></switch></g></g></svg>\n"
    )


def slide_names(meeting: Meeting) -> list[str]:
    """The colours in the order in which their slides are numbered."""
    return list(dict.fromkeys(each.colour for each in meeting.slides))


def _image(number: int, what: str, times: Sequence[float], meeting: Meeting) -> str:
    begins = " ".join(f"{each:.1f}" for each in times)
    ends = " ".join(f"{each + 1:.1f}" for each in times)
    place, text = "presentation/deskshare.png", ""
    if what != "deskshare":
        slide = slide_names(meeting).index(what) + 1
        place = (
            f"presentation/p1/svgs/slide{slide}.svg"
            if meeting.draws
            else f"presentation/p1/slide-{slide}.png"
        )
        text = f' text="presentation/p1/textfiles/slide-{slide}.txt"'
    return (
        f'<image id="image{number}" class="slide" in="{begins}" out="{ends}" xlink:href="{place}" '
        f'width="1600" height="1200" x="0" y="0" style="visibility:hidden"{text}/>'
    )


def _write_slides(folder: Path, meeting: Meeting) -> None:
    texts = {each.colour: each.text for each in reversed(meeting.slides)}
    slides = folder / "presentation" / "p1"
    for below in ("svgs", "textfiles", "thumbnails"):
        (slides / below).mkdir(parents=True)
    said = []
    for number, colour in enumerate(slide_names(meeting), 1):
        width, height = meeting.slide_size
        if meeting.draws:
            (slides / f"svgs/slide{number}.svg").write_text(_drawing(colour, width, height))
        else:
            (slides / f"slide-{number}.png").write_bytes(slide_png(colour, width, height))
        (slides / f"textfiles/slide-{number}.txt").write_text(texts[colour], encoding="utf-8")
        said.append(f'"slide-{number}": "{texts[colour]}"'.replace("\n", "\\n"))
    if meeting.text_file:
        (folder / "presentation_text.json").write_text(f'{{"p1": {{{", ".join(said)}}}}}', encoding="utf-8")


def slide_png(colour: str, width: int, height: int) -> bytes:
    """The picture of a slide."""
    return png_of(np.full((height, width, 3), COLOURS[colour], np.uint8))


def _drawing(colour: str, width: int, height: int) -> str:
    """As pdftocairo writes them; it also tries to have a file of the machine drawn."""
    red, green, blue = COLOURS[colour]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}" version="1.1"><defs><g id="all"><path d="M 0 0 L {width} 0 '
        f'L {width} {height} L 0 {height} Z" fill="rgb({red},{green},{blue})"/></g></defs>'
        '<use xlink:href="#all"/>'
        f'<image width="{width}" height="{height}" xlink:href="/tmp/secret.png"/></svg>'
    )


def _write_media(folder: Path, meeting: Meeting) -> None:
    if meeting.has_own_sound:
        (folder / "audio").mkdir()
        for ending in ("ogg", "webm"):
            make(folder / f"audio/audio.{ending}", *_sound(meeting), *SOUNDS[ending])
    else:
        (folder / "video").mkdir()
        cameras = None
        if meeting.are_cameras_empty:
            cameras = Shown(
                seconds=meeting.seconds, width=320, height=240, rate="15", filters=("lutyuv=y=235",)
            )
        elif meeting.has_cameras:
            cameras = Shown(seconds=meeting.seconds, width=320, height=240, rate="15")
        _mixed(folder / f"video/webcams.{meeting.container}", meeting, cameras)
    if meeting.sharings:
        (folder / "deskshare").mkdir()
        screen = Shown(seconds=meeting.seconds, width=640, height=360, rate="10")
        target = folder / f"deskshare/deskshare.{meeting.container}"
        make(target, *screen.arguments(), *(VP9 if meeting.container == "webm" else H264), "-an")
        events = "".join(
            f'<event start_timestamp="{start}" stop_timestamp="{end}" video_width="1280" video_height="720"/>'
            for start, end in meeting.sharings
        )
        (folder / "deskshare.xml").write_text(
            f'<?xml version="1.0"?><recording id="deskshare_events">{events}</recording>'
        )


def _mixed(target: Path, meeting: Meeting, picture: Shown | None) -> None:
    ending = target.suffix[1:]
    shown = picture.arguments() if picture else ()
    form = ("-f", "mp4") if ending == "m4v" else ()
    pictures = PICTURES[ending] if picture else ()
    make(target, *shown, *_sound(meeting), *pictures, *SOUNDS[ending], *form)


def _sound(meeting: Meeting) -> tuple[str, ...]:
    if meeting.sound is not None:
        return ("-vn", "-t", str(meeting.seconds), "-i", str(meeting.sound))
    return Heard(seconds=meeting.seconds).arguments()


def _write_private(folder: Path) -> None:
    said = "".join(
        f'<chattimeline in="1" name="{each}" message="geheim" target="chat"/>' for each in PRIVATE_NAMES
    )
    (folder / "slides_new.xml").write_text(f"<popcorn>{said}</popcorn>", encoding="utf-8")


@dataclass(frozen=True)
class Seen:
    """A frame of a video: when it is shown, and its picture in RGB."""

    at_seconds: float
    picture: NDArray[np.uint8]

    def colour_at(self, x: int, y: int) -> str:
        """The nearest of the farm's colours, or black, in the middle of a small square there."""
        mean = self.picture[y - 8 : y + 8, x - 8 : x + 8].reshape(-1, 3).mean(axis=0)
        known = {**COLOURS, "black": (0, 0, 0)}
        nearest = min(known, key=lambda each: float(np.abs(mean - known[each]).sum()))
        return nearest if float(np.abs(mean - known[nearest]).sum()) < 60 else f"none of them {mean.round()}"


def frames_of(video: Path) -> list[Seen]:
    """All frames of a video."""
    with av.open(str(video)) as container:
        return [
            Seen(float(frame.time or 0.0), frame.to_ndarray(format="rgb24").astype(np.uint8))
            for frame in container.decode(video=0)
        ]


def shown_at(frames: Sequence[Seen], seconds: float) -> Seen:
    """The frame that a player shows then."""
    return [each for each in frames if each.at_seconds <= seconds + 1e-6][-1]
