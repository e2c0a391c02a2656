"""Documents in the archive: whole, known by their file, changed by versions, looked after as recordings."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.archive.archive_copy import copy_record
from tasks.archive.catalogue_store import listed, listing, read_catalogue, update_catalogue
from tasks.archive.document_publishing import BarredForm, bar_document, change_document, publish_document
from tasks.archive.document_store import documents, find_document, read_document
from tasks.archive.document_versions import document_sources
from tasks.archive.pruning import removable, remove
from tasks.archive.publishing import publish, restore, versions
from tasks.archive.rebuilding import rebuild
from tasks.archive.record_claims import take_claim
from tasks.archive.record_files import read_manifest
from tasks.archive.verification import folders, verify_archive, verify_record
from tasks.storage.folder_storage import FolderStorage
from tasks.storage.storage_interface import Storage
from tests.archive_documents import CONVERTER, DOCUMENT_ID, PHONE, TITLE, small_document, small_text
from tests.archive_records import IMPRINT, RECORD_ID, is_whole, keys_of, medium, small_record
from transcripts.archive import layout
from transcripts.archive.findings import Damage
from transcripts.archive.layout import object_key
from transcripts.documents.document_record import DocumentRecord, DocumentStage
from transcripts.documents.kept_findings import PersonalData
from transcripts.errors.error_kinds import PermanentError, TemporaryError

PLAIN = {
    "document.json",
    "index.html",
    "personal_data.json",
    "original/antrag-neu.docx",
    "cleaned/antrag-neu.docx",
    "archival/document.pdf",
    "pages/page-0001.webp",
    "pages/page-0002.webp",
    "pages/cover.webp",
    "text/text.json",
    "text/text.txt",
}


@pytest.fixture
def kept(storage: Storage, tmp_path: Path) -> Storage:
    """An archive with one document and one recording."""
    publish(storage, small_record(tmp_path / "recording"), IMPRINT)
    publish_document(storage, small_document(tmp_path / "document"), CONVERTER, IMPRINT)
    return storage


def retitled(record: DocumentRecord) -> DocumentRecord:
    details = record.details.model_copy(update={"title": "Antrag an den Gemeinderat"})
    return record.model_copy(update={"details": details})


def released(record: DocumentRecord) -> DocumentRecord:
    return record.model_copy(update={"stage": DocumentStage.RELEASED})


def texts(storage: Storage) -> str:
    """All that can be read in the document's folder, every version of it."""
    read = [storage.get_bytes(object_key(DOCUMENT_ID, place)) for place in keys_of(storage, DOCUMENT_ID)]
    return "\n".join(each.decode("utf-8", "replace") for each in read)


def test_a_published_document_is_whole_and_found_by_its_file(storage: Storage, tmp_path: Path) -> None:
    document = small_document(tmp_path)
    published = publish_document(storage, document, CONVERTER, IMPRINT)
    assert (published.record, published.existed) == (document.record, False)
    manifest = read_manifest(storage, DOCUMENT_ID)
    assert manifest.names == PLAIN
    assert is_whole(storage, DOCUMENT_ID, manifest)
    assert keys_of(storage, DOCUMENT_ID) == manifest.places | {"manifest.json", "history/0001.json"}
    original = document.files["original/antrag-neu.docx"]
    assert storage.sha256_of(object_key(DOCUMENT_ID, "original/antrag-neu.docx")) == original.sha256
    assert find_document(storage, original.sha256) == document.record
    read = read_document(storage, DOCUMENT_ID)
    assert (read.record, read.text) == (document.record, document.text)
    assert (read.pdf_place, read.page_image_place(2)) == ("archival/document.pdf", "pages/page-0002.webp")
    assert list(verify_archive(storage, IMPRINT, deep=True)) == []


def test_the_page_reads_by_itself_and_leads_to_its_files(kept: Storage) -> None:
    page = kept.get_bytes(object_key(DOCUMENT_ID, "index.html")).decode()
    assert "Der Rat beschließt das Losverfahren." in page
    assert "Musterantrag <span" in page
    for place in ("archival/document.pdf", "cleaned/antrag-neu.docx", "pages/page-0001.webp"):
        assert f'"{place}"' in page


