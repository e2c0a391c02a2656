"""Asks Mailman 3 (REST API of its core) who is on a list, and what it made of a post: sent on, held, refused.

Mailman tells a held post by its Message-ID. Of posts that went out it only counts them
and knows when the last one did; of refused ones it tells nothing, so a refusal is concluded from
the sender's rights once the post is neither held nor counted nor on its way.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from tasks.channels.channel_interface import Trace
from tasks.clock import utc_now
from tasks.network.http_post import requested_pause
from transcripts.errors.mail_errors import MailmanListError, MailmanLoginError, MailmanUnreachableError
from transcripts.mail.ledger import Delivery, LedgerEntry, Publication

TIMEOUT_SECONDS = 20.0
PAGE_MEMBERS = 500
# A post that is refused takes its way through these; while they are empty, none is under way.
QUEUES = ("in", "pipeline")
# A post that went out this soon after ours was handed over is ours; later ones may be anybody's.
OURS_WITHIN = timedelta(minutes=2)
CLOCKS_DIFFER = timedelta(seconds=30)
LETTING = {"accept", "defer"}


@dataclass(frozen=True, slots=True)
class MailmanList:
    """A list, and who may ask for it; `web_url` is where moderators decide (Postorius).

    A post may need `on_the_way_seconds` from the mail server to the list.
    """

    url: str
    user: str
    password: str = field(repr=False)
    list_id: str
    web_url: str | None = None
    on_the_way_seconds: float = 15.0

    @property
    def moderation_link(self) -> str:
        """Where held posts are approved; empty where it is not known."""
        return f"{self.web_url.rstrip('/')}/lists/{self.list_id}/held_messages" if self.web_url else ""


@dataclass(frozen=True, slots=True)
class Posting:
    """What the list may do with a mail from a sender: one of Mailman's actions, and the setting behind it."""

    action: str
    setting: str

    @property
    def is_let_through(self) -> bool:
        """Whether it goes out without a moderator, as far as the sender counts."""
        return self.action in LETTING


def members_of(mailing_list: MailmanList) -> list[str]:
    """The addresses of all members, as Mailman has them. Raises what `ask` raises."""
    found: list[str] = []
    for number in count(1):
        query = {"count": str(PAGE_MEMBERS), "page": str(number)}
        document = ask(mailing_list, f"lists/{mailing_list.list_id}/roster/member", query)
        page = document.get("entries", [])
        found += [str(each["email"]) for each in page]
        if len(page) < PAGE_MEMBERS:
            break
    return found


def posts_so_far(mailing_list: MailmanList) -> int:
    """Mailman's counter of posts that went out. Raises what `ask` raises."""
    return int(_config(mailing_list)["post_id"])


def posting_rights(mailing_list: MailmanList, sender: str) -> Posting:
    """What happens to a mail from `sender` (as Mailman's rules for members and others say)."""
    config = _config(mailing_list)
    query = {"list_id": mailing_list.list_id, "subscriber": sender}
    found = ask(mailing_list, "members/find", query).get("entries", [])
    for role in ("member", "nonmember"):
        for each in found:
            if each["role"] == role:
                own = each.get("moderation_action")
                setting = f"moderation_action: {own}" if own else f"default_{role}_action"
                return Posting(own or str(config[f"default_{role}_action"]), setting)
    return Posting(str(config["default_nonmember_action"]), "default_nonmember_action")


def post_status(mailing_list: MailmanList, sender: str, entry: LedgerEntry) -> Trace | None:
    """What became of a post; None when nothing is for sure. Raises what `ask` raises."""
    is_under_way = any(int(ask(mailing_list, f"queues/{name}")["count"]) for name in QUEUES)
    held = _held(mailing_list, entry.message_id)
    if held is not None:
        return Trace(True, Publication.HELD, held, mailing_list.moderation_link)
    if _went_out(_config(mailing_list), entry):
        return Trace(True, Publication.OUT)
    if entry.state is not Delivery.SENT or is_under_way:
        return None
    if entry.publication is Publication.HELD:
        return Trace(False, detail="refused by a moderator of the list")
    rights = posting_rights(mailing_list, sender)
    on_the_way = timedelta(seconds=mailing_list.on_the_way_seconds)
    arrived_by = (entry.handed_over_at or entry.changed_at) + on_the_way
    if rights.action in {"reject", "discard"} and utc_now() > arrived_by:
        return Trace(False, detail=f"the list refuses mail from {sender} ({rights.setting}: {rights.action})")
    return None


def _went_out(config: dict[str, Any], entry: LedgerEntry) -> bool:
    """Whether a post was counted since; where the outcome is open, only one that surely was ours."""
    if entry.posts_before is None or int(config["post_id"]) <= entry.posts_before:
        return False
    if entry.state is Delivery.SENT:
        return True
    is_ours_alone = not LETTING & {config["default_member_action"], config["default_nonmember_action"]}
    if entry.handed_over_at is None or not is_ours_alone or int(config["post_id"]) > entry.posts_before + 1:
        return False
    last = datetime.fromisoformat(config["last_post_at"]).replace(tzinfo=UTC)  # Mailman's are UTC
    return -CLOCKS_DIFFER < last - entry.handed_over_at < OURS_WITHIN


def _held(mailing_list: MailmanList, message_id: str) -> str | None:
    """Why the post with this Message-ID is held; None when it is not."""
    for each in ask(mailing_list, f"lists/{mailing_list.list_id}/held").get("entries", []):
        if each["message_id"] == message_id:
            return str(each.get("reason") or "")
    return None


def _config(mailing_list: MailmanList) -> dict[str, Any]:
    return ask(mailing_list, f"lists/{mailing_list.list_id}/config")


def ask(mailing_list: MailmanList, path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
    """One answer of the REST API.

    Raises MailmanLoginError, MailmanListError, MailmanUnreachableError.
    """
    access = (mailing_list.user, mailing_list.password)
    try:
        address = f"{mailing_list.url.rstrip('/')}/{path}"
        answer = httpx.get(address, params=query, auth=access, timeout=TIMEOUT_SECONDS)
        if answer.status_code in (401, 403):
            raise MailmanLoginError()
        if answer.status_code == 404:
            raise MailmanListError(list=mailing_list.list_id)
        answer.raise_for_status()
        document = answer.json()
        if not isinstance(document, dict):
            raise ValueError("not an answer of Mailman's")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        pause = requested_pause(error.response) if isinstance(error, httpx.HTTPStatusError) else None
        reason = type(error).__name__
        raise MailmanUnreachableError(reason=reason, retry_after_seconds=pause) from error
    return document
