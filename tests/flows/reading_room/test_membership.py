"""Members by Mailman: who is in stays in while it is away, and nobody new is let in."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.reading_room.membership import Membership
from flows.reading_room.room_context import Room
from flows.reading_room.roster import Roster
from tests.flows.reading_room.entrances import ANNA, BERT, STRANGER, Entrance, entrance
from tests.tasks.channels.test_mailman_members import PlayedMailman, mailman
from transcripts.errors.error_kinds import PermanentError, TemporaryError
from transcripts.errors.mail_errors import MailmanLoginError, MembersAwayError

__all__ = ["mailman"]


def by_mailman(server: PlayedMailman) -> dict[str, dict[str, str | None]]:
    """Settings that know members by Mailman alone."""
    access = server.access
    login = {"user": access.user, "password": access.password}
    return {
        "mailman": {"url": access.url, "list_id": access.list_id, **login},
        "reading_room": {"members_file": None},
    }


@pytest.fixture
def house(room: Room, mailman: PlayedMailman, tmp_path: Path) -> Iterator[Entrance]:
    mailman.members = [ANNA]
    with entrance(room, tmp_path, **by_mailman(mailman)) as opened:
        yield opened


def test_a_member_of_the_list_comes_in(house: Entrance) -> None:
    assert house.ask_for_link(ANNA).status_code == 303
    assert house.ask_for_link(STRANGER).status_code == 303
    (letter,) = house.letters()
    assert letter["To"] == ANNA
    assert house.sign_in(BERT).status_code == 303


def test_while_mailman_is_away_those_inside_stay_and_others_are_told_later_alike(
    room: Room,
    mailman: PlayedMailman,
    tmp_path: Path,
) -> None:
    mailman.fault, mailman.members = 503, [ANNA]
    with entrance(room, tmp_path, **by_mailman(mailman)) as house:
        keeper = house.access_control.authenticator
        session = keeper.sign_in(keeper.tokens.member_key(ANNA), "")
        inside = house.client.get("/", headers={"cookie": f"__Host-mitschnitt={session}"})
        assert inside.status_code == 200
        answers = [house.ask_for_link(address) for address in (ANNA, STRANGER)]
        assert [each.status_code for each in answers] == [503, 503]
        assert answers[0].text == answers[1].text
        assert "noch einmal" in answers[0].text
        mailman.fault = 0
        deadline = time.monotonic() + 60
        while house.ask_for_link(f"{time.monotonic()}@example.org").status_code != 303:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        stranger = keeper.sign_in(keeper.tokens.member_key(STRANGER), "")
        outside = house.client.get("/", headers={"cookie": f"__Host-mitschnitt={stranger}"})
        assert outside.status_code == 401


def test_what_was_known_last_stays_known_but_lets_nobody_new_in() -> None:
    answers = [Roster({"anna": ANNA}, frozenset())]

    def read() -> Roster:
        if not answers:
            raise MembersAwayError()
        return answers.pop()

    membership = Membership(read, keep_seconds=2)
    membership.start()
    first = membership.current()
    time.sleep(2.1)
    with pytest.raises(TemporaryError, match="members_away"):
        membership.current()
    assert membership.last_known is first
    membership.stop()


def test_a_room_may_open_while_mailman_is_away_but_not_with_a_wrong_password() -> None:
    def away() -> Roster:
        raise MembersAwayError()

    def refused() -> Roster:
        raise MailmanLoginError()

    opened = Membership(away, keep_seconds=60)
    opened.start()
    assert opened.last_known is None
    opened.stop()
    with pytest.raises(PermanentError):
        Membership(refused, keep_seconds=60).start()
