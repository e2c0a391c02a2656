"""Whatever arrives is published on the source's own clock: seconds that can be told by ear and by eye."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from tasks.media.inspection import inspect_media
from tasks.media.transcode import transcode
from tests.media_marks import AAC, H264, OPUS, VP8, clip, heard_seconds, joined, seen_seconds, tone
from tests.media_samples import make
from transcripts.errors.error_kinds import PermanentError
from transcripts.media.media_values import WHOLE, Cut, Media

LUFS = -23.0
HOURS = 3600.0


def made(folder: Path, *sources: Path, cut: Cut = WHOLE) -> Media:
    inspection = inspect_media(sources, 8 * HOURS)
    return transcode(sources, inspection, folder / "out", LUFS, lambda _seconds: None, cut)


def expect_in_step(media: Media, seconds: Sequence[int | None]) -> None:
    """Each second is heard and seen in its place, and nothing is held."""
    assert media.hold_reasons == ()
    for file in (media.audio, media.speech):
        assert heard_seconds(file.path) == list(seconds)
    if media.video is not None:
        assert heard_seconds(media.video.path) == list(seconds)
        expect_seen(media, seconds)


def expect_seen(media: Media, seconds: Sequence[int | None]) -> None:
    assert media.video is not None
    seen = seen_seconds(media.video.path)
    for at, second in enumerate(seconds):
        if second is not None:
            assert seen[second] == pytest.approx(at, abs=0.1)


def sizes_of(path: Path) -> set[tuple[int, int]]:
    with av.open(str(path)) as container:
        return {(frame.width, frame.height) for frame in container.decode(video=0)}


def test_a_picture_that_changes_its_size_is_shown_in_the_largest_and_in_step(tmp_path: Path) -> None:
    codecs = ("-an", *H264, "-bsf:v", "h264_mp4toannexb", "-f", "h264")
    parts = [
        clip(tmp_path / f"{first}.h264", 2, *codecs, first=first, size=size)
        for first, size in ((0, "160x90"), (2, "320x180"), (4, "160x90"))
    ]
    raw = joined(tmp_path / "all.h264", *parts)
    sound = tone(tmp_path / "all.m4a", 6)
    inputs = ("-fflags", "+genpts", "-framerate", "10", "-i", str(raw), "-i", str(sound))
    media = made(tmp_path, make(tmp_path / "zoom.mp4", *inputs, "-c", "copy"))
    expect_in_step(media, range(6))
    assert media.video is not None
    assert sizes_of(media.video.path) == {(320, 180)}


@pytest.mark.parametrize(
    ("ending", "codecs"),
    [("mp4", (*H264, *AAC)), ("webm", (*VP8, *OPUS)), ("ts", (*H264, *AAC)), ("flv", (*H264, *AAC))],
)
def test_files_that_were_joined_follow_each_other(
    tmp_path: Path, ending: str, codecs: tuple[str, ...]
) -> None:
    sizes = ("160x90", "320x180") if ending == "webm" else ("160x90", "160x90")
    parts = [
        clip(tmp_path / f"{first}.{ending}", 3, *codecs, first=first, size=size)
        for first, size in zip((0, 3), sizes, strict=True)
    ]
    expect_in_step(made(tmp_path, joined(tmp_path / f"all.{ending}", *parts)), range(6))


@pytest.mark.parametrize(
    ("ending", "codec"),
    [("mp3", "libmp3lame"), ("aac", "aac"), ("ogg", "libvorbis"), ("flac", "flac"), ("wav", "pcm_s16le")],
)
def test_sounds_of_another_rate_and_number_of_channels_follow_each_other(
    tmp_path: Path, ending: str, codec: str
) -> None:
    mono = tone(tmp_path / f"mono.{ending}", 3, "-c:a", codec)
    stereo = tone(tmp_path / f"st.{ending}", 3, "-c:a", codec, first=3, rate_hz=44_100, channels=2)
    media = made(tmp_path, joined(tmp_path / f"all.{ending}", mono, stereo))
    expect_in_step(media, range(6))


def test_a_stream_whose_sound_becomes_stereo_goes_on_in_step(tmp_path: Path) -> None:
    codecs = (*H264, *AAC, "-muxdelay", "0")
    before = clip(tmp_path / "a.ts", 3, *codecs, "-output_ts_offset", "1")
    later = (*codecs, "-output_ts_offset", "4")
    after = clip(tmp_path / "b.ts", 3, *later, first=3, rate_hz=44_100, channels=2)
    expect_in_step(made(tmp_path, joined(tmp_path / "all.ts", before, after)), range(6))


def test_a_file_that_starts_at_ten_minutes_begins_at_zero(tmp_path: Path) -> None:
    late = clip(tmp_path / "late.webm", 4, *VP8, *OPUS, "-output_ts_offset", "600")
    expect_in_step(made(tmp_path, late), range(4))


def moved(source: Path, target: Path, shift_of: Callable[[float], float]) -> Path:
    """A file whose packets come later by so much as `shift_of` says of their time."""
    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        streams = {each.index: written.add_stream_from_template(each) for each in read.streams}
        for packet in read.demux():
            if packet.size and packet.pts is not None and packet.dts is not None:
                shift = round(shift_of(float(packet.pts * packet.time_base)) / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = streams[packet.stream.index]
                written.mux(packet)
    return target


def test_a_pause_in_the_time_stamps_stays_a_pause(tmp_path: Path) -> None:
    whole = clip(tmp_path / "clip.mkv", 4)
    paused = moved(whole, tmp_path / "paused.mkv", lambda at: 3.0 if at >= 2 else 0.0)
    expect_in_step(made(tmp_path, paused), (0, 1, None, None, None, 2, 3))


def test_a_gap_of_many_hours_is_refused_before_anything_is_decoded(tmp_path: Path) -> None:
    whole = clip(tmp_path / "clip.mkv", 2)
    gap = moved(whole, tmp_path / "gap.mkv", lambda at: 40_000.0 if at >= 1 else 0.0)
    with pytest.raises(PermanentError) as caught:
        inspect_media([gap], 8 * HOURS)
    assert caught.value.code == "too_long"


@pytest.mark.parametrize("form", ["mkv", "mp4", "webm"])
def test_hours_of_silence_are_not_made_out_of_two_seconds(tmp_path: Path, form: str) -> None:
    codec = ("-c:a", "libopus") if form == "webm" else AAC
    whole = tone(tmp_path / f"tone.{form}", 2, *codec)
    gap = moved(whole, tmp_path / f"gap.{form}", lambda at: 3600.0 if at >= 1 else 0.0)
    with pytest.raises(PermanentError) as caught:
        inspect_media([gap], 8 * HOURS)
    assert caught.value.code == "sound_missing"


def test_a_quarter_of_an_hour_of_silence_that_was_recorded_is_no_gap(tmp_path: Path) -> None:
    """Opus sends the least that it can while nothing is heard."""
    silence = ("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "900", "-c:a", "libopus", "-dtx", "1")
    recorded = make(tmp_path / "silence.webm", *silence, "-application", "voip", "-frame_duration", "60")
    assert inspect_media([recorded], 8 * HOURS).duration_seconds == pytest.approx(900, abs=1)


@pytest.mark.parametrize(("late", "heard"), [(0, (0, 1, 2, 3, 4)), (2, (None, None, 0, 1, 2, 3, 4))])
def test_two_files_share_one_clock(tmp_path: Path, late: int, heard: Sequence[int | None]) -> None:
    at_once = ("-muxdelay", "0", "-output_ts_offset")
    picture = clip(tmp_path / "v.ts", 5, "-an", *H264, *at_once, "20")
    sound = tone(tmp_path / "a.ts", 5, *AAC, *at_once, str(20 + late))
    media = made(tmp_path, picture, sound)
    assert media.hold_reasons == ()
    assert heard_seconds(media.audio.path) == list(heard)
    expect_seen(media, range(5))


@pytest.mark.parametrize("start", ["0", "600"])
@pytest.mark.parametrize("ending", ["ts", "mpg", "mkv"])
def test_an_encoded_picture_that_begins_later_than_the_sound_stays_later(
    tmp_path: Path, ending: str, start: str
) -> None:
    mpeg2 = ("-an", "-c:v", "mpeg2video", "-r", "25", "-fps_mode", "cfr", "-g", "10", "-q:v", "2")
    picture = clip(tmp_path / "v.mkv", 3, *mpeg2, first=2)
    sound = tone(tmp_path / "a.mkv", 5, "-c:a", "mp2")
    inputs = ("-itsoffset", "2", "-i", str(picture), "-i", str(sound), "-c", "copy")
    media = made(tmp_path, make(tmp_path / f"late.{ending}", *inputs, "-output_ts_offset", start))
    assert media.hold_reasons == ()
    assert heard_seconds(media.audio.path) == list(range(5))
    expect_seen(media, (None, None, 2, 3, 4))


INTERLACED = ("-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "8M", "-c:a", "mp2")
MOVING = "testsrc2=size=320x240:rate=50:duration=4,scroll=horizontal=0.03"
SINE = ("-f", "lavfi", "-i", "sine=duration=4")


def test_an_interlaced_picture_loses_its_combs(tmp_path: Path) -> None:
    filters = ("-vf", "tinterlace=mode=4,fieldorder=tff")
    source = make(tmp_path / "c.ts", "-f", "lavfi", "-i", MOVING, *SINE, *filters, *INTERLACED)
    media = made(tmp_path, source)
    assert media.video is not None
    assert media.hold_reasons == ()
    assert roughness(media.video.path) < 0.7 * roughness(source)


def test_a_whole_picture_that_is_only_flagged_as_interlaced_is_left_alone(tmp_path: Path) -> None:
    filters = ("-vf", "fps=25,setfield=tff")
    source = make(tmp_path / "p.ts", "-f", "lavfi", "-i", MOVING, *SINE, *filters, *INTERLACED)
    with av.open(str(source)) as container:
        assert next(container.decode(video=0)).interlaced_frame
    media = made(tmp_path, source)
    assert media.video is not None
    assert roughness(media.video.path) > 0.85 * roughness(source)


def roughness(path: Path) -> float:
    """How much each line differs from the mean of its neighbours, in the middle of the clip."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))[40:60]
    pictures = [
        frame.reformat(format="yuv420p").to_ndarray()[: frame.height].astype(float) for frame in frames
    ]
    return float(np.mean([np.abs(2 * each[1:-1] - each[:-2] - each[2:]).mean() for each in pictures]))


