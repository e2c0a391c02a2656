"""Writes chapters into the published media with ffmpeg, so that players show them.

The streams are copied, not encoded. MP4 and M4A get both kinds of chapters there
are: a QuickTime text track and Nero's `chpl` box. The same files with the same
chapters give the same bytes.
"""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ffmpeg

from tasks.media.ffmpeg import local_input, run_ffmpeg
from tasks.media.parts import PROTOCOLS
from transcripts.chapters.chapter_formats import write_ffmetadata
from transcripts.media.media_values import LocalFile, Media
from transcripts.model import Chapter


def mark_chapters(media: Media, chapters: Sequence[Chapter], directory: Path) -> Media:
    """The media with copies of video and sound in `directory` that hold the chapters; without any, as it is.

    `directory` appears whole or not at all. Raises EncodeFailedError,
    ConversionStuckError; DiskFullError.
    """
    if not chapters:
        return media
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix="chapters-") as temporary:
        draft = Path(temporary) / "media"
        draft.mkdir()
        marks = Path(temporary) / "chapters.ffmetadata"
        marks.write_text(write_ffmetadata(chapters, media.duration_seconds), encoding="utf-8")
        for file in (media.audio, media.video):
            if file is not None:
                run_ffmpeg(_remux(file.path, marks, draft), media.duration_seconds)
        shutil.rmtree(directory, ignore_errors=True)
        draft.rename(directory)
    return _marked(media, directory)


def _remux(source: Path, marks: Path, draft: Path) -> Any:
    listed = ffmpeg.input(str(marks), f="ffmetadata", protocol_whitelist=PROTOCOLS)
    streams = local_input(source)
    kinds = ["v", "a"] if source.suffix == ".mp4" else ["a"]
    return ffmpeg.output(
        *(streams[kind] for kind in kinds),
        listed["s?"],  # no stream: this makes the list an input
        str(draft / source.name),
        codec="copy",
        map_chapters=1,
        map_metadata=1,  # of the list, which has none but the chapters' titles
        movflags="+faststart",
    )


def _marked(media: Media, directory: Path) -> Media:
    video = LocalFile.of(directory / media.video.path.name) if media.video else None
    return media.model_copy(update={"audio": LocalFile.of(directory / media.audio.path.name), "video": video})