def test_the_same_file_again_leads_to_the_document_though_its_details_changed(
    kept: Storage, tmp_path: Path
) -> None:
    change_document(kept, DOCUMENT_ID, retitled, IMPRINT)
    again = publish_document(kept, small_document(tmp_path / "again"), CONVERTER, IMPRINT)
    assert (again.existed, again.record.id) == (True, DOCUMENT_ID)
    assert [each.record_id for each in documents(kept)] == [DOCUMENT_ID]


def test_another_file_of_the_same_title_gets_the_next_number(kept: Storage, tmp_path: Path) -> None:
    other = publish_document(kept, small_document(tmp_path / "zwei", "zwei"), CONVERTER, IMPRINT)
    assert other.record.id == f"{DOCUMENT_ID}-2"
    assert read_document(kept, f"{DOCUMENT_ID}-2").record == other.record


def test_recordings_and_documents_are_listed_apart(kept: Storage) -> None:
    assert [each.record_id for each in listing(kept)] == [RECORD_ID]
    assert [each.record_id for each in documents(kept)] == [DOCUMENT_ID]
    assert folders(kept) == sorted([RECORD_ID, DOCUMENT_ID])


def test_an_archive_without_documents_keeps_its_catalogue_as_it_was(storage: Storage, tmp_path: Path) -> None:
    publish(storage, small_record(tmp_path), IMPRINT)
    assert set(json.loads(storage.get_bytes("catalogue.json"))) == {"schema", "records"}


def test_edited_details_are_a_new_version_and_the_address_stays(kept: Storage) -> None:
    change_document(kept, DOCUMENT_ID, retitled, IMPRINT)
    assert read_document(kept, DOCUMENT_ID).record.details.title == "Antrag an den Gemeinderat"
    assert [each.reason for each in versions(kept, DOCUMENT_ID)] == ["first", "edited"]
    assert [each.document.details.title for each in documents(kept)] == ["Antrag an den Gemeinderat"]
    assert "Antrag an den Gemeinderat" in kept.get_bytes(object_key(DOCUMENT_ID, "index.html")).decode()
    assert list(verify_archive(kept, IMPRINT, deep=True)) == []


def test_a_change_that_changes_nothing_makes_no_version(kept: Storage) -> None:
    change_document(kept, DOCUMENT_ID, lambda record: record, IMPRINT)
    assert len(versions(kept, DOCUMENT_ID)) == 1


def test_an_earlier_version_can_be_made_the_present_one_and_stays_released(kept: Storage) -> None:
    change_document(kept, DOCUMENT_ID, retitled, IMPRINT)
    change_document(kept, DOCUMENT_ID, released, IMPRINT)
    restore(kept, DOCUMENT_ID, 1, IMPRINT)
    record = read_document(kept, DOCUMENT_ID).record
    assert (record.details.title, record.stage) == (TITLE, DocumentStage.RELEASED)
    assert list(verify_archive(kept, IMPRINT, deep=True)) == []


def test_a_writer_waits_while_another_one_writes(kept: Storage) -> None:
    claim = take_claim(kept, DOCUMENT_ID, read_document(kept, DOCUMENT_ID).record.original_sha256)
    assert claim is not None
    with claim.held(), pytest.raises(TemporaryError) as caught:
        change_document(kept, DOCUMENT_ID, retitled, IMPRINT)
    assert caught.value.code == "record_busy"


def test_what_is_not_there_cannot_be_changed(kept: Storage) -> None:
    with pytest.raises(PermanentError) as caught:
        change_document(kept, f"{DOCUMENT_ID}-9", retitled, IMPRINT)
    assert caught.value.code == "record_unknown"


def test_under_black_bars_nothing_is_left_but_the_original(kept: Storage, tmp_path: Path) -> None:
    change_document(kept, DOCUMENT_ID, retitled, IMPRINT)
    before = document_sources(kept, DOCUMENT_ID, read_manifest(kept, DOCUMENT_ID))
    assert PHONE in texts(kept)
    files = {
        layout.DOCUMENT_PDF: medium(tmp_path / "document.pdf", "barred", 4_000),
        layout.page_image_name(1): medium(tmp_path / "page-0001.webp", "barred", 400),
    }
    barred = BarredForm(small_text("Der Rat beschließt.", "Auskunft:"), PersonalData(), files)
    bar_document(kept, DOCUMENT_ID, barred, CONVERTER, IMPRINT)
    read = read_document(kept, DOCUMENT_ID)
    assert (read.record.is_barred, read.for_members) == (True, None)
    assert read.pdf_place == layout.addressed_name(layout.DOCUMENT_PDF, files[layout.DOCUMENT_PDF].sha256)
    assert read.page_image_place(2) == ""
    assert PHONE not in texts(kept)
    assert "original/" not in kept.get_bytes(object_key(DOCUMENT_ID, "index.html")).decode()
    assert "original/antrag-neu.docx" in keys_of(kept, DOCUMENT_ID)
    assert "cleaned/antrag-neu.docx" not in keys_of(kept, DOCUMENT_ID)
    assert "archival/document.pdf" not in keys_of(kept, DOCUMENT_ID)
    assert before.personal_data.findings
    assert list(verify_archive(kept, IMPRINT, deep=True)) == []


