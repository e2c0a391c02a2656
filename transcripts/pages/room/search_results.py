"""The answer to a search as the page shows it: by record, passages with their words marked, in German."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from urllib.parse import urlencode

from transcripts.archive.layout import is_document, object_key
from transcripts.pages.room.document_shelf import NO_DOCUMENTS, DocumentShelf, facts_of
from transcripts.pages.standalone_page import anchor_of
from transcripts.search.excerpts import excerpt
from transcripts.search.passages import Place
from transcripts.search.place_names import PLACE_NAMES
from transcripts.search.search_answer import Answer, FoundRecord, Passage
from transcripts.search.search_choice import EVERYTHING, Choice, Medium
from transcripts.wording.document_wording import page_name
from transcripts.wording.record_links import link_at

RECORDS_A_PAGE = 10
LAST_PAGE = 20
PASSAGES_A_RECORD = 3
MOST_PASSAGES_OF_ONE = 300
BAR_WIDTH = 600
STRIPE_WIDTH = 4
MOST_CHARACTERS = 1_000

SIMILAR = "/aehnlich"
_ART = {Medium.RECORDING: "aufzeichnung", Medium.DOCUMENT: "dokument"}
MEDIA_NAMES = {Medium.RECORDING: "Aufzeichnungen", Medium.DOCUMENT: "Dokumente"}


def chosen_medium(art: str) -> Medium | None:
    """What an address asks for by `art=dokument`."""
    return next((medium for medium, name in _ART.items() if name == art), None)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the words, which page of the answer, and in what of the archive."""

    query: str = ""
    page: int = 1
    choice: Choice = EVERYTHING

    @property
    def record_id(self) -> str | None:
        """The one record that is asked."""
        return self.choice.record_id

    @property
    def shown_query(self) -> str:
        """What stands in the search box: no more than is read of it, on one line."""
        return " ".join(self.query[:MOST_CHARACTERS].split())

    def path(self, page: int = 1) -> str:
        """The address of another page of this answer."""
        return self._path(self.choice, page)

    def path_in(self, record_id: str) -> str:
        """The address of the answer from one record."""
        return self._path(Choice(record_id=record_id), 1)

    @property
    def path_everywhere(self) -> str:
        """The address of the answer from everything."""
        return self._path(EVERYTHING, 1)

    def _path(self, choice: Choice, page: int) -> str:
        wishes = {
            "q": self.shown_query,
            "in": choice.record_id,
            "art": choice.medium and _ART[choice.medium],
            "dokumentart": choice.kind,
            "ort": choice.municipality,
            "jahr": choice.year,
            "seite": page if page > 1 else None,
        }
        return "/suche?" + urlencode({name: value for name, value in wishes.items() if value})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, marked if it is what was found."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage that answers; `path` leads to it. A paragraph has a `page`, which may be unknown: ""."""

    place: str
    start_seconds: float
    pieces: tuple[Piece, ...]
    path: str
    page: str | None = None
    similar_path: str | None = None


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record that answers. `stripes` are where on its bar (`BAR_WIDTH` wide) something is said.

    `facts` are what is known of a document; of a recording, there are none.
    """

    title: str
    path: str
    recorded_on: date
    duration_seconds: float
    passages: tuple[ShownPassage, ...]
    hit_count: int
    stripes: tuple[int, ...]
    all_path: str | None
    is_document: bool = False
    facts: tuple[str, ...] = ()

    @property
    def bar_text(self) -> str:
        """What the bar shows, in words."""
        return f"{_counted(self.hit_count, 'Fundstelle', 'Fundstellen')} im Verlauf der Aufzeichnung"


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """The answer as a page; without a query there is only the search box."""

    asked: Asked
    summary: str
    remarks: tuple[str, ...]
    records: tuple[ShownRecord, ...]
    earlier_path: str | None
    later_path: str | None
    shelf: DocumentShelf

    @property
    def is_asked(self) -> bool:
        """Whether there is a question."""
        return bool(self.asked.shown_query)


def results_page(asked: Asked, answer: Answer, shelf: DocumentShelf = NO_DOCUMENTS) -> ResultsPage:
    """The page of an answer; `shelf` are the documents there are."""
    before = RECORDS_A_PAGE * (asked.page - 1)
    has_more = answer.record_count > before + len(answer.records) > before and asked.page < LAST_PAGE
    return ResultsPage(
        asked=asked,
        summary=_summary(asked, answer, has_documents=bool(shelf.documents)),
        remarks=tuple(_remarks(answer)),
        records=tuple(shown_record(asked, each) for each in answer.records),
        earlier_path=asked.path(asked.page - 1) if asked.page > 1 else None,
        later_path=asked.path(asked.page + 1) if has_more else None,
        shelf=shelf,
    )


def _summary(asked: Asked, answer: Answer, *, has_documents: bool) -> str:
    if not answer.records:
        return "Nichts gefunden"
    if asked.record_id:
        hits = sum(len(each.passages) for each in answer.records)
        return f"{_counted(hits, 'Fundstelle', 'Fundstellen')} in {_this(asked.record_id)}"
    about = "" if answer.is_counted else "Mindestens "
    found = f"{about}{_how_many(asked, answer, has_documents=has_documents)} gefunden"
    if answer.record_count <= len(answer.records):
        return found
    first = RECORDS_A_PAGE * (asked.page - 1) + 1
    return f"{found}, hier {first} bis {first + len(answer.records) - 1}"


def _how_many(asked: Asked, answer: Answer, *, has_documents: bool) -> str:
    count, medium = answer.record_count, asked.choice.medium
    if count == 1:
        return f"1 {'Dokument' if is_document(answer.records[0].id) else 'Aufzeichnung'}"
    if asked.choice.kind or asked.choice.municipality:
        medium = Medium.DOCUMENT
    if medium is None and has_documents:
        return f"{count} Aufzeichnungen und Dokumente"
    return f"{count} {MEDIA_NAMES[medium or Medium.RECORDING]}"


def _this(record_id: str) -> str:
    return "diesem Dokument" if is_document(record_id) else "dieser Aufzeichnung"


def _remarks(answer: Answer) -> Iterator[str]:
    if answer.corrections:
        words = " und ".join(f"„{word}“" for word in answer.corrections)
        yield f"So geschrieben kommt das nirgends vor. Gesucht wurde stattdessen nach {words}."
    if not answer.has_all_words:
        yield "Alle Wörter zusammen kommen nirgends vor. Hier fehlt jeweils etwas davon."


def shown_record(asked: Asked, found: FoundRecord) -> ShownRecord:
    """A record as a list of hits shows it."""
    is_paper = is_document(found.id)
    path = f"/{object_key(found.id, '')}"
    hit_count = found.hit_count if is_paper else len(found.hit_seconds)
    hidden = hit_count > len(found.passages) and not asked.record_id
    return ShownRecord(
        title=found.title,
        path=path,
        recorded_on=found.recorded_on,
        duration_seconds=found.duration_seconds,
        passages=tuple(_passage(asked, found.id, each) for each in _in_order(asked, found.passages)),
        hit_count=hit_count,
        stripes=() if is_paper else tuple(_stripes(found.hit_seconds, found.duration_seconds)),
        all_path=asked.path_in(found.id) if hidden else None,
        is_document=is_paper,
        facts=facts_of(found.facets.kind, found.facets.municipality, found.facets.year) if is_paper else (),
    )


def _in_order(asked: Asked, passages: tuple[Passage, ...]) -> Sequence[Passage]:
    """Best first; within one record as they follow one another."""
    if not asked.record_id:
        return passages
    return sorted(passages, key=lambda each: (each.start_seconds, astuple(each.spot) if each.spot else ()))


def _passage(asked: Asked, record_id: str, passage: Passage) -> ShownPassage:
    """Its link names the second twice: as `?t=` for the player, as `#t=` for browsers without scripts."""
    path = f"/{object_key(record_id, '')}"
    asking = f"{path}?{urlencode({'q': asked.shown_query})}" if asked.shown_query else path
    shown = excerpt(passage) if passage.spot else passage
    if passage.spot:
        link = f"{asking}#{passage.spot.paragraph}"
    elif is_document(record_id):
        link = asking
    else:
        link = f"{link_at(asking, passage.start_seconds)}#{anchor_of(passage.start_seconds)}"
    return ShownPassage(
        place=PLACE_NAMES[passage.place],
        start_seconds=passage.start_seconds,
        pieces=tuple(pieces(shown)),
        path=link,
        page=page_name(passage.spot.page) if passage.spot else None,
        similar_path=similar_path(record_id, passage),
    )


def similar_path(record_id: str, passage: Passage) -> str | None:
    """The address of what is like a passage; titles and the like have none."""
    if passage.spot:
        where = passage.spot.paragraph
    elif passage.place is Place.SPEECH:
        where = f"{passage.start_seconds:.2f}"
    else:
        return None
    return f"{SIMILAR}?{urlencode({'in': record_id, 'stelle': where})}"


def pieces(passage: Passage) -> Iterator[Piece]:
    """Its text, cut where something was found."""
    end = 0
    for mark in passage.marks:
        if mark.start > end:
            yield Piece(passage.text[end : mark.start], is_marked=False)
        yield Piece(passage.text[mark.start : mark.end], is_marked=True)
        end = mark.end
    if end < len(passage.text):
        yield Piece(passage.text[end:], is_marked=False)


def _stripes(hit_seconds: Sequence[float], duration_seconds: float) -> list[int]:
    """Where each hit lies on the bar; hits that would cover each other share a stripe."""
    whole = max(duration_seconds, *hit_seconds, 1.0)
    steps = (BAR_WIDTH - STRIPE_WIDTH) // STRIPE_WIDTH
    return sorted({STRIPE_WIDTH * int(steps * each / whole) for each in hit_seconds})


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
