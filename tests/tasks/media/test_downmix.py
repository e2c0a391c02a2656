"""The downmix: whatever layout, phase and side a voice has, the recogniser and both ears hear it."""

import tracemalloc
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.media.downmix import Downmix, Samples
from tests.media_samples import MEETING

RATE_HZ = 8_000
LAYOUTS = {
    "stereo": ("FL", "FR"),
    "2.1": ("FL", "FR", "LFE"),
    "3.0": ("FL", "FR", "FC"),
    "quad": ("FL", "FR", "BL", "BR"),
    "5.1": ("FL", "FR", "FC", "LFE", "BL", "BR"),
    "7.1": ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
    "two unnamed": ("", ""),
    "three unnamed": ("", "", ""),
    "eight unnamed": ("",) * 8,
}
# How a voice lies in the channels: its gain in each, as long as there are channels.
PLACES = {
    "alike": (1, 1, 1, 1, 1, 1, 1, 1),
    "first only": (1, 0, 0, 0, 0, 0, 0, 0),
    "second only": (0, 1, 0, 0, 0, 0, 0, 0),
    "antiphase": (1, -1, 1, -1, 1, -1, 1, -1),
    "first turned": (-1, 1, 1, 1, 1, 1, 1, 1),
    "second turned and quieter": (1, -0.5, 1, 1, 1, 1, 1, 1),
    "third turned": (1, 1, -1, 1, 1, 1, 1, 1),
    "mostly first, an echo turned": (1, -0.3, 0, 0, 0, 0, 0, 0),
}


def voice(seed: int, seconds: float, rate_hz: int = RATE_HZ) -> Samples:
    """Noise that swells four times a second, as syllables do, at about -20 dB."""
    count = round(seconds * rate_hz)
    swelling = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * np.arange(count) / rate_hz)
    noise = np.random.default_rng(seed).standard_normal(count)
    return (0.1 * swelling * noise).astype(np.float32)


def placed(sound: Samples, gains: tuple[float, ...], channels: int) -> Samples:
    return np.outer(gains[:channels], sound).astype(np.float32)


def mixed(sound: Samples, names: tuple[str, ...] = (), block: int = 1024) -> tuple[Samples, Samples]:
    """Published (2, samples) and speech (samples), mixed block by block."""
    downmix = Downmix(RATE_HZ, sound.shape[0], names)
    parts = [downmix.add(sound[:, at : at + block]) for at in range(0, sound.shape[1], block)]
    parts.append(downmix.flush())
    return (
        np.concatenate([each.published for each in parts], axis=1),
        np.concatenate([each.speech for each in parts]),
    )


def share_of(source: Samples, heard: Samples) -> float:
    """How much of `source` is in `heard`, as a factor of amplitude without its sign."""
    return abs(float(np.dot(source, heard) / np.dot(source, source)))


