"""The choice of the sound track in real files, from the survey to what is published."""

import wave
from pathlib import Path

import numpy as np
import pytest

from tasks.media.inspection import inspect_media
from tasks.media.sound_choice import choose_sound
from tasks.media.survey import survey
from tasks.media.transcode import transcode
from tests.media_samples import MEETING, make
from transcripts.errors.error_kinds import PermanentError
from transcripts.media.media_values import WHOLE, Cut, Media
from transcripts.media.track_choice import TrackChoice, TrackWish

SPEECH = ("-ss", "10", "-t", "12", "-i", str(MEETING))
OTHER_SPEECH = ("-ss", "210", "-t", "12", "-i", str(MEETING))
SILENCE = ("-f", "lavfi", "-t", "12", "-i", "anullsrc=r=48000:cl=mono")
GERMAN = TrackWish("de")
NO_DEFAULT = ("-disposition:a:0", "0")


def with_tracks(path: Path, *inputs: tuple[str, ...], flags: tuple[str, ...] = ()) -> Path:
    """A picture and the sound of each input."""
    picture = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=5:duration=12")
    given = [each for arguments in (picture, *inputs) for each in arguments]
    maps = ["-map", "0:v"] + [
        each for number in range(1, len(inputs) + 1) for each in ("-map", f"{number}:a")
    ]
    return make(path, *given, *maps, "-pix_fmt", "yuv420p", *flags)


def chosen(path: Path, wish: TrackWish = GERMAN, cut: Cut = WHOLE) -> TrackChoice:
    return choose_sound([path], survey([path]), cut, wish)


def published(path: Path, folder: Path, wish: TrackWish = GERMAN) -> Media:
    return transcode(
        [path], inspect_media([path], 60), folder / "media", -18, lambda _: None, cut=WHOLE, wish=wish
    )


def energy(media: Media) -> float:
    with wave.open(str(media.speech.path)) as speech:
        samples = np.frombuffer(speech.readframes(speech.getnframes()), "<i2")
    return float(np.square(samples / 32768).mean())


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_the_track_with_speech_is_published(tmp_path: Path, name: str) -> None:
    path = with_tracks(tmp_path / name, SILENCE, SPEECH)
    media = published(path, tmp_path)
    assert media.hold_reasons == ()
    assert energy(media) > 1e-4


def test_the_language_of_the_file_is_heeded(tmp_path: Path) -> None:
    flags = ("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger")
    found = chosen(with_tracks(tmp_path / "a.mkv", OTHER_SPEECH, SPEECH, flags=flags))
    assert (found.track.number, found.is_clear) == (2, True)


def test_a_default_that_was_set_on_purpose_is_heeded(tmp_path: Path) -> None:
    flags = (*NO_DEFAULT, "-disposition:a:1", "default")
    found = chosen(with_tracks(tmp_path / "a.mkv", OTHER_SPEECH, SPEECH, flags=flags))
    assert (found.track.number, found.is_clear) == (2, True)


def test_a_commentary_is_known_by_its_flag(tmp_path: Path) -> None:
    flags = ("-disposition:a:0", "default+comment")
    found = chosen(with_tracks(tmp_path / "a.mkv", OTHER_SPEECH, SPEECH, flags=flags))
    assert (found.track.number, found.is_clear) == (2, True)


def test_a_choice_that_is_not_clear_holds_the_record_and_a_person_can_make_it(tmp_path: Path) -> None:
    path = with_tracks(tmp_path / "a.mp4", OTHER_SPEECH, SPEECH)
    media = published(path, tmp_path)
    assert [each.code for each in media.hold_reasons] == ["tracks_unclear"]
    assert published(path, tmp_path, TrackWish("de", 2)).hold_reasons == ()
    assert chosen(path, TrackWish("de", 2)).track.number == 2


def test_a_track_that_is_not_there_is_refused_with_what_there_is(tmp_path: Path) -> None:
    path = with_tracks(tmp_path / "a.mkv", SPEECH)
    with pytest.raises(PermanentError) as caught:
        chosen(path, TrackWish("de", 2))
    assert (caught.value.code, caught.value.details["track"]) == ("track_unknown", 2)


def test_a_single_track_is_not_listened_to(tmp_path: Path) -> None:
    found = chosen(with_tracks(tmp_path / "a.mkv", SPEECH))
    assert found.track.sound_seconds == 0


def test_what_is_cut_off_does_not_count(tmp_path: Path) -> None:
    """The first track speaks only in what is cut off, and would be taken for the longer one."""
    joined = "[1:a]apad=pad_dur=4,atrim=0:12[a];[2:a]adelay=8000,atrim=0:12[b]"
    long, short = ("-ss", "10", "-t", "8", "-i", str(MEETING)), ("-ss", "10", "-t", "4", "-i", str(MEETING))
    picture = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=5:duration=12")
    mapped = ("-map", "0:v", "-map", "[a]", "-map", "[b]", "-pix_fmt", "yuv420p")
    path = make(tmp_path / "a.mkv", *picture, *long, *short, "-filter_complex", joined, *mapped)
    assert chosen(path).track.number == 1
    assert chosen(path, cut=Cut(start_seconds=8)).track.number == 2


def test_more_than_eight_channels_are_published(tmp_path: Path) -> None:
    """PyAV ends the process where planar sound of so many channels is read."""
    many = ("-af", "pan=12c|c0=c0|c11=-1*c0", "-c:a", "pcm_s16le")
    media = published(make(tmp_path / "a.mkv", *SPEECH, "-vn", *many), tmp_path)
    assert media.hold_reasons == ()
    assert energy(media) > 1e-4
