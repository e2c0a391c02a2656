"""One time zone for everything that is told, wherever the machine stands and whatever TZ says."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prefect.server.schemas.schedules import CronSchedule

from flows.organiser_mails.morning_flow import EVERY_MORNING
from flows.upkeep.nightly_check import EVERY_NIGHT
from tests.flows.workplace import Workplace, recording_of
from tests.media_samples import silence
from tests.misbehaving_server import file, serve

MACHINES = ("UTC", "Pacific/Auckland", "America/New_York")
NETWORKS = ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "America/New_York", "Pacific/Auckland", "UTC")
MOMENTS = (
    *("2026-11-18T22:59:59+00:00", "2026-11-18T23:00:00+00:00", "2026-12-31T23:30:00+00:00"),
    *("2026-07-18T21:59:59+00:00", "2026-07-18T22:00:00+00:00", "2026-11-19T04:59:00+00:00"),
    # Clocks are changed: in Europe, in New Zealand, in America.
    *("2026-03-29T00:59:00+00:00", "2026-03-29T01:00:00+00:00", "2026-10-25T00:30:00+00:00"),
    *("2026-10-25T01:30:00+00:00", "2026-04-04T13:30:00+00:00", "2026-11-01T05:30:00+00:00"),
)
# It is never the same day in these two.
EARLIEST, LATEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"

Said = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What each machine says for each network."""
    return {machine: _said_by(machine, tmp_path_factory.mktemp("times")) for machine in MACHINES}


def _said_by(machine: str, folder: Path) -> Said:
    command = [sys.executable, "-m", "tests.flows.tell_times", str(folder), *NETWORKS, "--", *MOMENTS]
    answer = subprocess.run(command, env={**os.environ, "TZ": machine}, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    found: Said = json.loads(answer.stdout)
    return found


@pytest.mark.parametrize("machine", MACHINES[1:])
def test_every_machine_says_the_same(machine: str, said: dict[str, Said]) -> None:
    assert said[machine] == said[MACHINES[0]]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_pages_mails_lines_and_default_days_are_by_the_networks_clocks(
    moment: str, network: str, said: dict[str, Said]
) -> None:
    found = said["Pacific/Auckland"][network]["at"][moment]
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(network))
    shown = f"{local:%d.%m.%Y, %H:%M} Uhr"
    for name in ("job", "status", "ledger", "version", "waste", "correction"):
        assert found[name] == shown, name
    assert found["known"] == f"{local:%d.%m.%Y um %H:%M:%S} Uhr"
    assert found["retry"] == f"wird am {local:%d.%m.%Y um %H:%M} Uhr von selbst wieder versucht"
    assert found["form"] == found["today"] == found["source"] == local.date().isoformat()
    assert found["mail"] == str(local)


@pytest.mark.parametrize("network", NETWORKS)
def test_meetings_feeds_mails_and_schedules_are_by_the_networks_clocks(
    network: str, said: dict[str, Said]
) -> None:
    found, zone = said["America/New_York"][network]["always"], ZoneInfo(network)
    assert found["schedules"] == [network, network]
    assert found["clock"] == network
    assert all(each.endswith("23:30 Uhr") for each in found["meetings"]), "in summer and in winter"
    noon = datetime(2026, 11, 19, 12, tzinfo=zone)
    assert datetime.fromisoformat(found["published"][0]) == noon
    assert parsedate_to_datetime(found["podcast"][0]) == noon
    assert timedelta(seconds=found["mail_offset"]) == datetime.now(zone).utcoffset()
    begin = "DTSTART:20260326T233000Z" if network == "UTC" else f"DTSTART;TZID={network}:20260326T233000"
    assert begin in found["calendar"]


@pytest.mark.parametrize(("cron", "clock"), [(EVERY_NIGHT, "03:17"), (EVERY_MORNING, "07:00")])
@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_daily_comes_once_a_day_also_when_clocks_are_changed(
    network: str, cron: str, clock: str
) -> None:
    zone = ZoneInfo(network)
    schedule = CronSchedule(cron=cron, timezone=network)
    begin = datetime(2026, 3, 1, tzinfo=zone)
    dates = asyncio.run(schedule.get_dates(n=300, start=begin))
    local = [each.astimezone(UTC).astimezone(zone) for each in dates]
    assert {f"{each:%H:%M}" for each in local} == {clock}
    assert [each.date() for each in local] == [(begin + timedelta(days=day)).date() for day in range(300)]


def test_another_zone_in_the_settings_moves_what_is_daily(workplace: Workplace) -> None:
    """What a worker does when it starts."""
    for network in ("Europe/Berlin", "Pacific/Auckland"):
        deployed = subprocess.run(
            [sys.executable, "-c", DEPLOY],
            env={**os.environ, **workplace.environment, "MITSCHNITT_NETWORK__TIMEZONE": network},
            cwd=workplace.folder,
            capture_output=True,
            text=True,
        )
        assert deployed.returncode == 0, deployed.stderr
        assert json.loads(deployed.stdout) == [network, network]


DEPLOY = """
import json
from config.loading import load_settings
from flows.orchestration.prefect_environment import prepare_prefect
settings = load_settings().settings
prepare_prefect(settings)
from prefect.client.orchestration import get_client
from flows.workers.deployments import deploy
deploy(settings)
with get_client(sync_client=True) as client:
    names = ("verify-archive/nightly", "morning/at-seven")
    found = [each for name in names for each in client.read_deployment_by_name(name).schedules]
print(json.dumps([each.schedule.timezone for each in found]))
"""


@pytest.mark.parametrize("network", [EARLIEST, LATEST])
def test_a_recording_that_tells_no_day_gets_that_of_the_network(network: str, workplace: Workplace) -> None:
    there = Workplace(
        workplace.folder,
        {**workplace.environment, "MITSCHNITT_NETWORK__TIMEZONE": network, "TZ": "UTC"},
    )
    content = silence(workplace.folder / "stille.mp4", 5).read_bytes()
    before = datetime.now(ZoneInfo(network)).date()
    with serve({"/stille.mp4": partial(file, content=content)}) as site:
        answer = there.run("process", site.url("stille.mp4"), "--json")
    assert answer.status == 0, answer.err
    (record,) = there.records()
    assert before <= recording_of(record).recorded_on <= datetime.now(ZoneInfo(network)).date()
    for mail in there.mails:
        offset = parsedate_to_datetime(str(mail["Date"])).utcoffset()
        assert offset == datetime.now(ZoneInfo(network)).utcoffset()


def test_a_recording_of_late_in_the_evening_belongs_to_the_day_of_the_network(workplace: Workplace) -> None:
    content = silence(workplace.folder / "stille.mp4", 5).read_bytes()
    dated = partial(file, content=content, modified="Wed, 18 Nov 2026 23:30:00 GMT")
    there = Workplace(workplace.folder, {**workplace.environment, "TZ": "America/New_York"})
    with serve({"/stille.mp4": dated}) as site:
        answer = there.run("process", site.url("stille.mp4"), "--json")
    assert answer.status == 0, answer.err
    assert [recording_of(each).recorded_on.isoformat() for each in there.records()] == ["2026-11-19"]
