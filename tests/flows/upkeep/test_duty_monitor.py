"""Who watches over the duties: it is told once of each outage, whatever fails meanwhile."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from config.settings import Settings
from flows.duties import ALL, BY_WORKERS, INDEX, LINKS, MEMBERS, SCHEDULED, WATCH
from flows.orchestration.prefect_http import prefect_client
from flows.upkeep.duty_monitor import DutyWatch
from flows.upkeep.overdue_duties import tell_outage
from flows.upkeep.prefect_duties import PrefectDuties
from flows.workers.deployments import clock_deployments
from tasks.processes.supervised_loop import SupervisedLoop
from tasks.storage.folder_storage import FolderStorage
from tests.steered_clock import START, SteeredClock
from transcripts.duties.duty import LATE, DutyState, Outage, Trouble
from transcripts.errors.mail_errors import SmtpUnreachableError
from transcripts.errors.storage_errors import StorageUnreachableError


class Loops:
    """Loops of a room that fail while told to."""

    def __init__(self, clock: SteeredClock) -> None:
        self.fails: set[str] = set()
        self.by_duty = {
            each: SupervisedLoop(
                each.key, self._action(each.key), lambda: 60.0, grace=each.tolerance, clock=clock
            )
            for each in (INDEX, LINKS, MEMBERS)
        }

    def attempt(self) -> None:
        for loop in self.by_duty.values():
            loop.attempt()

    def _action(self, key: str) -> Callable[[], bool]:
        def action() -> bool:
            if key in self.fails:
                raise OverflowError
            return True

        return action


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate(
        {
            "work": {"dir": str(tmp_path / "work"), "state_dir": str(tmp_path / "state")},
            "announcement": {"outbox": str(tmp_path / "outbox"), "organisers": "orga@example.org"},
        }
    )


class House:
    """A room's watch over its loops and over a Prefect server that is away."""

    def __init__(self, settings: Settings, archive: FolderStorage, *, with_prefect: bool = False) -> None:
        self.clock = SteeredClock()
        self.loops = Loops(self.clock)
        away = prefect_client("http://127.0.0.1:9/api")
        prefect = PrefectDuties(away, clock=self.clock) if with_prefect else None
        self.settings, self.archive = settings, archive
        self.watch = DutyWatch(
            self.loops.by_duty, prefect, lambda outage: tell_outage(settings, archive, outage), self.clock
        )

    def go_on(self, length: timedelta) -> None:
        """Minute by minute."""
        for _ in range(int(length / timedelta(minutes=1))):
            self.clock.pass_by(timedelta(minutes=1))
            self.loops.attempt()
            self.watch.loop.attempt()

    def overdue(self) -> list[str]:
        return [each.duty.key for each in self.watch.reports() if each.is_overdue]

    def mails(self) -> list[EmailMessage]:
        files = sorted(self.settings.announcement.outbox.glob("*.eml"))
        return [message_from_bytes(each.read_bytes(), policy=default) for each in files]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_an_outage_is_told_once_after_a_while_and_so_is_the_next_one(
    settings: Settings, tmp_path: Path
) -> None:
    house = House(settings, FolderStorage(tmp_path / "archive"))
    house.go_on(timedelta(minutes=5))
    assert house.overdue() == []
    house.loops.fails = {"index", "links"}
    house.go_on(timedelta(minutes=10))
    assert house.overdue() == ["index", "links"]
    assert house.mails() == []
    house.go_on(timedelta(minutes=10))
    (about_links,) = house.mails()
    assert about_links["To"] == "orga@example.org"
    assert LINKS.title in text_of(about_links)
    assert INDEX.title not in text_of(about_links)
    house.go_on(timedelta(hours=3))
    assert len(house.mails()) == 2
    house.loops.fails = set()
    house.go_on(timedelta(minutes=1))
    assert house.overdue() == []
    house.loops.fails = {"index"}
    house.go_on(timedelta(hours=3))
    assert len(house.mails()) == 3
    assert all(each.is_overdue is (each.duty == INDEX) for each in house.watch.reports())


def test_of_what_all_rooms_see_one_of_them_tells_and_of_one_cause_once(
    settings: Settings, tmp_path: Path
) -> None:
    archive = FolderStorage(tmp_path / "archive")
    rooms = [House(settings, archive, with_prefect=True) for _ in range(2)]
    for house in rooms:
        house.go_on(timedelta(hours=2))
    (mail,) = rooms[0].mails()
    for each in (one.duty for one in (*SCHEDULED, *BY_WORKERS)):
        assert each.title in " ".join(text_of(mail).split())


def test_an_archive_that_is_away_is_told_although_nothing_can_be_noted_there(
    settings: Settings, tmp_path: Path
) -> None:
    class Away(FolderStorage):
        def get_tagged(self, key: str) -> object:  # type: ignore[override]
            raise StorageUnreachableError(place=key)

        get_bytes = get_tagged  # type: ignore[assignment]

    house = House(settings, Away(tmp_path / "archive"), with_prefect=True)
    house.loops.fails = {"index"}
    house.go_on(timedelta(hours=2))
    texts = [" ".join(text_of(each).split()) for each in house.mails()]
    assert len(texts) == 2
    assert any(INDEX.title in each for each in texts)
    assert any("Prefects Server antwortet nicht." in each for each in texts)


def test_what_cannot_be_told_now_keeps_nothing_else_from_being_told() -> None:
    clock, told = SteeredClock(), list[str]()
    loops = Loops(clock)

    def tell(outage: Outage) -> None:
        told.append(outage.key.split("-")[0])
        if outage.key.startswith("index"):
            raise SmtpUnreachableError()

    watch = DutyWatch(loops.by_duty, None, tell, clock)
    loops.fails = {"index", "members"}
    loops.attempt()
    clock.pass_by(timedelta(hours=2))
    loops.attempt()
    assert not watch.loop.attempt()
    assert told == ["index", "members"]
    assert watch.loop.state.trouble is not None


def test_the_watch_is_watched_as_well() -> None:
    clock = SteeredClock()
    watch = DutyWatch({}, None, lambda _: None, clock)
    watch.loop.attempt()
    assert [each.is_overdue for each in watch.reports()] == [False]
    clock.pass_by(timedelta(minutes=10))
    assert [(each.duty, each.is_overdue) for each in watch.reports()] == [(WATCH, True)]


def test_every_schedule_is_on_the_list_of_duties_and_the_other_way_round() -> None:
    made = clock_deployments(Settings())
    deployed = {f"{each.flow_name}/{each.name}" for each in made}
    assert {each.deployment for each in SCHEDULED} == deployed
    assert len({each.key for each in ALL}) == len(ALL)
    for each in made:
        assert each.paused is False
        assert each.schedules


class Missed(PrefectDuties):
    """Of a server that was away for a night: a run is late that nobody took."""

    def look(self) -> None:
        duty = SCHEDULED[0].duty
        late = Trouble(LATE, START - timedelta(hours=8), duty.tolerance)
        self.states = {duty: DutyState(START - timedelta(hours=9), None, late)}


def test_after_a_night_without_power_what_was_missed_is_done_before_anybody_is_alarmed() -> None:
    clock, told = SteeredClock(), list[Outage]()
    watch = DutyWatch({}, Missed(prefect_client("http://127.0.0.1:9/api"), clock=clock), told.append, clock)
    for _ in range(9):
        watch.loop.attempt()
        assert not any(each.is_overdue for each in watch.reports())
        clock.pass_by(timedelta(seconds=30))
    clock.pass_by(timedelta(seconds=30))
    watch.loop.attempt()
    assert any(each.is_overdue for each in watch.reports())
    assert len(told) == 1
