"""Writes to a Signal group through `signal-cli daemon --http` (JSON-RPC 2.0)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from tasks.channels.channel_interface import FireAndForget
from tasks.network.http_post import ANSWER_SECONDS, CONNECT_SECONDS, posted
from transcripts.errors.error_kinds import PermanentError
from transcripts.errors.mail_errors import (
    ChannelRefusedError,
    ChannelUnreachableError,
    OutcomeUnknownError,
    SignalGroupError,
    SignalRefusedError,
)

SIGNAL = "signal"
# What the daemon answers before it sends anything: its "user error", and JSON-RPC's for a call that it
# does not understand. Others (-3 input/output, -4 untrusted key, -32603) may come half-way through a group.
NOTHING_SENT = {-1, -32700, -32600, -32601, -32602}


@dataclass(frozen=True, slots=True)
class SignalHandover(FireAndForget):
    """A text for a group; `account` is the sender's number."""

    url: str
    account: str = field(repr=False)
    group: str
    message_id: str
    text: str
    channel: str = SIGNAL
    answer_seconds: float = ANSWER_SECONDS

    @property
    def recipient(self) -> str:
        """The group's id."""
        return self.group

    def hand_over(self, begin: Callable[[], None]) -> str:
        """Raises what `tasks.network.http_post.posted` raises, and ChannelRefusedError."""
        call = {
            "jsonrpc": "2.0",
            "id": self.message_id,
            "method": "send",
            "params": {"account": self.account, "groupId": self.group, "message": self.text},
        }
        request = httpx.Request("POST", f"{self.url.rstrip('/')}/api/v1/rpc", json=call)
        return f"timestamp {_result(posted(request, begin, self.answer_seconds))['timestamp']}"


def check_group(url: str, account: str, group: str) -> None:
    """Ask the daemon for the account's groups; nothing is sent to anybody.

    Raises ChannelUnreachableError, SignalRefusedError, SignalGroupError.
    """
    call = {"jsonrpc": "2.0", "id": "groups", "method": "listGroups", "params": {"account": account}}
    host = urlsplit(url).hostname or ""
    try:
        answer = httpx.post(f"{url.rstrip('/')}/api/v1/rpc", json=call, timeout=CONNECT_SECONDS)
        document = answer.raise_for_status().json()
        if "error" in document:
            raise SignalRefusedError(host=host, reason=str(document["error"]["message"])[:300])
        known = {str(each["id"]) for each in document["result"]}
    except httpx.HTTPError as error:
        raise ChannelUnreachableError(host=host) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SignalRefusedError(host=host, reason="keine Antwort von signal-cli") from error
    if group not in known:
        raise SignalGroupError(host=host)


def _result(answer: httpx.Response) -> dict[str, Any]:
    """What the daemon answered.

    Raises ChannelRefusedError with its words when it sent nothing; OutcomeUnknownError for an
    error after which some may have it, and for an answer that is none.
    """
    host = answer.request.url.host
    try:
        document = answer.json()
        if "error" in document:
            raise _error(host, int(document["error"]["code"]), str(document["error"]["message"])[:300])
        result: dict[str, Any] = document["result"]
        result["timestamp"]
    except (ValueError, KeyError, TypeError) as error:
        raise OutcomeUnknownError(record=host) from error
    return result


def _error(host: str, code: int, reason: str) -> PermanentError:
    if code in NOTHING_SENT:
        return ChannelRefusedError(host=host, reason=reason)
    return OutcomeUnknownError(record=host, reason=reason)
