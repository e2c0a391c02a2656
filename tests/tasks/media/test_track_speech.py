"""Listening to sound tracks, on files that the real ffmpeg made of the sample meeting."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from tasks.audio import voice_activity
from tasks.media.track_speech import Listening, listen_to_tracks
from tests.media_samples import MEETING, make
from transcripts.media.track_choice import SoundTrack, TrackWish, choose_track
from transcripts.speech.windows import SpeechSpan

SPEECH = ("-ss", "10", "-t", "16", "-i", str(MEETING))
OTHER_SPEECH = ("-ss", "210", "-t", "16", "-i", str(MEETING))
MUSIC = ("-f", "lavfi", "-i", "aevalsrc=0.3*sin(440*2*PI*t)*(1+sin(2*PI*2*t))/2:s=48000:d=16")
SILENCE = ("-f", "lavfi", "-t", "16", "-i", "anullsrc=r=48000:cl=mono")
GERMAN = TrackWish("de")
EVERYTHING = Listening(0, 16)


@dataclass(frozen=True)
class Read:
    packet: "av.Packet[Any]"
    shown_seconds: float | None


def packets(path: Path, index: int) -> Iterator[Read]:
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams[index]):
            if packet.size:
                yield Read(packet, float((packet.pts or 0) * (packet.time_base or 0)))


def two_tracks(path: Path, *inputs: tuple[str, ...], filters: str = "[0:a]anull[a];[1:a]anull[b]") -> Path:
    given = [each for arguments in inputs for each in arguments]
    mapped = ("-map", "[a]", "-map", "[b]", "-c:a", "aac" if path.suffix == ".m4a" else "libopus")
    return make(path, *given, "-filter_complex", filters, *mapped)


def tracks_in(path: Path) -> list[SoundTrack]:
    with av.open(str(path)) as container:
        return [SoundTrack(number, each.index) for number, each in enumerate(container.streams.audio, 1)]


def heard(path: Path, listening: Listening = EVERYTHING) -> tuple[SoundTrack, ...]:
    return listen_to_tracks(tracks_in(path), lambda track: packets(path, track.index), listening)


def test_a_silent_first_track_is_not_taken(tmp_path: Path) -> None:
    silent, spoken = heard(two_tracks(tmp_path / "a.m4a", SILENCE, SPEECH))
    assert (silent.speech_seconds, silent.sound_seconds) == (0, 0)
    assert spoken.speech_seconds > 8
    assert choose_track([silent, spoken], GERMAN).track == spoken


def test_music_is_sound_and_no_speech(tmp_path: Path) -> None:
    music, spoken = heard(two_tracks(tmp_path / "a.mkv", MUSIC, SPEECH))
    assert music.speech_seconds < 1
    assert music.sound_seconds == pytest.approx(16, abs=1)
    assert choose_track([music, spoken], GERMAN).track == spoken


def test_speech_in_antiphase_is_heard(tmp_path: Path) -> None:
    filters = "[0:a]pan=stereo|c0=c0|c1=-1*c0[a];[1:a]anull[b]"
    turned, straight = heard(two_tracks(tmp_path / "a.mkv", SPEECH, SPEECH, filters=filters))
    assert turned.speech_seconds == pytest.approx(straight.speech_seconds, rel=0.05)


def test_more_than_eight_channels_are_heard(tmp_path: Path) -> None:
    filters = "[0:a]pan=12c|c0=c0|c11=-1*c0[a];[1:a]anull[b]"
    mapped = ("-filter_complex", filters, "-map", "[a]", "-map", "[b]", "-c:a", "pcm_s16le")
    many, one = heard(make(tmp_path / "a.mkv", *SPEECH, *SPEECH, *mapped))
    assert many.speech_seconds == pytest.approx(one.speech_seconds, rel=0.05)


@pytest.mark.parametrize(
    "changed",
    [
        "volume=0.3",
        "aresample=16000",
        "adelay=40",
        "pan=stereo|c0=c0|c1=c0",
        "pan=stereo|c0=c0|c1=-1*c0",
        "highpass=100",
    ],
)
def test_copies_of_one_sound_are_known(tmp_path: Path, changed: str) -> None:
    filters = f"[0:a]anull[a];[1:a]{changed}[b]"
    one, other = heard(two_tracks(tmp_path / "a.mkv", SPEECH, SPEECH, filters=filters))
    assert one.copy_of is None
    assert other.copy_of == 1
    assert choose_track([one, other], GERMAN).is_clear


@pytest.mark.parametrize(
    "filters",
    [
        "[0:a]anull[a];[1:a]anull[b]",
        "[0:a]asplit[a][r];[r]volume=0.2[q];[1:a][q]amix=normalize=0[b]",
        "[0:a]asplit[a][r];[1:a]anullsink;[r]asetrate=48000*1.3,atempo=1/1.3,aresample=48000[b]",
    ],
    ids=["two speakers", "an interpreter over the room", "another voice in the same rhythm"],
)
def test_different_voices_are_no_copies(tmp_path: Path, filters: str) -> None:
    one, other = heard(two_tracks(tmp_path / "a.mkv", SPEECH, OTHER_SPEECH, filters=filters))
    assert other.copy_of is None
    assert not choose_track([one, other], GERMAN).is_clear


def test_silent_tracks_are_no_copies(tmp_path: Path) -> None:
    assert [each.copy_of for each in heard(two_tracks(tmp_path / "a.mkv", SILENCE, SILENCE))] == [None, None]


@pytest.mark.parametrize("present", [0, 1])
def test_a_single_track_is_not_listened_to(present: int) -> None:
    def never(track: SoundTrack) -> list[Read]:
        raise AssertionError(f"track {track.number} was read")

    tracks = [SoundTrack(1, 0, has_packets=bool(present)), SoundTrack(2, 1, has_packets=False)]
    assert listen_to_tracks(tracks, never, EVERYTHING) == tuple(tracks)


def test_what_is_cut_off_is_not_listened_to(tmp_path: Path) -> None:
    path = two_tracks(tmp_path / "a.mkv", SPEECH, SILENCE)
    first, second = heard(path, Listening(0, 8)), heard(path, Listening(8, 16))
    assert first[0].sound_seconds < 8.6
    assert first[0].sound_seconds + second[0].sound_seconds == pytest.approx(
        heard(path)[0].sound_seconds, abs=1.5
    )


def test_a_long_recording_is_heard_by_stretches_over_all_of_it(tmp_path: Path) -> None:
    path = two_tracks(tmp_path / "a.mkv", SPEECH, MUSIC)
    stretches = Listening(0, 16, most_seconds=8, stretch_seconds=2)
    times = [each.shown_seconds for each in packets(path, 0) if stretches.includes(each.shown_seconds)]
    assert {int(each or 0) for each in times} == {0, 1, 4, 5, 8, 9, 12, 13}
    spoken, music = heard(path, stretches)
    whole = heard(path)[0]
    assert spoken.speech_seconds == pytest.approx(whole.speech_seconds, rel=0.35)
    assert music.sound_seconds == pytest.approx(16, abs=1.5)


def test_what_is_published_is_judged_by_the_same_stretches() -> None:
    stretches = Listening(100, 116, most_seconds=8, stretch_seconds=2)
    inside, outside, all_of_it = SpeechSpan(0.5, 1.5), SpeechSpan(2, 4), SpeechSpan(0, 16)
    assert stretches.estimated_seconds([inside]) == 2
    assert stretches.estimated_seconds([outside]) == 0
    assert stretches.estimated_seconds([all_of_it]) == 16
    assert Listening(0, 16).estimated_seconds([inside, outside]) == 3


def test_time_stamps_that_lie_do_not_make_it_listen_for_ever(tmp_path: Path) -> None:
    path = two_tracks(tmp_path / "a.mkv", SPEECH, MUSIC)
    read: list[float] = []

    def stamped_alike(track: SoundTrack) -> Iterator[Read]:
        for each in packets(path, track.index):
            read.append(each.shown_seconds or 0)
            yield Read(each.packet, 0.0)

    listen_to_tracks(tracks_in(path), stamped_alike, Listening(0, 16, most_seconds=2, stretch_seconds=1))
    assert max(read) < 5


@pytest.mark.parametrize("name", ["a.mkv", "a.m4a"])
def test_damaged_packets_are_passed_over(tmp_path: Path, name: str) -> None:
    path = two_tracks(tmp_path / name, SPEECH, MUSIC)
    content, whole = bytearray(path.read_bytes()), heard(path)
    middle = len(content) // 2
    content[middle : middle + 2_000] = bytes((17 * index) % 251 for index in range(2_000))
    path.write_bytes(content)
    spoken, music = heard(path)
    assert spoken.speech_seconds > 0.6 * whole[0].speech_seconds
    assert music.speech_seconds < 1.5


def test_a_track_that_cannot_be_read_on_ends_there(tmp_path: Path) -> None:
    path = two_tracks(tmp_path / "a.mkv", SPEECH, SPEECH)

    def torn(track: SoundTrack) -> Iterator[Read]:
        for each in packets(path, track.index):
            if track.number == 1 and (each.shown_seconds or 0) > 4:
                raise av.error.InvalidDataError(1, "torn")
            yield each

    short, whole = listen_to_tracks(tracks_in(path), torn, EVERYTHING)
    assert short.sound_seconds < 4.6
    assert whole.speech_seconds > 8


def test_memory_does_not_grow_with_the_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of two blocks at once, the peak depends on whether their threads happen to copy in the same moment.
    monkeypatch.setattr(voice_activity, "BLOCKS_AT_ONCE", 1)

    def peak_bytes(seconds: int) -> int:
        music = ("-f", "lavfi", "-i", f"sine=duration={seconds}:sample_rate=8000")
        path = make(tmp_path / f"{seconds}.wav", *music)
        tracks = [SoundTrack(1, 0), SoundTrack(2, 1)]
        tracemalloc.start()
        listen_to_tracks(
            tracks, lambda track: packets(path, 0) if track.index == 0 else [], Listening(0, seconds)
        )
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak_bytes(10)  # loads the detector
    assert peak_bytes(800) < 1.3 * peak_bytes(400)
