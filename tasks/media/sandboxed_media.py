"""All work on fetched media as the flows know it; each piece is done in a sandbox (tasks.media.media_child).

What comes back are values over a pipe and files in a folder of the sandbox's own, which appear where they are
wanted when they are whole. A decoder that falls, hangs or fills the memory ends as a PermanentError.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.media.media_limits import for_converting, for_copying, for_reading
from tasks.media.media_requests import (
    ComposePicture,
    CopySound,
    ExtractSpeech,
    Inspect,
    MarkChapters,
    ReadSourceTexts,
    Transcode,
)
from tasks.sandbox.resource_limits import Limits
from tasks.sandbox.sandboxed_module import result_of_module
from transcripts.errors.media_errors import ReadingInterruptedError
from transcripts.media.media_values import WHOLE, Cut, Fetched, Inspection, LocalFile, Media
from transcripts.media.source_texts import SourceTexts
from transcripts.media.track_choice import TrackWish
from transcripts.model import Chapter
from transcripts.values import Value

GERMAN = TrackWish(language="de")


def inspect_media(paths: Sequence[Path], max_duration_seconds: float | None) -> Inspection:
    """Streams and duration of one file, or of one with the picture and one with the sound.

    Raises NotMediaError, NotFinishedError, NoAudioError, TooLongError, SoundCodecUnknownError,
    PictureCodecUnknownError, PictureTooLargeError (width, height), TooManyTracksError (count, most), and what
    every piece of work here does: MemoryUsedUpError, ProcessorUsedUpError, TimeUsedUpError, RoomUsedUpError,
    ReaderCrashedError, MediaUnforeseenError (reason); ReadingInterruptedError.
    """
    absolute = _absolute(paths)
    request = Inspect(paths=absolute, max_duration_seconds=max_duration_seconds)
    with tempfile.TemporaryDirectory(prefix="inspecting-") as folder:
        return Inspection.model_validate(_done(request, for_reading(absolute), Path(folder)))


def transcode(
    paths: Sequence[Path],
    inspection: Inspection,
    directory: Path,
    loudness_lufs: float,
    on_seconds: Callable[[float], None],
    cut: Cut = WHOLE,
    wish: TrackWish = GERMAN,
) -> Media:
    """Make all media of a recording in `directory`, which appears whole or not at all.

    Raises what `inspect_media` does, and TruncatedError, RecordingDamagedError, CutTooLongError,
    TrackUnknownError, EncodeFailedError, ConversionStuckError; DiskFullError.
    """
    absolute = _absolute(paths)
    with _folder_beside(directory) as folder:
        request = Transcode(
            paths=absolute,
            inspection=inspection,
            directory=folder / "media",
            loudness_lufs=loudness_lufs,
            cut=cut,
            wish=wish,
        )
        limits = for_converting(absolute, inspection.duration_seconds)
        media = Media.model_validate(_done(request, limits, folder, on_seconds))
        return _moved(media, folder / "media", directory)


def compose_picture(
    fetched: Fetched, directory: Path, max_duration_seconds: float, on_seconds: Callable[[float], None]
) -> Fetched:
    """What was fetched with the parts of a presentation made into one picture, in `directory`.

    What is no presentation is returned as it is. Raises what `inspect_media` and `transcode` do.
    """
    if fetched.presentation is None:
        return fetched
    files = tuple(each.model_copy(update={"path": each.path.resolve()}) for each in fetched.files)
    sound = [each.path for each in files if each.path.name == fetched.presentation.sound]
    seconds = inspect_media(sound, max_duration_seconds).duration_seconds
    with _folder_beside(directory) as folder:
        request = ComposePicture(
            fetched=fetched.model_copy(update={"files": files}),
            directory=folder / "composed",
            max_duration_seconds=max_duration_seconds,
        )
        limits = for_converting([each.path for each in files], seconds)
        made = Fetched.model_validate(_done(request, limits, folder, on_seconds))
        shutil.rmtree(directory, ignore_errors=True)
        request.directory.rename(directory)
    return made.model_copy(
        update={"files": tuple(_at(each, request.directory, directory) for each in made.files)}
    )


def _at(file: LocalFile, made: Path, directory: Path) -> LocalFile:
    """A file of the sandbox's folder at its place; any other as it is."""
    is_ours = file.path.parent == made
    return file.model_copy(update={"path": directory.resolve() / file.path.name}) if is_ours else file


