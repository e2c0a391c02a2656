"""Which format a file has, by its first bytes, and whether it was cut off."""

from collections.abc import Callable
from pathlib import Path

from tasks.media.structure import amr, asf, flac, ogg, program_stream
from tasks.media.structure.adts import ADTS, sign_in_adts
from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.flv import sign_in_flv
from tasks.media.structure.frames import FrameKind, is_followed, next_frame
from tasks.media.structure.iff import sign_in_aiff, sign_in_caf
from tasks.media.structure.matroska import sign_in_matroska
from tasks.media.structure.mp4 import sign_in_mp4
from tasks.media.structure.mpeg_audio import MPEG_AUDIO, sign_in_mpeg_audio
from tasks.media.structure.riff import sign_in_avi, sign_in_w64, sign_in_wav
from tasks.media.structure.tags import leading_tags_end
from tasks.media.structure.transport_stream import layout_of, sign_in_transport_stream
from tasks.media.structure.truncation_sign import Sign

Judge = Callable[[FileBytes], Sign | None]

MP4_FIRST_BOXES = {b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"mdat", b"free", b"skip", b"wide", b"pnot"}
# At which offset which bytes stand: of what.
MARKS: tuple[tuple[int, bytes, Judge], ...] = (
    (0, b"\x1a\x45\xdf\xa3", sign_in_matroska),
    (0, ogg.CAPTURE, ogg.sign_in_ogg),
    (8, b"WAVE", sign_in_wav),
    (8, b"AVI ", sign_in_avi),
    (0, b"riff\x2e\x91\xcf\x11", sign_in_w64),
    (8, b"AIFF", sign_in_aiff),
    (8, b"AIFC", sign_in_aiff),
    (0, b"caff", sign_in_caf),
    (0, flac.MARK, flac.sign_in_flac),
    (0, b"FLV", sign_in_flv),
    (0, asf.HEADER, asf.sign_in_asf),
    (0, amr.NARROW_BAND, amr.sign_in_amr),
    (0, amr.WIDE_BAND, amr.sign_in_amr),
    (0, program_stream.PACK, program_stream.sign_in_program_stream),
)


def sign_of_cut(path: Path) -> Sign | None:
    """What shows that a local media file was cut off; None where nothing does, or it cannot be known.

    Never raises: a file that is damaged, endless or unknown shows nothing.
    """
    try:
        with path.open("rb") as opened:
            file = FileBytes(opened)
            judge = _judge_of(file)
            return judge(file) if judge else None
    except (OSError, EOFError, ValueError, LookupError, ArithmeticError, MemoryError):
        return None


def _judge_of(file: FileBytes) -> Judge | None:
    head = file.up_to(0, 16)
    if head[4:8] in MP4_FIRST_BOXES:
        return sign_in_mp4
    known = next((judge for offset, mark, judge in MARKS if head[offset:].startswith(mark)), None)
    if known:
        return known
    return sign_in_transport_stream if layout_of(file) else _judge_of_frames(file)


def _judge_of_frames(file: FileBytes) -> Judge | None:
    """What is known only by its frames in a row, behind tags."""
    start = leading_tags_end(file)
    if file.up_to(start, len(flac.MARK)) == flac.MARK:
        return flac.sign_in_flac
    if _begins_with(file, start, ADTS):
        return sign_in_adts
    return sign_in_mpeg_audio if _begins_with(file, start, MPEG_AUDIO) else None


def _begins_with(file: FileBytes, start: int, kind: FrameKind) -> bool:
    return is_followed(file, start, file.size, kind) or next_frame(file, start, file.size, kind) is not None
