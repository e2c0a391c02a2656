"""The menu at the top of every page: its words, and where they lead. Pure."""

from dataclasses import dataclass

from transcripts.pages.desk_addresses import DESK


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A word of the menu and the page it leads to."""

    label: str
    path: str


FOR_ORGANISERS = MenuEntry("Redaktion", DESK)
OF_LIBRARY = MenuEntry("Dokumente", "/documents/")
FOR_MEMBERS = (OF_LIBRARY, MenuEntry("Meine Feeds", "/meine-feeds"), MenuEntry("Abmelden", "/abmelden"))
FOR_EVERYBODY = (
    OF_LIBRARY,
    MenuEntry("Feeds", "/meine-feeds"),
)


def menu_of(*, is_open: bool) -> tuple[MenuEntry, ...]:
    """The menu of a reading room that everybody may enter, or members alone."""
    return FOR_EVERYBODY if is_open else FOR_MEMBERS
