"""Makes the published media and the recogniser's input with ffmpeg.

The source is decoded once: that one run gives the video, a lossless copy of the
sound with its loudness measured, the 16 kHz mono for the recogniser and some
frames to choose the poster from. A second, short run gives the sound its
loudness. Streams that browsers play already are copied, not encoded; but where the beginning
is cut off, they are encoded: a copy could only begin at a key frame, and would hide in the
file what nobody is to see.
"""

import re
import shutil
import tempfile
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import ffmpeg

from tasks.ffmpeg_program import FfmpegRun, ffmpeg_version, local_input, run_ffmpeg
from tasks.inspection import DEMUXER_OPTIONS, played_seconds
from tasks.poster import choose_poster
from transcripts.errors import PermanentError
from transcripts.media import WHOLE, Cut, Inspection, LocalFile, Media, VideoStream

MAX_WIDTH, MAX_HEIGHT = 1920, 1080
SPEECH_RATE_HZ = 16_000
AUDIO_RATE_HZ = 48_000
POSTER_CANDIDATES = 24
PEAK_LIMIT_DBTP = -1.0
SILENCE_LUFS = -69.0  # EBU R 128 gates at -70: below there is nothing to normalise
TOLERATED_LOSS_SECONDS = 1.0
LEAST_KEPT_SECONDS = 1.0
PACKET_SECONDS = 0.02  # of sound, in the codecs that meetings come in

_SUMMARY = re.compile(r"I:\s+(-?[\d.]+|-inf|nan) LUFS.*?Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.DOTALL)


def transcode(
    paths: Sequence[Path],
    inspection: Inspection,
    directory: Path,
    loudness_lufs: float,
    on_seconds: Callable[[float], None],
    cut: Cut = WHOLE,
) -> Media:
    """Make all media of a recording in `directory`, which appears whole or not at all.

    All times of what is made count from where the cut recording begins. Raises PermanentError
    `truncated`, `damaged` (both with the position in the source), `cut_too_long` or
    `encode_failed`; TemporaryError `disk_full`.
    """
    cutting = _cutting(paths, inspection, cut)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent, prefix="transcoding-") as temporary:
        draft = Path(temporary) / "media"
        draft.mkdir()
        run = run_ffmpeg(_decoding_graph(paths, inspection, draft, cutting), on_seconds)
        _check_completeness(paths, inspection, draft, run, cutting)
        run_ffmpeg(_loudness_graph(draft, _published_channels(inspection), run, loudness_lufs))
        _keep_best_poster(draft)
        (draft / "sound.flac").unlink()
        shutil.rmtree(directory, ignore_errors=True)
        draft.rename(directory)
    return _media_in(directory, inspection)


def is_web_playable(video: VideoStream) -> bool:
    """Whether every current browser plays this picture as it is: H.264, 8 bit, 4:2:0, at most 1080p."""
    return (
        video.codec == "h264"
        and video.pixel_format in ("yuv420p", "yuvj420p")
        and video.width <= MAX_WIDTH
        and video.height <= MAX_HEIGHT
    )


@dataclass(frozen=True, slots=True)
class _Cutting:
    """Where the published media begin and how long they last on the source; None: to its end."""

    start_seconds: float = 0.0
    kept_seconds: float | None = None

    @property
    def may_copy(self) -> bool:
        """Whether streams may be copied: their first packet is the first one published."""
        return self.start_seconds == 0.0

    def options(self) -> dict[str, str]:
        """For each input of ffmpeg, which then counts times from the cut."""
        start = {} if self.may_copy else {"ss": f"{self.start_seconds:.3f}"}
        return start if self.kept_seconds is None else {**start, "t": f"{self.kept_seconds:.3f}"}


def _cutting(paths: Sequence[Path], inspection: Inspection, cut: Cut) -> _Cutting:
    """Raises PermanentError `cut_too_long` where nothing would be left."""
    if cut == WHOLE:
        return _Cutting()
    knows = inspection.duration_is_exact and inspection.duration_seconds > 0
    source_seconds = inspection.duration_seconds if knows else max(map(played_seconds, paths))
    kept_seconds = source_seconds - cut.start_seconds - cut.end_seconds
    if kept_seconds < LEAST_KEPT_SECONDS:
        cut_seconds = cut.start_seconds + cut.end_seconds
        raise PermanentError("cut_too_long", cut_seconds=cut_seconds, duration_seconds=source_seconds)
    return _Cutting(cut.start_seconds, kept_seconds if cut.end_seconds else None)


