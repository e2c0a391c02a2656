"""The catalogue page and the feed: every record is listed, nothing from outside gets in unescaped."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

from tests.sample_documents import MODEL_MOTION, model_motion, proposed_letter
from transcripts.archive.catalogue import (
    Catalogue,
    CatalogueEntry,
    DocumentEntry,
    Imprint,
    render_catalogue_page,
    render_feed,
)
from transcripts.archive.manifest import MadeBy
from transcripts.documents.document_record import (
    DocumentDetails,
    DocumentKind,
    DocumentRecord,
    DocumentStage,
)
from transcripts.model import Recording, Source, Stage

IMPRINT = Imprint("Netzwerk <Bürgerräte>", "https://mitschnitt.example.org/", MadeBy(tool="test"))
ATOM = "{http://www.w3.org/2005/Atom}"


def entry(day: date, title: str, *, has_video: bool = True) -> CatalogueEntry:
    recording = Recording(
        id=f"{day.isoformat()}-x",
        title=title,
        recorded_on=day,
        duration_seconds=3700.0,
        source=Source(url="https://example.org/", url_fingerprint="0"),
        stage=Stage.ANNOUNCED,
    )
    return CatalogueEntry(recording=recording, has_video=has_video, version=1, manifest_sha256="0")


CATALOGUE = Catalogue(
    records=(
        entry(date(2025, 12, 4), "Mit <script> & Söhnen"),
        entry(date(2026, 1, 15), "Losverfahren", has_video=False),
        entry(date(2026, 2, 15), "Bürgerräte"),
    )
)


def test_the_page_lists_the_records_by_year_newest_first() -> None:
    page = render_catalogue_page(CATALOGUE, IMPRINT)
    places = [
        page.index(text) for text in ("2026</h2>", "Bürgerräte</a>", "Losverfahren", "2025</h2>", "Söhnen")
    ]
    assert places == sorted(places)
    assert 'href="recordings/2026-02-15-x/index.html"' in page
    assert "15. Januar 2026" in page
    assert page.count("nur Ton") == 1
    assert "3 Aufzeichnungen" in page
    assert "<script" not in page.replace("Mit &lt;script&gt;", "")
    assert "Netzwerk &lt;Bürgerräte&gt;" in page


def test_an_empty_archive_has_a_page_that_says_so() -> None:
    assert "Noch keine Aufzeichnung" in render_catalogue_page(Catalogue(), IMPRINT)


def test_the_feed_is_atom_with_permanent_ids_and_public_addresses() -> None:
    changed = entry(date(2026, 3, 1), "Neu").model_copy(
        update={"changed_at": datetime(2026, 3, 2, 8, 30, tzinfo=UTC)}
    )
    feed = ET.fromstring(render_feed(Catalogue(records=(*CATALOGUE.records, changed)), IMPRINT))  # noqa: S314
    entries = feed.findall(f"{ATOM}entry")
    titles = [each.findtext(f"{ATOM}title") for each in entries]
    assert titles == ["Neu", "Bürgerräte", "Losverfahren", "Mit <script> & Söhnen"]
    assert feed.findtext(f"{ATOM}updated") == "2026-03-02T08:30:00Z"
    ids = [each.findtext(f"{ATOM}id") or "" for each in [*entries, feed]]
    assert len(set(ids)) == 5
    assert all(identity.startswith("urn:uuid:") for identity in ids)
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://mitschnitt.example.org/recordings/2026-03-01-x/"


def test_without_a_public_address_the_feed_links_the_files() -> None:
    feed = render_feed(CATALOGUE, Imprint(None, None, MadeBy(tool="test")))
    assert 'href="recordings/2026-02-15-x/index.html"' in feed
    assert "Mitschnitt</title>" in feed


def test_the_feed_of_an_empty_archive_is_still_one() -> None:
    assert ET.fromstring(render_feed(Catalogue(), IMPRINT)).tag == f"{ATOM}feed"  # noqa: S314


def test_released_documents_stand_below_the_recordings_and_nobody_sees_the_others() -> None:
    def document(title: str, stage: DocumentStage) -> DocumentEntry:
        record = DocumentRecord(
            id=f"documents/2026-11-29-{title}",
            details=DocumentDetails(title=title, kind=DocumentKind.TENDER, municipality="Wiener <Neustadt>"),
            stage=stage,
            original_name="a.pdf",
            original_sha256="0" * 64,
            original_bytes=1,
            page_count=3,
            handed_in_at=datetime(2026, 11, 29, tzinfo=UTC),
        )
        return DocumentEntry(document=record, version=1, manifest_sha256="0")

    both = (document("leistung", DocumentStage.RELEASED), document("geheim", DocumentStage.PROPOSED))
    page = render_catalogue_page(Catalogue(documents=both), IMPRINT)
    assert '<a href="documents/2026-11-29-leistung/index.html">leistung</a>' in page
    assert "Ausschreibung · Wiener &lt;Neustadt&gt; · 3 Seiten" in page
    assert "geheim" not in page


def test_the_feed_has_released_documents_among_the_recordings() -> None:
    some = (model_motion(), proposed_letter())
    documents = tuple(DocumentEntry(document=each.record, version=1, manifest_sha256="0") for each in some)
    both = CATALOGUE.model_copy(update={"documents": documents})
    feed = ET.fromstring(render_feed(both, IMPRINT))  # noqa: S314
    entries = feed.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title") for each in entries][:2] == [
        "Musterantrag: Bürgerrat Klimaschutz einsetzen",
        "Bürgerräte",
    ]
    assert len(entries) == 4
    assert entries[0].findtext(f"{ATOM}summary") == (
        "Dokument, Musterantrag, Lindenau an der Aue, 2024, 2 Seiten"
    )
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"https://mitschnitt.example.org/{MODEL_MOTION}/"