def test_an_encoded_picture_is_about_as_large_as_its_source(tmp_path: Path) -> None:
    source = make(
        tmp_path / "vp9.webm",
        *(
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=640x360:rate=25:duration=20",
            "-f",
            "lavfi",
            "-i",
            "sine=duration=20",
        ),
        *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", *OPUS),
    )
    media = made(tmp_path, source)
    assert media.video is not None
    assert media.video.size_bytes < 1.35 * source.stat().st_size


def test_mono_stays_mono_at_no_more_than_its_rate(tmp_path: Path) -> None:
    media = made(tmp_path, tone(tmp_path / "low.wav", 3, rate_hz=16_000))
    with av.open(str(media.audio.path)) as container:
        stream = container.streams.audio[0]
        assert (stream.channels, stream.rate) == (1, 16_000)


def test_video_and_audio_hold_the_same_sound(tmp_path: Path) -> None:
    media = made(tmp_path, clip(tmp_path / "clip.mp4", 3))
    assert media.video is not None
    with av.open(str(media.video.path)) as one, av.open(str(media.audio.path)) as other:
        sounds = [[bytes(each) for each in file.demux(audio=0)] for file in (one, other)]
    assert sounds[0] == sounds[1]


def test_a_cut_of_a_stream_that_starts_late_leaves_what_was_asked_for(tmp_path: Path) -> None:
    late = clip(tmp_path / "late.ts", 6, *H264, *AAC, "-output_ts_offset", "600")
    media = made(tmp_path, late, cut=Cut(start_seconds=2, end_seconds=1))
    expect_in_step(media, (2, 3, 4))


def test_nothing_behind_a_cut_of_the_end_is_left_in_a_copied_picture(tmp_path: Path) -> None:
    codecs = (*H264[:-2], "-bf", "2", *AAC)
    media = made(tmp_path, clip(tmp_path / "clip.mp4", 6, *codecs), cut=Cut(end_seconds=2.05))
    assert media.video is not None
    assert max(seen_seconds(media.video.path)) == 3
