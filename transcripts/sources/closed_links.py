"""Links of meeting programs that lead to no recording for anybody who has only the link. Pure.

Into a meeting, or to the pages of those who are signed in: both are drawn by scripts, so that a server's
answer says nothing of it. Addresses of recordings are left to those who can fetch them.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from transcripts.errors.source_errors import LoginRequiredError, MeetingLinkError, SourceError

MEETING, SIGNED_IN = MeetingLinkError, LoginRequiredError


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of address: the end of its host, and how its path goes on."""

    host: str
    path: re.Pattern[str]
    refusal: type[SourceError]


_KINDS = (
    _Kind(
        "zoom.us",
        re.compile(r"/(?:j|w|s|my|wc|launch|webinar/register|meeting/register)/", re.IGNORECASE),
        MEETING,
    ),
    _Kind("zoom.us", re.compile(r"/recording(?:/(?:detail|management)|$)", re.IGNORECASE), SIGNED_IN),
    _Kind("teams.microsoft.com", re.compile(r"/(?:l/meetup-join|meet|dl/launcher)/", re.IGNORECASE), MEETING),
    _Kind("teams.live.com", re.compile(r"/meet/", re.IGNORECASE), MEETING),
    _Kind("teams.microsoft.com", re.compile(r"/", re.IGNORECASE), SIGNED_IN),
    _Kind("microsoftstream.com", re.compile(r"/", re.IGNORECASE), SIGNED_IN),
    _Kind("meet.google.com", re.compile(r"/[a-z]{3}-[a-z]{4}-[a-z]{3}", re.IGNORECASE), MEETING),
    _Kind("webex.com", re.compile(r"/(?:meet|join)/|/[\w.-]{1,80}/j\.php", re.IGNORECASE), MEETING),
    _Kind("webex.com", re.compile(r"/webappng/sites/[\w.-]{1,80}/meeting/", re.IGNORECASE), MEETING),
)


def closed_link(address: str) -> type[SourceError] | None:
    """The error that such a link is: `meeting_link`, `login_required`; None for any other."""
    parts = urlsplit(address)
    host = (parts.hostname or "").lower()
    found = (each for each in _KINDS if host == each.host or host.endswith(f".{each.host}"))
    return next((each.refusal for each in found if each.path.match(parts.path or "/")), None)
