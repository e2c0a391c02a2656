"""The answer to a search as the page shows it: by record, passages with their words marked, in German."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from transcripts.links import link_at
from transcripts.page import anchor_of
from transcripts.search.passages import Place
from transcripts.search.searching import Answer, FoundRecord, Passage

RECORDS_A_PAGE = 10
LAST_PAGE = 20
PASSAGES_A_RECORD = 3
MOST_PASSAGES_OF_ONE = 300
BAR_WIDTH = 600
STRIPE_WIDTH = 4
MOST_CHARACTERS = 1_000

_PLACES = {
    Place.SPEECH: "",
    Place.TITLE: "Titel",
    Place.CHAPTER: "Kapitel",
    Place.AGENDA: "Tagesordnung",
    Place.SPEAKER: "Es spricht",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the words, which page of the answer, or one record only."""

    query: str = ""
    page: int = 1
    record_id: str | None = None

    @property
    def shown_query(self) -> str:
        """What stands in the search box: no more than is read of it, on one line."""
        return " ".join(self.query[:MOST_CHARACTERS].split())

    def path(self, page: int = 1, record_id: str | None = None) -> str:
        """The address of another page of this answer."""
        wishes = {"q": self.shown_query, "in": record_id or "", "seite": str(page) if page > 1 else ""}
        return "/suche?" + urlencode({name: value for name, value in wishes.items() if value})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, marked if it is what was found."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A sentence that answers; `path` plays from it."""

    place: str
    start_seconds: float
    pieces: tuple[Piece, ...]
    path: str


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record that answers. `stripes` are where on its bar (`BAR_WIDTH` wide) something is said."""

    title: str
    path: str
    recorded_on: date
    duration_seconds: float
    passages: tuple[ShownPassage, ...]
    hit_count: int
    stripes: tuple[int, ...]
    all_path: str | None

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

    @property
    def is_asked(self) -> bool:
        """Whether there is a question."""
        return bool(self.asked.shown_query)


def results_page(asked: Asked, answer: Answer) -> ResultsPage:
    """The page of an answer."""
    before = RECORDS_A_PAGE * (asked.page - 1)
    has_more = answer.record_count > before + len(answer.records) > before and asked.page < LAST_PAGE
    return ResultsPage(
        asked=asked,
        summary=_summary(asked, answer),
        remarks=tuple(_remarks(answer)),
        records=tuple(_record(asked, each) for each in answer.records),
        earlier_path=asked.path(asked.page - 1) if asked.page > 1 else None,
        later_path=asked.path(asked.page + 1) if has_more else None,
    )


def _summary(asked: Asked, answer: Answer) -> str:
    if not answer.records:
        return "Nichts gefunden"
    if asked.record_id:
        hits = sum(len(each.passages) for each in answer.records)
        return f"{_counted(hits, 'Fundstelle', 'Fundstellen')} in dieser Aufzeichnung"
    about = "" if answer.is_counted else "Mindestens "
    found = f"{about}{_counted(answer.record_count, 'Aufzeichnung', 'Aufzeichnungen')} gefunden"
    if answer.record_count <= len(answer.records):
        return found
    first = RECORDS_A_PAGE * (asked.page - 1) + 1
    return f"{found}, hier {first} bis {first + len(answer.records) - 1}"


def _remarks(answer: Answer) -> Iterator[str]:
    if answer.corrections:
        words = " und ".join(f"„{word}“" for word in answer.corrections)
        yield f"So geschrieben kommt das nirgends vor. Gesucht wurde stattdessen nach {words}."
    if not answer.has_all_words:
        yield "Alle Wörter zusammen kommen in keiner Aufzeichnung vor. Hier fehlt jeweils etwas davon."


def _record(asked: Asked, found: FoundRecord) -> ShownRecord:
    path = f"/recordings/{found.id}/"
    passages = found.passages
    if asked.record_id:
        passages = tuple(sorted(passages, key=lambda each: each.start_seconds))
    hidden = len(found.hit_seconds) > len(passages) and not asked.record_id
    return ShownRecord(
        title=found.title,
        path=path,
        recorded_on=found.recorded_on,
        duration_seconds=found.duration_seconds,
        passages=tuple(_passage(asked, path, each) for each in passages),
        hit_count=len(found.hit_seconds),
        stripes=tuple(_stripes(found.hit_seconds, found.duration_seconds)),
        all_path=asked.path(record_id=found.id) if hidden else None,
    )


def _passage(asked: Asked, path: str, passage: Passage) -> ShownPassage:
    """Its link names the second twice: as `?t=` for the player, as `#t=` for browsers without scripts."""
    asking = f"{path}?{urlencode({'q': asked.shown_query})}"
    return ShownPassage(
        place=_PLACES[passage.place],
        start_seconds=passage.start_seconds,
        pieces=tuple(_pieces(passage)),
        path=f"{link_at(asking, passage.start_seconds)}#{anchor_of(passage.start_seconds)}",
    )


def _pieces(passage: Passage) -> Iterator[Piece]:
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
