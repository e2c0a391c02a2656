"""Small whole recordings of a second or two, made once with the real ffmpeg."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tasks.media.ffmpeg import ffmpeg_path

_PICTURE = ("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1.6")
_SOUND = ("-f", "lavfi", "-i", "anoisesrc=amplitude=0.2:sample_rate=16000:duration=1.6:seed=7")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "4")
_AAC = ("-c:a", "aac", "-b:a", "32k")
_VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "60k", "-g", "4")
_OPUS = ("-c:a", "libopus", "-b:a", "24k")
_BOTH = (*_PICTURE, *_SOUND)
# Name -> muxer, and what makes ffmpeg write it.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mp4": ("mp4", (*_BOTH, *_H264, *_AAC)),
    "mp4 in fragments": ("mp4", (*_BOTH, *_H264, *_AAC, "-movflags", "+frag_keyframe+empty_moov")),
    "webm": ("webm", (*_BOTH, *_VP8, *_OPUS)),
    "mkv": ("matroska", (*_SOUND, *_AAC)),
    "avi": ("avi", (*_BOTH, "-c:v", "mpeg4", "-c:a", "libmp3lame")),
    "flv": ("flv", (*_SOUND, *_AAC)),
    "ts": ("mpegts", (*_BOTH, *_H264, *_AAC)),
    "ogg": ("ogg", (*_SOUND, "-c:a", "libvorbis")),
    "mp3": ("mp3", (*_SOUND, "-c:a", "libmp3lame", "-b:a", "32k")),
    "wav": ("wav", _SOUND),
    "flac": ("flac", _SOUND),
    "wmv": ("asf", (*_SOUND, "-c:a", "wmav2")),
}


@cache
def sample(name: str) -> bytes:
    """The recording in this format."""
    muxer, arguments = FORMATS[name]
    return made(*arguments, "-f", muxer)


def made(*arguments: str) -> bytes:
    """What ffmpeg writes, into a file that it can go back in."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "made"
        command = [ffmpeg_path(), "-nostdin", "-y", "-loglevel", "error", *arguments, str(target)]
        subprocess.run(command, check=True)
        return target.read_bytes()
