"""The desk's pages of documents as organisers use them, without scripts; and who is kept out of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from flows.jobs.job import JobState
from flows.reading_room.library import Library
from flows.reading_room.room_context import Room
from tasks.archive.document_publishing import publish_document
from tasks.archive.document_store import read_document
from tasks.archive.publishing import versions
from tasks.archive.upload_store import Uploads
from tasks.storage.folder_storage import FolderStorage
from tests.archive_documents import CONVERTER, DOCUMENT_ID, PHONE, small_document
from tests.archive_records import IMPRINT
from tests.desks import UPLOAD_LIMITS
from tests.document_desks import ListedDocumentJobs, document_routers
from tests.flows.reading_room.entrances import ANNA, BERT, OWN_PAGE, Entrance, entrance
from tests.small_pdf import small_pdf
from transcripts.documents.document_record import Country, DocumentKind, DocumentStage
from transcripts.errors.job_errors import PrefectUnreachableError
from transcripts.pages.room.room_pages import Site
from transcripts.wording.error_wording import explain

DESK = "/redaktion/dokumente/"
PAGE = f"{DESK}{DOCUMENT_ID.partition('/')[2]}/"
PDF = small_pdf("Der Rat beschließt.")
DETAILS = {
    "title": "Musterantrag  für kleine Gemeinden",
    "municipality": "Wiener Neustadt",
    "country": "AT",
    "year": "2024",
    "kind": "motion",
    "licence": "CC BY 4.0",
    "source": "Rathaus",
    "language": "de",
}


@dataclass(frozen=True)
class DocumentOffice:
    """An entrance with a desk for documents behind it, and an organiser who has signed in."""

    entrance: Entrance
    jobs: ListedDocumentJobs
    storage: FolderStorage
    followed: list[bool]

    def get(self, path: str = DESK) -> Any:
        return self.entrance.client.get(path, headers={"accept": "text/html"}, follow_redirects=False)

    def post(self, path: str, **fields: str) -> Any:
        return self.entrance.client.post(path, data=fields, headers=OWN_PAGE, follow_redirects=False)

    def hand_in(self, *files: tuple[str, bytes], url: str = "") -> Any:
        sent = [("dateien", (name, content, "application/octet-stream")) for name, content in files]
        sent = sent or [("dateien", ("", b"", "application/octet-stream"))]
        return self.entrance.client.post(
            DESK, data={"url": url}, files=sent, headers=OWN_PAGE, follow_redirects=False
        )

    def record(self) -> Any:
        return read_document(self.storage, DOCUMENT_ID).record


@pytest.fixture
def office(tmp_path: Path) -> Iterator[DocumentOffice]:
    """Bert, an organiser, is signed in; one document waits."""
    jobs, storage = ListedDocumentJobs(), FolderStorage(tmp_path / "archive")
    publish_document(storage, small_document(tmp_path / "document"), CONVERTER, IMPRINT)
    followed: list[bool] = []
    site = Site("Netzwerk Bürgerräte", "https://lesen.example.org")
    room = Room(site, Library(storage, tmp_path / "search.sqlite"), is_open=False)
    routers = document_routers(jobs, storage, follow=lambda: followed.append(True))
    with entrance(room, tmp_path / "house", routers) as access_control:
        access_control.sign_in(BERT)
        yield DocumentOffice(access_control, jobs, storage, followed)


def test_the_page_says_what_the_file_says_of_persons_and_the_original_is_given_out_by_choice(
    office: DocumentOffice,
) -> None:
    page = office.get(PAGE).text
    assert "Die Datei nennt: Verfasst von Erika Muster, 3 Kommentare (Bert), Standort des Fotos." in page
    assert "Mitglieder bekommen eine Kopie ohne das." in page
    name = "original/antrag-neu.docx"
    assert f'href="/{DOCUMENT_ID}/{name}"' in page
    assert office.post(f"{PAGE}datei", fassung="9", original="1").status_code == 409
    assert office.record().gives_original is False
    assert office.post(f"{PAGE}datei", fassung="1", original="1").status_code == 303
    assert office.record().gives_original is True
    assert "so, wie sie eingereicht wurde" in office.get(PAGE).text
    assert office.post(f"{PAGE}datei", fassung="2", original="").status_code == 303
    assert office.record().gives_original is False


def test_a_picture_of_a_phone_is_refused_with_what_to_do(office: DocumentOffice) -> None:
    answer = office.hand_in(("IMG_1.HEIC", b"\0\0\0\x18ftypheic"))
    assert (answer.status_code, "als JPEG oder PDF speichern" in answer.text) == (422, True)
    assert office.jobs.orders == []


def test_several_files_and_an_address_are_handed_in_at_once(office: DocumentOffice) -> None:
    answer = office.hand_in(
        ("Antrag.pdf", PDF), ("Brief.docx", b"PK\x03\x04 etwas"), url="https://example.org/a.pdf"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{DESK}?neu=3")
    assert [each.file_name for each in office.jobs.orders] == ["Antrag.pdf", "Brief.docx", None]
    assert office.jobs.orders[2].url == "https://example.org/a.pdf"
    uploads = Uploads(office.storage)
    kept = uploads.read(office.jobs.orders[0].upload or "")
    assert (kept.size_bytes, uploads.received_bytes(kept), bool(kept.owner)) == (len(PDF), len(PDF), True)
    assert "3 Dokumente sind angekommen" in office.get(f"{DESK}?neu=3").text


def test_the_same_file_twice_is_one_upload(office: DocumentOffice) -> None:
    office.hand_in(("Antrag.pdf", PDF))
    office.hand_in(("Antrag.pdf", PDF))
    assert len(list(Uploads(office.storage).present())) == 1
    assert office.jobs.orders[0].upload == office.jobs.orders[1].upload


@pytest.mark.parametrize(
    ("files", "url", "status", "words"),
    [
        ([], "", 422, "eine Datei auswählen oder eine Adresse"),
        ([("treffen.mp4", b"x")], "", 422, "RTF, OpenDocument"),
        ([("leer.pdf", b"")], "", 422, "leer"),
        ([], "ftp://example.org/a.pdf", 422, "http"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    office: DocumentOffice, files: list[tuple[str, bytes]], url: str, status: int, words: str
) -> None:
    answer = office.hand_in(*files, url=url)
    assert answer.status_code == status
    assert words in answer.text
    assert url in answer.text
    assert office.jobs.orders == []


def test_a_form_that_is_too_large_is_cut_off(office: DocumentOffice) -> None:
    answer = office.entrance.client.post(
        DESK, headers=OWN_PAGE | {"content-type": "multipart/form-data; boundary=x"}, content=_endless()
    )
    assert answer.status_code == 413


def _endless() -> Iterator[bytes]:
    yield b'--x\r\ncontent-disposition: form-data; name="dateien"; filename="a.pdf"\r\n\r\n'
    for _ in range(201):
        yield bytes(1_000_000)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_is_no_form_with_files_is_refused(office: DocumentOffice, content_type: str) -> None:
    answer = office.entrance.client.post(
        DESK, content=b"x", headers=OWN_PAGE | {"content-type": content_type}
    )
    assert answer.status_code == 400


def test_no_more_is_taken_than_the_quota_has_room_for(tmp_path: Path) -> None:
    storage, jobs = FolderStorage(tmp_path / "archive"), ListedDocumentJobs()
    limits = replace(UPLOAD_LIMITS, of_owner_bytes=len(PDF) + 10)
    room = Room(
        Site("N", "https://lesen.example.org"), Library(storage, tmp_path / "s.sqlite"), is_open=False
    )
    with entrance(room, tmp_path / "house", document_routers(jobs, storage, limits)) as access_control:
        access_control.sign_in(BERT)
        place = DocumentOffice(access_control, jobs, storage, [])
        assert place.hand_in(("a.pdf", PDF)).status_code == 303
        assert place.hand_in(("b.pdf", PDF + b"\n")).status_code == 422


def test_without_prefect_the_form_waits_and_what_is_known_is_shown(office: DocumentOffice) -> None:
    office.jobs.trouble = PrefectUnreachableError()
    assert "Musterantrag Losverfahren" in office.get().text
    answer = office.hand_in(("Antrag.pdf", PDF))
    assert answer.status_code == 503
    assert explain(PrefectUnreachableError()).split(".")[0] in answer.text


def test_jobs_show_how_far_they_are_and_can_be_stopped_and_retried(office: DocumentOffice) -> None:
    office.hand_in(("Antrag.pdf", PDF))
    office.jobs.listed[0] = replace(
        office.jobs.listed[0], state=JobState.RUNNING, progress_percent=40.0, seconds_left=20.0
    )
    assert 'value="40"' in office.get(f"{DESK}stand").text
    assert office.post(f"{DESK}auftraege/job-1/abbrechen").status_code == 303
    assert [each.state for each in office.jobs.listed] == [JobState.CANCELLED]
    office.jobs.listed[0] = replace(
        office.jobs.listed[0], state=JobState.FAILED, message="Die Datei <ist> kaputt."
    )
    assert "Die Datei &lt;ist&gt; kaputt." in office.get().text
    assert office.post(f"{DESK}auftraege/job-1/nochmal").status_code == 303
    assert [each.state for each in office.jobs.listed] == [JobState.WAITING]
    assert office.post(f"{DESK}auftraege/job-9/nochmal").status_code == 404


def test_details_are_shown_for_correction_and_released_with_it(office: DocumentOffice) -> None:
    page = office.get(PAGE).text
    for shown in ('value="Musterantrag Losverfahren"', 'value="Herrenberg"', 'value="2025"'):
        assert shown in page
    assert '<option value="model_motion" selected>Musterantrag</option>' in page
    answer = office.post(PAGE, **DETAILS, fassung="1", danach="freigeben")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?stand=freigegeben")
    record = office.record()
    assert record.details.title == "Musterantrag für kleine Gemeinden"
    assert (record.details.country, record.details.kind) == (Country.AUSTRIA, DocumentKind.MOTION)
    assert (record.details.year, record.details.licence) == (2024, "CC BY 4.0")
    assert record.stage is DocumentStage.RELEASED
    assert record.released_at is not None
    assert office.followed == [True]
    assert [each.reason for each in versions(office.storage, DOCUMENT_ID)] == ["first", "edited", "released"]
    assert "Das Dokument ist freigegeben" in office.get(f"{PAGE}?stand=freigegeben").text


def test_a_release_can_be_taken_back(office: DocumentOffice) -> None:
    office.post(PAGE, **DETAILS, fassung="1", danach="freigeben")
    assert office.post(f"{PAGE}zuruecknehmen").status_code == 303
    record = office.record()
    assert (record.stage, record.released_at) == (DocumentStage.PROPOSED, None)
    assert record.details.title == "Musterantrag für kleine Gemeinden"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "Ein Titel gehört dazu"),
        ("title", "x" * 301, "zu lang"),
        ("year", "24", "vier Ziffern"),
        ("year", "²⁰²⁴", "vier Ziffern"),
        ("kind", "roman", "aus der Liste"),
        ("country", "FR", "aus der Liste"),
    ],
)
def test_wrong_details_are_named_beside_their_field(
    office: DocumentOffice, field: str, value: str, words: str
) -> None:
    answer = office.post(PAGE, **(DETAILS | {field: value}), fassung="1", danach="freigeben")
    assert answer.status_code == 422
    assert f'id="{field}-hinweis"' in answer.text
    assert words in answer.text
    assert office.record().stage is DocumentStage.PROPOSED


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(office: DocumentOffice) -> None:
    office.post(PAGE, **DETAILS, fassung="1")
    answer = office.post(PAGE, **(DETAILS | {"title": "Anders"}), fassung="1")
    assert answer.status_code == 409
    assert "inzwischen geändert" in answer.text
    assert 'value="Anders"' in answer.text
    assert office.record().details.title == "Musterantrag für kleine Gemeinden"


def test_personal_data_is_shown_with_its_place_and_barred_by_choice(office: DocumentOffice) -> None:
    page = office.get(PAGE).text
    assert f"<mark>{PHONE}</mark>" in page
    assert "Telefonnummer auf Seite 2" in page
    nothing = office.post(f"{PAGE}schwaerzen", fassung="1")
    assert (nothing.status_code, office.jobs.bars) == (422, [])
    answer = office.post(f"{PAGE}schwaerzen", **{"fassung": "1", "stelle-1": "1"})
    assert answer.status_code == 303
    assert office.jobs.bars == [(DOCUMENT_ID, 1, (1,))]
    assert office.post(f"{PAGE}schwaerzen", **{"fassung": "7", "stelle-1": "1"}).status_code == 409


@pytest.mark.parametrize("path", [DESK, f"{DESK}stand", PAGE])
def test_members_see_nothing_of_it(office: DocumentOffice, path: str) -> None:
    office.entrance.sign_in(ANNA)
    assert office.get(path).status_code == 403
    assert office.post(path, **DETAILS).status_code in (403, 405)
    assert office.record().details.title == "Musterantrag Losverfahren"


@pytest.mark.parametrize("name", ["gibt-es-nicht", "..%2f..%2fetc", "A"])
def test_what_there_is_not_is_not_found(office: DocumentOffice, name: str) -> None:
    assert office.get(f"{DESK}{name}/").status_code in (404, 422)
