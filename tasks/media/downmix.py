"""Makes of any number of channels what is published and what the recogniser hears, and loses no voice.

What channels have in common may cancel in their sum (one of them is turned round), and what lies on
one side reaches one ear. So half a second at a time the channels are compared, and mixed by what
they hold; from one way of mixing to the next leads a ramp. Memory is flat: half a second waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame

Samples = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float64]

DECISION_SECONDS = 0.5
RAMP_SECONDS = 0.03
# A rest that is shorter says too little about its channels.
LEAST_HEARD_SECONDS = 0.1
# Channels that correlate less than the one are turned round, until they correlate more than the other.
TURNED_BELOW, TURNED_BACK_ABOVE = -0.3, 0.0
# A channel with a thirtieth of the loudest one's energy holds only its echo, until it holds a tenth.
SILENT_RATIO, HEARD_AGAIN_RATIO = 30.0, 10.0
# Below -70 dB there is nothing to decide by.
QUIET_ENERGY = 1e-7
TINY_ENERGY = 1e-20
# What has little in common with the loudest channel is added at half: of two channels that hold the sum
# and the difference of two voices, any equal mix loses one of them.
UNRELATED_BELOW, UNRELATED_SHARE = 0.3, 0.5
# Where there is a centre, the voices are in it, and music around it.
BESIDE_CENTRE_SHARE = 0.5
NOT_IN_FRONT_GAIN = 0.5**0.5

# Names of channels as ffmpeg gives them.
CENTRE, LOW_FREQUENCIES = "FC", ("LFE", "LFE2")
LEFT, RIGHT = ("FL", "FLC", "BL", "SL", "WL"), ("FR", "FRC", "BR", "SR", "WR")
MIDDLE = (CENTRE, "BC", "TC")
STEREO = ("FL", "FR")


@dataclass(frozen=True, slots=True)
class Mixed:
    """A piece of sound: as published (channels, samples), and as the recogniser hears it (samples)."""

    published: Samples
    speech: Samples


def channels_of(frame: AudioFrame) -> Samples:
    """A frame of interleaved floats (`flt`) as (channels, samples).

    Planar frames must not be read: PyAV ends the process where they have more than eight channels.
    """
    interleaved: Samples = frame.to_ndarray().astype(np.float32, copy=False)
    return interleaved.reshape(-1, len(frame.layout.channels)).T


class Downmix:
    """Mixes one stream of sound of one rate and layout; another layout needs another `Downmix`.

    `names` are the channels' names in ffmpeg's words (`FL`, `FR`, `FC`, …), if they are known.
    Mono passes as it is; anything else is published in stereo.
    """

    def __init__(self, rate_hz: int, channels: int, names: Sequence[str] = ()) -> None:
        known = tuple(names) if len(names) == channels else STEREO if channels == 2 else ()
        self._channels = channels
        self._decision_samples = round(rate_hz * DECISION_SECONDS)
        self._ramp_samples = round(rate_hz * RAMP_SECONDS)
        self._least_samples = round(rate_hz * LEAST_HEARD_SECONDS)
        self._balance = _Balance(channels, known)
        self._weights: Weights | None = None
        self._nothing = _as_mixed(np.zeros((self.published_channels + 1, 0), np.float32))
        self._waiting: list[Samples] = []
        self._waiting_samples = 0

    @property
    def published_channels(self) -> int:
        """1 for mono, else 2."""
        return min(2, self._channels)

    def add(self, block: Samples) -> Mixed:
        """What is ready once `block` (channels, samples) has come in; up to half a second waits."""
        if self._channels == 1:
            return Mixed(block, block[0])
        self._waiting.append(block)
        self._waiting_samples += block.shape[1]
        if self._waiting_samples < self._decision_samples:
            return self._nothing
        sound = self._all_waiting()
        whole = sound.shape[1] - sound.shape[1] % self._decision_samples
        self._wait_for(sound[:, whole:])
        starts = range(0, whole, self._decision_samples)
        parts = [self._mixed(sound[:, at : at + self._decision_samples]) for at in starts]
        return _as_mixed(np.concatenate(parts, axis=1))

    def flush(self) -> Mixed:
        """What still waits; afterwards nothing does."""
        if not self._waiting_samples:
            return self._nothing
        rest = self._all_waiting()
        self._wait_for(rest[:, :0])
        return _as_mixed(self._mixed(rest))

    def _all_waiting(self) -> Samples:
        """Channel by channel in memory, which is mixed at twice the speed of sample by sample."""
        together = np.empty((self._channels, self._waiting_samples), np.float32)
        return np.concatenate(self._waiting, axis=1, out=together)

    def _wait_for(self, rest: Samples) -> None:
        self._waiting, self._waiting_samples = [rest], rest.shape[1]

    def _mixed(self, sound: Samples) -> Samples:
        if not np.isfinite(sound).all():
            sound = np.nan_to_num(sound, posinf=0.0, neginf=0.0)
        if sound.shape[1] >= self._least_samples or self._weights is None:
            self._balance.hear(sound)
        before, weights = self._weights, self._balance.weights()
        self._weights = weights
        mixed = weights.astype(np.float32) @ sound
        if before is not None and not np.array_equal(before, weights):
            start = sound[:, : self._ramp_samples]
            rising = np.linspace(0, 1, start.shape[1], dtype=np.float32)
            old = before.astype(np.float32) @ start
            mixed[:, : start.shape[1]] = old + rising * (mixed[:, : start.shape[1]] - old)
        return mixed


def _as_mixed(rows: Samples) -> Mixed:
    """Rows are those of the published sound, and last the recogniser's."""
    return Mixed(rows[:-1], rows[-1])


