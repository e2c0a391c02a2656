"""Pages in front of a recording: enters the passcode that they ask for, or reports what is wrong."""

from dataclasses import dataclass
from urllib.parse import urlencode

from tasks.fetching.bounded_requests import Answer, ask
from tasks.fetching.yt_dlp_session import Session
from transcripts.errors.error_kinds import StepError
from transcripts.errors.source_errors import (
    LoginPageError,
    PasscodeNeededError,
    PasscodeWrongError,
    QuotaUsedUpError,
)
from transcripts.sources.login_pages import Barrier, barrier_of, is_login_address, passcode_form

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Page:
    """What lies at an address, and whether a passcode was needed to see it."""

    answer: Answer
    was_opened: bool


def page_behind(session: Session, address: str, passcode: str | None) -> Page:
    """What lies at the address, behind the form for a passcode if there is one; cookies are kept.

    Raises PasscodeNeededError, PasscodeWrongError, LoginPageError, QuotaUsedUpError.
    """
    answer = ask(session, address)
    form = passcode_form(answer.text, answer.address) if answer.is_html else None
    if form is None:
        check_page(answer, address)
        return Page(answer, was_opened=False)
    if passcode is None:
        raise PasscodeNeededError()
    fields = [*((each.name, each.value) for each in form.hidden), (form.passcode_name, passcode)]
    headers = {"Content-Type": _FORM, "Referer": answer.address}
    behind = ask(session, form.action, "POST", headers, urlencode(fields).encode())
    if behind.status in (401, 403) or (behind.is_html and barrier_of(behind.text) is Barrier.PASSCODE):
        raise PasscodeWrongError()
    check_page(behind, form.action)
    return Page(behind, was_opened=True)


def check_page(answer: Answer, asked: str) -> None:
    """Raise what a page says instead of showing a recording, also by where it lies, if it led there."""
    if not answer.is_html:
        return
    reason = reason_of(answer.text)
    if reason is not None:
        raise reason
    if is_login_address(answer.address) and not is_login_address(asked):
        raise LoginPageError()


def reason_of(page: str) -> StepError | None:
    """Why a page stands where a recording was expected, as far as it is known.

    A passcode that could not be given here is as good as a login: to ask for it would lead nowhere.
    """
    match barrier_of(page):
        case Barrier.PASSCODE | Barrier.LOGIN:
            return LoginPageError()
        case Barrier.QUOTA:
            return QuotaUsedUpError()
        case None:
            return None
