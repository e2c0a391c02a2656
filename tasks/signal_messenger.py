"""Writes to a Signal group through `signal-cli daemon --http` (JSON-RPC 2.0)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tasks.handover import Untold
from tasks.http_handover import ANSWER_SECONDS, posted
from transcripts.errors import PermanentError

SIGNAL = "signal"
# What the daemon answers before it sends anything: its "user error", and JSON-RPC's for a call that it
# does not understand. Others (-3 input/output, -4 untrusted key, -32603) may come half-way through a group.
NOTHING_SENT = {-1, -32700, -32600, -32601, -32602}


@dataclass(frozen=True, slots=True)
class SignalHandover(Untold):
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
        """Raises what `tasks.http_handover.posted` raises, and PermanentError `channel_refused`."""
        call = {
            "jsonrpc": "2.0",
            "id": self.message_id,
            "method": "send",
            "params": {"account": self.account, "groupId": self.group, "message": self.text},
        }
        request = httpx.Request("POST", f"{self.url.rstrip('/')}/api/v1/rpc", json=call)
        return f"timestamp {_result(posted(request, begin, self.answer_seconds))['timestamp']}"


def _result(answer: httpx.Response) -> dict[str, Any]:
    """What the daemon answered.

    Raises PermanentError `channel_refused` with its words when it sent nothing; `outcome_unknown` for an
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
        raise PermanentError("outcome_unknown", record=host) from error
    return result


def _error(host: str, code: int, reason: str) -> PermanentError:
    if code in NOTHING_SENT:
        return PermanentError("channel_refused", host=host, reason=reason)
    return PermanentError("outcome_unknown", record=host, reason=reason)
