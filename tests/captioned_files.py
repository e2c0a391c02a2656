"""The sample meeting with captions and chapters of its own, as people put them beside and into files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.media_samples import MEETING, make
from tests.sample_record import sample_transcript

CHAPTERS = ((0.0, "Begrüßung"), (24.5, "Wie gelost wird"), (45.0, "Rückfragen"))


def right_cues(seconds: float = 60.0) -> list[tuple[float, float, str]]:
    """What is said in the beginning of the meeting, a cue a sentence."""
    return [
        (each.start_seconds, each.end_seconds, each.text)
        for each in sample_transcript().segments
        if each.start_seconds < seconds
    ]


def shifted(cues: Iterable[tuple[float, float, str]], seconds: float) -> list[tuple[float, float, str]]:
    """The same, so much later."""
    return [(start + seconds, end + seconds, text) for start, end, text in cues]


def vtt(cues: Iterable[tuple[float, float, str]]) -> str:
    """As WebVTT."""
    blocks = (f"{_clock(start, '.')} --> {_clock(end, '.')}\n{text}\n" for start, end, text in cues)
    return "\n".join(("WEBVTT\n", *blocks))


def srt(cues: Iterable[tuple[float, float, str]]) -> str:
    """As SubRip."""
    blocks = (
        f"{number}\n{_clock(start, ',')} --> {_clock(end, ',')}\n{text}\n"
        for number, (start, end, text) in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def captioned(
    target: Path,
    cues: Sequence[tuple[float, float, str]],
    codec: str = "mov_text",
    *,
    seconds: float = 60.0,
    language: str = "ger",
    name: str = "",
    chapters: Sequence[tuple[float, str]] = CHAPTERS,
    has_picture: bool = False,
    sound: str = "copy",
    extra: Sequence[str] = (),
) -> Path:
    """The beginning of the meeting with captions (none without `codec`) and chapters within."""
    beside = target.parent / f"{target.name}.parts"
    beside.mkdir()
    (beside / "captions.srt").write_text(srt(cues), encoding="utf-8")
    (beside / "chapters.txt").write_text(_ffmetadata(chapters, seconds), encoding="utf-8")
    pictures = ("-map", "0:v", "-c:v", "copy") if has_picture else ()
    # Else ffmpeg finds a common clock that is too fine for the chapters' track.
    clock = ("-movie_timescale", "1000") if target.suffix == ".mp4" else ()
    texts = ("-map", "1:s", "-c:s", codec, "-metadata:s:s:0", f"language={language}") if codec else ()
    named = ("-metadata:s:s:0", f"title={name}", "-metadata:s:s:0", f"handler_name={name}") if name else ()
    return make(
        target,
        *("-t", str(seconds), "-i", str(MEETING), "-i", str(beside / "captions.srt")),
        *("-i", str(beside / "chapters.txt"), *pictures, "-map", "0:a", "-c:a", sound, *texts, *named),
        *("-map_chapters", "2" if chapters else "-1", "-t", str(seconds), *clock, *extra),
    )


def _ffmetadata(chapters: Sequence[tuple[float, str]], seconds: float) -> str:
    chapters = [each for each in chapters if each[0] < seconds]
    ends = [*(start for start, _ in chapters[1:]), seconds]
    blocks = (
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={round(start * 1000)}\nEND={round(end * 1000)}\ntitle={title}\n"
        for (start, title), end in zip(chapters, ends, strict=True)
    )
    return ";FFMETADATA1\n" + "".join(blocks) if chapters else ";FFMETADATA1\n"


def _clock(seconds: float, point: str) -> str:
    whole, rest = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole % 3600 // 60:02}:{whole % 60:02}{point}{rest:03}"
