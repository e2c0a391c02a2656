"""What an agenda is made of: items, each with what stands around its title told apart. Pure values."""

from dataclasses import dataclass
from enum import StrEnum


class AgendaShape(StrEnum):
    """How the items of an agenda were told from each other."""

    NONE = "none"
    LIST = "list"
    TABLE = "table"
    TIMES = "times"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One item. Times of day are "19:05", a length is in minutes; `level` is 1 for a part of the
    item above."""

    title: str
    start: str = ""
    end: str = ""
    minutes: int = 0
    people: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    level: int = 0

    @property
    def is_title_only(self) -> bool:
        """Whether nothing but the title is known."""
        return self == AgendaItem(self.title)


@dataclass(frozen=True, slots=True)
class Agenda:
    """The items in order, and how they were told apart."""

    items: tuple[AgendaItem, ...] = ()
    shape: AgendaShape = AgendaShape.NONE

    @property
    def titles(self) -> tuple[str, ...]:
        """The items as chapters take them."""
        return tuple(item.title for item in self.items)

    @property
    def people(self) -> tuple[str, ...]:
        """All who are named with an item, each once."""
        return tuple(dict.fromkeys(name for item in self.items for name in item.people))