def second(sound: Samples, number: float) -> Samples:
    return sound[..., round(number * RATE_HZ) : round((number + 1) * RATE_HZ)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_voice_is_heard_wherever_it_lies(layout: str, place: str) -> None:
    names, said = LAYOUTS[layout], voice(1, 4)
    published, speech = mixed(placed(said, PLACES[place], len(names)), names)
    assert share_of(said, speech) > 0.3
    assert all(share_of(said, ear) > 0.08 for ear in published), "each ear hears it"
    assert share_of(said, published.mean(axis=0)) > 0.1, "one loudspeaker for both ears plays it"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("place", PLACES)
def test_one_of_three_who_speak_in_turn_may_lie_anywhere(layout: str, place: str) -> None:
    names, voices = LAYOUTS[layout], [voice(number, 3) for number in range(3)]
    places = [PLACES["alike"], PLACES[place], PLACES["alike"]]
    parts = [
        placed(said, gains, len(names)) + 0.001 * voice(9, 3)
        for said, gains in zip(voices, places, strict=True)
    ]
    published, speech = mixed(np.concatenate(parts, axis=1), names)
    for number, said in enumerate(voices):
        middle = 3 * number + 1
        assert share_of(second(said, 1), second(speech, middle)) > 0.3
        assert share_of(second(said, 1), second(published.mean(axis=0), middle)) > 0.1


def test_two_voices_at_once_survive_as_sum_and_difference() -> None:
    one, other = voice(1, 4), voice(2, 4)
    _, speech = mixed(np.stack([one + other, one - other]))
    assert min(share_of(one, speech), share_of(other, speech)) > 0.3


@pytest.mark.parametrize("gains", [(1, 0.5, -0.5), (0.5, 1, 0.5), (1, -1, -1)])
def test_a_second_voice_survives_among_three_microphones(gains: tuple[float, ...]) -> None:
    loud, quiet = voice(1, 4), 0.5 * voice(2, 4)
    turned = np.stack([loud, quiet, -quiet])
    _, speech = mixed(np.array(gains, np.float32)[:, None] * turned, ("", "", ""))
    assert share_of(quiet, speech) > 0.15


def test_speech_in_the_centre_is_louder_than_music_around_it() -> None:
    said, music = voice(1, 4), [voice(seed, 4) for seed in range(2, 6)]
    silence = np.zeros_like(said)
    sound = np.stack([music[0], music[1], said, silence, music[2], music[3]])
    _, speech = mixed(sound, LAYOUTS["5.1"])
    assert share_of(said, speech) > 3 * max(share_of(each, speech) for each in music)


def test_what_rumbles_below_is_not_mixed_in() -> None:
    said, rumble = voice(1, 4), 8 * voice(2, 4)
    published, speech = mixed(np.stack([said, said, rumble]), LAYOUTS["2.1"])
    assert share_of(rumble, speech) < 0.001
    assert share_of(rumble, published.mean(axis=0)) < 0.001


def test_stereo_stays_stereo() -> None:
    room, left, right = voice(1, 4), voice(2, 4), voice(3, 4)
    sound = np.stack([room + 0.5 * left, room + 0.5 * right])
    published, _ = mixed(sound)
    np.testing.assert_allclose(published, sound, atol=1e-6)


def test_mono_passes_at_once_and_as_it_is() -> None:
    said = voice(1, 1)[None]
    downmix = Downmix(RATE_HZ, 1)
    passed = downmix.add(said)
    assert downmix.published_channels == 1
    np.testing.assert_array_equal(passed.published, said)
    np.testing.assert_array_equal(passed.speech, said[0])
    assert downmix.flush().speech.size == 0


def test_a_pause_changes_no_side() -> None:
    """In the pause there is only the faint noise of the other side."""
    said, pause = voice(1, 2), np.zeros(2 * RATE_HZ, np.float32)
    left = np.concatenate([said, pause, said])
    right = np.concatenate([np.zeros_like(said), 1e-3 * voice(2, 2), np.zeros_like(said)])
    published, _ = mixed(np.stack([left, right]))
    np.testing.assert_allclose(published, np.stack([left, left]), atol=1e-6)


def test_a_constant_offset_hides_no_antiphase() -> None:
    said = voice(1, 4)
    _, speech = mixed(np.stack([said, -said]) + np.float32(0.4))
    assert share_of(said, speech) > 0.9


@pytest.mark.parametrize("place", PLACES)
def test_from_one_mix_to_the_next_nothing_clicks(place: str) -> None:
    """The tone is at its crest where the mix changes, and fades where it changes its place itself."""
    times = np.arange(4.25 * RATE_HZ) / RATE_HZ
    fades = np.clip(np.minimum(times, times[::-1]) / 0.1, 0, 1)
    tone = (0.5 * fades * np.cos(2 * np.pi * 200 * times)).astype(np.float32)
    parts = [placed(tone, PLACES[each], 2) for each in ("alike", place, "alike")]
    published, speech = mixed(np.concatenate(parts, axis=1))
    steepest = np.abs(np.diff(tone)).max()
    assert np.abs(np.diff(speech)).max() < 1.1 * steepest
    assert np.abs(np.diff(published)).max() < 1.1 * steepest


def test_broken_samples_stay_alone() -> None:
    sound = np.stack([voice(1, 4), voice(1, 4)])
    sound[0, 100], sound[1, 200] = np.nan, np.inf
    published, speech = mixed(sound)
    assert np.isfinite(published).all()
    assert share_of(sound[0, RATE_HZ:], speech[RATE_HZ:]) > 0.9


@settings(max_examples=40, deadline=None)
@given(
    gains=st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=8).filter(
        lambda each: max(map(abs, each)) > 0.1
    ),
    cuts=st.lists(st.integers(0, 3 * RATE_HZ), max_size=6),
)
def test_how_the_sound_is_cut_into_blocks_changes_nothing(gains: list[float], cuts: list[int]) -> None:
    sound = placed(voice(1, 3), tuple(gains), len(gains)) + placed(voice(2, 3), (0.2,) * 8, len(gains))
    downmix = Downmix(RATE_HZ, len(gains))
    edges = [0, *sorted(cuts), sound.shape[1]]
    parts = [downmix.add(sound[:, start:end]) for start, end in pairwise(edges)]
    parts.append(downmix.flush())
    speech = np.concatenate([each.speech for each in parts])
    np.testing.assert_allclose(speech, mixed(sound)[1], atol=1e-6)
    assert speech.shape[0] == sound.shape[1]


@settings(max_examples=60, deadline=None)
@given(gains=st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=8))
def test_the_mix_always_keeps_a_fair_part_of_the_loudest_channel(gains: list[float]) -> None:
    said, noise = voice(1, 2), [0.05 * voice(seed, 2) for seed in range(2, 2 + len(gains))]
    sound = placed(said, tuple(gains), len(gains)) + np.stack(noise)
    published, speech = mixed(sound)
    loudest = np.square(sound).mean(axis=1).max()
    assert np.square(speech).mean() > loudest / 35
    assert np.square(published.mean(axis=0)).mean() > loudest / 35


def test_memory_does_not_grow_with_the_length() -> None:
    def peak_bytes(minutes: int) -> int:
        block = np.stack([voice(1, 1), voice(2, 1)])
        downmix = Downmix(RATE_HZ, 2)
        tracemalloc.start()
        for _ in range(60 * minutes):
            downmix.add(block)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_bytes(20) < 1.2 * peak_bytes(1)


def real_speech(seconds: float) -> Samples:
    resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE_HZ)
    with av.open(str(MEETING)) as container:
        parts: list[Samples] = []
        for frame in container.decode(audio=0):
            parts += [each.to_ndarray()[0] for each in resampler.resample(frame)]
            if frame.time is not None and frame.time > seconds:
                break
    return np.concatenate(parts)


def test_a_real_voice_in_antiphase_comes_out_as_it_was() -> None:
    said = real_speech(12)
    published, speech = mixed(np.stack([said, -said]))
    loud = slice(2 * RATE_HZ, None)
    assert share_of(said[loud], speech[loud]) == pytest.approx(1, abs=0.01)
    assert share_of(said[loud], published.mean(axis=0)[loud]) == pytest.approx(1, abs=0.01)
