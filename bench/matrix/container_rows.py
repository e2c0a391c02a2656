"""Rows: every container with every codec that recordings come in, whole and well."""

from collections.abc import Iterator
from pathlib import Path

from bench.matrix.marks import Truth, whole
from bench.matrix.material import (
    AAC,
    OPUS,
    SECONDS,
    VP8,
    VP9,
    X264,
    Heard,
    Shown,
    Workshop,
    beeps,
)
from bench.matrix.rows import Made, Maker, Row, making, rows

HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:bframes=3")
AV1 = ("-c:v", "libaom-av1", "-usage", "realtime", "-cpu-used", "8", "-b:v", "400k")
VORBIS = ("-c:a", "libvorbis")
MP3 = ("-c:a", "libmp3lame", "-b:a", "96k")
PCM = ("-c:a", "pcm_s16le")
AC3 = ("-c:a", "ac3", "-b:a", "128k")
MPEG4 = ("-c:v", "mpeg4", "-q:v", "4")
MPEG2 = ("-c:v", "mpeg2video", "-b:v", "2M")
MJPEG = ("-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p")

# Name -> ending and ffmpeg's options.
FILMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "MP4, H.264 without B-frames, AAC": ("mp4", (*X264, "-bf", "0", *AAC)),
    "MP4, H.264 with B-frames, AAC": ("mp4", (*X264, "-bf", "3", "-b_strategy", "0", *AAC)),
    "MP4, H.264, AAC, index first": ("mp4", (*X264, *AAC, "-movflags", "+faststart")),
    "MP4 in fragments, H.264, AAC": ("mp4", (*X264, *AAC, "-movflags", "+frag_keyframe+delay_moov")),
    "MP4, H.264 10 bit, AAC": ("mp4", (*X264, "-pix_fmt", "yuv420p10le", *AAC)),
    "MP4, H.264 4:4:4, AAC": ("mp4", (*X264, "-pix_fmt", "yuv444p", *AAC)),
    "MP4, H.264 full range, AAC": ("mp4", (*X264, "-pix_fmt", "yuvj420p", *AAC)),
    "MP4, H.264, Opus": ("mp4", (*X264, *OPUS)),
    "MP4, H.264, AC-3": ("mp4", (*X264, *AC3)),
    "MP4, H.264, FLAC": ("mp4", (*X264, "-c:a", "flac", "-strict", "-2")),
    "MP4, H.264, ALAC": ("mp4", (*X264, "-c:a", "alac")),
    "MP4, HEVC, AAC": ("mp4", (*HEVC, "-tag:v", "hvc1", *AAC)),
    "MP4, HEVC 10 bit, AAC": ("mp4", (*HEVC, "-pix_fmt", "yuv420p10le", *AAC)),
    "MP4, AV1, AAC": ("mp4", (*AV1, *AAC)),
    "MP4, VP9, Opus": ("mp4", (*VP9, *OPUS)),
    "MP4, MPEG-4, MP3": ("mp4", (*MPEG4, *MP3)),
    "MP4, H.264, AAC, negative offsets": (
        "mp4",
        (*X264, "-bf", "2", *AAC, "-movflags", "+negative_cts_offsets"),
    ),
    "MOV, H.264, AAC": ("mov", (*X264, *AAC)),
    "MOV, ProRes, PCM": ("mov", ("-c:v", "prores_ks", "-profile:v", "0", *PCM)),
    "MOV, MJPEG, 24-bit PCM": ("mov", (*MJPEG, "-c:a", "pcm_s24le")),
    "MKV, H.264, AAC": ("mkv", (*X264, *AAC)),
    "MKV, H.264, Vorbis": ("mkv", (*X264, *VORBIS)),
    "MKV, HEVC, Opus": ("mkv", (*HEVC, *OPUS)),
    "MKV, VP8, MP3": ("mkv", (*VP8, *MP3)),
    "MKV, MPEG-2, AC-3": ("mkv", (*MPEG2, *AC3)),
    "MKV, FFV1, FLAC": ("mkv", ("-c:v", "ffv1", "-c:a", "flac")),
    "MKV, AV1, FLAC": ("mkv", (*AV1, "-c:a", "flac")),
    "MKV, ProRes, E-AC-3": ("mkv", ("-c:v", "prores_ks", "-profile:v", "0", "-c:a", "eac3")),
    "WebM, VP8, Vorbis": ("webm", (*VP8, *VORBIS)),
    "WebM, VP8, Opus": ("webm", (*VP8, *OPUS)),
    "WebM, VP9, Opus": ("webm", (*VP9, *OPUS)),
    "WebM, VP9, Vorbis": ("webm", (*VP9, *VORBIS)),
    "WebM, VP9 10 bit, Opus": ("webm", (*VP9, "-pix_fmt", "yuv420p10le", *OPUS)),
    "WebM, VP9 4:4:4, Opus": ("webm", (*VP9, "-pix_fmt", "yuv444p", *OPUS)),
    "WebM, VP8 with alpha, Opus": ("webm", (*VP8, "-pix_fmt", "yuva420p", "-auto-alt-ref", "0", *OPUS)),
    "WebM, VP9 with alpha, Opus": ("webm", (*VP9, "-pix_fmt", "yuva420p", "-auto-alt-ref", "0", *OPUS)),
    "WebM, AV1, Opus": ("webm", (*AV1, *OPUS)),
    "TS, H.264, AAC": ("ts", (*X264, *AAC)),
    "TS, H.264, MP2": ("ts", (*X264, "-c:a", "mp2")),
    "TS, H.264, AC-3": ("ts", (*X264, *AC3)),
    "TS, HEVC, AAC": ("ts", (*HEVC, *AAC)),
    "TS, MPEG-2, AC-3": ("ts", (*MPEG2, *AC3)),
    "M2TS, H.264, AC-3": ("m2ts", (*X264, *AC3)),
    "MPEG-PS, MPEG-1, MP2": ("mpg", ("-c:v", "mpeg1video", "-b:v", "2M", "-c:a", "mp2")),
    "MPEG-PS, MPEG-2, AC-3": ("mpg", (*MPEG2, *AC3, "-f", "vob")),
    "AVI, MPEG-4, MP3": ("avi", (*MPEG4, *MP3)),
    "AVI, MJPEG, PCM": ("avi", (*MJPEG, *PCM)),
    "AVI, H.264, AC-3": ("avi", (*X264, "-bf", "0", *AC3)),
    "FLV, H.264, AAC": ("flv", (*X264, *AAC)),
    "FLV, Sorenson, MP3": ("flv", ("-c:v", "flv", "-b:v", "600k", *MP3, "-ar", "44100")),
    "WMV, WMV2, WMA": ("wmv", ("-c:v", "wmv2", "-b:v", "800k", "-c:a", "wmav2")),
    "Ogg, Theora, Vorbis": ("ogv", ("-c:v", "libtheora", "-q:v", "7", *VORBIS)),
    "3GP, MPEG-4, AMR": ("3gp", (*MPEG4, "-c:a", "libopencore_amrnb", "-ar", "8000", "-b:a", "12.2k")),
}

SOUNDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "MP3": ("mp3", MP3),
    "MP3 of variable rate": ("mp3", ("-c:a", "libmp3lame", "-q:a", "4")),
    "MP3 without Xing": ("mp3", (*MP3, "-write_xing", "0")),
    "M4A, AAC": ("m4a", AAC),
    "ADTS, AAC": ("aac", AAC),
    "WAV, PCM": ("wav", PCM),
    "WAV, µ-law 8 kHz": ("wav", ("-c:a", "pcm_mulaw", "-ar", "8000")),
    "WAV, 8 bit": ("wav", ("-c:a", "pcm_u8")),
    "FLAC, 24 bit 96 kHz": ("flac", ("-c:a", "flac", "-sample_fmt", "s32", "-ar", "96000")),
    "W64, 24-bit PCM": ("w64", ("-c:a", "pcm_s24le")),
    "FLAC": ("flac", ("-c:a", "flac")),
    "AIFF, PCM": ("aiff", ("-c:a", "pcm_s16be")),
    "CAF, PCM": ("caf", PCM),
    "Ogg, Opus": ("opus", OPUS),
    "Ogg, Vorbis 44.1 kHz": ("ogg", (*VORBIS, "-ar", "44100")),
    "Ogg, FLAC": ("oga", ("-c:a", "flac")),
    "MKA, Opus": ("mka", OPUS),
    "WebM, Opus": ("webm", OPUS),
    "WMA": ("wma", ("-c:a", "wmav2")),
    "AMR": ("amr", ("-c:a", "libopencore_amrnb", "-ar", "8000", "-b:a", "12.2k")),
    "TS, AAC": ("ts", AAC),
}


