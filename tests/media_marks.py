"""Clips whose seconds can be told apart by ear and by eye, and what is heard and seen in a file."""

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.media_samples import make

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10", "-bf", "0")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-g", "10")
AAC, OPUS = ("-c:a", "aac"), ("-c:a", "libopus")
FIRST_HZ, STEP_HZ = 300, 100


def clip(
    target: Path,
    seconds: int,
    *options: str,
    first: int = 0,
    size: str = "160x90",
    rate_hz: int = 48_000,
    channels: int = 1,
) -> Path:
    """A clip that brightens and rises each second, from second number `first` on."""
    luma = f"geq=lum='20+10*({first}+floor(T))':cb=128:cr=128"
    tone = f"0.3*sin(2*PI*({FIRST_HZ}+{STEP_HZ}*({first}+floor(t)))*t)"
    return make(
        target,
        *("-f", "lavfi", "-i", f"color=black:size={size}:rate=10:duration={seconds},{luma}"),
        *("-f", "lavfi", "-i", f"aevalsrc='{'|'.join([tone] * channels)}':d={seconds}:s={rate_hz}"),
        *(options or (*H264, *AAC)),
    )


def tone(
    target: Path, seconds: int, *options: str, first: int = 0, rate_hz: int = 48_000, channels: int = 1
) -> Path:
    """The sound of such a clip alone."""
    heard = f"0.3*sin(2*PI*({FIRST_HZ}+{STEP_HZ}*({first}+floor(t)))*t)"
    return make(
        target,
        *(
            "-f",
            "lavfi",
            "-i",
            f"aevalsrc='{'|'.join([heard] * channels)}':d={seconds}:s={rate_hz}",
            *options,
        ),
    )


def joined(target: Path, *parts: Path) -> Path:
    """The bytes of all parts, one behind the other."""
    target.write_bytes(b"".join(part.read_bytes() for part in parts))
    return target


def heard_seconds(path: Path) -> list[int | None]:
    """For each second of a file's sound which one of the clip it is; None where nothing is heard."""
    rate_hz = 16_000
    samples = _sound(path, rate_hz)
    whole = len(samples) // rate_hz
    return [_named(samples[at * rate_hz :][:rate_hz], rate_hz) for at in range(whole)]


def _named(second: NDArray[np.float32], rate_hz: int) -> int | None:
    """By the middle of the second, where borders waver."""
    middle = second[rate_hz // 8 : rate_hz * 7 // 8]
    if np.abs(middle).max() < 0.01:
        return None
    loudest_hz = float(np.argmax(np.abs(np.fft.rfft(middle)))) * rate_hz / len(middle)
    return round((loudest_hz - FIRST_HZ) / STEP_HZ)


def _sound(path: Path, rate_hz: int) -> NDArray[np.float32]:
    resampler = av.AudioResampler("fltp", "mono", rate_hz)
    with av.open(str(path)) as container:
        frames = [each for frame in container.decode(audio=0) for each in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


def seen_seconds(path: Path) -> dict[int, float]:
    """When each second of the clip is first seen in a file's picture."""
    first: dict[int, float] = {}
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            height, width = frame.height, frame.width
            luma = frame.reformat(format="yuv420p").to_ndarray()[:height]
            middle = luma[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
            first.setdefault(round((float(middle.mean()) - 20) / 10), float(frame.time or 0))
    return first
