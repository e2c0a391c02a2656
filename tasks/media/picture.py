"""Brings the picture onto the source's clock: copied where every player shows it, else encoded by ffmpeg.

ffmpeg reads the source by itself, with its time stamps as they are, less those of the beginning. Where
they jump or parts were joined, it gets the packets with mended stamps through a pipe. No sound is in
that run, so that nothing that happens to the picture moves it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from io import RawIOBase
from itertools import chain
from pathlib import Path
from typing import Any

import av
from av.bitstream import BitStreamFilterContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from tasks.media.clocked_packets import AnyPacket, ClockedPacket, clocked_packets
from tasks.media.ffmpeg import FfmpegRun, local_input, piped_input, run_ffmpeg
from tasks.media.packet_timestamps import TICK, in_decoding_order, stamp
from transcripts.media.timeline import Span, SurveyedFile, Track

MAX_WIDTH, MAX_HEIGHT = 1920, 1080
TICK_SECONDS = 0.001
# An offset that is the file's start to the microsecond, ffmpeg 5 takes for its own guess, and corrects it by
# what the picture begins later than the sound.
APART_SECONDS = 0.000_001
PLAYED_EVERYWHERE = {"yuv420p", "yuvj420p"}
# Before what is shown first, there may be frames that it is made from.
RUN_UP_SECONDS = 30.0
# What is asked whether a picture is really interlaced.
EXAMINED_SECONDS = 120.0
CLEARLY_MORE = 8
# How much more than the source's rate may pass at once; more of it in a long recording.
SHORTEST_BUFFER_SECONDS, LONGEST_BUFFER_SECONDS, BUFFER_SHARE = 2.0, 20.0, 0.05
LEAST_RATE = 20_000

_IDET = re.compile(r"Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+)")
_LENGTH_PREFIXED = {"h264": "h264_mp4toannexb", "hevc": "hevc_mp4toannexb"}


@dataclass(frozen=True, slots=True)
class PictureSource:
    """The picture's file, what the survey found in it, and what of it is published."""

    path: Path
    file: SurveyedFile
    track: Track
    span: Span


@dataclass(frozen=True, slots=True)
class KeyFrames:
    """What the key frames of a picture say. Sizes are upright and in square pixels: the largest there is."""

    width: int
    height: int
    rotation: int
    changes: bool
    is_flagged_interlaced: bool
    is_played_everywhere: bool


def look_at_key_frames(source: PictureSource) -> KeyFrames:
    """Decode them all; what cannot be decoded says nothing. Raises av.error.FFmpegError."""
    shapes: set[tuple[int, int, str, Fraction]] = set()
    sizes: set[tuple[int, int]] = set()
    rotation, interlaced, frames = 0, 0, 0
    for frame, pixel_shape in _key_frames(source):
        frames += 1
        interlaced += frame.interlaced_frame
        rotation = rotation or frame.rotation
        shapes.add((frame.width, frame.height, frame.format.name, pixel_shape))
        sizes.add(_upright_size(frame, pixel_shape))
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    return KeyFrames(
        width=width,
        height=height,
        rotation=rotation,
        changes=len(shapes) > 1,
        is_flagged_interlaced=2 * interlaced > frames,
        is_played_everywhere=len(shapes) == 1 and all(_is_played_everywhere(*shape) for shape in shapes),
    )


def _key_frames(source: PictureSource) -> Iterator[tuple[VideoFrame, Fraction]]:
    """Each with the width of its pixels by their height."""
    decoded: VideoStream | None = None
    for each in clocked_packets(source.path, source.file, source.track):
        if not isinstance(each.stream, VideoStream) or not each.packet.is_keyframe:
            continue
        if each.stream is not decoded:
            yield from _decoded(decoded, None)
            decoded = each.stream
            decoded.codec_context.skip_frame = "NONKEY"
        yield from _decoded(decoded, each.packet)
    yield from _decoded(decoded, None)


