"""Reads who the members are from wherever the settings say."""

from collections.abc import Callable

from config.settings import Settings
from tasks.mailman_members import MailmanAccess, list_members
from tasks.members_file import read_members
from transcripts.reading_room.roster import Roster


def read_roster(settings: Settings, key_of: Callable[[str], str]) -> Roster:
    """Members by file and by Mailman, whichever are configured, and the organisers.

    Raises PermanentError `members_unreadable`, `members_refused`, TemporaryError `members_away`.
    """
    members: list[str] = []
    if settings.reading_room.members_file:
        members += read_members(settings.reading_room.members_file)
    mailman = settings.mailman
    if mailman.url:
        password = mailman.password.get_secret_value() if mailman.password else ""
        access = MailmanAccess(mailman.url, mailman.user or "", password, mailman.list_id or "")
        members += list_members(access)
    return Roster.of(members, settings.reading_room.organisers, key_of)