class _Balance:
    """What the channels hold of each other, by the latest half second in which there was any sound."""

    def __init__(self, channels: int, names: tuple[str, ...]) -> None:
        self._panning = _panning(names)
        named = np.array(names or [""] * channels)
        self._is_centre = named == CENTRE
        is_low = np.isin(named, LOW_FREQUENCIES)
        self._is_sound = ~is_low | is_low.all()
        self._reference = int(np.argmax(self._is_sound))
        self._signs: Weights = np.ones(channels)
        self._is_heard = self._is_sound.copy()
        self._shares: Weights = np.ones(channels)
        self._covariance: Weights = np.eye(channels)
        self._is_one_sided = False

    def hear(self, sound: Samples) -> None:
        """Compare the channels of `sound`; what is too quiet leaves everything as it is."""
        covariance = _covariance(sound)
        energies = np.where(self._is_sound, np.diag(covariance), 0.0)
        loudest = energies.max()
        if loudest < QUIET_ENERGY:
            return
        self._covariance = covariance
        ratios = np.where(self._is_heard, SILENT_RATIO, HEARD_AGAIN_RATIO)
        self._is_heard = self._is_sound & (energies * ratios >= loudest)
        self._reference = self._chosen_reference(energies)
        self._compare(covariance)

    def _chosen_reference(self, energies: Weights) -> int:
        """The centre, if it is heard; else the loudest channel, for as long as it has half of the most."""
        centres = np.flatnonzero(self._is_centre & self._is_heard)
        if centres.size:
            return int(centres[0])
        was_loud = energies[self._reference] >= energies.max() / 2
        return self._reference if was_loud else int(np.argmax(energies))

    def _compare(self, covariance: Weights) -> None:
        """Place one channel after another: each by the placed one that it has most in common with."""
        deviations = np.sqrt(np.maximum(np.diag(covariance), TINY_ENERGY))
        correlations = covariance / np.outer(deviations, deviations)
        placed = [self._reference]
        for channel in np.argsort(-deviations):
            if channel == self._reference or not self._is_heard[channel]:
                continue
            nearest = placed[int(np.argmax(np.abs(correlations[channel, placed])))]
            likeness = correlations[channel, nearest] * self._signs[nearest]
            if likeness < TURNED_BELOW:
                self._signs[channel] = -1.0
            elif likeness > TURNED_BACK_ABOVE:
                self._signs[channel] = 1.0
            placed.append(int(channel))
        is_unrelated = np.abs(correlations[self._reference]) < UNRELATED_BELOW
        self._shares = np.where(is_unrelated, UNRELATED_SHARE, 1.0)

    def weights(self) -> Weights:
        """One row for each published channel, and one for the recogniser; a column for each channel."""
        speech = self._speech_weights()
        if self._panning is None:
            return np.stack([speech, speech, speech])
        return np.vstack([self._published_weights(self._panning * self._signs), speech])

    def _speech_weights(self) -> Weights:
        shares = self._shares * self._is_heard
        if (self._is_centre & self._is_heard).any():
            shares = np.where(self._is_centre, shares, shares * BESIDE_CENTRE_SHARE)
        weights: Weights = self._signs * shares / shares.sum()
        return weights if self._keeps_the_reference(weights) else self._reference_alone()

    def _keeps_the_reference(self, weights: Weights) -> bool:
        """Whether the mix has a fair part of the energy of the channel that matters most."""
        mixed = weights @ self._covariance @ weights
        return bool(mixed * SILENT_RATIO >= self._covariance[self._reference, self._reference])

    def _reference_alone(self) -> Weights:
        alone = np.zeros(len(self._signs))
        alone[self._reference] = self._signs[self._reference]
        return alone

    def _published_weights(self, pair: Weights) -> Weights:
        """Left and right; what is on one side only goes to both ears."""
        left, right = (float(side @ self._covariance @ side) for side in pair)
        ratio = HEARD_AGAIN_RATIO if self._is_one_sided else SILENT_RATIO
        self._is_one_sided = max(left, right) > ratio * min(left, right)
        if not self._is_one_sided:
            return pair
        return np.stack([pair[0 if left > right else 1]] * 2)


def _covariance(sound: Samples) -> Weights:
    """Mean energy of each channel and of what each two have in common; a constant offset is no sound."""
    means = sound.mean(axis=1, dtype=np.float64)
    together = (sound @ sound.T).astype(np.float64) / max(1, sound.shape[1])
    covariance: Weights = together - np.outer(means, means)
    return covariance


def _panning(names: tuple[str, ...]) -> Weights | None:
    """The part of each channel in the left and in the right ear (2, channels); None where sides are unknown.

    No row sums up to more than 1, so that nothing is clipped.
    """
    if not any(name in LEFT for name in names) or not any(name in RIGHT for name in names):
        return None
    gains = np.array([1.0 if name in STEREO else NOT_IN_FRONT_GAIN for name in names])
    left = gains * [name in LEFT + MIDDLE for name in names]
    right = gains * [name in RIGHT + MIDDLE for name in names]
    pair = np.stack([left, right])
    normalised: Weights = pair / pair.sum(axis=1).max()
    return normalised
