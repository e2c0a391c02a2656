"""Encrypts short secrets that are stored where others may look: recordings' addresses with passcodes.

Fernet of the `cryptography` package (AES-128-CBC with HMAC-SHA-256, a new salt each time) under a key
that HKDF (RFC 5869) derives from the settings' secret key. Whoever has that key can open it again.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from transcripts.errors.machine_errors import SecretChangedError

KEY_BYTES = 32
# Keeps this key apart from others that are made from the same secret.
PURPOSE = b"mitschnitt: sealed sources"


def seal(text: str, secret: str) -> str:
    """`text`, readable only with `secret`; never the same twice."""
    return _box(secret).encrypt(text.encode()).decode()


def unseal(sealed: str, secret: str) -> str:
    """What was sealed. Raises SecretChangedError when the key is another one."""
    try:
        return _box(secret).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretChangedError() from error


def _box(secret: str) -> Fernet:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
    return Fernet(urlsafe_b64encode(derivation.derive(secret.encode())))
