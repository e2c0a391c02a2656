"""Makes the published media and the recogniser's input, all on the source's own clock.

The survey says where everything lies. The sound is decoded by us, sample by sample on the clock, and one
run of ffmpeg makes of it a lossless copy with its loudness measured and the 16 kHz mono for the
recogniser. A second, short run gives the sound its loudness and encodes it, once for both files. The
picture is copied, or encoded by a run of its own. Before anything counts, it is compared with the source.
"""

import re
import shutil
import tempfile
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Any

import av
import ffmpeg

from tasks.media.clocked_packets import clocked_packets, made_packets
from tasks.media.comparison import Chosen, differences
from tasks.media.ffmpeg import FfmpegRun, ffmpeg_version, local_input, piped_input, run_ffmpeg
from tasks.media.joining import copy_sound, join
from tasks.media.picture import (
    PictureSource,
    copied_packets,
    encode_picture,
    look_at_key_frames,
    may_be_copied,
)
from tasks.media.poster import choose_poster
from tasks.media.sound_choice import choose_sound, speech_reasons
from tasks.media.sound_track import SoundShape, WrittenSound, shape_of, write_sound
from tasks.media.survey import survey
from tasks.media.truncation import cut_off_reasons
from transcripts.errors.media_errors import (
    CutTooLongError,
    EncodeFailedError,
    RecordingDamagedError,
    TruncatedError,
)
from transcripts.media.media_values import WHOLE, Cut, Inspection, LocalFile, Media
from transcripts.media.timeline import Span, Survey, shown_seconds
from transcripts.media.track_choice import TrackChoice, TrackWish

SPEECH_RATE_HZ = 16_000
BITS_PER_CHANNEL = 64_000
POSTER_CANDIDATES = 24
PEAK_LIMIT_DBTP = -1.0
SILENCE_LUFS = -69.0  # EBU R 128 gates at -70: below there is nothing to normalise
TOLERATED_LOSS_SECONDS, TOLERATED_LOSS_SHARE = 1.0, 0.002
LEAST_KEPT_SECONDS = 1.0
GERMAN = TrackWish(language="de")
PICTURE_SECONDS = 0.02  # of a packet of picture that cannot be decoded, as good as nothing
# Of all the work, where there is a picture.
SOUNDS_SHARE = 0.3

_SUMMARY = re.compile(r"I:\s+(-?[\d.]+|-inf|nan) LUFS.{0,400}?Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", re.DOTALL)


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

    All times of what is made count from where the cut recording begins. Raises
    TruncatedError, RecordingDamagedError (both with the position in the source), CutTooLongError,
    TrackUnknownError or EncodeFailedError; DiskFullError.
    """
    source = _source(paths, inspection.survey, cut, wish)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with _draft_beside(directory) as draft:
        progress = _Progress(on_seconds, source.picture is not None)
        written = _make_sound(source, draft, loudness_lufs, progress.of_sound)
        if source.picture is not None:
            _make_video(source.picture, draft, progress.of_picture)
            _keep_best_poster(draft, source.span.length_seconds)
        media = _media_in(draft, source, written)
        shutil.rmtree(directory, ignore_errors=True)
        draft.rename(directory)
    return _moved(media, directory)


def extract_speech(path: Path, inspection: Inspection, target: Path, wish: TrackWish = GERMAN) -> LocalFile:
    """Only the recogniser's input of one local file. Raises what `transcode` raises."""
    source = _source([path], inspection.survey, WHOLE, wish)
    target.parent.mkdir(parents=True, exist_ok=True)
    with _draft_beside(target) as draft:
        shape = shape_of(source.chosen.sound)
        _, speech = _split(shape)
        written, _ = _run_over_sound(source, _speech(speech, draft), lambda _seconds: None)
        _check_completeness(source, written)
        (draft / "speech.wav").rename(target)
    return LocalFile.of(target)


@dataclass(frozen=True, slots=True)
class _Source:
    """What is published of the fetched files.

    `unjoined_paths` are those whose structure says where they end.
    """

    unjoined_paths: Sequence[Path]
    sound_path: Path
    choice: TrackChoice
    chosen: Chosen
    span: Span
    picture: PictureSource | None


