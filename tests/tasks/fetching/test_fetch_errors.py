"""From the failures of yt-dlp to our codes, with its own exceptions."""

import io
import socket
from pathlib import Path

import pytest
from yt_dlp.networking import Response
from yt_dlp.networking.exceptions import HTTPError, TransportError
from yt_dlp.utils import DownloadError, ExtractorError

from tasks.fetching.fetch_errors import translate
from tests.kinds import kind_of
from transcripts.errors.error_kinds import PermanentError, StepError, TemporaryError
from transcripts.errors.source_errors import TooLargeError

FULL = "https://example.org/rec?pwd=geheim&id=7"


def code_of(error: Exception) -> tuple[type[StepError], str]:
    step = translate(error, FULL, "/work")
    return kind_of(step), step.code


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, PermanentError, "login_required"),
        (403, PermanentError, "forbidden"),
        (404, PermanentError, "not_found"),
        (410, PermanentError, "gone"),
        (418, PermanentError, "fetch_failed"),
        (429, TemporaryError, "too_many_requests"),
        (500, TemporaryError, "server_error"),
        (503, TemporaryError, "server_error"),
    ],
)
def test_each_status_has_its_meaning(status: int, kind: type[StepError], code: str) -> None:
    cause = HTTPError(Response(io.BytesIO(), FULL, {}, status))
    assert code_of(ExtractorError("Unable to download webpage", cause=cause)) == (kind, code)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("This video is protected by a passcode, use the --video-password option", "passcode_wrong"),
        ("Wrong passcode", "passcode_wrong"),
        ("This video is only available for registered users. Use --cookies", "login_required"),
        ("Sign in to confirm you're not a bot", "bot_suspected"),
        ("This video is DRM protected", "drm"),
        ("This live event will begin in 3 days.", "live"),
        ("Video unavailable", "not_found"),
        ("No video formats found!", "no_media"),
        ("Did not get any data blocks", "empty_file"),
        ("Unable to extract file ID", "fetch_failed"),
    ],
)
def test_what_an_extractor_says_is_understood(message: str, code: str) -> None:
    assert code_of(ExtractorError(message, expected=True)) == (PermanentError, code)


def test_a_passcode_that_nobody_gave_is_asked_for() -> None:
    error = ExtractorError("This video is protected by a passcode, use the --video-password option")
    assert translate(error, "https://example.org/rec?id=7", "/work").code == "passcode_needed"


def test_a_wrong_passcode_is_told_from_a_refusal_although_both_are_403() -> None:
    cause = HTTPError(Response(io.BytesIO(), FULL, {}, 403))
    assert code_of(ExtractorError("Wrong passcode", cause=cause))[1] == "passcode_wrong"


def test_a_timeout_deep_below_is_found() -> None:
    error = DownloadError("failed", (None, TransportError(cause=TimeoutError("timed out")), None))
    assert code_of(error) == (TemporaryError, "timeout")


@pytest.mark.parametrize("cause", [ConnectionResetError(104, "reset"), BrokenPipeError(32, "broken")])
def test_a_lost_connection_may_come_back(cause: OSError) -> None:
    assert code_of(ExtractorError("Unable to download", cause=TransportError(cause=cause))) == (
        TemporaryError,
        "connection_lost",
    )


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (socket.EAI_NONAME, PermanentError, "host_unknown"),
        (socket.EAI_NODATA, PermanentError, "host_unknown"),
        (socket.EAI_AGAIN, TemporaryError, "name_servers_away"),
        (socket.EAI_FAIL, TemporaryError, "name_servers_away"),
    ],
)
def test_a_slip_in_a_name_stays_one_and_name_servers_may_come_back(
    number: int, kind: type[StepError], code: str
) -> None:
    cause = TransportError(cause=socket.gaierror(number, "as the system says it"))
    assert code_of(ExtractorError("Unable to download", cause=cause)) == (kind, code)


def test_a_full_disk_is_named_with_its_folder() -> None:
    with (
        pytest.raises(OSError, match="No space left") as caught,
        Path("/dev/full").open("wb", buffering=0) as disk,
    ):
        disk.write(b"x")
    error = translate(DownloadError("unable to write data", (None, caught.value, None)), FULL, "/work")
    assert (kind_of(error), error.code, error.details) == (TemporaryError, "disk_full", {"path": "/work"})


def test_our_own_error_is_handed_on_from_wherever_it_was_raised() -> None:
    own = TooLargeError(gigabytes=2, limit_gigabytes=1)
    assert translate(DownloadError("failed", (None, own, None)), FULL, "/work") is own


def test_an_unknown_failure_tells_its_reason_without_addresses_and_secrets() -> None:
    error = translate(ValueError(f"cannot parse {FULL} with geheim"), FULL, "/work")
    assert error.code == "fetch_failed"
    assert error.details == {"reason": "ValueError: cannot parse […] with […]"}
