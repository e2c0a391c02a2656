"""What sizes and marks in the other formats say: stated, left open, or impossible."""

import io
from pathlib import Path

import pytest

from tasks.media.structure.file_bytes import MOST_READS, FileBytes
from tasks.media.structure.truncation_sign import Sign
from tests.cut_files import sign_of
from tests.media_formats import make_format


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("streams")


def made(name: str, directory: Path) -> bytes:
    path = directory / name
    return (path if path.exists() else make_format(name, directory)).read_bytes()


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0xFFFFFFFF - 44, 0x7FFFFFFF, 0x7FFFF000])
def test_a_wav_that_was_streamed_states_nothing(size: int, directory: Path) -> None:
    wav = made("wav", directory)
    at = wav.index(b"data") + 4
    streamed = wav[:4] + size.to_bytes(4, "little") + wav[8:at] + size.to_bytes(4, "little") + wav[at + 4 :]
    assert sign_of(streamed, directory / "streamed") is None


def test_a_wav_that_lacks_one_sample_shows_it(directory: Path) -> None:
    assert sign_of(made("wav", directory)[:-2], directory / "cut") is Sign.LESS_THAN_STATED


def test_frames_are_counted_where_a_cut_falls_between_two_of_them(directory: Path) -> None:
    """The first frame says how many there are."""
    mp3 = made("mp3", directory)
    assert sign_of(mp3[: -288 * 2], directory / "cut") is Sign.LESS_THAN_STATED


def test_a_packed_caf_without_its_packet_table_is_not_finished(directory: Path) -> None:
    caf = made("caf_packed", directory)
    at = caf.rindex(b"pakt")
    data = caf.index(b"data") + 4
    unfinished = caf[:data] + b"\xff" * 8 + caf[data + 8 : at]
    assert sign_of(unfinished, directory / "cut") is Sign.NO_INDEX


def test_an_ogg_that_ends_between_two_pages_lacks_its_mark(directory: Path) -> None:
    opus = made("opus", directory)
    assert sign_of(opus[: opus.rindex(b"OggS")], directory / "cut") is Sign.NO_END_MARK


def test_sound_that_states_its_length_shows_a_cut_between_two_packets_of_a_transport_stream(
    directory: Path,
) -> None:
    ts = made("ts", directory)
    packets = [ts[start : start + 188] for start in range(0, len(ts), 188)]
    sound = [number for number, packet in enumerate(packets) if packet[1:3] == b"\x01\x01"]
    begins = next(number for number in reversed(sound) if b"\0\0\x01\xc0" not in packets[number])
    assert sign_of(b"".join(packets[:begins]), directory / "cut") is Sign.ELEMENT_CUT


def test_a_flac_that_lacks_its_last_frames_is_shorter_than_stated(directory: Path) -> None:
    flac = made("flac", directory)
    header = flac[flac.rindex(b"\xff\xf8", 0, -20) :][:3]
    assert sign_of(flac[: flac.rindex(header)], directory / "cut") is Sign.LESS_THAN_STATED


def test_lists_nested_without_end_come_to_an_end(tmp_path: Path) -> None:
    nested = b"RIFF\0\0\0\0AVI " + b"LIST\0\0\0\0movi" * 50_000
    assert sign_of(nested, tmp_path / "nested") is None


@pytest.mark.parametrize(
    "content",
    [
        b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xfe",
        b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0" + b"\xff" * 28 + b"data\xff\xff\xff\xff" + bytes(100),
        b"caff\0\x01\0\0desc" + b"\x7f" + b"\xff" * 100,
        b"FORM\xff\xff\xff\xffAIFFSSND\xff\xff\xff\xff" + bytes(100),
        b"FLV\x01\x05\xff\xff\xff\xff" + bytes(100),
        bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\xff" * 100,
        b"fLaC\0\xff\xff\xff" + b"\xff" * 100,
        b"\0\0\x01\xba\x44" + b"\xff" * 100,
    ],
)
def test_sizes_that_cannot_be_raise_nothing(content: bytes, tmp_path: Path) -> None:
    assert sign_of(content, tmp_path / "impossible") in {None, *Sign}


def test_numbers_that_are_none_show_nothing(directory: Path) -> None:
    flv = made("flv", directory)
    for name in (b"\x00\x08duration\x00", b"\x00\x08filesize\x00"):
        at = flv.index(name) + len(name)
        flv = flv[:at] + bytes.fromhex("7ff8000000000000") + flv[at + 8 :]
    assert sign_of(flv, directory / "nan") is None


def test_places_are_read_a_bounded_number_of_times() -> None:
    file = FileBytes(io.BytesIO(bytes(8)))
    for _ in range(MOST_READS):
        file.at(0, 1)
    with pytest.raises(ValueError, match="too many places"):
        file.at(0, 1)


def test_nothing_is_read_outside_of_the_file() -> None:
    file = FileBytes(io.BytesIO(b"12345678"))
    assert (file.at(2, 3), file.up_to(6, 10)) == (b"345", b"78")
    for position, count in ((7, 2), (-1, 1), (1 << 70, 1)):
        with pytest.raises(EOFError):
            file.at(position, count)
