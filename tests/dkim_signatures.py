"""Signs mails as a mail provider does on the way out (DKIM, RFC 6376), and checks them as a receiver does."""

import base64
from dataclasses import dataclass, field

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SELECTOR, DOMAIN = b"s1", b"members.example.test"
# A list may put its name before the subject: then only a signature without it can be kept.
HEADERS = [b"From", b"To", b"Date", b"Message-ID"]


@dataclass(frozen=True)
class Provider:
    """A provider with a key of its own; every byte of the body counts ("simple")."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def signed(self, content: bytes, with_subject: bool = True) -> bytes:
        """The mail with its signature before it."""
        private = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        headers = [*HEADERS, b"Subject"] if with_subject else HEADERS
        how = (b"relaxed", b"simple")
        signature: bytes = dkim.sign(
            content, SELECTOR, DOMAIN, private, canonicalize=how, include_headers=headers
        )
        return signature + content

    def has_signed(self, content: bytes) -> bool:
        """Whether a mail that arrived is the one that was signed, by what the domain publishes."""
        return bool(dkim.verify(content, dnsfunc=self._published))

    def _published(self, _name: bytes, timeout: int = 5) -> bytes:  # noqa: ARG002 - dkimpy's
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
