"""What an HLS playlist says of the recording that was made of its segments, kept beside it.

The segments lie one behind the other in one file. Where a new clock begins, and how long all of it is,
only the playlist knows; `source.mp4.playlist.json` lies beside `source.mp4`.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from transcripts.values import Value

_SEGMENT, _DISCONTINUITY, _INITIALISATION = "#EXTINF:", "#EXT-X-DISCONTINUITY", "#EXT-X-MAP"


class Playlist(Value):
    """How long and how many its segments are, and before which bytes of the file a new clock begins.

    `total_seconds` is None where that is not known.
    """

    total_seconds: float | None = None
    segments: int = 0
    border_bytes: tuple[int, ...] = ()


def playlist_beside(path: Path) -> Playlist | None:
    """What was kept beside a fetched file; None where nothing readable was."""
    try:
        return Playlist.model_validate_json(_beside(path).read_bytes())
    except (OSError, ValidationError):
        return None


def keep_playlist(path: Path, text: str, fragment_ends: Sequence[int]) -> None:
    """Keep what the playlist `text` says of the file at `path`, in which its fragments end at these bytes.

    Where their number is not the playlist's, some were left out on purpose (advertising), and nothing is
    known for certain.
    """
    new_clocks, seconds = _new_clocks(text), _seconds_of(text)
    playlist = Playlist()
    if len(fragment_ends) == len(new_clocks):
        starts = [0, *fragment_ends]
        borders = [start for start, is_new in zip(starts, new_clocks, strict=False) if is_new and start]
        playlist = Playlist(total_seconds=sum(seconds), segments=len(seconds), border_bytes=tuple(borders))
    draft = _beside(path).with_suffix(".new")
    draft.write_text(playlist.model_dump_json())
    draft.replace(_beside(path))


def without_later_initialisations(text: str) -> str:
    """The playlist as yt-dlp can fetch it: an initialisation behind the first segment is a fragment like any.

    One that is in force already is left out.
    """
    lines: list[str] = []
    in_force, has_segments = "", False
    for line in map(str.strip, text.splitlines()):
        if line.startswith(_INITIALISATION) and (has_segments or in_force):
            if line != in_force:
                lines += _as_segment(line)
            in_force = line
            continue
        in_force = line if line.startswith(_INITIALISATION) else in_force
        has_segments = has_segments or bool(line and not line.startswith("#"))
        lines.append(line)
    return "\n".join(lines) + "\n"


def _as_segment(line: str) -> list[str]:
    from yt_dlp.utils import parse_m3u8_attributes  # whoever reads media needs none of yt-dlp

    attributes = parse_m3u8_attributes(line.removeprefix(_INITIALISATION + ":"))
    byte_range = attributes.get("BYTERANGE")
    return [*([f"#EXT-X-BYTERANGE:{byte_range}"] if byte_range else []), str(attributes.get("URI"))]


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".playlist.json")


def _new_clocks(text: str) -> list[bool]:
    """Whether a new clock begins with each fragment, also with initialisations (RFC 8216, 4.3.2.3)."""
    found: list[bool] = []
    is_new = False
    for line in map(str.strip, text.splitlines()):
        if line == _DISCONTINUITY:
            is_new = True
        elif line.startswith(_INITIALISATION) or (line and not line.startswith("#")):
            found.append(is_new)
            is_new = False
    return found


def _seconds_of(text: str) -> list[float]:
    lines = [line.strip() for line in text.splitlines()]
    stated = [line.removeprefix(_SEGMENT).partition(",")[0] for line in lines if line.startswith(_SEGMENT)]
    return [_number(each) for each in stated]


def _number(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
