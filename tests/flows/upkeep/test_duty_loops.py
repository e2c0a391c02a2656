"""Every loop of ours meets every kind of trouble, wherever it calls something, and goes on afterwards."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.duties import BY_WORKERS, INDEX, LINKS, MEMBERS, RETRIES, WorkerDuty
from flows.orchestration.prefect_http import prefect_client
from flows.reading_room.library import Follower, Library
from flows.reading_room.membership import Membership
from flows.reading_room.roster import Roster
from flows.reading_room.sign_in_link_sender import KEPT_SECONDS, LinkRequest, SignInLinkSender
from flows.upkeep.prefect_duties import PrefectDuties
from flows.workers.worker import worker_loop
from tasks.processes.supervised_loop import SupervisedLoop
from tasks.storage.folder_storage import FolderStorage
from tests.steered_clock import SteeredClock
from tests.tasks.search.test_index_update import publish_sample
from tests.troubles import SECRET, TROUBLES, name_of
from transcripts.duties.duty import Duty, is_overdue
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.errors.mail_errors import SmtpRefusedError


class FailingFolder(FolderStorage):
    """Raises `trouble` at the call with the number `fails_at`, whatever is called; counts calls."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.calls, self.fails_at = 0, -1
        self.trouble: Exception = ValueError()

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or name in ("root", "calls", "fails_at", "trouble", "location"):
            return found
        self.calls += 1
        if self.calls - 1 == self.fails_at:
            raise self.trouble.with_traceback(None)
        return found


def assert_red_then_green(
    duty: Duty, loop: SupervisedLoop, clock: SteeredClock, heal: Callable[[], None]
) -> None:
    """After a failed attempt."""
    assert loop.state.trouble is not None
    clock.pass_by(duty.tolerance)
    assert is_overdue(duty, loop.state, clock.now())
    heal()
    assert loop.attempt()
    assert loop.state.trouble is None
    assert not is_overdue(duty, loop.state, clock.now())


def test_the_archive_is_followed_after_a_trouble_at_any_call(tmp_path: Path) -> None:
    storage = FailingFolder(tmp_path / "archive")
    publish_sample(storage, tmp_path, "eins")
    storage.calls = 0
    assert Follower(Library(storage, tmp_path / "whole.sqlite")).loop.attempt()
    # A KeyError is a storage's word for what is not there.
    calls, troubles = storage.calls, cycle(each for each in TROUBLES if not isinstance(each, KeyError))
    assert calls > 3
    failed = set()
    for number in range(max(calls, len(TROUBLES))):
        clock = SteeredClock()
        library = Library(storage, tmp_path / f"{number}.sqlite")
        follower = Follower(library, clock=clock)
        storage.calls, storage.fails_at, storage.trouble = 0, number % calls, next(troubles)
        went_well = follower.loop.attempt()
        storage.fails_at = -1
        assert went_well is (follower.loop.state.trouble is None)
        assert library.follows or not went_well
        if not went_well:
            failed.add(name_of(storage.trouble))
            assert_red_then_green(INDEX, follower.loop, clock, lambda: None)
        assert follower.loop.attempt()
        assert library.search("Melderegister", limit=1).record_count == 1
        assert library.reading("eins") is not None
    assert len(failed) > len(TROUBLES) / 2, "some are missing objects, or one record's own trouble"


@pytest.mark.parametrize("trouble", TROUBLES, ids=name_of)
def test_members_are_known_again_after_any_trouble(trouble: Exception) -> None:
    clock, fails = SteeredClock(), [False]

    def read() -> Roster:
        if fails[0]:
            raise trouble
        return Roster({}, frozenset())

    membership = Membership(read, keep_seconds=60, clock=clock)
    membership.loop.attempt()
    fails[0] = True
    assert not membership.loop.attempt()
    assert membership.last_known is not None
    assert_red_then_green(MEMBERS, membership.loop, clock, lambda: fails.__setitem__(0, False))
    assert membership.current() is membership.last_known


@pytest.mark.parametrize("trouble", TROUBLES, ids=name_of)
def test_a_room_opens_whatever_comes_of_the_first_look_for_members_unless_settings_are_wrong(
    trouble: Exception,
) -> None:
    fails = [True]

    def read() -> Roster:
        if fails[0]:
            raise trouble
        return Roster({}, frozenset())

    membership = Membership(read, keep_seconds=60)
    if isinstance(trouble, PermanentError):
        with pytest.raises(PermanentError):
            membership.start()
        return
    membership.start()
    assert membership.last_known is None
    membership.stop()


