"""Transcoding with the real ffmpeg: copied where possible, normalised, complete or refused."""

import re
import subprocess
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tasks.media.ffmpeg import ffmpeg_path
from tasks.media.inspection import inspect_media, played_seconds
from tasks.media.transcode import extract_speech, transcode
from tests.media_samples import MEETING, damaged, make, meeting_clip, silence, truncated
from transcripts.errors.error_kinds import PermanentError
from transcripts.media.media_values import WHOLE, Cut, Media

LUFS = -23.0


def made(target: Path, *sources: Path, cut: Cut = WHOLE) -> Media:
    return transcode(list(sources), inspect_media(sources, 3600), target, LUFS, lambda _seconds: None, cut)


def packets(path: Path, kind: str) -> list[bytes]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0] if kind == "video" else container.streams.audio[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def samples_of(path: Path) -> NDArray[np.float64]:
    with wave.open(str(path)) as speech:
        frames = speech.readframes(speech.getnframes())
    return np.frombuffer(frames, dtype=np.int16).astype(np.float64)


def loudness(path: Path) -> tuple[float, float]:
    command = [ffmpeg_path(), "-nostdin", "-hide_banner", "-i", str(path)]
    command += ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    integrated = re.findall(r"I:\s+(-?[\d.]+) LUFS", text)[-1]
    return float(integrated), float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", text)[-1])


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return made(tmp_path_factory.mktemp("media") / "out", MEETING)


def test_a_picture_that_browsers_play_is_copied(meeting: Media) -> None:
    assert meeting.video is not None
    assert packets(meeting.video.path, "video") == packets(MEETING, "video")


def test_the_video_starts_playing_before_all_of_it_is_loaded(meeting: Media) -> None:
    assert meeting.video is not None
    head = meeting.video.path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_the_audio_has_the_loudness_of_ebu_r128(meeting: Media) -> None:
    integrated_lufs, peak_dbtp = loudness(meeting.audio.path)
    assert integrated_lufs == pytest.approx(LUFS, abs=0.5)
    assert peak_dbtp <= -1.0


def test_loud_peaks_are_rounded_off_and_quiet_speech_is_raised(tmp_path: Path) -> None:
    clip = make(
        tmp_path / "clip.wav",
        *("-f", "lavfi", "-i", "aevalsrc='0.02*sin(440*2*PI*t)+0.9*eq(mod(n\\,192000)\\,0)':d=20:s=48000"),
    )
    integrated_lufs, peak_dbtp = loudness(made(tmp_path / "out", clip).audio.path)
    assert integrated_lufs == pytest.approx(LUFS, abs=1.0)
    assert peak_dbtp <= -1.0


def test_the_recogniser_gets_16_khz_mono_on_the_same_time_line(meeting: Media) -> None:
    with av.open(str(meeting.speech.path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("pcm_s16le", 16_000, 1)
    assert len(samples_of(meeting.speech.path)) / 16_000 == pytest.approx(396.24, abs=0.1)


def test_the_recogniser_gets_the_same_sound_whether_or_not_media_are_made(
    meeting: Media, tmp_path: Path
) -> None:
    speech = extract_speech(MEETING, inspect_media([MEETING], 3600), tmp_path / "speech.wav")
    assert speech.sha256 == meeting.speech.sha256


def test_the_poster_is_neither_black_nor_blank(meeting: Media, tmp_path: Path) -> None:
    black_first = make(
        tmp_path / "black.mp4",
        *("-f", "lavfi", "-i", "color=black:size=640x360:rate=10:duration=8"),
        *("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=10:duration=6"),
        *("-f", "lavfi", "-i", "color=white:size=640x360:rate=10:duration=8"),
        *("-f", "lavfi", "-i", "sine=frequency=300:duration=22"),
        *("-filter_complex", "[0][1][2]concat=n=3", "-pix_fmt", "yuv420p", "-g", "10"),
    )
    for media in (meeting, made(tmp_path / "out", black_first)):
        assert media.poster is not None
        with av.open(str(media.poster.path)) as image:
            luma = next(image.decode(video=0)).to_ndarray(format="gray").astype(np.float64)
        assert 24 < luma.mean() < 240
        assert luma.std() > 10


def test_what_browsers_do_not_play_is_encoded_at_most_1080_lines_high(tmp_path: Path) -> None:
    big = make(
        tmp_path / "big.webm",
        *("-f", "lavfi", "-i", "testsrc2=size=2560x1440:rate=5:duration=2", "-t", "2", "-i", str(MEETING)),
        *("-map", "0:v", "-map", "1:a", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
    )
    media = made(tmp_path / "out", big)
    assert media.video is not None
    found = inspect_media([media.video.path], 3600)
    assert found.video is not None
    assert (found.video.codec, found.video.width, found.video.height) == ("h264", 1920, 1080)
    assert (found.video.pixel_format, found.audio.codec) == ("yuv420p", "aac")


def test_a_sound_file_becomes_audio_without_video(tmp_path: Path) -> None:
    media = made(tmp_path / "out", meeting_clip(tmp_path / "sound.flac", 0, 10, "-vn", "-c:a", "flac"))
    assert media.video is None
    assert media.poster is None
    assert media.duration_seconds == pytest.approx(10, abs=0.1)


def test_picture_and_sound_from_two_files_are_joined(tmp_path: Path) -> None:
    picture = meeting_clip(tmp_path / "v.mp4", 0, 10, "-an", "-c:v", "copy")
    sound = meeting_clip(tmp_path / "a.m4a", 0, 10, "-vn", "-c:a", "copy")
    media = made(tmp_path / "out", picture, sound)
    assert media.video is not None
    assert packets(media.video.path, "video") == packets(picture, "video")
    assert media.video.path.stat().st_size > picture.stat().st_size


def test_sound_that_starts_late_keeps_its_place(tmp_path: Path) -> None:
    picture = meeting_clip(tmp_path / "v.mp4", 0, 6, "-an", "-c:v", "copy")
    sound = meeting_clip(tmp_path / "a.m4a", 0, 3, "-vn", "-c:a", "copy")
    late = make(
        tmp_path / "late.mp4",
        *("-i", str(picture), "-itsoffset", "3", "-i", str(sound), "-c", "copy"),
    )
    media = made(tmp_path / "out", late)
    samples = samples_of(media.speech.path)
    assert np.abs(samples[: 2 * 16_000]).max() == 0
    assert np.abs(samples[4 * 16_000 : 5 * 16_000]).max() > 300


def test_a_truncated_file_is_refused_with_the_position(tmp_path: Path) -> None:
    with pytest.raises(PermanentError) as caught:
        made(tmp_path / "out", truncated(MEETING, tmp_path / "cut.mp4", 0.5))
    assert caught.value.code == "truncated"
    assert 150 < float(caught.value.details["position_seconds"]) < 250
    assert not (tmp_path / "out").exists()


def test_a_file_with_a_damaged_stretch_is_refused_with_the_position(tmp_path: Path) -> None:
    with pytest.raises(PermanentError) as caught:
        made(tmp_path / "out", damaged(MEETING, tmp_path / "bad.mp4", 0.5, 40_000))
    assert caught.value.code == "damaged"
    assert 150 < float(caught.value.details["position_seconds"]) < 250


def test_silence_stays_silence(tmp_path: Path) -> None:
    media = made(tmp_path / "out", silence(tmp_path / "silence.mp4", 5))
    assert not samples_of(media.speech.path).any()
    assert media.poster is not None


def test_nothing_but_the_results_is_left_behind(meeting: Media) -> None:
    folder = meeting.audio.path.parent
    names = {"audio.m4a", "poster.jpg", "speech.wav", "video.mp4"}
    assert {file.name for file in folder.iterdir()} == names
    assert [file.name for file in folder.parent.iterdir()] == [folder.name]


def test_progress_is_told_along_the_recording(tmp_path: Path) -> None:
    heard: list[float] = []
    clip = meeting_clip(tmp_path / "clip.mp4", 0, 60)
    transcode([clip], inspect_media([clip], 3600), tmp_path / "out", LUFS, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(60, abs=2)


def grey_and_tone(target: Path) -> Path:
    """12 s that brighten and rise in steps of a second: picture and sound tell what second it is.

    A single key frame, at the beginning.
    """
    return make(
        target,
        *(
            "-f",
            "lavfi",
            "-i",
            "color=black:size=160x90:rate=10:duration=12,geq=lum='20+16*floor(T)':cb=128:cr=128",
        ),
        *("-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*(200+100*floor(t))*t)':d=12:s=48000"),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "1000", "-c:a", "aac", "-movflags", "+faststart"),
    )


def second_seen(path: Path, at_seconds: float) -> int:
    """The second of the source that the picture shows at a time."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= at_seconds - 0.001:
                return round((float(frame.to_ndarray(format="gray").mean()) - 20 * 1.0) / 16)
    raise AssertionError("the picture has ended")


def second_heard(media: Media, at_seconds: float) -> int:
    """The second of the source that is heard in the half second from a time on."""
    start = round(at_seconds * 16_000)
    piece = samples_of(media.speech.path)[start : start + 8_000]
    loudest_hz = float(np.argmax(np.abs(np.fft.rfft(piece))) * 2)
    return round((loudest_hz - 200) / 100)


def test_times_count_from_where_the_cut_recording_begins(tmp_path: Path) -> None:
    media = made(
        tmp_path / "out", grey_and_tone(tmp_path / "clip.mp4"), cut=Cut(start_seconds=3, end_seconds=2.5)
    )
    assert media.video is not None
    assert media.duration_seconds == pytest.approx(6.5, abs=0.1)
    assert [second_heard(media, at) for at in (0.2, 1.2, 5.2)] == [3, 4, 8]
    seen = [second_seen(media.video.path, at) for at in (0.0, 0.8, 1.2, 5.2)]
    assert seen == [3, 3, 4, 8]


def test_nothing_of_what_was_cut_off_is_left_in_the_files(tmp_path: Path) -> None:
    media = made(
        tmp_path / "out", grey_and_tone(tmp_path / "clip.mp4"), cut=Cut(start_seconds=5, end_seconds=2)
    )
    assert media.video is not None
    for file in (media.video, media.audio):
        assert played_seconds(file.path) == pytest.approx(5, abs=0.15)
    with av.open(str(media.video.path)) as container:
        pictures = [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]
    assert min(pictures) > 20 + 16 * 4.5


def test_a_cut_of_the_end_alone_copies_the_picture(tmp_path: Path) -> None:
    clip = meeting_clip(tmp_path / "clip.mp4", 0, 20)
    media = made(tmp_path / "out", clip, cut=Cut(end_seconds=8))
    assert media.video is not None
    kept = packets(media.video.path, "video")
    assert kept == packets(clip, "video")[: len(kept)]
    kept_seconds = inspect_media([clip], 3600).duration_seconds - 8
    assert played_seconds(media.audio.path) == pytest.approx(kept_seconds, abs=0.05)
    # The last pictures are left out that are made from later ones: at most three at 10 a second.
    assert kept_seconds - 0.4 <= played_seconds(media.video.path) <= kept_seconds + 0.15


def test_the_end_is_cut_where_the_container_does_not_know_how_long_it_is(tmp_path: Path) -> None:
    codecs = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-f", "webm", "-live", "1")
    clip = meeting_clip(tmp_path / "live.webm", 0, 10, *codecs)
    assert inspect_media([clip], 3600).stated_seconds == 0
    media = made(tmp_path / "out", clip, cut=Cut(start_seconds=1, end_seconds=4))
    assert media.duration_seconds == pytest.approx(5, abs=0.2)


def test_picture_and_sound_of_two_files_are_cut_alike(tmp_path: Path) -> None:
    clip = grey_and_tone(tmp_path / "clip.mp4")
    picture = make(tmp_path / "v.mp4", "-i", str(clip), "-an", "-c", "copy")
    sound = make(tmp_path / "a.m4a", "-i", str(clip), "-vn", "-c", "copy")
    media = made(tmp_path / "out", picture, sound, cut=Cut(start_seconds=4))
    assert media.video is not None
    assert (second_seen(media.video.path, 0.2), second_heard(media, 0.2)) == (4, 4)


def test_cutting_off_more_than_there_is_is_refused(tmp_path: Path) -> None:
    clip = meeting_clip(tmp_path / "clip.mp4", 0, 10)
    with pytest.raises(PermanentError) as caught:
        made(tmp_path / "out", clip, cut=Cut(start_seconds=6, end_seconds=5))
    assert caught.value.code == "cut_too_long"
    assert float(caught.value.details["duration_seconds"]) == pytest.approx(10, abs=0.2)


def test_damage_in_what_is_cut_off_hinders_nobody_and_damage_behind_it_is_found(tmp_path: Path) -> None:
    bad = damaged(MEETING, tmp_path / "bad.mp4", 0.5, 40_000)
    media = made(tmp_path / "early", bad, cut=Cut(end_seconds=300))
    assert media.duration_seconds == pytest.approx(96.24, abs=0.3)
    with pytest.raises(PermanentError) as caught:
        made(tmp_path / "late", bad, cut=Cut(start_seconds=100))
    assert caught.value.code == "damaged"
    assert 150 < float(caught.value.details["position_seconds"]) < 250


def test_a_truncated_file_is_refused_with_its_position_in_the_source_although_it_was_cut(
    tmp_path: Path,
) -> None:
    with pytest.raises(PermanentError) as caught:
        made(
            tmp_path / "out",
            truncated(MEETING, tmp_path / "cut.mp4", 0.5),
            cut=Cut(start_seconds=100, end_seconds=10),
        )
    assert caught.value.code == "truncated"
    assert 150 < float(caught.value.details["position_seconds"]) < 250
