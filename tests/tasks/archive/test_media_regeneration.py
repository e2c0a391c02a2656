"""Lost sound and poster come back from the video, with the real ffmpeg."""

from dataclasses import replace
from pathlib import Path

import av
import pytest

from tasks.archive.media_regeneration import remake
from tasks.archive.next_version import Replacement
from tasks.archive.publishing import publish, replace_content, versions
from tasks.archive.rebuilding import RebuildResult, rebuild, stock_of
from tasks.archive.verification import verify_archive
from tasks.media.chapter_marks import mark_chapters
from tasks.media.inspection import inspect_media
from tasks.media.transcode import transcode
from tasks.storage.storage_interface import Storage
from tests.archive_records import IMPRINT, RECORD_ID, WRITER, medium, small_record
from tests.media_samples import meeting_clip
from transcripts.archive import layout
from transcripts.archive.layout import object_key
from transcripts.records.record import Record

LOUDNESS_LUFS = -23.0


def recorded(folder: Path, loudness_lufs: float = LOUDNESS_LUFS) -> Record:
    """A record of four seconds of the sample meeting."""
    record = small_record(folder)
    clip = meeting_clip(folder / "clip.mp4", 30, 4)
    media = transcode([clip], inspect_media([clip], 60), folder / "media", loudness_lufs, lambda _: None)
    return replace(record, media=mark_chapters(media, record.chapters, folder / "marked"))


def lose(storage: Storage, *places: str) -> None:
    """Rot the first of them, which its storage need not notice, and delete the others."""
    key = object_key(RECORD_ID, places[0])
    content = bytearray(storage.get_bytes(key))
    content[len(content) // 2] ^= 1
    storage.put_bytes(key, bytes(content), "application/octet-stream")
    for place in places[1:]:
        storage.delete(object_key(RECORD_ID, place))


def mended(storage: Storage, work: Path) -> RebuildResult:
    found = rebuild(storage, RECORD_ID, IMPRINT)
    assert found.remakeable
    remake(storage, RECORD_ID, found.remakeable, LOUDNESS_LUFS, work, IMPRINT, lambda _: None)
    return stock_of(storage, RECORD_ID, found.renewed, found.remakeable)


def test_what_comes_out_the_same_goes_to_its_old_place(storage: Storage, tmp_path: Path) -> None:
    publish(storage, recorded(tmp_path / "source"), IMPRINT)
    lose(storage, layout.AUDIO, layout.POSTER)
    outcome = mended(storage, tmp_path / "work")
    assert outcome.remade == (layout.AUDIO, layout.POSTER)
    assert (outcome.left, outcome.left_earlier) == ((), ())
    assert [each.version for each in versions(storage, RECORD_ID)] == [1]
    assert list(verify_archive(storage, IMPRINT, deep=True)) == []
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("storage", ["s3"], indirect=True)
def test_what_comes_out_different_becomes_a_new_version(storage: Storage, tmp_path: Path) -> None:
    # The sound was made louder than the video's; made again from there it is not the same to the byte.
    louder = recorded(tmp_path / "louder", loudness_lufs=LOUDNESS_LUFS + 4).media
    record = recorded(tmp_path / "source")
    media = record.media.model_copy(update={"audio": louder.audio})
    publish(storage, replace(record, media=media), IMPRINT)
    lose(storage, layout.AUDIO)
    outcome = mended(storage, tmp_path / "work")
    assert (outcome.version, outcome.left) == (2, ())
    assert [each.place for each in outcome.left_earlier] == [layout.AUDIO], (
        "the first version still misses it"
    )
    entry = versions(storage, RECORD_ID)[-1].named(layout.AUDIO)
    assert entry.place == layout.addressed_name(layout.AUDIO, entry.sha256)
    assert entry.made_by.settings == {"from": layout.VIDEO}
    with storage.as_file(object_key(RECORD_ID, entry.place)) as path, av.open(str(path)) as sound:
        assert [one["metadata"]["title"] for one in sound.chapters()] == ["Begrüßung"]
    assert entry.place in storage.get_bytes(object_key(RECORD_ID, layout.PAGE)).decode()


@pytest.mark.parametrize("storage", ["folder"], indirect=True)
def test_without_the_video_nothing_is_promised_but_a_whole_version_is_named(
    storage: Storage, tmp_path: Path
) -> None:
    publish(storage, small_record(tmp_path / "source"), IMPRINT)
    cut = {layout.VIDEO: medium(tmp_path / "video.mp4", "cut", 5_000)}
    present = replace_content(storage, RECORD_ID, Replacement(WRITER, media=cut), IMPRINT)
    lose(storage, present.named(layout.VIDEO).place)
    lost = rebuild(storage, RECORD_ID, IMPRINT)
    assert [each.place for each in lost.left] == [present.named(layout.VIDEO).place]
    assert (lost.remakeable, lost.whole_versions) == ((), (1,))
    lose(storage, layout.AUDIO)
    lost = rebuild(storage, RECORD_ID, IMPRINT)
    assert (lost.remakeable, lost.whole_versions) == ((), ())
