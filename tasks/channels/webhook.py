"""Tells a program of the network's own, by a signed HTTP request (standardwebhooks.com).

That standard has the receiver know a repeat by `webhook-id`, which is always the same for an announcement.
So here, and only here, what may have arrived is sent again: a second call does no harm, a lost one does.
"""

import base64
import binascii
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from tasks.channels.channel_interface import FireAndForget, Trace
from tasks.clock import utc_now
from tasks.network.certificates import trusting
from tasks.network.http_post import CONNECT_SECONDS, posted
from transcripts.errors.mail_errors import (
    ChannelCertificateError,
    ChannelDelayedError,
    ChannelUnreachableError,
    OutcomeUnknownError,
)
from transcripts.mail.ledger import Delivery, LedgerEntry

WEBHOOK = "webhook"
SECRET_PREFIX = "whsec_"  # noqa: S105 - marks a secret, is none


@dataclass(frozen=True, slots=True)
class WebhookHandover(FireAndForget):
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
        """Raises what `tasks.network.http_post.posted` raises, but TemporaryError for an open outcome."""
        moment = utc_now()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "webhook-id": self.message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signature(self.secret, self.message_id, moment, self.content),
        }
        request = httpx.Request("POST", self.url, headers=headers, content=self.content)
        try:
            return str(posted(request, begin).status_code)
        except OutcomeUnknownError as error:
            reason = str(error.details.get("reason", "keine Antwort"))
            raise ChannelDelayedError(host=self.recipient, reason=reason) from error

    def trace(self, entry: LedgerEntry) -> Trace | None:
        """Where it is not known whether it arrived, it need not be: it may be sent again."""
        if entry.state is Delivery.SENT:
            return None
        return Trace(False, detail="may be repeated: the receiver knows it by webhook-id")


def check_receiver(url: str) -> None:
    """Connect, with TLS where the address says so, and hang up: a request would be taken for an announcement.

    Raises ChannelUnreachableError, ChannelCertificateError.
    """
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    try:
        with socket.create_connection(
            (host, parts.port or (443 if is_tls else 80)), timeout=CONNECT_SECONDS
        ) as line:
            if is_tls:
                trusting(None).wrap_socket(line, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        raise ChannelCertificateError(host=host) from error
    except OSError as error:
        raise ChannelUnreachableError(host=host) from error


def signature(secret: str, message_id: str, moment: datetime, content: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over id, time and content."""
    return str(Webhook(_key(secret)).sign(message_id, moment, content.decode()))


def _key(secret: str) -> bytes:
    """The bytes of a secret: base64 behind `whsec_`, else the text itself."""
    if secret.startswith(SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
