"""The documents as lists show them: newest first, by kind, place, year and topic."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from transcripts.archive.catalogue import DocumentEntry
from transcripts.documents.document_record import DocumentKind
from transcripts.pages.room.record_list import Counted
from transcripts.wording.document_wording import KINDS


@dataclass(frozen=True, slots=True)
class ShelvedDocument:
    """What a list shows of a document; `revision` changes when anything of it does.

    `kind` is "" and `year` None where nothing is known.
    """

    id: str
    title: str
    released_on: date
    revision: str
    kind: str = ""
    municipality: str = ""
    year: int | None = None
    topics: tuple[str, ...] = ()
    page_count: int = 0

    @property
    def path(self) -> str:
        """The address of its page, from the root of the reading room."""
        return f"/{self.id}/"

    @property
    def facts(self) -> tuple[str, ...]:
        """What is known of it, in words."""
        return facts_of(self.kind, self.municipality, self.year)


@dataclass(frozen=True, slots=True)
class DocumentWish:
    """Which documents are asked for; what is None is not asked."""

    kind: str | None = None
    municipality: str | None = None
    year: int | None = None
    topic: str | None = None

    def fits(self, document: ShelvedDocument) -> bool:
        """Whether a document is one of these."""
        return (
            self.kind in (None, document.kind)
            and self.municipality in (None, document.municipality)
            and self.year in (None, document.year)
            and (self.topic is None or self.topic in document.topics)
        )


@dataclass(frozen=True, slots=True)
class DocumentShelf:
    """All documents, newest first."""

    documents: tuple[ShelvedDocument, ...] = ()

    def find(self, record_id: str) -> ShelvedDocument | None:
        """The document of this id, if it is on the shelf."""
        return next((each for each in self.documents if each.id == record_id), None)

    def chosen(self, wish: DocumentWish) -> tuple[ShelvedDocument, ...]:
        """The documents that are asked for."""
        return tuple(each for each in self.documents if wish.fits(each))

    def kinds(self) -> tuple[Counted, ...]:
        """The kinds there are, in the order of the alphabet."""
        counts = Counter(each.kind for each in self.documents if each.kind)
        return tuple(Counted(key, kind_name(key), counts[key]) for key in sorted(counts, key=kind_name))

    def municipalities(self) -> tuple[Counted, ...]:
        """The places there are, in the order of the alphabet."""
        return _counted(sorted(each.municipality for each in self.documents if each.municipality))

    def years(self) -> tuple[Counted, ...]:
        """The years there are, latest first."""
        return _counted(
            str(year) for year in sorted((d.year for d in self.documents if d.year), reverse=True)
        )

    def topics(self, most: int) -> tuple[Counted, ...]:
        """The topics that most documents have, at most `most` of them."""
        counts = Counter(topic for each in self.documents for topic in each.topics)
        return tuple(Counted(topic, topic, count) for topic, count in counts.most_common(most))


NO_DOCUMENTS = DocumentShelf()


def make_document_shelf(entries: Sequence[DocumentEntry]) -> DocumentShelf:
    """The shelf of some documents of a catalogue."""
    shelved = (_shelved(each) for each in entries)
    return DocumentShelf(tuple(sorted(shelved, key=lambda each: (each.released_on, each.id), reverse=True)))


def kind_name(kind: str) -> str:
    """A kind in words; "" for none."""
    return KINDS[DocumentKind(kind)] if kind else ""


def facts_of(kind: str, municipality: str, year: int | None) -> tuple[str, ...]:
    """What is known of a document, in words."""
    return tuple(each for each in (kind_name(kind), municipality, str(year or "")) if each)


def _shelved(entry: DocumentEntry) -> ShelvedDocument:
    record = entry.document
    return ShelvedDocument(
        id=record.id,
        title=record.details.title,
        released_on=(record.released_at or record.handed_in_at).date(),
        revision=entry.manifest_sha256,
        kind=record.details.kind or "",
        municipality=record.details.municipality,
        year=record.details.year,
        topics=record.details.topics,
        page_count=record.page_count,
    )


def _counted(names: Iterable[str]) -> tuple[Counted, ...]:
    return tuple(Counted(name, name, count) for name, count in Counter(names).items())