def _source(paths: Sequence[Path], found: Survey, cut: Cut, wish: TrackWish) -> _Source:
    """Raises CutTooLongError where nothing would be left, NoAudioError, TrackUnknownError."""
    choice = choose_sound(paths, found, cut, wish)
    tracks = found.sound_tracks()
    number, sound = next(each for each in tracks if each[1].number + 1 == choice.track.number)
    path, file = paths[number], found.files[number]
    unjoined = [each for each, file in zip(paths, found.files, strict=True) if len(file.parts) == 1]
    picture = found.picture()
    if picture is None:
        chosen = Chosen(file, sound)
        return _Source(unjoined, path, choice, chosen, _span(chosen, cut), None)
    chosen = Chosen(file, sound, found.files[picture[0]], picture[1])
    span = _span(chosen, cut)
    shown = PictureSource(paths[picture[0]], found.files[picture[0]], picture[1], span)
    return _Source(unjoined, path, choice, chosen, span, shown)


def _span(chosen: Chosen, cut: Cut) -> Span:
    """Raises CutTooLongError where nothing would be left."""
    whole_seconds = _shown_seconds(chosen) if cut.end_seconds else chosen.length_seconds
    length_seconds = whole_seconds - cut.start_seconds - cut.end_seconds
    if cut != WHOLE and length_seconds < LEAST_KEPT_SECONDS:
        cut_seconds = cut.start_seconds + cut.end_seconds
        raise CutTooLongError(cut_seconds=cut_seconds, duration_seconds=_shown_seconds(chosen))
    return Span(
        start_seconds=chosen.start_seconds + cut.start_seconds,
        length_seconds=length_seconds,
        is_from_the_beginning=cut.start_seconds == 0,
        is_to_the_end=cut.end_seconds == 0,
    )


def _shown_seconds(chosen: Chosen) -> float:
    return shown_seconds(chosen.length_seconds, _stated_end(chosen))


