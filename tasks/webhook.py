"""Tells a program of the network's own, by a signed HTTP request (standardwebhooks.com).

That standard has the receiver know a repeat by `webhook-id`, which is always the same for an announcement.
So here, and only here, what may have arrived is sent again: a second call does no harm, a lost one does.
"""

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

import httpx

from tasks.handover import Trace, Untold
from tasks.http_handover import posted
from transcripts.errors import PermanentError, TemporaryError
from transcripts.ledger import Delivery, LedgerEntry

WEBHOOK = "webhook"
SECRET_PREFIX = "whsec_"  # noqa: S105 - marks a secret, is none


@dataclass(frozen=True, slots=True)
class WebhookHandover(Untold):
    """A JSON document for an address; `secret` as the other side knows it, with or without `whsec_`."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    message_id: str
    content: bytes
    channel: str = WEBHOOK

    @property
    def recipient(self) -> str:
        """The host: the rest of the address may be secret."""
        return urlsplit(self.url).hostname or ""

    def hand_over(self, begin: Callable[[], None]) -> str:
        """Raises what `tasks.http_handover.posted` raises, but TemporaryError for an open outcome."""
        moment = int(datetime.now(UTC).timestamp())
        headers = {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": self.message_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(self.secret, self.message_id, moment, self.content),
        }
        request = httpx.Request("POST", self.url, headers=headers, content=self.content)
        try:
            return str(posted(request, begin).status_code)
        except PermanentError as error:
            if error.code != "outcome_unknown":
                raise
            reason = str(error.details.get("reason", "keine Antwort"))
            raise TemporaryError("channel_delayed", host=self.recipient, reason=reason) from error

    def trace(self, entry: LedgerEntry) -> Trace | None:
        """Where it is not known whether it arrived, it need not be: it may be sent again."""
        if entry.state is Delivery.SENT:
            return None
        return Trace(False, detail="may be repeated: the receiver knows it by webhook-id")


def signature(secret: str, message_id: str, moment: int, content: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over id, time (Unix seconds) and content."""
    signed = f"{message_id}.{moment}.".encode() + content
    return "v1," + base64.b64encode(hmac.digest(_key(secret), signed, sha256)).decode()


def _key(secret: str) -> bytes:
    """The bytes of a secret: base64 behind `whsec_`, else the text itself."""
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
