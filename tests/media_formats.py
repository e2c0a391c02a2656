"""A short recording in every format that may arrive, made with the real ffmpeg."""

import subprocess
from pathlib import Path

from tasks.media.ffmpeg import ffmpeg_path

SECONDS = 8
_PICTURE = ("-f", "lavfi", "-i", f"testsrc=size=192x108:rate=10:duration={SECONDS}")
_SOUND = ("-f", "lavfi", "-i", f"anoisesrc=amplitude=0.2:sample_rate=48000:duration={SECONDS}:seed=7")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10")
_AAC = ("-c:a", "aac", "-b:a", "64k")
_VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "200k")
_OPUS = ("-c:a", "libopus", "-b:a", "48k")
_MPEG = ("-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2")

# Name -> ending, and what makes ffmpeg write it. A name that ends in `_piped` cannot be gone back in.
VIDEOS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mp4": ("mp4", (*_H264, *_AAC)),
    "mp4_faststart": ("mp4", (*_H264, *_AAC, "-movflags", "+faststart")),
    "mp4_fragmented": ("mp4", (*_H264, *_AAC, "-movflags", "+frag_keyframe+empty_moov")),
    "mp4_fragmented_with_index": ("mp4", (*_H264, *_AAC, "-movflags", "+dash+frag_keyframe+global_sidx")),
    "mov": ("mov", (*_H264, "-c:a", "pcm_s16le")),
    "webm": ("webm", (*_VP8, *_OPUS)),
    "webm_piped": ("webm", (*_VP8, *_OPUS)),
    "webm_live": ("webm", (*_VP8, *_OPUS, "-live", "1")),
    "mkv": ("matroska", (*_H264, *_AAC)),
    "avi": ("avi", ("-c:v", "mpeg4", "-c:a", "libmp3lame")),
    "avi_piped": ("avi", ("-c:v", "mpeg4", "-c:a", "libmp3lame")),
    "flv": ("flv", (*_H264, *_AAC)),
    "flv_piped": ("flv", (*_H264, *_AAC)),
    "asf": ("asf", ("-c:v", "wmv2", "-c:a", "wmav2")),
    "asf_piped": ("asf", ("-c:v", "wmv2", "-c:a", "wmav2")),
    "ts": ("mpegts", (*_H264, *_AAC)),
    "m2ts": ("mpegts", (*_H264, *_AAC, "-mpegts_m2ts_mode", "1")),
    "mpg": ("mpeg", _MPEG),
    "vob": ("vob", _MPEG),
}
SOUNDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "m4a": ("ipod", _AAC),
    "mp3": ("mp3", ("-c:a", "libmp3lame", "-b:a", "96k")),
    "mp3_varying": ("mp3", ("-c:a", "libmp3lame", "-q:a", "4", "-ar", "22050")),
    "mp3_without_frame_count": ("mp3", ("-c:a", "libmp3lame", "-b:a", "96k", "-write_xing", "0")),
    "mp2": ("mp2", ("-c:a", "mp2")),
    "adts": ("adts", _AAC),
    "ogg": ("ogg", ("-c:a", "libvorbis")),
    "opus": ("opus", _OPUS),
    "wav": ("wav", ()),
    "wav_large": ("wav", ("-rf64", "always")),
    "w64": ("w64", ()),
    "aiff": ("aiff", ()),
    "caf": ("caf", ("-c:a", "pcm_s16be")),
    "caf_packed": ("caf", ("-c:a", "alac")),
    "flac": ("flac", ()),
    "flac_piped": ("flac", ()),
    "amr": ("amr", ("-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1")),
}
FORMATS = VIDEOS | SOUNDS


def make_format(name: str, directory: Path) -> Path:
    """The recording in this format, whole."""
    muxer, options = FORMATS[name]
    target = directory / name
    inputs = (*_PICTURE, *_SOUND) if name in VIDEOS else _SOUND
    command = [ffmpeg_path(), "-nostdin", "-y", "-loglevel", "error", *inputs, *options, "-f", muxer]
    if name.endswith("_piped"):
        target.write_bytes(subprocess.run([*command, "pipe:1"], check=True, capture_output=True).stdout)
    else:
        subprocess.run([*command, str(target)], check=True)
    return target
