"""MP4: the index, the samples that it names, fragments, and sizes that cannot be."""

import io
from pathlib import Path

import pytest

from tasks.media.structure.file_bytes import FileBytes
from tasks.media.structure.mp4 import sign_in_mp4
from tasks.media.structure.truncation_sign import Sign
from tests.media_formats import make_format


def sign(content: bytes) -> Sign | None:
    return sign_in_mp4(FileBytes(io.BytesIO(content)))


def box(kind: bytes, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return (8 + len(content)).to_bytes(4, "big") + kind + content


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mp4")


@pytest.fixture(scope="module")
def plain(directory: Path) -> bytes:
    return make_format("mp4", directory).read_bytes()


@pytest.fixture(scope="module")
def faststart(directory: Path) -> bytes:
    return make_format("mp4_faststart", directory).read_bytes()


@pytest.fixture(scope="module")
def fragmented(directory: Path) -> bytes:
    return make_format("mp4_fragmented", directory).read_bytes()


def test_a_recording_that_was_never_finished_has_no_index(plain: bytes) -> None:
    assert sign(plain[: plain.rindex(b"moov") - 4]) is Sign.NO_INDEX


def test_free_space_and_unknown_boxes_show_nothing(plain: bytes, fragmented: bytes) -> None:
    for whole in (plain, fragmented):
        assert sign(whole + box(b"free", bytes(5000))) is None
        assert sign(whole + box(b"Xtra", b"?" * 50)) is None
        assert sign(whole + b"what some server put behind it") is None


def test_samples_decide_and_not_the_size_of_their_box(faststart: bytes) -> None:
    """Some recorders state too large a box; all that is named by the index is there."""
    at = faststart.index(b"mdat")
    overstated = faststart[: at - 4] + (1 << 30).to_bytes(4, "big") + faststart[at:]
    assert sign(overstated) is None
    assert sign(overstated[:-1]) is Sign.LESS_THAN_STATED


def test_samples_that_lie_in_other_files_are_not_missed(faststart: bytes) -> None:
    own, other = b"url \0\0\0\x01", b"url \0\0\0\0"
    assert sign(faststart.replace(own, other)[: len(faststart) // 2]) is None


def test_a_fragment_without_its_samples_is_cut(fragmented: bytes) -> None:
    last = fragmented.rindex(b"moof") - 4
    size = int.from_bytes(fragmented[last : last + 4], "big")
    assert sign(fragmented[:last] + fragmented[last : last + size]) is Sign.ELEMENT_CUT


def test_a_segment_index_knows_what_follows_also_where_a_cut_falls_between_fragments(directory: Path) -> None:
    whole = make_format("mp4_fragmented_with_index", directory).read_bytes()
    assert sign(whole[: whole.rindex(b"moof") - 4]) is Sign.LESS_THAN_STATED


def test_ten_gigabytes_are_judged_by_a_few_blocks(plain: bytes, tmp_path: Path) -> None:
    """The samples are passed over, not read."""
    start, index = plain.index(b"mdat") - 4, plain.rindex(b"moov") - 4
    huge = tmp_path / "huge.mp4"
    with huge.open("wb") as file:
        file.write(plain[:start] + b"\0\0\0\x01mdat" + (10_000_000_000).to_bytes(8, "big"))
        file.seek(start + 10_000_000_000)
        file.write(plain[index:])
    with _CountingFile(huge) as counting:
        assert sign_in_mp4(FileBytes(counting)) is None
        assert counting.read_bytes < 1_000_000


class _CountingFile(io.FileIO):
    """Counts what is read."""

    read_bytes = 0

    def read(self, size: int | None = -1) -> bytes:
        content = super().read(size) or b""
        self.read_bytes += len(content)
        return content


@pytest.mark.parametrize("kind", [b"free", b"moov", b"moof", b"trak"])
def test_boxes_without_end_come_to_an_end(kind: bytes) -> None:
    assert sign(box(b"ftyp", b"isom") + box(kind) * 50_000) in {None, *Sign}


def test_boxes_nested_without_end_come_to_an_end() -> None:
    nested = b"".join((8 * (9999 - depth)).to_bytes(4, "big") + b"moov" for depth in range(9999))
    assert sign(box(b"ftyp", b"isom") + nested) in {None, *Sign}