class LetterPost:
    """A link post that is steered, step by step."""

    def __init__(self) -> None:
        self.clock = SteeredClock()
        self.sent: list[str] = []
        self.tried: list[float] = []
        self.troubles: dict[str, Exception] = {}
        self.post = SignInLinkSender(self.fulfil, self.clock)

    def fulfil(self, wish: LinkRequest) -> bool:
        self.tried.append(self.clock.seconds)
        if wish.address in self.troubles:
            raise self.troubles[wish.address]
        self.sent.append(wish.address)
        return True

    def run(self, length: timedelta) -> None:
        """Look every second."""
        for _ in range(int(length.total_seconds())):
            self.clock.pass_by(timedelta(seconds=1))
            self.post.loop.attempt()


@pytest.mark.parametrize("trouble", TROUBLES, ids=name_of)
def test_a_link_that_met_any_trouble_is_sent_later_and_holds_up_nobody(
    trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    house = LetterPost()
    house.troubles["anna"] = trouble
    house.post.ask(LinkRequest("anna", "/"))
    house.run(timedelta(seconds=3))
    state = house.post.loop.state
    assert state.trouble is not None
    assert is_overdue(LINKS, state, house.clock.now()) is not isinstance(trouble, StepError)
    house.post.ask(LinkRequest("bert", "/"))
    house.run(timedelta(seconds=3))
    assert house.sent == ["bert"]
    house.troubles.clear()
    house.run(timedelta(minutes=2))
    expected = ["bert"] if isinstance(trouble, PermanentError) else ["bert", "anna"]
    assert house.sent == expected
    assert house.post.loop.state.trouble is None
    assert SECRET not in caplog.text
    assert "anna" not in caplog.text


def test_a_link_is_not_tried_for_longer_than_it_would_be_good_and_less_and_less_often() -> None:
    house = LetterPost()
    house.troubles["anna"] = OSError(28, "disk full")
    house.post.ask(LinkRequest("anna", "/"))
    house.run(timedelta(seconds=KEPT_SECONDS * 2))
    assert house.tried[-1] < KEPT_SECONDS
    assert 10 < len(house.tried) < 25
    state = house.post.loop.state
    assert state.trouble is not None, "until a link was sent, nobody knows that it is mended"
    house.troubles.clear()
    house.post.ask(LinkRequest("anna", "/"))
    house.run(timedelta(seconds=3))
    assert house.sent == ["anna"]
    assert house.post.loop.state.trouble is None


def test_one_mailbox_that_refuses_is_not_the_posts_fault(caplog: pytest.LogCaptureFixture) -> None:
    house = LetterPost()
    house.troubles["anna"] = SmtpRefusedError(host="127.0.0.1", reply=SECRET)
    house.post.ask(LinkRequest("anna", "/"))
    house.run(timedelta(minutes=20))
    assert len(house.tried) == 1
    assert house.post.loop.state.trouble is None
    assert "smtp_refused" in caplog.text
    assert SECRET not in caplog.text


def test_an_address_that_is_no_members_proves_nothing_about_a_mail_server() -> None:
    answers: list[Exception | bool] = [OSError(28, "disk full"), False]

    def fulfil(_: LinkRequest) -> bool:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = SteeredClock()
    post = SignInLinkSender(fulfil, clock)
    for address in ("anna", "niemand"):
        post.ask(LinkRequest(address, "/"))
        clock.pass_by(timedelta(seconds=1.6))
        post.loop.attempt()
    assert answers == []
    assert post.loop.state.trouble is not None


@pytest.mark.parametrize("duty", BY_WORKERS, ids=lambda each: each.duty.key)
def test_what_workers_do_is_done_again_after_any_trouble(prefect_server: str, duty: WorkerDuty) -> None:
    fails: list[Exception] = []
    looked: list[bool] = []

    def look() -> None:
        looked.append(not fails)
        if fails:
            raise fails[0]

    with temporary_settings({PREFECT_API_URL: prefect_server}):
        for trouble in TROUBLES:
            clock = SteeredClock()
            loop = worker_loop(duty, look, 10.0, clock)
            fails.append(trouble)
            assert not loop.attempt()
            assert_red_then_green(duty.duty, loop, clock, fails.clear)
    duties = PrefectDuties(prefect_client(prefect_server), (), clock=clock)
    duties.look()
    state = duties.states[duty.duty]
    assert state.last_done == clock.now(), "word was left for the reading room"
    clock.pass_by(duty.every + duty.duty.tolerance + timedelta(minutes=1))
    duties.look()
    assert is_overdue(duty.duty, duties.states[duty.duty], clock.now())


def test_a_server_that_is_away_is_a_trouble_that_the_worker_foresees() -> None:
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        loop = worker_loop(RETRIES, lambda: None, 10.0, SteeredClock())
        assert not loop.attempt()
    assert loop.state.trouble is not None
    assert loop.state.trouble.code == "prefect_unreachable"
