"""Publishing: whole or not at all, one source one record, every version kept."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.archive.next_version import Replacement
from tasks.archive.publishing import publish, replace_content, restore, versions
from tasks.archive.record_claims import take_claim
from tasks.archive.record_store import (
    choose_id,
    find_by_content,
    find_by_url,
    put_beside,
    read_ledger,
    read_manifest,
    read_texts,
    record_ids,
    write_entry,
)
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
from transcripts.archive.layout import object_key
from transcripts.archive.manifest import Manifest
from transcripts.errors.error_kinds import PermanentError, TemporaryError
from transcripts.mail.ledger import Ledger
from transcripts.media.media_values import LocalFile
from transcripts.model import Stage

PLAIN = {
    "recording.json",
    "index.html",
    "chapters.json",
    "chapters.vtt",
    "chapters.txt",
    "chapters.podlove.xml",
    "chapters.podlove.json",
    "chapters.podcast.json",
    "media/video.mp4",
    "media/audio.m4a",
    "media/poster.jpg",
    "transcript/transcript.json",
    "transcript/transcript.vtt",
    "transcript/transcript.srt",
    "transcript/transcript.txt",
}


def test_a_published_record_is_whole_and_found_by_its_source(storage: Storage, tmp_path: Path) -> None:
    record = small_record(tmp_path / "work")
    published = publish(storage, record, IMPRINT)
    assert published.existed is False
    assert record_ids(storage) == [RECORD_ID]
    manifest = read_manifest(storage, RECORD_ID)
    assert manifest.names == PLAIN
    assert is_whole(storage, RECORD_ID, manifest)
    assert keys_of(storage) == manifest.places | {"manifest.json", "history/0001.json"}
    assert find_by_url(storage, record.recording.source.url_fingerprint) == record.recording
    assert find_by_content(storage, record.recording.source.sha256) == record.recording
    assert find_by_content(storage, "0" * 64) is None


def test_the_plain_files_are_those_of_the_manifest(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    for each in read_manifest(storage, RECORD_ID).objects:
        assert storage.sha256_of(object_key(RECORD_ID, each.name)) == each.sha256


def test_the_same_source_again_leads_to_the_record_and_changes_nothing(
    storage: Storage, tmp_path: Path
) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    before = {key: storage.get_bytes(object_key(RECORD_ID, key)) for key in keys_of(storage)}
    again = publish(storage, small_record(tmp_path / "again"), IMPRINT)
    assert again.existed is True
    assert {key: storage.get_bytes(object_key(RECORD_ID, key)) for key in keys_of(storage)} == before


def test_another_source_of_the_same_name_gets_the_next_number(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "eins"), IMPRINT)
    published = publish(storage, small_record(tmp_path / "zwei", "zwei"), IMPRINT)
    assert published.recording.id == f"{RECORD_ID}-2"
    assert (
        json.loads(storage.get_bytes(object_key(f"{RECORD_ID}-2", "recording.json")))["id"]
        == f"{RECORD_ID}-2"
    )
    assert choose_id(storage, published.recording.recorded_on, published.recording.title) == f"{RECORD_ID}-3"


def test_an_address_that_another_source_has_claimed_is_not_taken(storage: Storage, tmp_path: Path) -> None:
    claim = take_claim(storage, RECORD_ID, "another source")
    assert claim is not None
    with claim.held():
        published = publish(storage, small_record(tmp_path / "work"), IMPRINT)
    assert published.recording.id == f"{RECORD_ID}-2"
    assert keys_of(storage) == set(), "the claim is given back"


def test_a_second_writer_of_the_same_source_is_told_to_wait(storage: Storage, tmp_path: Path) -> None:
    record = small_record(tmp_path / "work")
    claim = take_claim(storage, RECORD_ID, record.recording.source.url_fingerprint)
    assert claim is not None
    with claim.held(), pytest.raises(TemporaryError) as caught:
        publish(storage, record, IMPRINT)
    assert caught.value.code == "record_busy"
    assert record_ids(storage) == []


def test_the_claim_of_a_process_that_has_died_is_taken_over(storage: Storage, tmp_path: Path) -> None:
    record = small_record(tmp_path / "work")
    source = record.recording.source.url_fingerprint
    assert take_claim(storage, RECORD_ID, source) is not None
    key = object_key(RECORD_ID, "claim.json")
    note = json.loads(storage.get_bytes(key))
    storage.put_bytes(key, json.dumps(note | {"process_id": 2**22 + 1}).encode(), "application/json")
    assert publish(storage, record, IMPRINT).existed is False


def test_a_writer_that_lost_its_claim_makes_nothing_visible(storage: Storage, tmp_path: Path) -> None:
    record = small_record(tmp_path / "work")

    def lose_the_claim(_done: float, _total: float | None) -> None:
        storage.put_bytes(object_key(RECORD_ID, "claim.json"), b"{}", "application/json")

    with pytest.raises(TemporaryError) as caught:
        publish(storage, record, IMPRINT, lose_the_claim)
    assert caught.value.code == "record_busy"
    assert record_ids(storage) == []


def test_what_a_dead_writer_left_is_completed_by_the_next(storage: Storage, tmp_path: Path) -> None:
    record = small_record(tmp_path / "work")
    publish(storage, record, IMPRINT)
    storage.delete(object_key(RECORD_ID, "manifest.json"))
    again = publish(storage, small_record(tmp_path / "again"), IMPRINT)
    assert again.existed is True, "its version was in the history, only not visible yet"
    assert is_whole(storage, RECORD_ID, read_manifest(storage, RECORD_ID))


def test_of_two_writers_at_once_one_publishes_and_nothing_is_mixed(storage: Storage, tmp_path: Path) -> None:
    outcomes: list[str] = []

    def write(name: str) -> None:
        try:
            existed = publish(storage, small_record(tmp_path / name), IMPRINT).existed
            outcomes.append("existed" if existed else "published")
        except TemporaryError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("published") == 1
    assert set(outcomes) <= {"published", "existed", "record_busy"}
    assert is_whole(storage, RECORD_ID, read_manifest(storage, RECORD_ID))


def test_a_new_video_gets_a_new_object_and_the_page_plays_it(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    cut = medium(tmp_path / "video.mp4", "cut", 9_000)
    new = Replacement(WRITER, media={layout.VIDEO: cut}, duration_seconds=50.0)
    manifest = replace_content(storage, RECORD_ID, new, IMPRINT)
    place = f"media/video.{cut.sha256[:12]}.mp4"
    assert manifest.named(layout.VIDEO).place == place
    assert is_whole(storage, RECORD_ID, manifest)
    page = storage.get_bytes(object_key(RECORD_ID, "index.html")).decode()
    assert f'src="{place}"' in page
    assert '"media/video.mp4"' not in page
    assert 'src="media/audio.m4a"' not in page
    assert read_texts(storage, RECORD_ID).recording.duration_seconds == 50.0


def test_a_new_transcript_keeps_the_sentences_addresses(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    better = small_transcript("Guten Abend allerseits.", "Wir losen aus dem Register.", "Danke.")
    replace_content(storage, RECORD_ID, Replacement(WRITER, transcript=better), IMPRINT)
    texts = read_texts(storage, RECORD_ID)
    assert [(each.id, each.text) for each in texts.transcript.segments] == [
        ("s0001", "Guten Abend allerseits."),
        ("s0002", "Wir losen aus dem Register."),
        ("s0003", "Danke."),
    ]
    assert b"allerseits" in storage.get_bytes(object_key(RECORD_ID, "transcript/transcript.vtt"))


def test_every_version_stays_listed_and_whole_and_can_be_restored(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    first = read_texts(storage, RECORD_ID)
    better = Replacement(WRITER, transcript=small_transcript("Ganz anders."))
    replace_content(storage, RECORD_ID, better, IMPRINT)
    restore(storage, RECORD_ID, 1, IMPRINT)
    assert [(each.version, each.reason) for each in versions(storage, RECORD_ID)] == [
        (1, "first"),
        (2, "replaced"),
        (3, "restored 1"),
    ]
    assert all(is_whole(storage, RECORD_ID, each) for each in versions(storage, RECORD_ID))
    assert read_texts(storage, RECORD_ID) == first
    assert b"Melderegister" in storage.get_bytes(object_key(RECORD_ID, "index.html"))


def test_replacing_with_what_is_there_makes_no_version(storage: Storage, tmp_path: Path) -> None:
    record = small_record(tmp_path / "work")
    publish(storage, record, IMPRINT)
    replace_content(storage, RECORD_ID, Replacement(WRITER, transcript=record.transcript), IMPRINT)
    assert [each.version for each in versions(storage, RECORD_ID)] == [1]


def test_a_version_and_a_record_that_do_not_exist_are_named(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    with pytest.raises(PermanentError, match="version_unknown"):
        restore(storage, RECORD_ID, 7, IMPRINT)
    with pytest.raises(PermanentError, match="record_unknown"):
        restore(storage, "nichts", 1, IMPRINT)


def test_a_restored_version_keeps_what_was_mailed(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    replace_content(storage, RECORD_ID, Replacement(WRITER, transcript=small_transcript("Neu.")), IMPRINT)
    write_entry(storage, RECORD_ID, prepared_entry(), None, WRITER, message=b"Subject: da\n\n")
    announced = read_texts(storage, RECORD_ID).recording.model_copy(update={"stage": Stage.ANNOUNCED})
    put_beside(storage, RECORD_ID, {layout.RECORDING: announced.to_json().encode()}, WRITER)
    restore(storage, RECORD_ID, 1, IMPRINT)
    assert read_texts(storage, RECORD_ID).recording.stage is Stage.ANNOUNCED
    assert layout.MESSAGE in read_manifest(storage, RECORD_ID).names


def test_a_ledger_that_another_run_changed_is_not_written_over(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    newer = prepared_entry().model_copy(update={"detail": "another run"})
    write_entry(storage, RECORD_ID, newer, None, WRITER)
    with pytest.raises(TemporaryError, match="record_busy"):
        write_entry(storage, RECORD_ID, prepared_entry(), None, WRITER)
    assert read_ledger(storage, RECORD_ID) == Ledger(entries=(newer,))


def test_a_ledger_that_was_lost_is_not_taken_for_an_empty_one(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    write_entry(storage, RECORD_ID, prepared_entry(), None, WRITER)
    storage.delete(object_key(RECORD_ID, read_manifest(storage, RECORD_ID).named(layout.LEDGER).place))
    with pytest.raises(PermanentError, match="object_damaged"):
        read_ledger(storage, RECORD_ID)


def test_a_record_of_an_earlier_program_is_read_and_gets_its_history_when_replaced(
    storage: Storage, tmp_path: Path
) -> None:
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    as_it_was_then(storage)
    first = read_texts(storage, RECORD_ID)
    assert [each.version for each in versions(storage, RECORD_ID)] == [1]
    replace_content(storage, RECORD_ID, Replacement(WRITER, transcript=small_transcript("Neu.")), IMPRINT)
    assert all(is_whole(storage, RECORD_ID, each) for each in versions(storage, RECORD_ID))
    restore(storage, RECORD_ID, 1, IMPRINT)
    assert read_texts(storage, RECORD_ID) == first


def as_it_was_then(storage: Storage) -> None:
    """Only the plain files, and a manifest that knows no versions."""
    manifest = read_manifest(storage, RECORD_ID)
    for each in keys_of(storage):
        if each.startswith(("versions/", "history/")):
            storage.delete(object_key(RECORD_ID, each))
    plain = [each.model_copy(update={"key": None}) for each in manifest.objects]
    old = json.loads(Manifest(objects=tuple(plain)).to_json())
    text = json.dumps({"schema": 1, "objects": old["objects"]})
    storage.put_bytes(object_key(RECORD_ID, "manifest.json"), text.encode(), "application/json")
    storage.delete("catalogue.json")


def test_a_polling_reader_never_sees_half_a_record_or_two_versions_mixed(
    storage: Storage, tmp_path: Path
) -> None:
    record, seen, ended = small_record(tmp_path / "work"), [], threading.Event()

    def poll() -> None:
        while not ended.is_set():
            try:
                texts = read_texts(storage, RECORD_ID)
            except KeyError:
                continue
            seen.append((texts.recording.duration_seconds, texts.transcript.segments[0].text))

    reader = threading.Thread(target=poll)
    reader.start()
    publish(storage, record, IMPRINT)
    for number in range(1, 6):
        new = Replacement(
            WRITER, transcript=small_transcript(f"Satz {number}."), duration_seconds=float(number)
        )
        replace_content(storage, RECORD_ID, new, IMPRINT)
    ended.set()
    reader.join()
    expected = [(60.0, "Guten Abend."), *((float(number), f"Satz {number}.") for number in range(1, 6))]
    assert set(seen) <= set(expected)
    assert len(seen) > 3
    assert seen == sorted(seen, key=expected.index), "and never an earlier version after a later one"


def test_what_the_source_had_in_writing_is_kept_and_goes_when_it_is_made_anew_without(
    storage: Storage, tmp_path: Path
) -> None:
    captions, chapters = tmp_path / "a.vtt", tmp_path / "chapters.json"
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nGuten Tag\n")
    chapters.write_text("[]\n")
    names = ("transcript/source.de.vtt", layout.CHAPTERS_OF_SOURCE)
    of_source = dict(zip(names, map(LocalFile.of, (captions, chapters)), strict=True))
    record = replace(small_record(tmp_path / "work"), of_source=of_source)
    publish(storage, record, IMPRINT)
    manifest = read_manifest(storage, RECORD_ID)
    assert manifest.names == PLAIN | set(names)
    assert is_whole(storage, RECORD_ID, manifest)
    assert storage.get_bytes(object_key(RECORD_ID, names[0])) == captions.read_bytes()

    better = replace_content(
        storage, RECORD_ID, Replacement(WRITER, transcript=small_transcript("Neu.")), IMPRINT
    )
    assert set(names) <= better.names
    again = Replacement(WRITER, recording=record.recording, of_source={names[1]: of_source[names[1]]})
    anew = replace_content(storage, RECORD_ID, again, IMPRINT)
    assert (names[0] in anew.names, names[1] in anew.names) == (False, True)
    assert is_whole(storage, RECORD_ID, anew)
    back = restore(storage, RECORD_ID, 1, IMPRINT)
    assert set(names) <= back.names
    assert is_whole(storage, RECORD_ID, back)