@contextmanager
def _draft_beside(target: Path) -> Iterator[Path]:
    """A folder for what is not yet whole; it is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="transcoding-") as temporary:
        draft = Path(temporary) / "media"
        draft.mkdir()
        yield draft


@dataclass(slots=True)
class _Progress:
    """Tells of the whole work in seconds of the recording: sound first, and then the picture."""

    on_seconds: Callable[[float], None]
    has_picture: bool
    _sound_seconds: float = 0.0
    _told_seconds: float = 0.0

    def of_sound(self, seconds: float) -> None:
        self._sound_seconds = seconds * SOUNDS_SHARE if self.has_picture else seconds
        self._tell(self._sound_seconds)

    def of_picture(self, seconds: float) -> None:
        self._tell(self._sound_seconds + seconds * (1 - SOUNDS_SHARE))

    def _tell(self, seconds: float) -> None:
        self._told_seconds = max(self._told_seconds, seconds)
        self.on_seconds(self._told_seconds)


def _make_sound(
    source: _Source, draft: Path, loudness_lufs: float, on_seconds: Callable[[float], None]
) -> WrittenSound:
    """`audio.m4a` and `speech.wav`."""
    shape = shape_of(source.chosen.sound)
    published, speech = _split(shape)
    outputs = ffmpeg.merge_outputs(_lossless_sound(published, draft), _speech(speech, draft))
    written, run = _run_over_sound(source, outputs, on_seconds)
    _check_completeness(source, written)
    run_ffmpeg(_loudness_graph(draft, shape, run, loudness_lufs), source.span.length_seconds)
    copy_sound(draft / "encoded.m4a", draft / "audio.m4a")
    for each in ("sound.flac", "encoded.m4a"):
        (draft / each).unlink()
    return written


def _split(shape: SoundShape) -> tuple[Any, Any]:
    """What is published and what is recognised, of the samples that come in."""
    samples = piped_input(f="f32le", ar=shape.rate_hz, ac=shape.written_channels)
    both = samples.audio.asplit()
    if shape.channels == 1:
        return both[0], both[1]
    published = both[0].filter("channelmap", map="0|1", channel_layout="stereo")
    return published, both[1].filter("channelmap", map="2", channel_layout="mono")


def _run_over_sound(
    source: _Source, outputs: Any, on_seconds: Callable[[float], None]
) -> tuple[WrittenSound, FfmpegRun]:
    written: list[WrittenSound] = []

    def feed(pipe: RawIOBase) -> None:
        chosen = source.chosen
        written.append(
            write_sound(
                source.sound_path, chosen.sound_file, chosen.sound, source.span, pipe.write, on_seconds
            )
        )

    run = run_ffmpeg(outputs, source.span.length_seconds, feed=feed)
    if not written:
        raise EncodeFailedError(reason=run.messages.strip().rsplit("\n", 1)[-1][:300])
    return written[0], run


def _lossless_sound(sound: Any, draft: Path) -> Any:
    measured = sound.filter("ebur128", peak="true", framelog="verbose")
    return measured.output(str(draft / "sound.flac"), sample_fmt="s16")


def _speech(sound: Any, draft: Path) -> Any:
    heard = sound.filter("aformat", sample_fmts="s16", sample_rates=SPEECH_RATE_HZ, channel_layouts="mono")
    return heard.output(str(draft / "speech.wav"), acodec="pcm_s16le")


def _loudness_graph(draft: Path, shape: SoundShape, run: FfmpegRun, loudness_lufs: float) -> Any:
    """The published sound at the wanted loudness; peaks that would pass the limit are rounded off.

    The limiter works at four times the rate, so that it sees true peaks (ITU-R BS.1770).
    """
    sound = local_input(draft / "sound.flac").audio
    integrated_lufs, peak_dbtp = _measured(run.messages)
    if integrated_lufs > SILENCE_LUFS:
        gain_db = loudness_lufs - integrated_lufs
        sound = sound.filter("volume", f"{gain_db:.2f}dB")
        if peak_dbtp + gain_db > PEAK_LIMIT_DBTP:
            limit = 10 ** ((PEAK_LIMIT_DBTP - 0.5) / 20)  # half a dB for what AAC adds
            sound = sound.filter("aresample", 4 * shape.rate_hz).filter("alimiter", limit=limit, level=0)
    return sound.output(
        str(draft / "encoded.m4a"),
        acodec="aac",
        audio_bitrate=BITS_PER_CHANNEL * shape.channels,
        ar=shape.rate_hz,
    )


def _measured(messages: str) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) from ebur128's summary."""
    found = _SUMMARY.findall(messages)
    if not found:
        return float("-inf"), float("-inf")
    integrated, peak = found[-1]
    return float(integrated), float(peak)


def _make_video(source: PictureSource, draft: Path, on_seconds: Callable[[float], None]) -> None:
    """`video.mp4` of the picture and the sound that is made already."""
    found = look_at_key_frames(source)
    sound, video = draft / "audio.m4a", draft / "video.mp4"
    if may_be_copied(source, found):
        join([copied_packets(source), made_packets(sound, "sound")], video)
    else:
        encoded = draft / "picture.mp4"
        run = encode_picture(source, found, encoded, on_seconds)
        if run.undecodable_packets * PICTURE_SECONDS > TOLERATED_LOSS_SECONDS:
            raise RecordingDamagedError(position_seconds=_damage_seconds(source))
        join([made_packets(encoded, "picture"), made_packets(sound, "sound")], video)
        encoded.unlink()
    on_seconds(source.span.length_seconds)


def _check_completeness(source: _Source, written: WrittenSound) -> None:
    """Refuse what ends early or cannot be decoded: never a silent half transcript.

    Times are those of the source. What is cut off may be damaged.
    """
    origin_seconds = source.chosen.start_seconds
    if not written.seconds:
        raise RecordingDamagedError(position_seconds=0.0)  # nothing of the sound could be decoded
    reached_seconds = max(written.reached_seconds, _picture_end(source)) - origin_seconds
    left_out_seconds = source.chosen.end_seconds - source.span.start_seconds - source.span.length_seconds
    stated_seconds = _stated_end(source.chosen) - max(0.0, left_out_seconds)
    if reached_seconds < stated_seconds - max(TOLERATED_LOSS_SECONDS, TOLERATED_LOSS_SHARE * stated_seconds):
        raise TruncatedError(position_seconds=reached_seconds, duration_seconds=stated_seconds)
    if written.lost_seconds > TOLERATED_LOSS_SECONDS:
        position_seconds = (written.first_lost_seconds or origin_seconds) - origin_seconds
        raise RecordingDamagedError(position_seconds=position_seconds)