def _decoded(stream: VideoStream | None, packet: AnyPacket | None) -> Iterator[tuple[VideoFrame, Fraction]]:
    """The frames of a packet, or what the decoder still holds; none where it is damaged."""
    if stream is None:
        return
    with suppress(av.error.FFmpegError):
        for frame in stream.codec_context.decode(packet):
            yield frame, stream.codec_context.sample_aspect_ratio or Fraction(1)


def _upright_size(frame: VideoFrame, pixel_shape: Fraction) -> tuple[int, int]:
    width, height = round(frame.width * pixel_shape), frame.height
    return (height, width) if frame.rotation % 180 else (width, height)


def _is_played_everywhere(width: int, height: int, pixel_format: str, _pixel_shape: Fraction) -> bool:
    return pixel_format in PLAYED_EVERYWHERE and width <= MAX_WIDTH and height <= MAX_HEIGHT


def may_be_copied(source: PictureSource, found: KeyFrames) -> bool:
    """Whether every player shows the picture as it is: H.264, 8 bit, 4:2:0, one size, at most 1080p.

    What begins with a cut is encoded: a copy could only begin at a key frame, and would hide in the file
    what nobody is to see. So is what is shown in half pictures, or bears no time stamps to copy.
    """
    return (
        source.track.codec == "h264"
        and found.is_played_everywhere
        and not found.is_flagged_interlaced
        and source.track.is_fully_stamped
        and not source.track.hides_packets
        and source.span.is_from_the_beginning
        and len(source.file.parts) == 1
    )


def encode_picture(
    source: PictureSource, found: KeyFrames, target: Path, on_seconds: Callable[[float], None]
) -> FfmpegRun:
    """Encode the picture to H.264 in an MP4 file without sound; what ffmpeg said.

    It is not larger than 1080p, as large as the largest size in it, and its rate is not above the source's.
    Raises what `run_ffmpeg` raises.
    """
    is_combed = found.is_flagged_interlaced and _is_combed(source)
    feed = _feed_of(source) if source.file.needs_retiming else None
    picture = _input(source)
    picture = _filtered(picture, source, found, deinterlaces=is_combed)
    output = picture.output(str(target), an=None, map_metadata=-1, **_encoding(source))
    seconds = source.span.length_seconds
    return run_ffmpeg(output.global_args("-copyts"), seconds, on_seconds, feed=feed)


def _input(source: PictureSource) -> Any:
    """The picture, its times counted from the beginning of what is published."""
    start_seconds = source.span.start_seconds
    if source.file.needs_retiming:
        offset_seconds = source.track.first_seconds - RUN_UP_SECONDS - start_seconds
        return piped_input(f="nut", itsoffset=f"{offset_seconds:.6f}")["0"]
    options: dict[str, Any] = {"itsoffset": f"{APART_SECONDS - start_seconds:.6f}"}
    seek_seconds = start_seconds - RUN_UP_SECONDS
    if seek_seconds > source.track.first_seconds:
        options |= {"seek_timestamp": 1, "ss": f"{seek_seconds:.3f}"}
    return local_input(source.path, **options)[str(source.track.pieces[0].stream)]


def _filtered(picture: Any, source: PictureSource, found: KeyFrames, *, deinterlaces: bool) -> Any:
    if deinterlaces:
        picture = picture.filter("bwdif", mode="send_frame")
    if source.file.needs_retiming:
        picture = _turned_upright(picture, found.rotation)
    picture = _of_one_size(picture, found) if found.changes else picture.filter("scale", **_fitted_size())
    first_seconds = max(0.0, source.track.first_seconds - source.span.start_seconds - TICK_SECONDS)
    shown = picture.filter("trim", start=f"{first_seconds:.6f}", end=f"{source.span.length_seconds:.6f}")
    return shown.filter("format", "yuv420p")


def _turned_upright(picture: Any, rotation: int) -> Any:
    """What ffmpeg does by itself where it reads the file."""
    if rotation % 360 == 180:
        return picture.filter("hflip").filter("vflip")
    if rotation % 180:
        return picture.filter("transpose", "cclock" if rotation % 360 == 90 else "clock")
    return picture


