"""Rows: several sound tracks of which one is meant, and channels of which some say nothing."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from bench.matrix.container_rows import VORBIS
from bench.matrix.marks import whole
from bench.matrix.material import AAC, OPUS, SECONDS, SILENT, X264, Heard, Shown, Workshop, beeps, make
from bench.matrix.rows import Made, Maker, Row, making, rows

FILM = Shown()
WANTED, OTHER, INVERTED = beeps(), beeps(other=True), f"-1*({beeps()})"
SHORT = Heard(seconds=2, channels=(OTHER,))
HUM = Heard(channels=("0.2*sin(2*PI*100*t)",))


def track_rows() -> Iterator[Row]:
    """A row for each set of tracks."""
    makers: dict[str, Maker] = {
        "first one silent, MP4": making(two_tracks, Heard(channels=(SILENT,)), Heard(), "mp4"),
        "first one silent, MKV": making(two_tracks, Heard(channels=(SILENT,)), Heard(), "mkv"),
        "first one silent, TS": making(two_tracks, Heard(channels=(SILENT,)), Heard(), "ts"),
        "second one silent, MP4": making(two_tracks, Heard(), Heard(channels=(SILENT,)), "mp4"),
        "first one ends early, MKV": making(two_tracks, SHORT, Heard(), "mkv"),
        "first one without packets, MKV": empty_first,
        "another language first, German by default, MKV": making(languages, "mkv", default=1),
        "another language first, German by default, MP4": making(languages, "mp4", default=1),
        "German second without a default": making(languages, "mkv", default=None),
        "first one hums, second one speaks": making(two_tracks, HUM, Heard(speech=3.0), "mkv"),
        "sound only, first one silent": sound_only_tracks,
        "subtitles beside": with_subtitles,
        "a time code beside": with_time_code,
    }
    yield from rows("tracks", makers)


def channel_rows() -> Iterator[Row]:
    """A row for each way in which channels say the same, nothing or the opposite."""
    makers: dict[str, Maker] = {
        "inverted": making(channel_film, Heard(channels=(WANTED, INVERTED))),
        "left only": making(channel_film, Heard(channels=(WANTED, SILENT))),
        "right only": making(channel_film, Heard(channels=(SILENT, WANTED))),
        "left quiet": making(channel_film, Heard(channels=(f"0.1*({WANTED})", WANTED))),
        "both alike": making(channel_film, Heard(channels=(WANTED, WANTED))),
        "inverted speech, FLAC": inverted_speech,
        "speech on the left, Opus": one_sided_speech,
        "one of three voices inverted": one_of_three,
        "the sides change": sides_change,
        "5.1, front left only": making(surround, (0,)),
        "5.1, centre only": making(surround, (2,)),
        "5.1, back right only": making(surround, (5,)),
        "5.1, all": making(surround, range(6)),
        "7.1, centre only": making(surround, (2,), "7.1"),
    }
    yield from rows("channels", makers)


def _tracks(
    workshop: Workshop, ending: str, sounds: list[Heard], *options: str, shown: Shown | None = FILM
) -> Made:
    inputs = [part for each in sounds for part in each.arguments()]
    picture = shown.arguments() if shown else ()
    maps = [part for index in range(len(sounds) + bool(shown)) for part in ("-map", str(index))]
    path = make(workshop.path(ending), *picture, *inputs, *maps, *(X264 if shown else ()), *AAC, *options)
    return Made(whole(SECONDS) if shown else whole(SECONDS).sound_only(), (path,))


def two_tracks(workshop: Workshop, first: Heard, second: Heard, ending: str) -> Made:
    return _tracks(workshop, ending, [first, second])


def empty_first(workshop: Workshop) -> Made:
    source = _tracks(workshop, "mkv", [Heard(channels=(OTHER,)), Heard()]).files[0]
    path = workshop.path("mkv")
    make(path, "-i", str(source), "-map", "0", "-c", "copy", "-bsf:a:0", "noise=drop=1")
    return Made(whole(SECONDS), (path,))


def languages(workshop: Workshop, ending: str, default: int | None) -> Made:
    """Both speak; the German one has the wanted beeps."""
    sounds = [Heard(channels=(OTHER,), speech=3.0), Heard(speech=20.0)]
    flags = [
        part
        for index in (0, 1)
        for part in (f"-disposition:a:{index}", "default" if index == default else "0")
    ]
    tags = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu")
    return _tracks(workshop, ending, sounds, *tags, *flags)


def sound_only_tracks(workshop: Workshop) -> Made:
    return _tracks(workshop, "m4a", [Heard(channels=(SILENT,)), Heard()], shown=None)


def with_subtitles(workshop: Workshop) -> Made:
    text = workshop.path("srt")
    text.write_text("1\n00:00:01,000 --> 00:00:02,000\nGuten Tag\n", encoding="utf-8")
    source = workshop.mux("mp4", Shown(), Heard(), *X264, *AAC)
    path = make(
        workshop.path("mp4"),
        "-i",
        str(text),
        "-i",
        str(source),
        "-map",
        "0",
        "-map",
        "1",
        "-c",
        "copy",
        "-c:s",
        "mov_text",
    )
    return Made(whole(SECONDS), (path,))


def with_time_code(workshop: Workshop) -> Made:
    path = workshop.mux("mov", FILM, Heard(), *X264, *AAC, "-timecode", "10:00:00:00")
    return Made(whole(SECONDS), (path,))


def channel_film(workshop: Workshop, heard: Heard) -> Made:
    path = workshop.mux("mp4", Shown(), heard, *X264, *AAC, "-b:a", "192k")
    return Made(replace(whole(SECONDS), stereo=True), (path,))


def inverted_speech(workshop: Workshop) -> Made:
    heard = Heard(channels=(WANTED, WANTED), speech=3.0, filters=("pan=stereo|c0=c0|c1=-1*c1",))
    path = workshop.mux("flac", None, heard, "-c:a", "flac")
    return Made(replace(whole(SECONDS).sound_only(), stereo=True), (path,))


def one_sided_speech(workshop: Workshop) -> Made:
    heard = Heard(channels=(WANTED, WANTED), speech=3.0, filters=("pan=stereo|c0=c0|c1=0*c1",))
    path = workshop.mux("webm", None, heard, *OPUS)
    return Made(replace(whole(SECONDS).sound_only(), stereo=True), (path,))


def one_of_three(workshop: Workshop) -> Made:
    """The middle four seconds are in antiphase, the others in phase."""
    right = f"({WANTED})*if(between(t,4,8),-1,1)"
    return channel_film(workshop, Heard(channels=(WANTED, right)))


def sides_change(workshop: Workshop) -> Made:
    """One voice on the left for six seconds, then one on the right."""
    left, right = f"({WANTED})*lt(t,6)", f"({WANTED})*gte(t,6)"
    return channel_film(workshop, Heard(channels=(left, right)))


def surround(workshop: Workshop, sounding: Collection[int], layout: str = "5.1") -> Made:
    """Of six channels (left, right, centre, bass, back left and right) some beep."""
    channels = tuple(WANTED if each in sounding else SILENT for each in range(6 if layout == "5.1" else 8))
    path = workshop.mux("mkv", Shown(), Heard(channels=channels, layout=layout), *X264, *VORBIS)
    return Made(replace(whole(SECONDS), stereo=True), (path,))
