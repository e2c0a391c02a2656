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

from tasks.clock import utc_now
from transcripts.errors.archive_errors import RecordBusyError
from transcripts.errors.error_kinds import StepError
from transcripts.errors.machine_errors import DiskFullError
from transcripts.errors.storage_errors import (
    StorageBusyError,
    StorageCertificateError,
    StorageClockError,
    StorageCorruptedError,
    StorageExpiredError,
    StorageFullError,
    StorageMissingError,
    StorageReadOnlyError,
    StorageRefusedError,
    StorageTimeoutError,
    StorageUnreachableError,
)
from transcripts.sources.retry_after import retry_after_seconds

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
        raise StorageTimeoutError(place=place) from error
    except (SSLError, urllib3.exceptions.SSLError) as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise StorageCertificateError(place=place) from error
        raise StorageUnreachableError(place=place) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StorageRefusedError(place=place, reason="NoCredentials") from error
    except FileNotFoundError:
        raise  # a file of ours, nothing of the server's
    except (BotoCoreError, urllib3.exceptions.HTTPError, OSError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC:
            raise DiskFullError(path=str(getattr(error, "filename", None) or ".")) from error
        raise StorageUnreachableError(place=place) from error


def _refusal(error: ClientError, place: str) -> StepError:
    """What the server said no to."""
    code = code_of(error)
    answer = error.response.get("ResponseMetadata", {})
    status = answer.get("HTTPStatusCode", 0)
    pause = retry_after_seconds(answer.get("HTTPHeaders", {}).get("retry-after"), utc_now())
    if code in FULL:
        return StorageFullError(place=place)
    if code in SLOW:
        return StorageTimeoutError(place=place, retry_after_seconds=pause)
    if code in CORRUPTED:
        return StorageCorruptedError(place=place)
    if code in BUSY or status >= 500:
        return StorageBusyError(place=place, reason=code, retry_after_seconds=pause)
    if code in LOST_RACE or code == "NoSuchUpload":  # another writer has ended the upload
        return RecordBusyError(place=place)
    return _permanent_refusal(error, code, place)


def _permanent_refusal(error: ClientError, code: str, place: str) -> StepError:
    if code == "NoSuchBucket":
        return StorageMissingError(place=place)
    if code in EXPIRED:
        return StorageExpiredError(place=place)
    if code in CLOCK:
        return StorageClockError(place=place)
    if code in FORBIDDEN and error.operation_name not in READING:
        return StorageReadOnlyError(place=place)
    return StorageRefusedError(place=place, reason=code)
