"""Chooses the poster: of a handful of frames, an early sharp one that is neither black nor blank."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

DARKEST_MEAN, BRIGHTEST_MEAN = 24.0, 240.0  # of 255
SMALLEST_DEVIATION = 10.0
SHARP_ENOUGH = 0.6  # of the sharpest: an early frame shows better what the recording is about


def choose_poster(candidates: Sequence[Path]) -> Path | None:
    """The best of some JPEG frames in the recording's order (None when there are none).

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al. 2000). When no
    frame passes as neither black nor blank, the one with most contrast is taken.
    """
    if not candidates:
        return None
    frames = {path: _luma(path) for path in candidates}
    presentable = [path for path in candidates if _is_presentable(frames[path])]
    if presentable:
        sharpness = {path: _sharpness(frames[path]) for path in presentable}
        enough = SHARP_ENOUGH * max(sharpness.values())
        return next(path for path in presentable if sharpness[path] >= enough)
    return max(candidates, key=lambda path: float(frames[path].std()))


def _luma(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as image:
        frame = next(image.decode(video=0))
        return frame.to_ndarray(format="gray").astype(np.float32)


def _is_presentable(luma: NDArray[np.float32]) -> bool:
    return bool(DARKEST_MEAN <= luma.mean() <= BRIGHTEST_MEAN and luma.std() >= SMALLEST_DEVIATION)


def _sharpness(luma: NDArray[np.float32]) -> float:
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * luma[1:-1, 1:-1]
    return float(laplacian.var())