def _decoding_graph(paths: Sequence[Path], inspection: Inspection, draft: Path, cutting: _Cutting) -> Any:
    """One run over the source with all that needs its decoded streams."""
    video = inspection.video
    copies_video = cutting.may_copy and video is not None and is_web_playable(video)
    # Where the picture is copied, only key frames are decoded, for the poster.
    options = {"skip_frame:v": "nokey"} if copies_video else {}
    first, *others = paths
    inputs = [local_input(first, **options, **cutting.options())]
    inputs += [local_input(path, **cutting.options()) for path in others]
    sound = _sound(inputs[-1]).asplit()
    outputs = [_lossless_sound(sound[0], inspection, draft), _speech(sound[1], draft)]
    if video is not None:
        codecs = _video_codec(copies=copies_video) | _audio_codec(inspection, may_copy=cutting.may_copy)
        outputs += _picture(inputs, inspection, codecs, draft)
    return ffmpeg.merge_outputs(*outputs)


def _sound(source: Any) -> Any:
    """The first sound track; gaps in its time line become silence, so that its times are the video's."""
    on_time = source["a:0"].filter("aresample", AUDIO_RATE_HZ, **{"async": 1, "first_pts": 0})
    # Named, so that every graph converts in the same steps and gives the same samples.
    return on_time.filter("aformat", sample_fmts="fltp")


def _lossless_sound(sound: Any, inspection: Inspection, draft: Path) -> Any:
    measured = sound.filter("ebur128", peak="true", framelog="verbose")
    channels = _published_channels(inspection)
    return measured.output(str(draft / "sound.flac"), ar=AUDIO_RATE_HZ, ac=channels, sample_fmt="s16")


def _published_channels(inspection: Inspection) -> int:
    """Mono stays mono, everything else becomes stereo."""
    return min(2, inspection.audio.channels)


def _speech(sound: Any, draft: Path) -> Any:
    heard = sound.filter("aformat", sample_fmts="s16", sample_rates=SPEECH_RATE_HZ, channel_layouts="mono")
    return heard.output(str(draft / "speech.wav"), acodec="pcm_s16le")


def _picture(inputs: list[Any], inspection: Inspection, codecs: dict[str, Any], draft: Path) -> list[Any]:
    """The outputs that show something: the video and the candidates for the poster."""
    if codecs["vcodec"] == "copy":
        candidates, published = inputs[0]["v:0"], inputs[0]["v:0"]
    else:
        branches = inputs[0]["v:0"].filter("scale", **_fitted_size()).split()
        candidates, published = branches[0], branches[1]
    video_file = published.output(
        inputs[-1]["a:0"], str(draft / "video.mp4"), movflags="+faststart", map_metadata=-1, **codecs
    )
    return [video_file, _poster_candidates(candidates, inspection, draft)]


def _fitted_size() -> dict[str, Any]:
    """At most 1080p, never larger than it was, even sides as H.264 needs them."""
    return {
        "w": f"min({MAX_WIDTH},iw)",
        "h": f"min({MAX_HEIGHT},ih)",
        "force_original_aspect_ratio": "decrease",
        "force_divisible_by": 2,
    }


def _video_codec(*, copies: bool) -> dict[str, Any]:
    if copies:
        return {"vcodec": "copy"}
    return {"vcodec": "libx264", "preset": "veryfast", "crf": 23, "pix_fmt": "yuv420p"}


def _audio_codec(inspection: Inspection, *, may_copy: bool) -> dict[str, Any]:
    audio = inspection.audio
    if may_copy and audio.codec == "aac" and audio.profile in ("LC", "") and audio.channels <= 2:
        return {"acodec": "copy"}
    return {
        "acodec": "aac",
        "audio_bitrate": "128k",
        "ac": _published_channels(inspection),
        "ar": AUDIO_RATE_HZ,
    }


def _poster_candidates(picture: Any, inspection: Inspection, draft: Path) -> Any:
    every_seconds = max(1.0, inspection.duration_seconds / POSTER_CANDIDATES)
    chosen = picture.filter("select", f"isnan(prev_selected_t)+gte(t-prev_selected_t,{every_seconds:.3f})")
    small = chosen.filter("scale", w="min(1280,iw)", h=-2)
    pattern = str(draft / "candidate-%04d.jpg")
    return small.output(pattern, fps_mode="vfr", pix_fmt="yuvj420p", **{"q:v": 3, "strict": "unofficial"})


