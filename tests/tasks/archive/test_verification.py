"""Damage done by hand is named, and mended from what is left."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.archive.archive_copy import copy_record
from tasks.archive.catalogue_store import update_catalogue
from tasks.archive.next_version import Replacement
from tasks.archive.pruning import earlier_versions, removable, remove
from tasks.archive.publishing import publish, replace_content, restore, versions
from tasks.archive.rebuilding import rebuild
from tasks.archive.record_claims import take_claim
from tasks.archive.record_store import (
    find_by_url,
    put_beside,
    read_ledger,
    read_manifest,
    read_texts,
    record_ids,
    write_entry,
)
from tasks.archive.verification import verify_archive, verify_record
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.storage_interface import Storage
from tests.archive_records import (
    IMPRINT,
    RECORD_ID,
    WRITER,
    is_whole,
    keys_of,
    medium,
    prepared_entry,
    small_record,
    small_transcript,
)
from transcripts.archive import layout
from transcripts.archive.findings import Damage, Waste
from transcripts.archive.layout import object_key
from transcripts.errors.error_kinds import DamagedError, PermanentError
from transcripts.model import Stage

LATER = timedelta(seconds=5)


@pytest.fixture
def published(storage: Storage, tmp_path: Path) -> Storage:
    """An archive with one record."""
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    return storage


def found(storage: Storage, *, deep: bool = True) -> set[tuple[str, Damage]]:
    return {(each.place, each.damage) for each in verify_archive(storage, IMPRINT, deep=deep)}


def damage(storage: Storage, place: str, how: str) -> None:
    key = object_key(RECORD_ID, place)
    content = storage.get_bytes(key)
    if how == "deleted":
        storage.delete(key)
    else:
        flipped = content[:7] + bytes([content[7] ^ 1]) + content[8:]
        storage.put_bytes(key, content[:-5] if how == "truncated" else flipped, "application/octet-stream")


def test_a_fresh_record_and_an_empty_archive_are_in_order(storage: Storage, tmp_path: Path) -> None:
    assert found(storage) == set()
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    assert found(storage) == set()


@pytest.mark.parametrize("how", ["deleted", "truncated", "flipped"])
@pytest.mark.parametrize(
    "place", ["transcript/transcript.json", "index.html", "recording.json", "chapters.vtt"]
)
def test_a_damaged_text_is_named_and_put_back(published: Storage, place: str, how: str) -> None:
    before = published.get_bytes(object_key(RECORD_ID, place))
    damage(published, place, how)
    expected = Damage.MISSING if how == "deleted" else Damage.CHANGED
    assert found(published) == {(place, expected)}
    mended = rebuild(published, RECORD_ID, IMPRINT)
    assert mended.renewed == (place,)
    assert published.get_bytes(object_key(RECORD_ID, place)) == before
    assert found(published) == set()
    assert [each.version for each in versions(published, RECORD_ID)] == [1], "nothing new had to be made"


@pytest.mark.parametrize("how", ["deleted", "truncated", "flipped"])
def test_both_copies_of_what_is_made_from_the_transcript_are_made_again(published: Storage, how: str) -> None:
    manifest = read_manifest(published, RECORD_ID)
    for name in (layout.PAGE, layout.VTT, layout.SRT, layout.TEXT, layout.CHAPTERS_VTT):
        damage(published, name, how)
        damage(published, manifest.named(name).place, how)
    assert len(found(published)) == 10
    mended = rebuild(published, RECORD_ID, IMPRINT)
    assert (mended.left, mended.left_earlier) == ((), ())
    assert found(published) == set()
    assert is_whole(published, RECORD_ID, manifest)


def test_the_recording_is_brought_back_from_the_catalogue(published: Storage) -> None:
    manifest = read_manifest(published, RECORD_ID)
    for place in (layout.RECORDING, manifest.named(layout.RECORDING).place):
        damage(published, place, "deleted")
    assert rebuild(published, RECORD_ID, IMPRINT).left == ()
    assert is_whole(published, RECORD_ID, manifest)


@pytest.mark.parametrize("how", ["deleted", "truncated", "flipped"])
def test_a_damaged_manifest_is_named_and_brought_back_from_the_history(published: Storage, how: str) -> None:
    entry = prepared_entry()
    write_entry(published, RECORD_ID, entry, None, WRITER, message=b"Subject: da\n\n")
    announced = read_texts(published, RECORD_ID).recording.model_copy(update={"stage": Stage.ANNOUNCED})
    put_beside(published, RECORD_ID, {layout.RECORDING: announced.to_json().encode()}, WRITER)
    update_catalogue(published, IMPRINT, anew=(RECORD_ID,))
    before = read_manifest(published, RECORD_ID)
    damage(published, layout.MANIFEST, how)
    damages = found(published)
    assert (layout.MANIFEST, Damage.MISSING if how == "deleted" else Damage.CHANGED) in damages
    assert layout.MANIFEST in rebuild(published, RECORD_ID, IMPRINT).renewed
    after = read_manifest(published, RECORD_ID)
    assert {each.name: each.sha256 for each in after.objects} == {
        each.name: each.sha256 for each in before.objects
    }
    assert read_ledger(published, RECORD_ID).entries == (entry,), "what was mailed is not forgotten"
    assert found(published) == set()


def test_nothing_is_stray_or_pruned_while_the_manifest_is_lost(published: Storage) -> None:
    write_entry(published, RECORD_ID, prepared_entry(), None, WRITER, message=b"Subject: da\n\n")
    before = keys_of(published)
    damage(published, layout.MANIFEST, "deleted")
    damage(published, layout.PAGE, "truncated")
    lost = {(layout.MANIFEST, Damage.MISSING), (layout.PAGE, Damage.CHANGED)}
    assert {(each.place, each.damage) for each in verify_record(published, RECORD_ID, deep=True)} == lost
    assert list(removable(published, datetime.now(UTC) + LATER)) == []
    rebuild(published, RECORD_ID, IMPRINT)
    assert keys_of(published) == before


def test_a_manifest_that_was_altered_and_still_reads_well_is_named(published: Storage) -> None:
    manifest = read_manifest(published, RECORD_ID)
    other = manifest.named(layout.VIDEO).model_copy(update={"sha256": "0" * 64})
    altered = manifest.with_objects([other]).to_json().encode()
    published.put_bytes(object_key(RECORD_ID, layout.MANIFEST), altered, "application/json")
    assert found(published) >= {(layout.MANIFEST, Damage.CHANGED)}
    rebuild(published, RECORD_ID, IMPRINT)
    assert read_manifest(published, RECORD_ID) == manifest


@pytest.mark.parametrize("how", ["deleted", "truncated", "flipped"])
def test_a_damaged_medium_is_named_and_what_is_lost_is_said(published: Storage, how: str) -> None:
    damage(published, layout.VIDEO, how)
    expected = (layout.VIDEO, Damage.MISSING if how == "deleted" else Damage.CHANGED)
    assert found(published) == {expected}
    left = rebuild(published, RECORD_ID, IMPRINT).left
    assert {(each.place, each.damage) for each in left} == {expected}


def test_a_lost_new_video_is_given_up_for_the_earlier_one_by_restoring(
    published: Storage, tmp_path: Path
) -> None:
    cut = Replacement(WRITER, media={layout.VIDEO: medium(tmp_path / "video.mp4", "cut", 5_000)})
    replace_content(published, RECORD_ID, cut, IMPRINT)
    damage(published, read_manifest(published, RECORD_ID).named(layout.VIDEO).place, "deleted")
    restore(published, RECORD_ID, 1, IMPRINT)
    assert is_whole(published, RECORD_ID, read_manifest(published, RECORD_ID))


def test_a_medium_that_was_put_back_by_another_program_is_whole_and_a_wrong_one_is_named(
    published: Storage,
) -> None:
    video = published.get_bytes(object_key(RECORD_ID, layout.VIDEO))
    put_by_another_program(published, layout.VIDEO, video)
    assert found(published) == set()
    put_by_another_program(published, layout.VIDEO, bytes(len(video)))
    assert found(published) == {(layout.VIDEO, Damage.CHANGED)}


def put_by_another_program(storage: Storage, place: str, content: bytes, **noted: str) -> None:
    """In a bucket without the note of its hash that ours leaves, or with a note of its own."""
    key = object_key(RECORD_ID, place)
    if isinstance(storage, FolderStorage):
        storage.put_bytes(key, content, "video/mp4")
        return
    bucket, name = storage.location(key).removeprefix("s3://").split("/", 1)
    client = storage.client  # type: ignore[attr-defined]
    client.put_object(Bucket=bucket, Key=name, Body=content, Metadata=noted)


def test_in_a_bucket_a_flipped_byte_of_a_medium_is_found_by_looking_deep(published: Storage) -> None:
    # A byte that rots on the server's disk leaves the noted hash as it was.
    noted = read_manifest(published, RECORD_ID).named(layout.VIDEO)
    put_by_another_program(published, layout.VIDEO, bytes(noted.size_bytes), sha256=noted.sha256)
    assert found(published, deep=True) == {(layout.VIDEO, Damage.CHANGED)}


def test_what_no_manifest_names_is_named_and_pruned_after_the_grace_time(published: Storage) -> None:
    stray = object_key(RECORD_ID, "media/alt.mp4")
    published.put_bytes(stray, b"alt", "video/mp4")
    assert found(published) == {("media/alt.mp4", Damage.STRAY)}
    assert list(removable(published, datetime.now(UTC) - timedelta(hours=1))) == []
    (waste,) = removable(published, datetime.now(UTC) + LATER)
    assert (waste.key, waste.waste, waste.size_bytes) == (stray, Waste.STRAY, 3)
    before = keys_of(published)
    remove(published, [waste])
    assert keys_of(published) == before - {"media/alt.mp4"}
    assert found(published) == set()


def test_what_a_writer_stored_and_did_not_name_yet_is_a_leftover_until_the_grace_time_ends(
    published: Storage, tmp_path: Path
) -> None:
    new = medium(tmp_path / "neu.mp4", "neu", 100)
    place = layout.addressed_name(layout.VIDEO, new.sha256)
    published.put_file(object_key(RECORD_ID, place), new.path, new.sha256, "video/mp4")
    published.put_bytes("recordings/2026-11-20-halb/media/video.mp4", b"halb", "video/mp4")
    published.put_bytes(object_key(RECORD_ID, "notiz.txt"), b"vergessen", "text/plain")
    now = datetime.now(UTC)
    young = list(verify_archive(published, IMPRINT, deep=True, before=now - timedelta(hours=1)))
    assert {(each.place, each.damage) for each in young} == {
        (place, Damage.LEFTOVER),
        ("", Damage.LEFTOVER),
        ("notiz.txt", Damage.STRAY),
    }
    assert [each.place for each in young if each.is_damage] == ["notiz.txt"]
    old = list(verify_archive(published, IMPRINT, deep=True, before=now + LATER))
    assert {each.damage for each in old} == {Damage.STRAY, Damage.UNFINISHED}


def test_a_folder_that_never_became_a_record_is_named_and_pruned(published: Storage) -> None:
    published.put_bytes("recordings/2026-11-20-halb/media/video.mp4", b"halb", "video/mp4")
    assert found(published) == {("", Damage.UNFINISHED)}
    assert record_ids(published) == [RECORD_ID]
    remove(published, removable(published, datetime.now(UTC) + LATER))
    assert keys_of(published, "2026-11-20-halb") == set()
    assert found(published) == set()


def test_nothing_of_a_record_that_is_worked_on_is_pruned(published: Storage) -> None:
    published.put_bytes(object_key(RECORD_ID, "media/neu.mp4"), b"neu", "video/mp4")
    claim = take_claim(
        published, RECORD_ID, read_texts(published, RECORD_ID).recording.source.url_fingerprint
    )
    assert claim is not None
    with claim.held():
        assert list(removable(published, datetime.now(UTC) + LATER)) == []
    assert len(list(removable(published, datetime.now(UTC) + LATER))) == 1


def test_earlier_versions_go_only_by_explicit_wish_and_then_for_good(
    published: Storage, tmp_path: Path
) -> None:
    cut = medium(tmp_path / "video.mp4", "cut", 5_000)
    new = Replacement(WRITER, transcript=small_transcript("Neu."), media={layout.VIDEO: cut})
    replace_content(published, RECORD_ID, new, IMPRINT)
    assert list(removable(published, datetime.now(UTC) + LATER)) == []
    remove(published, earlier_versions(published, RECORD_ID))
    assert [each.version for each in versions(published, RECORD_ID)] == [2]
    assert layout.VIDEO not in keys_of(published)
    assert found(published) == set()


def test_a_new_page_after_a_change_of_name_is_a_new_version_at_the_same_address(published: Storage) -> None:
    renamed = replace(IMPRINT, network_name="Netzwerk Losdemokratie")
    assert rebuild(published, RECORD_ID, renamed).version == 2
    page = published.get_bytes(object_key(RECORD_ID, layout.PAGE)).decode()
    assert "Netzwerk Losdemokratie" in page


def test_a_version_whose_plain_copies_were_not_renewed_is_named_and_mended(
    published: Storage,
) -> None:
    page = published.get_bytes(object_key(RECORD_ID, layout.PAGE))
    replace_content(published, RECORD_ID, Replacement(WRITER, transcript=small_transcript("Neu.")), IMPRINT)
    published.put_bytes(object_key(RECORD_ID, layout.PAGE), page, "text/html")
    assert found(published) == {(layout.PAGE, Damage.OUTDATED)}
    rebuild(published, RECORD_ID, IMPRINT)
    assert found(published) == set()


def test_a_damaged_or_missing_catalogue_is_named_and_made_again(published: Storage, tmp_path: Path) -> None:
    source = small_record(tmp_path / "work").recording.source.url_fingerprint
    for content in (b"{", None):
        if content is None:
            published.delete(layout.CATALOGUE)
        else:
            published.put_bytes(layout.CATALOGUE, content, "application/json")
        expected = Damage.MISSING if content is None else Damage.CHANGED
        assert found(published) == {(layout.CATALOGUE, expected)}
        assert find_by_url(published, source) is not None, "the records themselves are asked"
        update_catalogue(published, IMPRINT)
        assert found(published) == set()


def test_a_record_that_was_deleted_whole_is_named(published: Storage) -> None:
    for place in keys_of(published):
        published.delete(object_key(RECORD_ID, place))
    assert {each.place for each in verify_record(published, RECORD_ID, deep=False)} == {layout.MANIFEST}
    with pytest.raises(PermanentError, match="record_unknown"):
        rebuild(published, RECORD_ID, IMPRINT)


def test_a_record_with_all_versions_is_copied_there_and_back_again(
    published: Storage, tmp_path: Path
) -> None:
    replace_content(published, RECORD_ID, Replacement(WRITER, transcript=small_transcript("Neu.")), IMPRINT)
    folder = FolderStorage(tmp_path / "other")
    copied = copy_record(published, folder, RECORD_ID)
    assert copied.objects > 10
    update_catalogue(folder, IMPRINT)
    assert found(folder) == set()
    assert contents(folder) == contents(published)
    assert copy_record(published, folder, RECORD_ID).objects == 0, "nothing is sent twice"
    restore(folder, RECORD_ID, 1, IMPRINT)
    assert copy_record(folder, published, RECORD_ID).objects > 0
    assert contents(folder) == contents(published)


def test_a_copy_never_writes_over_another_record(published: Storage, tmp_path: Path) -> None:
    folder = FolderStorage(tmp_path / "other")
    publish(folder, small_record(tmp_path / "another", "zwei"), IMPRINT)
    with pytest.raises(PermanentError, match="copy_differs"):
        copy_record(published, folder, RECORD_ID)


def test_a_damaged_object_is_not_copied_silently(published: Storage, tmp_path: Path) -> None:
    damage(published, layout.AUDIO, "flipped")
    with pytest.raises(PermanentError, match="object_damaged"):
        copy_record(published, FolderStorage(tmp_path / "other"), RECORD_ID)
    assert record_ids(FolderStorage(tmp_path / "other")) == []


def contents(storage: Storage) -> dict[str, bytes]:
    return {place: storage.get_bytes(object_key(RECORD_ID, place)) for place in keys_of(storage)}


def test_a_text_that_is_as_its_manifest_says_and_makes_no_sense_is_named_and_given_up_by_restoring(
    published: Storage,
) -> None:
    said = small_transcript("Guten Tag.", "Wir losen.")
    never = said.segments[0].model_copy(update={"start_seconds": -3.0})  # as an earlier program took it
    said = said.model_copy(update={"segments": (never, *said.segments[1:])})
    replace_content(published, RECORD_ID, Replacement(WRITER, transcript=said), IMPRINT)
    assert found(published) == {(layout.TRANSCRIPT, Damage.UNREADABLE)}
    with pytest.raises(DamagedError):
        read_texts(published, RECORD_ID)
    restore(published, RECORD_ID, 1, IMPRINT)
    assert read_texts(published, RECORD_ID).transcript.segments
    assert found(published) == set()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000, b'{"records": [{"recording": 1}]}'])
def test_a_damaged_catalogue_hides_nothing_and_is_made_anew(
    published: Storage, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    published.put_bytes(layout.CATALOGUE, content, "application/json")
    assert record_ids(published) == [RECORD_ID]
    assert "catalogue.json" in caplog.text
    assert found(published) == {(layout.CATALOGUE, Damage.CHANGED)}
    update_catalogue(published, IMPRINT)
    assert found(published) == set()


def test_a_record_that_cannot_be_read_stays_in_the_catalogue_which_may_be_needed_to_mend_it(
    published: Storage,
) -> None:
    for key in [each.key for each in published.list_objects(f"recordings/{RECORD_ID}")]:
        if "recording." in key:
            published.put_bytes(key, b"{", "application/json")
    catalogue = update_catalogue(published, IMPRINT, anew=(RECORD_ID,))
    assert [each.recording.id for each in catalogue.records] == [RECORD_ID]
    assert rebuild(published, RECORD_ID, IMPRINT).left == ()
    assert found(published) == set()


def test_a_record_in_another_record_s_folder_is_named(published: Storage) -> None:
    for each in list(published.list_objects(f"recordings/{RECORD_ID}")):
        copied = each.key.replace(RECORD_ID, f"{RECORD_ID}-kopie")
        published.put_bytes(copied, published.get_bytes(each.key), "application/json")
    assert record_ids(published) == [RECORD_ID]
    findings = {(each.record_id, each.damage) for each in verify_archive(published, IMPRINT, deep=True)}
    assert findings == {(f"{RECORD_ID}-kopie", Damage.UNREADABLE)}
