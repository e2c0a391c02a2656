"""Turns boto3's errors into ours, in one place: what time mends, and what a person must."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3.exceptions
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    SSLError,
)

from transcripts.errors import PermanentError, StepError, TemporaryError

MISSING = {"NoSuchKey", "404", "NotFound"}
LOST_RACE = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
BUSY = {"SlowDown", "InternalError", "ServiceUnavailable", "OperationAborted", "500", "502", "503", "504"}
SLOW = {"RequestTimeout", "408"}
CORRUPTED = {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "IncompleteBody"}
EXPIRED = {"ExpiredToken", "InvalidToken", "TokenRefreshRequired"}
CLOCK = {"RequestTimeTooSkewed", "RequestExpired"}
FORBIDDEN = {"AccessDenied", "AllAccessDisabled", "MethodNotAllowed"}
FULL = {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "507"}
READING = {"GetObject", "HeadObject", "ListObjectsV2", "ListMultipartUploads", "ListParts"}


def code_of(error: ClientError) -> str:
    """The server's own word for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def translated(place: str, key: str | None = None) -> Iterator[None]:
    """Raise StepError for whatever boto3 raises; KeyError when `key` is given and not there."""
    try:
        yield
    except ClientError as error:
        if key is not None and code_of(error) in MISSING:
            raise KeyError(key) from error
        raise _refusal(error, place) from error
    except (ConnectTimeoutError, ReadTimeoutError) as error:
        raise TemporaryError("storage_timeout", place=place) from error
    except (SSLError, urllib3.exceptions.SSLError) as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise PermanentError("storage_certificate", place=place) from error
        raise TemporaryError("storage_unreachable", place=place) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise PermanentError("storage_refused", place=place, reason="NoCredentials") from error
    except FileNotFoundError:
        raise  # a file of ours, nothing of the server's
    except (BotoCoreError, urllib3.exceptions.HTTPError, OSError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise TemporaryError("disk_full", path=str(getattr(error, "filename", None) or ".")) from error
        raise TemporaryError("storage_unreachable", place=place) from error


def _refusal(error: ClientError, place: str) -> StepError:
    """What the server said no to."""
    code = code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in FULL:
        return TemporaryError("storage_full", place=place)
    if code in SLOW:
        return TemporaryError("storage_timeout", place=place)
    if code in CORRUPTED:
        return TemporaryError("storage_corrupted", place=place)
    if code in BUSY or status >= 500:
        return TemporaryError("storage_busy", place=place, reason=code)
    if code in LOST_RACE or code == "NoSuchUpload":  # another writer has ended the upload
        return TemporaryError("record_busy", place=place)
    return _permanent_refusal(error, code, place)


def _permanent_refusal(error: ClientError, code: str, place: str) -> StepError:
    if code == "NoSuchBucket":
        return PermanentError("storage_missing", place=place)
    if code in EXPIRED:
        return PermanentError("storage_expired", place=place)
    if code in CLOCK:
        return PermanentError("storage_clock", place=place)
    if code in FORBIDDEN and error.operation_name not in READING:
        return PermanentError("storage_read_only", place=place)
    return PermanentError("storage_refused", place=place, reason=code)
