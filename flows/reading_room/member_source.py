"""Reads who the members are from wherever the settings say."""

from collections.abc import Callable

from config.settings import Settings
from flows.delivery.configured_channels import mailing_list
from flows.reading_room.roster import Roster
from tasks.access.members_file import read_members
from tasks.channels.mailman import members_of


def read_roster(settings: Settings, key_of: Callable[[str], str]) -> Roster:
    """Members by file and by Mailman, whichever are configured, and the organisers.

    Raises MembersUnreadableError and what `members_of` raises.
    """
    members: list[str] = []
    if settings.reading_room.members_file:
        members += read_members(settings.reading_room.members_file)
    named = mailing_list(settings)
    if named is not None:
        members += members_of(named)
    return Roster.of(members, settings.reading_room.organisers, key_of)
