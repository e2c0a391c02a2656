"""Looks into fetched files with PyAV: what streams they hold and how long they claim to be.

Only known media formats are opened and no other file is followed from them: a
playlist that pretends to be a video must not read this machine's files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition

from transcripts.errors import PermanentError
from transcripts.media import AudioStream, Inspection, VideoStream

# The demuxers that may open a fetched file; playlists and scripts are not among them.
FORMATS = "mov,matroska,webm,avi,flv,asf,mpegts,mpeg,ogg,mp3,aac,wav,w64,flac,aiff,caf,amr"
PROTOCOLS = "file"
# Containers that state their length; the others' is estimated from the bit rate.
EXACT_FORMATS = {"mov", "matroska", "webm", "wav", "w64", "flac", "ogg", "caf"}
DEMUXER_OPTIONS = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS}


def inspect_media(paths: Sequence[Path], max_duration_seconds: float) -> Inspection:
    """Streams and duration of one file, or of one with the picture and one with the sound.

    Raises PermanentError: `not_media`, `no_audio`, `too_long`.
    """
    parts = [_inspect_file(path) for path in paths]
    audio = next((part.audio for part in reversed(parts) if part.audio), None)
    if audio is None:
        raise PermanentError("no_audio")
    duration_seconds = max(part.duration_seconds for part in parts)
    if duration_seconds > max_duration_seconds:
        hours, limit = duration_seconds / 3600, max_duration_seconds / 3600
        raise PermanentError("too_long", hours=hours, limit_hours=limit)
    return Inspection(
        duration_seconds=duration_seconds,
        duration_is_exact=all(part.duration_is_exact for part in parts),
        audio=audio,
        video=next((part.video for part in parts if part.video), None),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """One file's streams; here the sound may still be missing."""

    duration_seconds: float
    duration_is_exact: bool
    audio: AudioStream | None
    video: VideoStream | None


def _inspect_file(path: Path) -> _Part:
    try:
        with av.open(str(path), options=dict(DEMUXER_OPTIONS)) as container:
            return _Part(
                duration_seconds=_duration_seconds(container),
                duration_is_exact=bool(EXACT_FORMATS & set(container.format.name.split(","))),
                audio=_audio(container),
                video=_video(container),
            )
    except (av.error.FFmpegError, UnicodeDecodeError) as error:
        raise PermanentError("not_media", reason=type(error).__name__) from error


def _audio(container: InputContainer) -> AudioStream | None:
    if not container.streams.audio:
        return None
    context = container.streams.audio[0].codec_context
    return AudioStream(
        codec=context.name,
        profile=context.profile or "",
        channels=context.channels,
        sample_rate_hz=context.sample_rate,
    )


def _video(container: InputContainer) -> VideoStream | None:
    """The first moving picture; a cover image inside a sound file is none."""
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            continue
        context = stream.codec_context
        return VideoStream(
            codec=context.name,
            profile=context.profile or "",
            pixel_format=context.pix_fmt or "",
            width=context.width,
            height=context.height,
        )
    return None


def _duration_seconds(container: InputContainer) -> float:
    """What the container claims; some WebM recordings claim nothing, then 0."""
    if container.duration is None:
        return 0.0
    return float(container.duration / av.time_base)


def played_seconds(path: Path) -> float:
    """How long a file really plays, by the times of its packets; reads all of it, decodes nothing."""
    end_seconds = 0.0
    with av.open(str(path), options=dict(DEMUXER_OPTIONS)) as container:
        for packet in container.demux():
            if packet.pts is not None and packet.time_base is not None:
                packet_end = (packet.pts + (packet.duration or 0)) * packet.time_base
                end_seconds = max(end_seconds, float(packet_end))
    return end_seconds
