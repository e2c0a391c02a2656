"""The certificates that are trusted instead of the system's, as a file of the settings names them."""

import ssl
from pathlib import Path

from transcripts.errors.machine_errors import CaFileEmptyError, CaFileUnreadableError


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """What connections are checked with; None means the system's certificates.

    Raises CaFileUnreadableError, and CaFileEmptyError for a file that holds no certificate.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except ssl.SSLError as error:
        raise CaFileEmptyError(path=str(ca_file)) from error
    except OSError as error:
        raise CaFileUnreadableError(path=str(ca_file)) from error


def expect_certificates(ca_file: Path | str | None) -> None:
    """Raises what `trusting` raises."""
    if ca_file is not None:
        trusting(str(ca_file))