def _picture_end(source: _Source) -> float:
    picture = source.chosen.picture
    return picture.end_seconds if picture else 0.0


def _stated_end(chosen: Chosen) -> float:
    """How far the container says that picture or sound go, in whichever way it counts, from the origin on."""
    origin_seconds = chosen.start_seconds
    stated = [track.stated_seconds or file.stated_seconds for file, track in chosen.tracks]
    known = [seconds for seconds in stated if seconds]
    return max(known) - origin_seconds if known and max(known) > origin_seconds else max(known, default=0.0)


def _damage_seconds(source: PictureSource) -> float:
    """Where the picture first cannot be decoded; reads the file again, for the message's sake."""
    position_seconds = 0.0
    for each in clocked_packets(source.path, source.file, source.track):
        position_seconds = (each.shown_seconds or 0.0) - source.track.first_seconds
        try:
            each.packet.decode()
        except av.error.FFmpegError:
            break
    return position_seconds


def _keep_best_poster(draft: Path, seconds: float) -> None:
    """Of the key frames of what is published."""
    picture = local_input(draft / "video.mp4", **{"skip_frame:v": "nokey"})["v:0"]
    run_ffmpeg(_poster_candidates(picture, seconds, draft), seconds)
    candidates = sorted(draft.glob("candidate-*.jpg"))
    best = choose_poster(candidates)
    if best is not None:
        best.rename(draft / "poster.jpg")
    for candidate in draft.glob("candidate-*.jpg"):
        candidate.unlink()


def _poster_candidates(picture: Any, seconds: float, draft: Path) -> Any:
    every_seconds = max(1.0, seconds / POSTER_CANDIDATES)
    chosen = picture.filter("select", f"isnan(prev_selected_t)+gte(t-prev_selected_t,{every_seconds:.3f})")
    small = chosen.filter("scale", w="min(1280,iw)", h=-2)
    pattern = str(draft / "candidate-%04d.jpg")
    return small.output(pattern, fps_mode="vfr", pix_fmt="yuvj420p", **{"q:v": 3, "strict": "unofficial"})


def _media_in(draft: Path, source: _Source, written: WrittenSound) -> Media:
    """What was made, compared with its source."""
    video, poster = draft / "video.mp4", draft / "poster.jpg"
    made = survey([video]) if source.picture is not None else None
    return Media(
        duration_seconds=max(_wav_seconds(draft / "speech.wav"), made.end_seconds if made else 0.0),
        audio=LocalFile.of(draft / "audio.m4a"),
        speech=LocalFile.of(draft / "speech.wav"),
        video=LocalFile.of(video) if source.picture is not None else None,
        poster=LocalFile.of(poster) if poster.exists() else None,
        tool=f"ffmpeg {ffmpeg_version()}",
        hold_reasons=(
            *cut_off_reasons(source.unjoined_paths),
            *source.choice.hold_reasons,
            *speech_reasons(draft / "speech.wav", source.choice, source.span.length_seconds),
            *differences(source.chosen, source.span, written.seconds, made),
        ),
    )


def _moved(media: Media, directory: Path) -> Media:
    """The media after their folder was renamed."""
    files = {
        name: file.model_copy(update={"path": directory.resolve() / file.path.name})
        for name in ("audio", "speech", "video", "poster")
        if isinstance(file := getattr(media, name), LocalFile)
    }
    return media.model_copy(update=files)


def _wav_seconds(path: Path) -> float:
    with wave.open(str(path)) as speech:
        return float(speech.getnframes() / speech.getframerate())
