"""The marks that tell a second: what they look and sound like, and when they are to be seen and heard.

A flash fills the picture with grey for an eighth of a second; in its upper part stand six columns: the
first one is white, the others are the number's bits, white or grey. Only one way of holding the picture
has the white column at the upper left. A beep's pitch is 500 Hz and 100 Hz more for each second.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

MARK_AT_SECONDS = 0.4  # on a picture in all usual frame rates
FLASH_SECONDS, BEEP_SECONDS = 0.12, 0.1
BITS = 5
LOWEST_HZ, STEP_HZ = 500, 100
OTHER_HZ = 50  # so much higher beep the tracks that are not wanted
RATE = 25.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What is to be published: each mark's number and its second on the published time line.

    `picture_end_seconds` is None for sound only. `aspects` are those that flashes are shown in, width by
    height; `stereo` says whether both ears are to hear the beeps, `moves` whether combs would show,
    `spoiled` which seconds may be missing since they are damaged.
    """

    flashes: Mapping[int, float]
    beeps: Mapping[int, float]
    sound_end_seconds: float
    picture_end_seconds: float | None
    aspects: tuple[float, ...] = (16 / 9,)
    stereo: bool = False
    moves: bool = False
    speech: "Speech | None" = None
    spoiled: Collection[int] = ()

    @property
    def end_seconds(self) -> float:
        return max(self.sound_end_seconds, self.picture_end_seconds or 0.0)

    def shifted(self, picture: float = 0.0, sound: float = 0.0) -> "Truth":
        """With picture and sound later by so many seconds."""
        end = self.picture_end_seconds
        return replace(
            self,
            flashes={code: at + picture for code, at in self.flashes.items()},
            beeps={code: at + sound for code, at in self.beeps.items()},
            sound_end_seconds=self.sound_end_seconds + sound,
            picture_end_seconds=None if end is None else end + picture,
        )

    def sound_only(self) -> "Truth":
        return replace(self, flashes={}, picture_end_seconds=None)

    def without(self, beeps: Collection[int] = (), flashes: Collection[int] = ()) -> "Truth":
        """Without the marks of these seconds."""
        return replace(
            self,
            flashes={code: at for code, at in self.flashes.items() if code not in flashes},
            beeps={code: at for code, at in self.beeps.items() if code not in beeps},
        )

    def paused(self, second: int, seconds: float) -> "Truth":
        """From `second` on, everything is later by so many seconds."""
        end = self.picture_end_seconds
        return replace(
            self,
            flashes={code: at + (seconds if code >= second else 0) for code, at in self.flashes.items()},
            beeps={code: at + (seconds if code >= second else 0) for code, at in self.beeps.items()},
            sound_end_seconds=self.sound_end_seconds + seconds,
            picture_end_seconds=None if end is None else end + seconds,
        )


@dataclass(frozen=True, slots=True)
class Speech:
    """In place of beeps: the sample meeting from there on. With captions, its words are judged, too."""

    start_seconds: float
    has_captions: bool = False


def whole(seconds: int, rate: float = RATE, first: int = 0) -> Truth:
    """The marks of a clip of so many seconds whose first mark has the number `first`."""
    numbers = range(first, first + seconds)
    return Truth(
        flashes={code: code - first + flash_after(rate) for code in numbers},
        beeps={code: code - first + MARK_AT_SECONDS for code in numbers},
        sound_end_seconds=seconds,
        picture_end_seconds=seconds,
    )


def flash_after(rate: float) -> float:
    """When in its second the first picture with a flash comes."""
    return math.ceil(rate * (MARK_AT_SECONDS - 0.005)) / rate


def pitch(code: int) -> int:
    """The beep's pitch in hertz."""
    return LOWEST_HZ + STEP_HZ * code
