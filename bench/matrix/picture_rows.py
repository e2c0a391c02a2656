"""Rows: pictures of every size, shape, rate and position, and pictures that change on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.matrix.container_rows import AV1, HEVC, MJPEG, MPEG2, PCM
from bench.matrix.marks import whole
from bench.matrix.material import AAC, OPUS, SECONDS, VP8, VP9, X264, Heard, Shown, Workshop, beeps, make
from bench.matrix.rows import Made, Maker, Row, making, rows

PART_SECONDS = 4
SMALL, LARGE = (160, 90), (320, 180)
SHOWN = Shown()
INTERLACED = ("-flags", "+ildct+ilme")
# Seen from above: these filters bring a picture into the position that the rotation undoes.
TURNED = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}


def picture_rows() -> Iterator[Row]:
    """A row for each shape of picture that stays as it is."""
    shapes: dict[str, tuple[str, Shown, tuple[str, ...]]] = {
        "30 pictures a second": ("mp4", Shown(rate="30"), (*X264, *AAC)),
        "29.97 pictures a second": ("mp4", Shown(rate="30000/1001"), (*X264, *AAC)),
        "60 pictures a second": ("mp4", Shown(rate="60"), (*X264, *AAC)),
        "5 pictures a second": ("mp4", Shown(rate="5"), (*X264, *AAC)),
        "5 pictures a second, VP8": ("webm", Shown(rate="5"), (*VP8, *OPUS)),
        "higher than wide": ("mp4", Shown(width=180, height=320), (*X264, *AAC)),
        "odd size, VP9": ("webm", Shown(width=321, height=181), (*VP9, *OPUS)),
        "odd size, MJPEG": ("avi", Shown(width=319, height=181), (*MJPEG, *PCM)),
        "odd size, H.264 4:4:4": ("mkv", Shown(width=321, height=181), (*X264, "-pix_fmt", "yuv444p", *AAC)),
        "larger than 1080p": ("mp4", Shown(width=2560, height=1440, rate="10"), (*X264, *AAC)),
        "4:3": ("mp4", Shown(width=240, height=180), (*X264, *AAC)),
    }
    yield from rows("pictures", {name: making(shape, *each) for name, each in shapes.items()})
    yield from rows(
        "pictures",
        {
            **{f"turned by {degrees}, H.264": making(turned, degrees, X264) for degrees in TURNED},
            "turned by 90, HEVC": making(turned, 90, (*HEVC, "-tag:v", "hvc1")),
            "anamorphic, H.264": making(anamorphic, "mp4", (*X264, *AAC)),
            "anamorphic, MPEG-2": making(anamorphic, "ts", (*MPEG2, "-c:a", "mp2")),
            "interlaced, MPEG-2": making(interlaced, (*MPEG2, *INTERLACED), mode=4),
            "interlaced, H.264": making(interlaced, (*X264, *INTERLACED), mode=4),
            "interlaced, lower field first": making(interlaced, (*MPEG2, *INTERLACED), mode=5),
            "at uneven times, H.264": making(uneven, "mp4", (*X264, *AAC)),
            "at uneven times, VP8": making(uneven, "webm", (*VP8, *OPUS)),
            "a cover before the film": after_cover,
            "one for the whole time, MP4": making(slides, "mp4", (*X264, *AAC), 1),
            "one every five seconds, MKV": making(slides, "mkv", (*X264, *AAC), 125),
            "one every five seconds, WebM": making(slides, "webm", (*VP8, *OPUS), 125),
            "interlaced and anamorphic, DV in AVI": digital_video,
        },
    )


def change_rows() -> Iterator[Row]:
    """A row for each way in which a picture changes on the way."""
    up, down, many = (SMALL, LARGE, SMALL), (LARGE, SMALL, LARGE), (SMALL, LARGE) * 6
    shapes = (LARGE, (240, 180), (180, 320))
    makers: dict[str, Maker] = {
        f"size, H.264 in {ending.upper()}": making(resized_h264, ending, up)
        for ending in ("mp4", "mkv", "ts", "flv")
    }
    makers |= {
        "size, largest first": making(resized_h264, "mp4", down),
        "size, eleven times": making(resized_h264, "mp4", many),
        "shape, H.264": making(resized_h264, "mp4", shapes),
        "size with B-frames, TS": making(resized_in_ts, (*X264, "-bf", "2"), up),
        "size, spliced MP4": making(spliced_films, "mp4", (*X264, "-bf", "0", *AAC), up),
        "size, VP8 in WebM": making(resized, "webm", VP8, up),
        "size, VP8 in WebM without length": making(resized, "webm", VP8, up, ("-f", "webm", "-live", "1")),
        "size, VP9 in WebM": making(resized, "webm", VP9, up),
        "size, AV1 in MKV": making(resized, "mkv", AV1, up),
        "shape, VP8 in WebM": making(resized, "webm", VP8, shapes),
        "size, MPEG-2 in TS": making(resized_in_ts, MPEG2, up),
        "size, HEVC in TS": making(resized_in_ts, HEVC, up),
        "from 4:2:0 to 4:2:2 and 10 bit": other_pixels,
        "of the rate, 25 to 10 and 30": other_rates,
    }
    yield from rows("changes of the picture", makers)


def shape(workshop: Workshop, ending: str, shown: Shown, options: tuple[str, ...]) -> Made:
    numerator, _, denominator = shown.rate.partition("/")
    truth = whole(SECONDS, int(numerator) / int(denominator or 1))
    path = workshop.mux(ending, shown, Heard(), *options)
    return Made(replace(truth, aspects=(shown.width / shown.height,)), (path,))


def turned(workshop: Workshop, degrees: int, options: tuple[str, ...]) -> Made:
    """A phone held sideways or upside down."""
    lying = workshop.mux("mp4", Shown(filters=(TURNED[degrees],)), Heard(), *options, *AAC)
    path = workshop.copied("mp4", [lying], before=("-display_rotation", str(-degrees)))
    return Made(whole(SECONDS), (path,))


def anamorphic(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, Shown(width=240, filters=("setsar=4/3",)), Heard(), *options)
    return Made(whole(SECONDS), (path,))


def interlaced(workshop: Workshop, options: tuple[str, ...], mode: int) -> Made:
    """Fields of 50 a second, in which something moves."""
    fields = (f"tinterlace=mode={mode}", "fieldorder=tff" if mode == 4 else "fieldorder=bff")
    shown = Shown(rate="50", ground=("scroll=horizontal=0.03",), filters=fields)
    path = workshop.mux("ts", shown, Heard(), *options, *AAC)
    return Made(replace(whole(SECONDS), moves=True), (path,))


def uneven(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    """Only some of the pictures, as screen recorders keep them; those of the flashes stay."""
    kept = "select='lt(mod(n,7),2)+between(mod(t,1),0.39,0.53)+between(mod(t,1),0.35,0.37)'"
    path = workshop.mux(ending, Shown(filters=(kept,)), Heard(), *options, "-fps_mode", "vfr")
    return Made(whole(SECONDS), (path,))


def _parts(sizes: Sequence[tuple[int, int]]) -> list[Shown]:
    """One clip after the other, together as long as any."""
    seconds = SECONDS // len(sizes)
    return [
        Shown(seconds=seconds, first=seconds * index, width=width, height=height)
        for index, (width, height) in enumerate(sizes)
    ]


def _made(path: Path, sizes: Sequence[tuple[int, int]]) -> Made:
    aspects = tuple({width / height for width, height in sizes})
    return Made(replace(whole(SECONDS), aspects=aspects), (path,))


def resized_h264(workshop: Workshop, ending: str, sizes: Sequence[tuple[int, int]]) -> Made:
    """As Zoom writes it: new parameter sets inside one stream, and sound that goes on."""
    parts = [workshop.mux("h264", part, None, *X264, "-bf", "0") for part in _parts(sizes)]
    return _made(_with_sound(workshop, workshop.joined("h264", parts), ending), sizes)


def _with_sound(workshop: Workshop, raw: Path, ending: str) -> Path:
    heard = workshop.mux("m4a", None, Heard(), *AAC)
    arguments = ("-fflags", "+genpts", "-framerate", "25", "-i", str(raw), "-i", str(heard), "-c", "copy")
    return make(workshop.path(ending), *arguments)


def resized(
    workshop: Workshop,
    ending: str,
    codec: tuple[str, ...],
    sizes: Sequence[tuple[int, int]],
    options: tuple[str, ...] = (),
) -> Made:
    """Key frames of another size inside one stream."""
    parts = [workshop.mux(ending, part, None, *codec) for part in _parts(sizes)]
    heard = workshop.mux("webm", None, Heard(), *OPUS)
    return _made(workshop.copied(ending, [workshop.spliced(ending, parts), heard], *options), sizes)


def spliced_films(
    workshop: Workshop, ending: str, options: tuple[str, ...], sizes: Sequence[tuple[int, int]]
) -> Made:
    """Films put together by a tool that copies streams: each part has its own description."""
    parts = [
        workshop.mux(ending, part, Heard(seconds=part.seconds, first=part.first), *options)
        for part in _parts(sizes)
    ]
    return _made(workshop.spliced(ending, parts), sizes)


def slides(workshop: Workshop, ending: str, options: tuple[str, ...], apart: int) -> Made:
    """Pictures without flashes that stand for long, one every so many frames; or a single one."""
    chosen = "eq(n,0)" if apart == 1 else f"not(mod(n,{apart}))"
    path = workshop.mux(ending, Shown(filters=(f"select='{chosen}'",)), Heard(), *options, "-fps_mode", "vfr")
    last_seconds = 0 if apart == 1 else (SECONDS * 25 - 1) // apart * apart / 25
    return Made(replace(whole(SECONDS), flashes={}, picture_end_seconds=last_seconds), (path,))


def digital_video(workshop: Workshop) -> Made:
    """As camcorders wrote it."""
    shown = Shown(width=720, height=576, filters=("setsar=64/45",))
    options = ("-c:v", "dvvideo", "-pix_fmt", "yuv420p", *INTERLACED, *PCM)
    stereo = Heard(channels=(beeps(), beeps()))
    return Made(whole(SECONDS), (workshop.mux("avi", shown, stereo, *options),))


def after_cover(workshop: Workshop) -> Made:
    """The still picture is the first track, and is no film."""
    cover = workshop.mux("jpg", Shown(seconds=0.04), None, "-frames:v", "1")
    film = workshop.mux("mp4", SHOWN, Heard(), *X264, *AAC)
    return Made(whole(SECONDS), (workshop.copied("mp4", [cover, film], "-disposition:v:0", "attached_pic"),))


def resized_in_ts(workshop: Workshop, codec: tuple[str, ...], sizes: Sequence[tuple[int, int]]) -> Made:
    """Pieces on one clock, and sound that goes on."""
    parts = [
        workshop.mux("ts", part, None, *codec, "-muxdelay", "0", "-output_ts_offset", str(part.first + 1))
        for part in _parts(sizes)
    ]
    heard = workshop.mux("ts", None, Heard(), *AAC, "-muxdelay", "0", "-output_ts_offset", "1")
    shown = workshop.joined("ts", parts)
    return _made(workshop.copied("ts", [shown, heard], "-muxdelay", "0", before=("-copyts",)), sizes)


def other_pixels(workshop: Workshop) -> Made:
    formats = ("yuv420p", "yuv422p", "yuv420p10le")
    parts = [
        workshop.mux("h264", part, None, *X264, "-bf", "0", "-pix_fmt", form)
        for part, form in zip(_parts((LARGE,) * 3), formats, strict=True)
    ]
    return Made(whole(SECONDS), (_with_sound(workshop, workshop.joined("h264", parts), "mp4"),))


def other_rates(workshop: Workshop) -> Made:
    clips = [
        replace(part, rate=rate) for part, rate in zip(_parts((LARGE,) * 3), ("25", "10", "30"), strict=True)
    ]
    parts = [workshop.mux("mkv", part, None, *X264, "-bf", "0") for part in clips]
    heard = workshop.mux("mka", None, Heard(), *AAC)
    return Made(whole(SECONDS), (workshop.copied("mkv", [workshop.spliced("mkv", parts), heard]),))
