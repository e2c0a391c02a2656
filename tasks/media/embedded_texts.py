"""Reads the captions and chapters that came with a recording: files beside it, tracks and lists within it.

Runs in the cage. Tracks of captions within the media are written as WebVTT by ffmpeg, in one run over the
file, and read as any other. A source's texts never end the work on its recording: what cannot be read is
passed over, with the reason.
"""

import json
import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ffmpeg
from av.container import InputContainer
from av.stream import Disposition

from tasks.media.ffmpeg import local_input, run_ffmpeg
from tasks.media.inspection import UNREADABLE
from tasks.media.parts import opened
from transcripts.captions.makers import is_by_machine
from transcripts.captions.reading import LARGEST_BYTES, CaptionsError, read_captions
from transcripts.errors.error_kinds import PermanentError
from transcripts.media.media_values import Fetched, LocalFile, SourceChapter
from transcripts.media.source_texts import CaptionTrack, PassedOver, SourceTexts
from transcripts.media.timeline import Part, Survey

MOST_TRACKS, MOST_CHAPTERS, LONGEST_TITLE = 8, 1_000, 300
TEXT_CODECS = frozenset(["mov_text", "webvtt", "subrip", "srt", "ass", "ssa", "text"])
_TRACK, _CHAPTERS = "track", "chapters"


@dataclass(frozen=True, slots=True)
class _Inner:
    """A track of captions within a file; `number` counts the file's tracks of this kind from 0."""

    number: int
    language: str
    reason: str = ""


@dataclass(slots=True)
class _Found:
    """What is there so far."""

    directory: Path
    tracks: list[CaptionTrack] = field(default_factory=list)
    chapters: list[SourceChapter] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)

    def pass_over(self, what: str, reason: str) -> None:
        self.passed_over.append(PassedOver(what=what, reason=reason))

    def read(self, file: LocalFile, language: str) -> None:
        """Take a file of captions if it is one."""
        try:
            if file.path.stat().st_size > LARGEST_BYTES:
                raise CaptionsError("too large")
            read = read_captions(file.path.read_bytes())
        except CaptionsError as error:
            self.pass_over(_TRACK, str(error))
            return
        if read.dropped:
            self.pass_over(f"{read.dropped} cues", "their times make no sense")
        self.tracks.append(CaptionTrack(language=language, file=file, cues=read.cues))


def read_source_texts(fetched: Fetched, survey: Survey, directory: Path) -> SourceTexts:
    """All that the source has of captions and chapters, on the clock of the survey.

    Copies and tracks are written into `directory`, which is made. Raises DiskFullError.
    """
    directory.mkdir(parents=True)
    found = _Found(directory)
    for number, captions in enumerate(fetched.captions):
        copied = shutil.copyfile(
            captions.file.path, directory / f"beside-{number}{captions.file.path.suffix}"
        )
        found.read(LocalFile.of(copied), captions.language)
    for number, file in enumerate(fetched.files[: len(survey.files)]):
        _read_file(file.path, number, survey, found)
    chapters = fetched.chapters or tuple(found.chapters)
    return SourceTexts(
        tracks=tuple(found.tracks[:MOST_TRACKS]),
        chapters=chapters,
        chapters_file=_written(chapters, directory) if chapters else None,
        passed_over=tuple(found.passed_over),
    )


def _read_file(path: Path, number: int, survey: Survey, found: _Found) -> None:
    """What lies in one file of media."""
    try:
        with opened(path, Part()) as container:
            chapters, inner = _chapters_of(container, survey.start_seconds), list(_tracks_of(container))
    except UNREADABLE as error:
        found.pass_over("file", type(error).__name__)
        return
    if (chapters or inner) and survey.files[number].needs_retiming:
        found.pass_over("file", "its parts have clocks of their own")
        return
    found.chapters = found.chapters or chapters
    for each in inner:
        if each.reason:
            found.pass_over(_TRACK, each.reason)
    _read_tracks(path, number, [each for each in inner if not each.reason][:MOST_TRACKS], survey, found)


def _chapters_of(container: InputContainer, start_seconds: float) -> list[SourceChapter]:
    """The list of chapters that the container itself has."""
    found = []
    for each in container.chapters()[:MOST_CHAPTERS]:
        base = each.get("time_base")
        start = float(each["start"] * base) if base else math.nan
        title = str((each.get("metadata") or {}).get("title") or "")[:LONGEST_TITLE]
        if math.isfinite(start):
            begins = max(0.0, start - start_seconds) if start >= 0 else start
            found.append(SourceChapter(start_seconds=begins, title=title))
    return found


def _tracks_of(container: InputContainer) -> Iterator[_Inner]:
    """Its tracks of captions, with the reason why one is not to be read."""
    for number, stream in enumerate(container.streams.subtitles):
        said = {str(key).lower(): str(value) for key, value in stream.metadata.items()}
        language = said.get("language", "")[:35]
        names = (language, said.get("title", ""), said.get("handler_name", ""))
        codec = stream.codec_context.name if stream.codec_context is not None else ""
        if codec not in TEXT_CODECS:
            yield _Inner(number, language, "pictures of text")
        elif is_by_machine(*names):
            yield _Inner(number, language, "made by a machine")
        elif Disposition.forced in stream.disposition:
            yield _Inner(number, language, "of some passages only")
        else:
            yield _Inner(number, language)


def _read_tracks(path: Path, number: int, inner: Sequence[_Inner], survey: Survey, found: _Found) -> None:
    """Write tracks as WebVTT on the survey's clock, and read them."""
    if not inner:
        return
    targets = [found.directory / f"within-{number}-{each.number}.vtt" for each in inner]
    try:
        run_ffmpeg(_extracted(path, inner, targets, survey.start_seconds), survey.duration_seconds)
    except PermanentError as error:
        found.pass_over(_TRACK, error.code)
        return
    for each, target in zip(inner, targets, strict=True):
        found.read(LocalFile.of(target), each.language)


def _extracted(path: Path, inner: Sequence[_Inner], targets: Sequence[Path], start_seconds: float) -> Any:
    """The graph: time stamps as they are, less where the recording begins."""
    source = local_input(path, copyts=None, itsoffset=-start_seconds)
    outputs = [
        ffmpeg.output(source[f"s:{each.number}"], str(target), format="webvtt", map_metadata=-1)
        for each, target in zip(inner, targets, strict=True)
    ]
    return ffmpeg.merge_outputs(*outputs)


def _written(chapters: Sequence[SourceChapter], directory: Path) -> LocalFile:
    """The chapters as the source has them, as a file of JSON."""
    rows = [each.model_dump() for each in chapters]
    path = directory / f"{_CHAPTERS}.json"
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return LocalFile.of(path)
