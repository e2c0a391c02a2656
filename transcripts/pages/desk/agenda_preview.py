"""What is understood of a typed agenda, for the desk to show beside it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.agendas.agenda_markup import is_markup, markup_as_text
from transcripts.agendas.agenda_reading import read_agenda
from transcripts.agendas.agenda_text import agenda_as_text, minutes_text, times_text
from transcripts.agendas.agenda_values import AgendaItem
from transcripts.errors.error_kinds import PermanentError
from transcripts.wording.error_wording import explain


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link: where it leads, and as it was written."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item with its parts as texts; empty where nothing is known."""

    title: str
    time: str
    minutes: str
    people: str
    links: Sequence[LinkView]
    notes: Sequence[str]
    is_part: bool


@dataclass(frozen=True, slots=True)
class AgendaPreview:
    """The items, or why there are none."""

    items: Sequence[ItemView] = ()
    trouble: str = ""

    @property
    def count_text(self) -> str:
        """How many."""
        return "1 Punkt" if len(self.items) == 1 else f"{len(self.items)} Punkte"


def agenda_preview(text: str) -> AgendaPreview | None:
    """What is understood; None where nothing was typed."""
    if not text.strip():
        return None
    try:
        return AgendaPreview([_view(item) for item in read_agenda(text).items])
    except PermanentError as error:
        return AgendaPreview(trouble=explain(error))


def tidy_agenda(text: str) -> str:
    """The agenda as it was understood, to be mended; what is not understood stays as it is."""
    try:
        return agenda_as_text(read_agenda(text)) or text
    except PermanentError:
        return text


def pasted_as_lines(text: str) -> str:
    """What was pasted as the lines that its writer saw; HTML is read, anything else stays as it is."""
    return markup_as_text(text).strip() if is_markup(text) else text


def _view(item: AgendaItem) -> ItemView:
    return ItemView(
        title=item.title,
        time=times_text(item),
        minutes=minutes_text(item),
        people=", ".join(item.people),
        links=[LinkView(each if "://" in each else f"https://{each}", each) for each in item.links],
        notes=item.notes,
        is_part=item.level > 0,
    )