def read_source_texts(fetched: Fetched, inspection: Inspection, directory: Path) -> SourceTexts:
    """The captions and chapters that the source has, beside the media and in them; files in `directory`.

    `directory` appears whole or not at all. What of them cannot be read is passed over, and said. Raises
    what `inspect_media` does.
    """
    files = tuple(each.model_copy(update={"path": each.path.resolve()}) for each in fetched.files)
    captions = tuple(
        each.model_copy(update={"file": each.file.model_copy(update={"path": each.file.path.resolve()})})
        for each in fetched.captions
    )
    with _folder_beside(directory) as folder:
        request = ReadSourceTexts(
            fetched=fetched.model_copy(update={"files": files, "captions": captions}),
            survey=inspection.survey,
            directory=folder / "texts",
        )
        limits = for_copying([each.path for each in files])
        found = SourceTexts.model_validate(_done(request, limits, folder))
        shutil.rmtree(directory, ignore_errors=True)
        request.directory.rename(directory)
    tracks = tuple(
        each.model_copy(update={"file": _at(each.file, request.directory, directory)})
        for each in found.tracks
    )
    chapters = found.chapters_file and _at(found.chapters_file, request.directory, directory)
    return found.model_copy(update={"tracks": tracks, "chapters_file": chapters})


def extract_speech(path: Path, inspection: Inspection, target: Path, wish: TrackWish = GERMAN) -> LocalFile:
    """Only the recogniser's input of one local file. Raises what `transcode` raises."""
    source = path.resolve()
    with _folder_beside(target) as folder:
        made = folder / target.name
        request = ExtractSpeech(path=source, inspection=inspection, target=made, wish=wish)
        limits = for_converting([source], inspection.duration_seconds)
        file = LocalFile.model_validate(_done(request, limits, folder))
        made.replace(target)
    return file.model_copy(update={"path": target.resolve()})


def copy_sound(path: Path, target: Path) -> None:
    """Write the sound of a published video into a file of its own. Raises what `transcode` raises."""
    source = path.resolve()
    with _folder_beside(target) as folder:
        made = folder / target.name
        _done(CopySound(path=source, target=made), for_copying([source]), folder)
        made.replace(target)


def mark_chapters(media: Media, chapters: Sequence[Chapter], directory: Path) -> Media:
    """The media with copies of video and sound in `directory` that hold the chapters; without any, as it is.

    `directory` appears whole or not at all. Raises what `transcode` raises.
    """
    if not chapters:
        return media
    paths = [file.path for file in (media.audio, media.video) if file is not None]
    with _folder_beside(directory) as folder:
        request = MarkChapters(media=media, chapters=tuple(chapters), directory=folder / "marked")
        marked = Media.model_validate(_done(request, for_copying(paths), folder))
        return _moved(marked, folder / "marked", directory)


def _done(
    request: Value, limits: Limits, folder: Path, on_progress: Callable[[float], None] = lambda _seconds: None
) -> Any:
    """What a sandboxed process answers to the request."""
    child = "tasks.media.media_child"
    return result_of_module(child, request, limits, folder, on_progress, ReadingInterruptedError)


def _absolute(paths: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(path.resolve() for path in paths)


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """Where the sandbox works, on the same disk as what comes of it; gone afterwards, however it ended."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent.resolve(), prefix="sandboxed-") as folder:
        yield Path(folder)


def _moved(media: Media, made: Path, directory: Path) -> Media:
    """What was made in the sandbox's folder, at its place."""
    shutil.rmtree(directory, ignore_errors=True)
    made.rename(directory)
    places = {
        name: file.model_copy(update={"path": directory.resolve() / file.path.name})
        for name in ("audio", "speech", "video", "poster")
        if isinstance(file := getattr(media, name), LocalFile) and file.path.parent == made
    }
    return media.model_copy(update=places)
