"""Whether a fetched file is whole, by its structure, and where it breaks off."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from tasks.media.parts import DEMUXER_OPTIONS
from tasks.media.structure.format_detection import sign_of_cut
from tasks.media.structure.truncation_sign import Sign
from transcripts.hold_reasons import LOOKS_CUT_OFF, HoldReason


@dataclass(frozen=True, slots=True)
class CutOff:
    """A file that looks cut off."""

    why: Sign
    at_seconds: float | None
    """What can be played of it; None where nothing can."""


def signs_of_cut(path: Path) -> CutOff | None:
    """Whether a local file looks cut off. None: it is whole, or that cannot be known.

    Never raises. Cuts that fall between two elements of a file without size, index or end mark leave no sign.
    """
    sign = sign_of_cut(path)
    return CutOff(sign, _playable_seconds(path)) if sign else None


def cut_off_reasons(paths: Sequence[Path]) -> tuple[HoldReason, ...]:
    """A reason to hold the record for each of its files that looks cut off. Never raises."""
    return tuple(
        HoldReason(code=LOOKS_CUT_OFF, details={"at_seconds": cut.at_seconds or 0.0, "why": str(cut.why)})
        for cut in map(signs_of_cut, paths)
        if cut
    )


def _playable_seconds(path: Path) -> float | None:
    """From the first packet to the end of the last one; reads all of the file, decodes nothing."""
    first_seconds, last_seconds = math.inf, -math.inf
    try:
        with av.open(str(path), options=dict(DEMUXER_OPTIONS)) as container:
            for packet in container.demux():
                if packet.pts is not None and packet.time_base is not None:
                    start, end = packet.pts, packet.pts + (packet.duration or 0)
                    first_seconds = min(first_seconds, float(start * packet.time_base))
                    last_seconds = max(last_seconds, float(end * packet.time_base))
    except (av.error.FFmpegError, OSError, ValueError, ArithmeticError):
        pass  # what was reached before counts
    return last_seconds - first_seconds if last_seconds > first_seconds else None
