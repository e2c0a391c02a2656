"""Rows: playlists that are fetched from a web server, with breaks in their clocks and separate renditions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.matrix.judge import CUT_SHORT
from bench.matrix.marks import whole
from bench.matrix.material import AAC, SECONDS, X264, Heard, Shown, Workshop, beeps, make
from bench.matrix.rows import Made, Maker, Row, making, rows

PIECE_SECONDS = 4
PIECES = tuple(range(0, SECONDS, PIECE_SECONDS))
ON_FROM_ZERO = ("-muxdelay", "0", "-muxpreload", "0")


def playlist_rows() -> Iterator[Row]:
    """A row for each kind of playlist."""
    makers: dict[str, Maker] = {
        "HLS, one clock": making(pieces, lambda first: 1.0 + first, breaks=False),
        "HLS, the clock starts anew in each piece": making(pieces, _from_zero),
        "HLS, the clock jumps on by a few seconds": making(pieces, lambda first: 3.0 * first),
        "HLS, the clock jumps on by an hour": making(pieces, lambda first: 900.0 * first),
        "HLS, the clock jumps back": making(pieces, lambda first: 900.0 - 50 * first),
        "HLS, another size in each piece": making(pieces, _from_zero, widths=(160, 320, 240)),
        "HLS, other sound in each piece": making(pieces, _from_zero, rates=(48_000, 44_100, 32_000)),
        "HLS of fragmented MP4, with breaks": fragments,
        "HLS, sound apart": making(renditions, sound_late=0.0),
        "HLS, sound apart and 1.5 s later": making(renditions, sound_late=1.5),
        "HLS, one file by byte ranges": byte_ranges,
        "DASH, sound apart": dash,
    }
    yield from rows("playlists", makers)
    half_a_piece = making(pieces, lambda first: 1.0 + first, stated_last=12.0)
    yield from rows("playlists", {"HLS, the last piece is half of what is said": half_a_piece}, CUT_SHORT)


def _from_zero(_first: int) -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class _Piece:
    path: Path
    seconds: float


def _playlist(workshop: Workshop, name: str, listed: Sequence[_Piece], *, breaks: bool) -> Path:
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{SECONDS}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    for index, piece in enumerate(listed):
        lines += ["#EXT-X-DISCONTINUITY"] if breaks and index else []
        lines += [f"#EXTINF:{piece.seconds},", piece.path.name]
    target = workshop.folder / name
    target.write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return target


def pieces(
    workshop: Workshop,
    clock: Callable[[int], float],
    breaks: bool = True,
    widths: tuple[int, int, int] = (320, 320, 320),
    rates: tuple[int, int, int] = (48_000, 48_000, 48_000),
    stated_last: float = PIECE_SECONDS,
) -> Made:
    """Pieces whose clocks start where `clock` says; the playlist may state another length of the last one."""
    made = []
    for first, width, rate in zip(PIECES, widths, rates, strict=True):
        shown = Shown(seconds=PIECE_SECONDS, first=first, width=width, height=width * 9 // 16)
        heard = Heard(seconds=PIECE_SECONDS, first=first, rate_hz=rate)
        offset = ("-output_ts_offset", str(clock(first)))
        path = workshop.mux("ts", shown, heard, *X264, *AAC, *ON_FROM_ZERO, *offset)
        made.append(_Piece(path, stated_last if first == PIECES[-1] else PIECE_SECONDS))
    return Made(whole(SECONDS), address=_playlist(workshop, "recording.m3u8", made, breaks=breaks))


def fragments(workshop: Workshop) -> Made:
    """Each piece with a beginning of its own."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{SECONDS}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    for first in PIECES:
        shown, heard = Shown(seconds=PIECE_SECONDS, first=first), Heard(seconds=PIECE_SECONDS, first=first)
        flags = ("-movflags", "+frag_keyframe+delay_moov+default_base_moof")
        path = workshop.mux("mp4", shown, heard, *X264, *AAC, *flags)
        start, rest = _split(workshop, path)
        lines += ["#EXT-X-DISCONTINUITY"] if first else []
        lines += [f'#EXT-X-MAP:URI="{start.name}"', f"#EXTINF:{PIECE_SECONDS},", rest.name]
    target = workshop.folder / "recording.m3u8"
    target.write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return Made(whole(SECONDS), address=target)


def _split(workshop: Workshop, path: Path) -> tuple[Path, Path]:
    """The index of a fragmented MP4, and its fragments."""
    content = path.read_bytes()
    at = content.index(b"moof") - 4
    start, rest = workshop.path("mp4"), workshop.path("m4s")
    start.write_bytes(content[:at])
    rest.write_bytes(content[at:])
    return start, rest


def renditions(workshop: Workshop, sound_late: float) -> Made:
    """Picture and sound in playlists of their own, on one clock."""
    start = 10.0
    shown = workshop.mux(
        "ts", Shown(), None, *X264, "-bf", "0", *ON_FROM_ZERO, "-output_ts_offset", str(start)
    )
    heard = Heard(seconds=SECONDS - sound_late, channels=(_late(sound_late),))
    offset = ("-output_ts_offset", str(start + sound_late))
    sound = workshop.mux("ts", None, heard, *AAC, *ON_FROM_ZERO, *offset)
    _playlist(workshop, "picture.m3u8", [_Piece(shown, SECONDS)], breaks=False)
    _playlist(workshop, "sound.m3u8", [_Piece(sound, SECONDS - sound_late)], breaks=False)
    master = workshop.folder / "recording.m3u8"
    master.write_text(
        "#EXTM3U\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Deutsch",DEFAULT=YES,URI="sound.m3u8"\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=320x180,AUDIO="a"\n'
        "picture.m3u8\n"
    )
    return Made(whole(SECONDS).without(beeps=range(0, 2 if sound_late else 0)), address=master)


def _late(seconds: float) -> str:
    return beeps().replace("t+0", f"t+{seconds}")


def byte_ranges(workshop: Workshop) -> Made:
    """ffmpeg's own playlist over one file."""
    target = workshop.folder / "recording.m3u8"
    options = ("-hls_time", str(PIECE_SECONDS), "-hls_flags", "single_file", "-hls_playlist_type", "vod")
    inputs = (*Shown().arguments(), *Heard().arguments())
    make(target, *inputs, *X264, *AAC, "-f", "hls", *options)
    return Made(whole(SECONDS), address=target)


def dash(workshop: Workshop) -> Made:
    target = workshop.folder / "recording.mpd"
    inputs = (*Shown().arguments(), *Heard().arguments())
    make(target, *inputs, *X264, *AAC, "-f", "dash", "-seg_duration", str(PIECE_SECONDS))
    return Made(whole(SECONDS), address=target)
