"""The matrix's judge: it finds each fault that is put in, and nothing in media without one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.matrix.judge import CUT_SHORT, PUBLISHED, judged, judged_media, marked
from bench.matrix.marks import Truth, whole
from bench.matrix.marks_found import read_pictures, read_sound
from bench.matrix.material import AAC, X264, Heard, Shown, Workshop, beeps
from tests.media_samples import make
from transcripts.errors.media_errors import EncodeFailedError, TruncatedError
from transcripts.media.media_values import LocalFile, Media

SECONDS = 6
RIGHT = whole(SECONDS)
SHOWN, HEARD = Shown(seconds=SECONDS), Heard(seconds=SECONDS)


def published(
    workshop: Workshop,
    shown: Shown = SHOWN,
    heard: Heard = HEARD,
    late_sound: float = 0.0,
    late_speech: float = 0.0,
) -> Media:
    """Media as transcoding might have made them."""
    video = workshop.mux("mp4", shown, heard, *X264, *AAC, late_sound=late_sound)
    audio = workshop.mux("m4a", None, heard, *AAC)
    delay = f"adelay={round(1000 * late_speech)}"
    speech = make(workshop.path("wav"), *heard.arguments(), "-af", delay, "-ac", "1", "-ar", "16000")
    poster = workshop.mux("jpg", shown, None, "-frames:v", "1")
    return Media(
        duration_seconds=SECONDS,
        audio=LocalFile.of(audio),
        speech=LocalFile.of(speech),
        video=LocalFile.of(video),
        poster=LocalFile.of(poster),
        tool="ffmpeg",
    )


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("matrix"))


def test_media_that_are_right_are_not_complained_of(workshop: Workshop) -> None:
    assert judged_media(published(workshop), whole(SECONDS)) == []


def film(**changes: Any) -> Callable[[Workshop], Media]:
    """Media whose picture is made otherwise."""
    return lambda workshop: published(workshop, replace(SHOWN, **changes))


def tone(**changes: Any) -> Callable[[Workshop], Media]:
    """Media whose sound is made otherwise."""
    return lambda workshop: published(workshop, heard=replace(HEARD, **changes))


@dataclass(frozen=True)
class Fault:
    """What is wrong, how media get so, and what is said of it."""

    name: str
    make: Callable[[Workshop], Media]
    said: str
    truth: Truth = RIGHT


LATE_FILM: Callable[[Workshop], Media] = partial(published, late_sound=0.08)
LATE_SPEECH: Callable[[Workshop], Media] = partial(published, late_speech=0.12)
LATE_BEEPS = beeps().replace("t+0", "t-0.15")
TWICE = beeps().replace("floor(t+0)", "floor((t+0)/2)")
TOO_FAST = ("asetrate=52245", "aresample=48000")
WOVEN = film(rate="50", ground=("scroll=horizontal=0.03",), filters=("tinterlace=mode=4",))
FAULTS = [
    Fault("sound of the film late", LATE_FILM, "picture -80 ms from the sound"),
    Fault("what the recogniser hears late", LATE_SPEECH, "speech.wav: 6 out of place"),
    Fault("all sound late", tone(channels=(LATE_BEEPS,)), "out of place, by up to +150 ms"),
    Fault("another track", tone(channels=(beeps(other=True),)), "of another track"),
    Fault("played too fast", tone(filters=TOO_FAST), "at 871 Hz"),
    Fault("beeps twice", tone(channels=(TWICE,)), "missing 3, 4, 5"),
    Fault("upside down", film(filters=("hflip,vflip",)), "turned by 180"),
    Fault("on its side", film(filters=("transpose=1",)), "turned by"),
    Fault("mirrored", film(filters=("hflip",)), "mirrored"),
    Fault("distorted", film(filters=("scale=240:180,setsar=1",)), "distorted"),
    Fault("pictures missing", film(seconds=4), "flashes: missing 4, 5"),
    Fault("sound missing", tone(seconds=4), "audio.m4a: missing 4, 5"),
    Fault("too much", published, "extra", whole(SECONDS - 2)),
    Fault("one ear", tone(channels=(beeps(), "0")), "one ear only", replace(RIGHT, stereo=True)),
    Fault("combs", WOVEN, "combs", replace(RIGHT, moves=True)),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_and_named(workshop: Workshop, fault: Fault) -> None:
    assert fault.said in "; ".join(judged_media(fault.make(workshop), fault.truth))


def test_a_refusal_is_right_only_where_it_is_expected() -> None:
    refusal = TruncatedError(position_seconds=1.0, duration_seconds=2.0)
    assert judged(refusal, whole(SECONDS), PUBLISHED) != []
    assert judged(refusal, whole(SECONDS), CUT_SHORT) == []
    assert judged(EncodeFailedError(reason="x"), whole(SECONDS), CUT_SHORT) != []


def test_half_a_file_that_is_published_is_complained_of(workshop: Workshop) -> None:
    assert judged(published(workshop), whole(SECONDS), CUT_SHORT) == ["published as if it were whole"]


@pytest.mark.parametrize("rate", ["5", "25", "30000/1001", "60"])
def test_the_marks_of_an_input_lie_where_its_truth_says(tmp_path: Path, rate: str) -> None:
    path = Workshop(tmp_path).mux("mkv", replace(SHOWN, rate=rate), HEARD, *X264, *AAC)
    numerator, _, denominator = rate.partition("/")
    truth = whole(SECONDS, float(numerator) / float(denominator or 1))
    assert list(marked(read_pictures(path).flashes, truth.flashes)) == []
    assert list(marked(read_sound(path).beeps, truth.beeps)) == []