def _of_one_size(picture: Any, found: KeyFrames) -> Any:
    """Each size as large as fits into the largest, in its middle."""
    share = min(1.0, MAX_WIDTH / found.width, MAX_HEIGHT / found.height)
    width, height = _even(found.width * share), _even(found.height * share)
    square = picture.filter("scale", w="iw*sar", h="ih")
    fitted = square.filter(
        "scale", w=width, h=height, force_original_aspect_ratio="decrease", force_divisible_by=2
    )
    padded = fitted.filter("pad", w=width, h=height, x="(ow-iw)/2", y="(oh-ih)/2")
    return padded.filter("setsar", 1)


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def _fitted_size() -> dict[str, Any]:
    """At most 1080p, never larger than it was, even sides as H.264 needs them."""
    return {
        "w": f"min({MAX_WIDTH},iw)",
        "h": f"min({MAX_HEIGHT},ih)",
        "force_original_aspect_ratio": "decrease",
        "force_divisible_by": 2,
    }


def _encoding(source: PictureSource) -> dict[str, Any]:
    """As good as it looks the same, but with no higher rate than the source, of which it would not gain."""
    track = source.track
    seconds = max(1.0, track.end_seconds - track.first_seconds)
    rate = max(LEAST_RATE, round(8 * track.size_bytes / seconds))
    buffer_seconds = min(LONGEST_BUFFER_SECONDS, max(SHORTEST_BUFFER_SECONDS, BUFFER_SHARE * seconds))
    return {
        "vcodec": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "maxrate": rate,
        "bufsize": round(rate * buffer_seconds),
        "fps_mode": "vfr",
        "enc_time_base": "1:90000",  # else times are rounded to whole pictures of the usual rate
    }


def _is_combed(source: PictureSource) -> bool:
    """Whether the picture is interlaced not only by its flags, but to see."""
    picture = local_input(source.path, t=EXAMINED_SECONDS)[str(source.track.pieces[0].stream)]
    output = picture.filter("idet").output("pipe:", f="null")
    found = _IDET.findall(run_ffmpeg(output, EXAMINED_SECONDS).messages)
    if not found:
        return False
    top, bottom, progressive = map(int, found[-1])
    return max(top, bottom) > max(CLEARLY_MORE * min(top, bottom), progressive)


def _feed_of(source: PictureSource) -> Callable[[RawIOBase], None]:
    """Writes the packets with mended stamps, which count from the picture's first."""

    def feed(pipe: RawIOBase) -> None:
        with av.open(pipe, "w", format="nut") as container:
            packets = clocked_packets(source.path, source.file, source.track)
            first = next(packets)
            stream = container.add_stream_from_template(first.stream)
            stream.time_base = TICK
            for packet in in_decoding_order(_mended(chain([first], packets), source.track)):
                packet.stream = stream
                container.mux(packet)

    return feed


def _mended(packets: Iterable[ClockedPacket], track: Track) -> Iterator[AnyPacket]:
    """All packets with stamps on one clock; what decoders need to know lies in them, not beside them."""
    decoded: VideoStream | None = None
    unpacking: BitStreamFilterContext | None = None
    shift_seconds = RUN_UP_SECONDS - track.first_seconds
    for each in packets:
        if each.stream is not decoded and isinstance(each.stream, VideoStream):
            decoded = each.stream
            name = _LENGTH_PREFIXED.get(track.codec)
            unpacking = BitStreamFilterContext(name, decoded) if name else None
        for packet in unpacking.filter(each.packet) if unpacking else [each.packet]:
            yield stamp(packet, each.time_base, each.shift_seconds + shift_seconds)


def copied_packets(source: PictureSource) -> Iterator[ClockedPacket]:
    """The packets of a picture that may be copied, as far as they show nothing behind the end.

    What is decoded behind the first that is cut off is left out, too: only the earlier ones can be shown
    without it. Nothing can be shown before the first key frame.
    """
    span = source.span
    for each in clocked_packets(source.path, source.file, source.track):
        seconds = each.shown_seconds
        if (
            not span.is_to_the_end
            and seconds is not None
            and seconds >= span.start_seconds + span.length_seconds
        ):
            return
        yield replace(each, shift_seconds=each.shift_seconds - span.start_seconds)