def _loudness_graph(draft: Path, channels: int, run: FfmpegRun, loudness_lufs: float) -> Any:
    """`audio.m4a` at the wanted loudness; peaks that would pass the limit are rounded off.

    The limiter works at four times the rate, so that it sees true peaks (ITU-R BS.1770).
    """
    sound = local_input(draft / "sound.flac")
    integrated_lufs, peak_dbtp = _measured(run.messages)
    if integrated_lufs > SILENCE_LUFS:
        gain_db = loudness_lufs - integrated_lufs
        sound = sound.filter("volume", f"{gain_db:.2f}dB")
        if peak_dbtp + gain_db > PEAK_LIMIT_DBTP:
            limit = 10 ** ((PEAK_LIMIT_DBTP - 0.5) / 20)  # half a dB for what AAC adds
            sound = sound.filter("aresample", 4 * AUDIO_RATE_HZ).filter("alimiter", limit=limit, level=0)
    return sound.output(
        str(draft / "audio.m4a"),
        acodec="aac",
        audio_bitrate=f"{64 * channels}k",
        ar=AUDIO_RATE_HZ,
        movflags="+faststart",
        map_metadata=-1,
    )


def _measured(messages: str) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) from ebur128's summary."""
    found = _SUMMARY.findall(messages)
    if not found:
        return float("-inf"), float("-inf")
    integrated, peak = found[-1]
    return float(integrated), float(peak)


def _check_completeness(
    paths: Sequence[Path], inspection: Inspection, draft: Path, run: FfmpegRun, cutting: _Cutting
) -> None:
    """Refuse what ends early or cannot be decoded: never a silent half transcript.

    Times are those of the source. What is cut off may be damaged.
    """
    made_seconds = max(_wav_seconds(draft / "speech.wav"), _container_seconds(draft / "video.mp4"))
    reached_seconds = cutting.start_seconds + made_seconds
    claimed_seconds = inspection.duration_seconds if inspection.duration_is_exact else 0.0
    if cutting.kept_seconds is not None:
        claimed_seconds = cutting.start_seconds + cutting.kept_seconds
    if reached_seconds < claimed_seconds - max(TOLERATED_LOSS_SECONDS, 0.002 * claimed_seconds):
        raise PermanentError("truncated", position_seconds=reached_seconds, duration_seconds=claimed_seconds)
    if run.undecodable_packets * PACKET_SECONDS > TOLERATED_LOSS_SECONDS:
        raise PermanentError("damaged", position_seconds=_damage_seconds(paths[-1], cutting.start_seconds))


def _damage_seconds(path: Path, start_seconds: float) -> float:
    """Where the sound first cannot be decoded from there on; reads the file again, for the message's sake."""
    position_seconds = start_seconds
    with av.open(str(path), options=dict(DEMUXER_OPTIONS)) as container:
        for packet in container.demux(audio=0):
            if packet.pts is not None and packet.time_base is not None:
                position_seconds = float(packet.pts * packet.time_base)
            if position_seconds < start_seconds:
                continue
            try:
                packet.decode()
            except av.error.FFmpegError:
                break
    return position_seconds


def _wav_seconds(path: Path) -> float:
    with wave.open(str(path)) as speech:
        return float(speech.getnframes() / speech.getframerate())


def _container_seconds(path: Path) -> float:
    if not path.exists():
        return 0.0
    with av.open(str(path)) as container:
        microseconds: int = container.duration or 0
    return microseconds / 1_000_000


def _keep_best_poster(draft: Path) -> None:
    candidates = sorted(draft.glob("candidate-*.jpg"))
    best = choose_poster(candidates)
    if best is not None:
        best.rename(draft / "poster.jpg")
    for candidate in draft.glob("candidate-*.jpg"):
        candidate.unlink()


def _media_in(directory: Path, inspection: Inspection) -> Media:
    video, poster = directory / "video.mp4", directory / "poster.jpg"
    return Media(
        duration_seconds=max(_wav_seconds(directory / "speech.wav"), _container_seconds(video)),
        audio=LocalFile.of(directory / "audio.m4a"),
        speech=LocalFile.of(directory / "speech.wav"),
        video=LocalFile.of(video) if inspection.video else None,
        poster=LocalFile.of(poster) if poster.exists() else None,
        tool=f"ffmpeg {ffmpeg_version()}",
    )


def extract_speech(path: Path, inspection: Inspection, target: Path) -> LocalFile:
    """Only the recogniser's input of one local file. Raises what `transcode` raises."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="transcoding-") as temporary:
        draft = Path(temporary)
        run = run_ffmpeg(_speech(_sound(local_input(path)), draft))
        _check_completeness([path], inspection, draft, run, _Cutting())
        (draft / "speech.wav").rename(target)
    return LocalFile.of(target)
