"""The process in which pictures of slides are drawn: `python -m tasks.media.slide_renderer`.

Slides are foreign pictures and drawings; one made to exhaust a machine ends this process, which may use
little memory and time, and not the pipeline (see tasks.media.slide_images). Reads one request as a line
of JSON; writes the name of each slide that is painted, in their order, as soon as it is.
"""

import json
import resource
import sys
from fractions import Fraction
from pathlib import Path
from typing import TypedDict
from xml.etree.ElementTree import Element, ParseError, tostring

import av
import numpy as np
import resvg_py
from av.video.frame import VideoFrame
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray

MOST_MEMORY_BYTES = 3 * 2**30
PAPER, AROUND = 255, 0
# Sizes of slides are in points; without a resolution, they would be none.
DRAWN_DPI = 72
# Pictures within a drawing; anything else that it names would be a file of this machine.
_WITHIN = tuple(f"data:image/{kind};base64," for kind in ("png", "jpeg", "jpg", "gif", "webp"))
_DEMUXERS = {".png": "png_pipe", ".jpg": "jpeg_pipe", ".jpeg": "jpeg_pipe"}

# What decoders say of a slide that is none. Anything else ends the process, which begins again behind it.
UNPAINTABLE = (
    av.error.FFmpegError,
    DefusedXmlException,
    ParseError,
    ValueError,
    KeyError,
    StopIteration,
    MemoryError,
    RecursionError,
)

Picture = NDArray[np.uint8]


def main() -> None:
    """Paint what the request names; what cannot be painted is passed over."""
    _limit_memory()
    request = json.loads(sys.stdin.readline())
    for source, target in request["slides"]:
        try:
            paint(Path(source), Path(target), request["width"], request["height"])
            print(f"+{source}", flush=True)
        except UNPAINTABLE:
            print(f"-{source}", flush=True)


def _limit_memory() -> None:
    """No more than we are let have: in the sandbox there is a limit already, which cannot be raised."""
    allowed = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = MOST_MEMORY_BYTES if allowed == resource.RLIM_INFINITY else min(MOST_MEMORY_BYTES, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def paint(source: Path, target: Path, width: int, height: int) -> None:
    """Write a slide as a PNG of this size: as large as it fits, in the middle, on white, with black around.

    Raises whatever its decoder raises.
    """
    fitted = _fitted(_decoded(source, width, height), width, height)
    canvas = np.full((height, width, 3), AROUND, np.uint8)
    top, left = (height - fitted.shape[0]) // 2, (width - fitted.shape[1]) // 2
    canvas[top : top + fitted.shape[0], left : left + fitted.shape[1]] = fitted
    target.write_bytes(png_of(canvas))


def png_of(picture: Picture) -> bytes:
    """The picture as a PNG."""
    height, width, _ = picture.shape
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "rgb24"
    encoder.time_base = Fraction(1, 1000)
    frame = VideoFrame.from_ndarray(picture, format="rgb24")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def _decoded(source: Path, width: int, height: int) -> VideoFrame:
    if source.suffix != ".svg":
        return _first_frame(source, _DEMUXERS[source.suffix])
    drawing = fromstring(source.read_bytes())
    _keep_within(drawing)
    painted = resvg_py.svg_to_bytes(
        svg_string=tostring(drawing, encoding="unicode"),
        background="#ffffff",
        dpi=DRAWN_DPI,
        **_drawn_size(drawing, width, height),
    )
    beside = source.with_suffix(".drawn.png")
    beside.write_bytes(painted)
    try:
        return _first_frame(beside, "png_pipe")
    finally:
        beside.unlink()


def _first_frame(source: Path, demuxer: str) -> VideoFrame:
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer}
    with av.open(str(source), format=demuxer, options=options) as container:
        return next(container.decode(video=0))


def _keep_within(drawing: Element) -> None:
    """A drawing must not name files or addresses: only parts of itself, and pictures that lie in it."""
    for element in drawing.iter():
        for name, value in list(element.attrib.items()):
            is_link = name.rpartition("}")[2] == "href"
            if is_link and not value.startswith(("#", *_WITHIN)):
                del element.attrib[name]


class _DrawnSize(TypedDict, total=False):
    width: int
    height: int


def _drawn_size(drawing: Element, width: int, height: int) -> _DrawnSize:
    """Only one side is given: the other follows from the drawing's shape."""
    box = [float(each) for each in (drawing.get("viewBox") or "").replace(",", " ").split()]
    if len(box) == 4 and box[2] * height < box[3] * width:
        return {"height": height}
    return {"width": width}


def _fitted(frame: VideoFrame, width: int, height: int) -> Picture:
    """In this size at most, enlarged where it is smaller; what is transparent becomes white."""
    share = min(width / frame.width, height / frame.height)
    size = {"width": max(1, round(frame.width * share)), "height": max(1, round(frame.height * share))}
    seen = frame.reformat(**size, format="rgba", interpolation="BICUBIC").to_ndarray().astype(np.float32)
    opacity = seen[:, :, 3:] / 255
    return np.rint(seen[:, :, :3] * opacity + PAPER * (1 - opacity)).astype(np.uint8)


if __name__ == "__main__":
    main()
