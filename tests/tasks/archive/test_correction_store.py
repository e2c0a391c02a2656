"""Corrections in the archive: kept, published in every form, never written over; in a folder, in a bucket."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.archive.archive_copy import copy_record
from tasks.archive.catalogue_store import read_catalogue
from tasks.archive.correction_store import Draft, Wish, all_corrections, correct, read_draft
from tasks.archive.next_version import Replacement, next_version
from tasks.archive.publishing import (
    CORRECTED,
    publish,
    publish_corrections,
    replace_content,
    restore,
    versions,
)
from tasks.archive.rebuilding import rebuild
from tasks.archive.record_claims import take_claim
from tasks.archive.record_files import current_manifest, put_texts, read_naming
from tasks.archive.record_store import put_beside, read_manifest, read_recording, read_texts
from tasks.archive.verification import verify_archive
from tasks.archive.version_commits import commit
from tasks.search.index_database import IndexDatabase
from tasks.search.index_update import update_index
from tasks.search.searching import search
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.storage_interface import Storage
from tests.archive_records import (
    IMPRINT,
    RECORD_ID,
    WRITER,
    is_whole,
    keys_of,
    small_record,
    small_transcript,
)
from transcripts.archive import layout
from transcripts.archive.layout import object_key
from transcripts.corrections.correction_log import ChapterPlace, Correction, Review
from transcripts.corrections.editing import Sought, edit_chapter, edit_sentence, edit_title, edits_of, hits
from transcripts.corrections.overlay import wording_of
from transcripts.errors.error_kinds import PermanentError, TemporaryError
from transcripts.model import Chapter, Stage

HEARD, RIGHT = "Wir losen aus dem Melderegister.", "Wir losen aus dem Einwohnerregister."
FORMS = (layout.VTT, layout.SRT, layout.TEXT, layout.PAGE)
MADE = (*FORMS, layout.CORRECTED)


@pytest.fixture
def kept(storage: Storage, tmp_path: Path) -> Storage:
    """An archive with one record."""
    publish(storage, small_record(tmp_path / "work"), IMPRINT)
    return storage


def rewording(text: str = RIGHT) -> Callable[[Draft], Wish]:
    """Somebody wants the second sentence to read otherwise, having seen it as it was heard."""
    return lambda draft: Wish((edit_sentence(draft.now, "s0002", HEARD, text),))


def taking_back(number: int) -> Callable[[Draft], Wish]:
    return lambda _: Wish(undoes=number)


def published(storage: Storage, name: str) -> str:
    """What people read under a plain name."""
    return storage.get_bytes(object_key(RECORD_ID, name)).decode()


def test_a_correction_is_kept_with_who_and_when_and_changes_nothing_else_yet(kept: Storage) -> None:
    before = {name: published(kept, name) for name in FORMS}
    made = correct(kept, RECORD_ID, " Mira  K. ", rewording(), WRITER)
    assert (made.number, made.made_by) == (1, "Mira K.")
    assert {name: published(kept, name) for name in FORMS} == before
    stored = Correction.model_validate_json(published(kept, "corrections/0001.json"))
    assert stored == made
    assert read_manifest(kept, RECORD_ID).has_unpublished_corrections
    assert read_draft(kept, RECORD_ID).now.transcript.segments[1].text == RIGHT
    assert list(verify_archive(kept, IMPRINT, deep=True)) == []


def test_every_published_form_follows_and_the_machines_text_stays(kept: Storage, tmp_path: Path) -> None:
    machine = published(kept, layout.TRANSCRIPT)
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    correct(kept, RECORD_ID, "Mira", _new_title, WRITER)
    correct(kept, RECORD_ID, "Mira", _new_chapter_title, WRITER)
    manifest = publish_corrections(kept, RECORD_ID, IMPRINT)
    assert (manifest.version, manifest.reason, manifest.corrections) == (2, CORRECTED, 3)
    for name in MADE:
        assert "Einwohnerregister" in published(kept, name), name
        assert "Melderegister" not in published(kept, name), name
    for name in (layout.CHAPTERS, layout.CHAPTERS_VTT, layout.CHAPTERS_TEXT, layout.PAGE, layout.TEXT):
        assert "Willkommen" in published(kept, name), name
    assert "Räte im Norden" in published(kept, layout.PAGE)
    assert read_recording(kept, RECORD_ID).title == "Räte im Norden"
    assert read_recording(kept, RECORD_ID).id == RECORD_ID, "the address stays"
    assert [each.recording.title for each in read_catalogue(kept).records] == ["Räte im Norden"]
    assert "Räte im Norden" in kept.get_bytes(layout.CATALOGUE_PAGE).decode()
    assert "Räte im Norden" in kept.get_bytes(layout.FEED).decode()
    assert published(kept, layout.TRANSCRIPT) == machine
    assert [each.id for each in read_texts(kept, RECORD_ID).transcript.segments] == ["s0001", "s0002"]
    update_index(tmp_path / "search.sqlite", kept)
    assert _finds(tmp_path / "search.sqlite", "Einwohnerregister")
    assert not _finds(tmp_path / "search.sqlite", "Melderegister")
    assert is_whole(kept, RECORD_ID, manifest)
    assert list(verify_archive(kept, IMPRINT, deep=True)) == []


def test_the_index_follows_a_correction_of_a_record_that_it_knows(kept: Storage, tmp_path: Path) -> None:
    index = tmp_path / "search.sqlite"
    update_index(index, kept)
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    assert update_index(index, kept).replaced == (), "nothing is published yet"
    publish_corrections(kept, RECORD_ID, IMPRINT)
    assert update_index(index, kept).replaced == (RECORD_ID,)
    assert _finds(index, "Einwohnerregister")
    assert not _finds(index, "Melderegister")


def test_taken_back_everything_reads_as_before(kept: Storage) -> None:
    before = {name: published(kept, name) for name in (*FORMS, layout.CHAPTERS, layout.RECORDING)}
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    correct(kept, RECORD_ID, "Mira", _new_title, WRITER)
    correct(kept, RECORD_ID, "Mira", _new_chapter_title, WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    for number in (1, 2, 3):
        correct(kept, RECORD_ID, "Kim", taking_back(number), WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    after = {name: published(kept, name) for name in (*FORMS, layout.CHAPTERS, layout.RECORDING)}
    assert after == before
    assert len(read_draft(kept, RECORD_ID).corrections) == 6, "nothing is forgotten"


def test_corrections_survive_a_new_transcription_and_its_new_chapters(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    correct(kept, RECORD_ID, "Mira", _new_chapter_title, WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    anew = small_transcript("Guten Abend allerseits.", "Ja, wir losen aus dem Melderegister.")
    chapters = (Chapter(start_seconds=3.0, title="Anfang"), Chapter(start_seconds=20.0, title="Losen"))
    replace_content(kept, RECORD_ID, Replacement(WRITER, transcript=anew, chapters=chapters), IMPRINT)
    texts = read_texts(kept, RECORD_ID)
    assert [each.text for each in texts.transcript.segments] == [
        "Guten Abend allerseits.",
        "Ja, wir losen aus dem Einwohnerregister.",
    ]
    assert [each.title for each in texts.chapters] == ["Willkommen", "Losen"]
    assert "Einwohnerregister" in published(kept, layout.VTT)
    assert "Melderegister" in published(kept, layout.TRANSCRIPT)
    assert read_draft(kept, RECORD_ID).now.misfits == ()


def test_what_a_new_transcription_has_no_place_for_is_kept_and_named(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    anew = small_transcript("Guten Abend.", "Nun zu etwas ganz anderem.")
    replace_content(kept, RECORD_ID, Replacement(WRITER, transcript=anew), IMPRINT)
    draft = read_draft(kept, RECORD_ID)
    assert [each.correction.number for each in draft.now.misfits] == [1]
    assert "Nun zu etwas ganz anderem." in published(kept, layout.TEXT)


def test_that_it_was_reviewed_is_said_until_another_transcription(kept: Storage) -> None:
    assert "nicht von Hand geprüft" in published(kept, layout.PAGE)

    def reviewing(draft: Draft) -> Wish:
        return Wish((Review(wording=wording_of(draft.original.transcript)),))

    made = correct(kept, RECORD_ID, "Mira", reviewing, WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    assert f"{made.made_at.year} von Hand geprüft" in published(kept, layout.PAGE)
    assert "nicht von Hand geprüft" not in published(kept, layout.PAGE)
    assert "Mira" not in published(kept, layout.PAGE)
    anew = small_transcript("Guten Abend.", "Wir losen aus dem Register.")
    replace_content(kept, RECORD_ID, Replacement(WRITER, transcript=anew), IMPRINT)
    assert "nicht von Hand geprüft" in published(kept, layout.PAGE)


def test_the_second_of_two_editors_is_told_and_nothing_is_written_over(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    with pytest.raises(PermanentError) as refused:
        correct(kept, RECORD_ID, "Kim", rewording("Wir losen anders."), WRITER)
    assert refused.value.code == "correction_conflict"
    assert read_draft(kept, RECORD_ID).now.transcript.segments[1].text == RIGHT
    assert len(read_draft(kept, RECORD_ID).corrections) == 1


def test_of_many_editors_at_once_each_correction_is_kept_or_refused(storage: Storage, tmp_path: Path) -> None:
    record = small_record(tmp_path / "work")
    sentences = small_transcript("Eins.", "Zwei.", "Drei.", "Vier.")
    publish(storage, replace(record, transcript=sentences), IMPRINT)
    refused: list[str] = []

    def edit(number: int) -> None:
        """Two editors for each sentence."""
        identity, seen = f"s{number % 4 + 1:04}", sentences.segments[number % 4].text

        def wish(draft: Draft) -> Wish:
            return Wish((edit_sentence(draft.now, identity, seen, f"{seen} Von {number}."),))

        try:
            correct(storage, RECORD_ID, f"Person {number}", wish, WRITER)
            publish_corrections(storage, RECORD_ID, IMPRINT)
        except PermanentError as error:
            refused.append(error.code)

    editors = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join()
    log = read_draft(storage, RECORD_ID).corrections
    assert [each.number for each in log] == [1, 2, 3, 4]
    assert refused == ["correction_conflict"] * 4
    assert not read_manifest(storage, RECORD_ID).has_unpublished_corrections
    text = published(storage, layout.TEXT)
    assert all(f"Von {each.made_by.removeprefix('Person ')}." in text for each in log)
    assert not [
        each for each in verify_archive(storage, IMPRINT, deep=True) if "corrections/" not in each.place
    ]


def test_a_correction_made_while_a_version_is_being_published_is_not_lost(kept: Storage) -> None:
    """The publisher read the record before the correction, and dies after its version was noted."""
    held = current_manifest(kept, RECORD_ID)
    anew = Replacement(WRITER, transcript=small_transcript("Guten Abend.", HEARD, "Danke."))
    following = next_version(kept, RECORD_ID, held.manifest, anew, IMPRINT, "replaced")
    put_texts(kept, read_naming(kept, RECORD_ID), following.manifest, following.documents)
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    with pytest.raises(TemporaryError):
        commit(kept, RECORD_ID, following.manifest, held.tag)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    assert [each.text for each in read_texts(kept, RECORD_ID).transcript.segments] == [
        "Guten Abend.",
        RIGHT,
        "Danke.",
    ]
    assert "Einwohnerregister" in published(kept, layout.TEXT)


def test_a_publisher_waits_for_another_writer_and_then_publishes(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    claim = take_claim(kept, RECORD_ID, read_recording(kept, RECORD_ID).source.url_fingerprint)
    assert claim is not None
    publisher = threading.Thread(target=publish_corrections, args=(kept, RECORD_ID, IMPRINT))
    with claim.held():
        publisher.start()
        publisher.join(0.5)
        assert publisher.is_alive()
    publisher.join()
    assert RIGHT in published(kept, layout.TEXT)


def test_a_publisher_that_died_before_the_catalogue_is_followed_up(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", _new_title, WRITER)
    held = current_manifest(kept, RECORD_ID)
    following = next_version(kept, RECORD_ID, held.manifest, Replacement(WRITER), IMPRINT, CORRECTED)
    put_texts(kept, read_naming(kept, RECORD_ID), following.manifest, following.documents)
    commit(kept, RECORD_ID, following.manifest, held.tag)
    assert [each.recording.title for each in read_catalogue(kept).records] == ["Bürgerräte"]
    publish_corrections(kept, RECORD_ID, IMPRINT)
    assert [each.recording.title for each in read_catalogue(kept).records] == ["Räte im Norden"]
    assert "Räte im Norden" in published(kept, layout.PAGE)


def test_publishing_what_is_published_does_nothing(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    first = publish_corrections(kept, RECORD_ID, IMPRINT)
    there = keys_of(kept)
    assert publish_corrections(kept, RECORD_ID, IMPRINT) == first
    assert keys_of(kept) == there


def test_rebuilding_publishes_what_waits_and_mends_a_lost_correction(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    kept.delete(object_key(RECORD_ID, "corrections/0001.json"))
    kept.delete(object_key(RECORD_ID, layout.MANIFEST))
    [addressed] = [each for each in keys_of(kept) if each.startswith("versions/corrections/")]
    kept.put_bytes(
        object_key(RECORD_ID, "corrections/0001.json"),
        kept.get_bytes(object_key(RECORD_ID, addressed)),
        "application/json",
    )
    rebuild(kept, RECORD_ID, IMPRINT)
    assert not read_manifest(kept, RECORD_ID).has_unpublished_corrections
    assert RIGHT in published(kept, layout.TEXT)


def test_an_earlier_version_made_valid_again_keeps_the_corrections(kept: Storage) -> None:
    anew = small_transcript("Guten Abend.", HEARD, "Danke schön.")
    replace_content(kept, RECORD_ID, Replacement(WRITER, transcript=anew), IMPRINT)
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    restore(kept, RECORD_ID, 1, IMPRINT)
    assert [each.text for each in read_texts(kept, RECORD_ID).transcript.segments] == ["Guten Abend.", RIGHT]
    assert RIGHT in published(kept, layout.TEXT)
    assert [each.version for each in versions(kept, RECORD_ID)] == [1, 2, 3, 4]


def test_a_stage_set_meanwhile_stays_and_corrections_stay_with_it(kept: Storage) -> None:
    correct(kept, RECORD_ID, "Mira", _new_title, WRITER)
    held = read_recording(kept, RECORD_ID).model_copy(update={"stage": Stage.HELD})
    put_beside(kept, RECORD_ID, {layout.RECORDING: held.to_json().encode()}, WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    recording = read_recording(kept, RECORD_ID)
    assert (recording.stage, recording.title) == (Stage.HELD, "Räte im Norden")


def test_a_name_everywhere_is_one_correction_and_one_taking_back(kept: Storage) -> None:
    sought = Sought("Abend", "Morgen")

    def replacing(draft: Draft) -> Wish:
        keys = [each.key for each in hits(draft.now, sought)]
        return Wish(edits_of(draft.now, sought, keys), replaced=sought.find)

    correct(kept, RECORD_ID, "Mira", replacing, WRITER)
    assert publish_corrections(kept, RECORD_ID, IMPRINT).corrections == 1
    assert "Guten Morgen." in published(kept, layout.TEXT)
    correct(kept, RECORD_ID, "Kim", taking_back(1), WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    assert "Guten Abend." in published(kept, layout.TEXT)
    assert [len(log) for log in all_corrections(kept)] == [2]


def test_a_copy_takes_corrections_along_and_writes_over_none_at_its_new_home(
    kept: Storage, tmp_path: Path
) -> None:
    home = FolderStorage(tmp_path / "home")
    correct(kept, RECORD_ID, "Mira", rewording(), WRITER)
    publish_corrections(kept, RECORD_ID, IMPRINT)
    copy_record(kept, home, RECORD_ID)
    assert read_draft(home, RECORD_ID).corrections == read_draft(kept, RECORD_ID).corrections
    correct(kept, RECORD_ID, "Mira", _new_title, WRITER)
    copy_record(kept, home, RECORD_ID)
    correct(home, RECORD_ID, "Kim", _new_chapter_title, WRITER)
    with pytest.raises(PermanentError) as refused:
        copy_record(kept, home, RECORD_ID)
    assert refused.value.code == "copy_differs"
    assert len(read_draft(home, RECORD_ID).corrections) == 3


def test_an_unknown_record_is_named(storage: Storage) -> None:
    with pytest.raises(PermanentError) as refused:
        read_draft(storage, "2020-01-01-nichts")
    assert refused.value.code == "record_unknown"


def _new_title(draft: Draft) -> Wish:
    return Wish((edit_title(draft.now, "Bürgerräte", "Räte im Norden"),))


def _new_chapter_title(draft: Draft) -> Wish:
    seen = ChapterPlace(start_seconds=0.0, title="Begrüßung")
    return Wish((edit_chapter(draft.now, seen, seen.model_copy(update={"title": "Willkommen"})),))


def _finds(index: Path, query: str) -> bool:
    database = IndexDatabase.for_reading(index)
    try:
        return bool(search(database, query, limit=10).records)
    finally:
        database.close()
