"""The members of a list, from Mailman 3's REST API (docs.mailman3.org, "Rosters")."""

from dataclasses import dataclass, field
from urllib.parse import quote

import httpx

from transcripts.errors import PermanentError, TemporaryError

PAGE_MEMBERS = 500
TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class MailmanAccess:
    """How to ask Mailman for a list; `url` ends with the version of its API (`…/3.1`)."""

    url: str
    user: str
    password: str = field(repr=False)
    list_id: str


def list_members(access: MailmanAccess) -> tuple[str, ...]:
    """The addresses of all members, as Mailman has them.

    Raises TemporaryError `members_away` when Mailman cannot be asked now, PermanentError
    `members_refused` when it does not know the user or the list.
    """
    found: list[str] = []
    with httpx.Client(auth=(access.user, access.password), timeout=TIMEOUT_SECONDS) as client:
        while True:
            number = len(found) // PAGE_MEMBERS + 1
            page, total = _page(client, access, number)
            found += page
            if len(found) >= total or not page:
                return tuple(found)


def _page(client: httpx.Client, access: MailmanAccess, number: int) -> tuple[list[str], int]:
    """The addresses of one page, and how many members there are."""
    url = f"{access.url.rstrip('/')}/lists/{quote(access.list_id, safe='@')}/roster/member"
    try:
        answer = client.get(url, params={"count": PAGE_MEMBERS, "page": number})
        if answer.status_code in (401, 403, 404):
            raise PermanentError("members_refused", status=answer.status_code)
        answer.raise_for_status()
        document = answer.json()
        return [entry["email"] for entry in document.get("entries", ())], int(document["total_size"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TemporaryError("members_away") from error