@pytest.mark.parametrize("place", ["text/text.json", "document.json", "archival/document.pdf"])
def test_damage_of_a_document_is_found(kept: Storage, place: str) -> None:
    described = read_manifest(kept, DOCUMENT_ID).named(place)
    kept.put_bytes(object_key(DOCUMENT_ID, described.place), b"damage", "application/json")
    found = verify_record(kept, DOCUMENT_ID, deep=True)
    assert [(each.record_id, each.place, each.damage) for each in found] == [
        (DOCUMENT_ID, described.place, Damage.CHANGED)
    ]


def test_texts_of_a_document_are_mended_from_their_other_copies(kept: Storage) -> None:
    manifest = read_manifest(kept, DOCUMENT_ID)
    for name in ("text/text.json", "text/text.txt", "document.json", "manifest.json", "history/0001.json"):
        place = manifest.named(name).place if name in manifest.names else name
        kept.delete(object_key(DOCUMENT_ID, place))
    mended = rebuild(kept, DOCUMENT_ID, IMPRINT)
    assert mended.left == ()
    assert read_document(kept, DOCUMENT_ID).record.details.title == TITLE
    assert list(verify_archive(kept, IMPRINT, deep=True)) == []


def test_both_copies_of_the_record_are_mended_from_the_catalogue(kept: Storage) -> None:
    described = read_manifest(kept, DOCUMENT_ID).named("document.json")
    for place in {described.place, "document.json"}:
        kept.delete(object_key(DOCUMENT_ID, place))
    assert rebuild(kept, DOCUMENT_ID, IMPRINT).left == ()
    assert read_document(kept, DOCUMENT_ID).record.details.title == TITLE


def test_a_document_is_copied_to_another_archive_with_all_its_versions(kept: Storage, tmp_path: Path) -> None:
    change_document(kept, DOCUMENT_ID, retitled, IMPRINT)
    target = FolderStorage(tmp_path / "target")
    assert copy_record(kept, target, DOCUMENT_ID).objects > 0
    assert copy_record(kept, target, DOCUMENT_ID).objects == 0
    update_catalogue(target, IMPRINT)
    assert read_document(target, DOCUMENT_ID).record == read_document(kept, DOCUMENT_ID).record
    assert list(verify_archive(target, IMPRINT, deep=True)) == []


def test_what_no_manifest_of_a_document_names_is_pruned(kept: Storage) -> None:
    kept.put_bytes(object_key(DOCUMENT_ID, "pages/page-0009.webp"), b"stray", "image/webp")
    waste = list(removable(kept, datetime.now(UTC) + timedelta(days=1)))
    assert [each.key for each in waste] == [object_key(DOCUMENT_ID, "pages/page-0009.webp")]
    remove(kept, waste)
    assert list(verify_archive(kept, IMPRINT, deep=True)) == []


def test_a_lost_catalogue_is_made_again_with_its_documents(kept: Storage) -> None:
    before = read_catalogue(kept)
    kept.delete("catalogue.json")
    assert [each.record_id for each in listed(kept).documents] == [DOCUMENT_ID]
    assert update_catalogue(kept, IMPRINT) == before


def test_a_catalogue_that_knows_an_earlier_state_of_a_document_is_outdated(kept: Storage) -> None:
    before = kept.get_bytes("catalogue.json")
    change_document(kept, DOCUMENT_ID, released, IMPRINT)
    kept.put_bytes("catalogue.json", before, "application/json")
    found = list(verify_archive(kept, IMPRINT, deep=True))
    assert [(each.place, each.damage) for each in found] == [("catalogue.json", Damage.OUTDATED)]