def container_rows() -> Iterator[Row]:
    """A row for each film and each sound."""
    yield from rows("containers", {name: making(film, *each) for name, each in FILMS.items()})
    others: dict[str, Maker] = {
        "WebM without length, VP8, Opus": live_webm,
        "MP4, H.264, HE-AAC": high_efficiency,
    }
    yield from rows("containers", others)
    yield from rows("sound only", {name: making(sound, *each) for name, each in SOUNDS.items()})
    yield from rows("sound only", {"WAV, stereo": making(stereo, "wav", PCM), "MP3 with a cover": with_cover})


def film(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, Shown(), Heard(), *options)
    return Made(whole(SECONDS), (path,))


def sound(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    return Made(whole(SECONDS).sound_only(), (workshop.mux(ending, None, Heard(), *options),))


def stereo(workshop: Workshop, ending: str, options: tuple[str, ...]) -> Made:
    path = workshop.mux(ending, None, Heard(channels=(beeps(), beeps())), *options)
    return Made(_heard_by_both(), (path,))


def _heard_by_both() -> Truth:
    truth = whole(SECONDS).sound_only()
    return Truth(truth.flashes, truth.beeps, truth.sound_end_seconds, None, stereo=True)


def live_webm(workshop: Workshop) -> Made:
    """As a browser records: neither length nor index."""
    path = workshop.mux("webm", Shown(), Heard(), *VP8, *OPUS, "-f", "webm", "-live", "1")
    return Made(whole(SECONDS), (path,))


def with_cover(workshop: Workshop) -> Made:
    """A still picture inside a sound file is no video."""
    heard = workshop.mux("mp3", None, Heard(), *MP3)
    cover = workshop.mux("jpg", Shown(seconds=0.04), None, "-frames:v", "1")
    path = workshop.copied("mp3", [heard, cover], "-disposition:v", "attached_pic")
    return Made(whole(SECONDS).sound_only(), (path,))


def high_efficiency(workshop: Workshop) -> Made:
    """AAC at 24 kHz that announces spectral band replication: decoders give 48 kHz.

    The announcement (ISO 14496-3: object type 5 before object type 2) is written over that of plain AAC.
    """
    shown = workshop.mux("mp4", Shown(), None, *X264)
    heard = workshop.mux("m4a", None, Heard(rate_hz=24_000), *AAC)
    source = workshop.copied("mp4", [shown, heard])
    return Made(whole(SECONDS), (_announcing_high_efficiency(source),))


def _announcing_high_efficiency(path: Path) -> Path:
    """In the descriptor (tag 5), the five bytes of AAC and `sync extension` become those of HE-AAC."""
    content = path.read_bytes()
    plain = bytes([0x05, 0x80, 0x80, 0x80, 0x05]) + bytes.fromhex("130856e500")
    loud = bytes([0x05, 0x80, 0x80, 0x80, 0x05]) + bytes.fromhex("2b09880000")
    if plain not in content:
        raise AssertionError("ffmpeg wrote another announcement of AAC")
    path.write_bytes(content.replace(plain, loud))
    return path
