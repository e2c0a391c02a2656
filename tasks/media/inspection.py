"""Looks into fetched files with PyAV: what streams they hold, and by their packets how long they are."""

from collections.abc import Sequence
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream as PictureStream

from tasks.media.parts import MOST_PIXELS, is_decodable, opened
from tasks.media.survey import survey
from tasks.media.unplayable import unplayable
from transcripts.errors.media_errors import (
    NoAudioError,
    NotMediaError,
    PictureCodecUnknownError,
    PictureTooLargeError,
    SoundCodecUnknownError,
    SoundMissingError,
    TooManyTracksError,
)
from transcripts.errors.source_errors import TooLongError
from transcripts.media.media_values import AudioStream, Inspection, VideoStream
from transcripts.media.timeline import Part, Survey, Track, shown_seconds

UNREADABLE = (av.error.FFmpegError, UnicodeDecodeError, ValueError)
# More than any meeting has, with all its languages; each stream costs memory before a byte of it is read.
MOST_STREAMS = 64
# A packet of sound lasts a fraction of a second. Minutes with so few are pauses out of nothing: a file of
# some kilobytes would be made into hours of silence.
LEAST_PACKETS_A_SECOND, SURELY_LONG_SECONDS = 0.2, 600.0


def inspect_media(paths: Sequence[Path], max_duration_seconds: float) -> Inspection:
    """Streams and duration of one file, or of one with the picture and one with the sound.

    Raises NotMediaError, NotFinishedError, NoAudioError, TooLongError,
    SoundCodecUnknownError, PictureCodecUnknownError, PictureTooLargeError (width, height),
    TooManyTracksError (count, most), SoundMissingError (duration_seconds).
    """
    _check_codecs(_streams_of(paths))
    try:
        surveyed = survey(paths)
        picture, sounds = surveyed.picture(), surveyed.sounds()
        if not sounds:
            raise NoAudioError()
        _check_duration(surveyed.duration_seconds, max_duration_seconds)
        if picture is None:
            _check_density([track for _, track in sounds], surveyed.duration_seconds)
        stated_seconds = max(file.stated_seconds or 0.0 for file in surveyed.files)
        return Inspection(
            duration_seconds=shown_seconds(surveyed.duration_seconds, stated_seconds),
            stated_seconds=stated_seconds,
            audio=_audio(paths, surveyed, *sounds[0]),
            video=_video(paths, surveyed, *picture) if picture else None,
            survey=surveyed,
        )
    except UNREADABLE as error:
        raise NotMediaError(reason=type(error).__name__) from error


def _streams_of(paths: Sequence[Path]) -> list[tuple[str, bool]]:
    """Of each sound and picture: its type, and whether somebody here can decode it."""
    found: list[tuple[str, bool]] = []
    for path in paths:
        try:
            with opened(path, Part()) as container:
                _check_shape(container)
                streams = (*container.streams.audio, *container.streams.video)
                found += [(each.type, is_decodable(each)) for each in streams]
        except UNREADABLE as error:
            raise unplayable(path, error) from error
    return found


def _check_shape(container: InputContainer) -> None:
    """By what the file says of itself, before anything of it is decoded."""
    count = len(container.streams)
    if count > MOST_STREAMS:
        raise TooManyTracksError(count=count, most=MOST_STREAMS)
    for each in container.streams.video:
        if is_decodable(each) and each.codec_context.width * each.codec_context.height > MOST_PIXELS:
            width, height = each.codec_context.width, each.codec_context.height
            raise PictureTooLargeError(width=str(width), height=str(height))


def _check_codecs(streams: Sequence[tuple[str, bool]]) -> None:
    """A track that nobody here can decode is passed over, unless it is the only one of its kind."""
    known = {kind for kind, is_known in streams if is_known}
    unknown = {kind for kind, is_known in streams if not is_known}
    if "audio" in unknown - known:
        raise SoundCodecUnknownError()
    if "video" in unknown - known:
        raise PictureCodecUnknownError()


def played_seconds(path: Path) -> float:
    """How long a file really plays, by the times of its packets; reads all of it, decodes nothing."""
    return survey([path]).end_seconds


def _check_duration(duration_seconds: float, max_duration_seconds: float) -> None:
    if duration_seconds > max_duration_seconds:
        hours, limit = duration_seconds / 3600, max_duration_seconds / 3600
        raise TooLongError(hours=hours, limit_hours=limit)


def _check_density(sounds: Sequence[Track], duration_seconds: float) -> None:
    packets = max(each.packets for each in sounds)
    if duration_seconds > SURELY_LONG_SECONDS and packets < LEAST_PACKETS_A_SECOND * duration_seconds:
        raise SoundMissingError(duration_seconds=duration_seconds)


def _audio(paths: Sequence[Path], surveyed: Survey, number: int, track: Track) -> AudioStream:
    piece = track.pieces[0]
    with opened(paths[number], surveyed.files[number].parts[piece.part]) as container:
        context = container.streams[piece.stream].codec_context
        return AudioStream(
            codec=context.name,
            profile=context.profile or "",
            channels=track.channels,
            sample_rate_hz=track.rate_hz,
        )


def _video(paths: Sequence[Path], surveyed: Survey, number: int, track: Track) -> VideoStream:
    piece = track.pieces[0]
    with opened(paths[number], surveyed.files[number].parts[piece.part]) as container:
        context = _picture_of(container, piece.stream).codec_context
        return VideoStream(
            codec=context.name,
            profile=context.profile or "",
            pixel_format=context.pix_fmt or "",
            width=context.width,
            height=context.height,
        )


def _picture_of(container: InputContainer, index: int) -> PictureStream:
    return next(each for each in container.streams.video if each.index == index)
