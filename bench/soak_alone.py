"""Leaves `mitschnitt serve` alone for half an hour and prints what happened when, by itself.

`python -m bench.soak_alone [MINUTES]`, as root, with Debian's postfix and mailman3. In an otherwise empty
folder lie an archive with two good records, a damaged one and one that waits for its release, a damaged
ledger of last year's, and a list of meetings of which one is due in some minutes. A recording is handed in
whose source answers 503 for a while. Nobody touches anything afterwards. Ends with 1 if something did not
come about, came twice, or was not said.

Its clock stands in a zone in which it is soon seven, so that the mail of the morning comes. Beside it, as
much alone, a second `serve` stands in a zone in which it is soon 3:17: the nightly check finds damage there.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from bench.running.termination import end_on_sigterm
from bench.soak_hours import next_full_minute, zones_where_it_strikes
from tasks.archive.publishing import publish
from tasks.archive.record_store import recordings
from tasks.clock import utc_now
from tasks.storage.folder_storage import FolderStorage
from tests.archive_records import IMPRINT, small_record
from tests.flows.operations import Desk, Machine, submitted, wait_for
from tests.list_server import LIST_ADDRESS, LIST_ID, MEMBERS, ROBOT, ListServer, running_list_server
from tests.media_samples import meeting_clip
from tests.misbehaving_server import Exchange, error, file, serve
from tests.s3_server import free_port
from transcripts.model import Stage

MINUTES = 30.0
# After all that is begun at the start, and long before the end.
STRIKES_IN = timedelta(minutes=8)
STRIKING = {"morning": (7, 0), "night": (3, 17)}
SOURCE_AWAY = timedelta(minutes=4)
INVITATION_IN = timedelta(minutes=3)
LOOK_EVERY_SECONDS = 3.0
ORGANISERS = "orga@members.example.test"
# The whole archive is looked at each night.
NIGHTLY = {"ARCHIVE__VERIFY_NIGHTS": "1", "ANNOUNCEMENT__ORGANISERS": "orga@members.example.test"}
TITLE = "Treffen, das zuerst nicht zu holen war"
DAMAGED_RECORD, DAMAGED_MEETING = "beschaedigt", "2025-12-18"
MORNING_SUBJECT = "Heute offen"
HELD_RECORD, DAMAGED_AT_NIGHT = "wartet-auf-freigabe", "nachts-verfaelscht"


@dataclass
class Diary:
    """What happened when, as it is seen; printed at once."""

    began: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)
    seen: dict[str, list[Any]] = field(default_factory=dict)

    def note(self, what: str) -> None:
        """A line with the time since the beginning."""
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        self.lines.append(f"{minutes:3}:{seconds:02}  {what}")
        print(self.lines[-1], flush=True)

    def changed(self, what: str, value: Any) -> None:
        """A line if this is not as it was."""
        if self.seen.setdefault(what, [None])[-1] != value:
            self.seen[what].append(value)
            self.note(f"{what}: {value}")


def main() -> None:
    """Run once; print the diary and the verdicts."""
    end_on_sigterm()
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    os.environ.update(DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")
    strikes_at = next_full_minute(utc_now() + STRIKES_IN)
    with tempfile.TemporaryDirectory() as folder:
        zones = zones_where_it_strikes(STRIKING, strikes_at, Path(folder, "zones"))
        print(f"at {strikes_at:%H:%M} UTC it is seven for one serve, and 3:17 for the other", flush=True)
        faults = _soak(Path(folder), zones, minutes)
    for each in faults:
        print(f"WRONG: {each}")
    print("all as promised" if not faults else f"{len(faults)} promises broken")
    sys.exit(1 if faults else 0)


def _soak(folder: Path, zones: dict[str, str], minutes: float) -> list[str]:
    """What was not as promised."""
    with running_list_server() as mailing_list, _source() as url:
        machine = _machine(folder / "machine", mailing_list, zones["morning"])
        _prepare(machine.folder, ZoneInfo(zones["morning"]))
        night = _machine(folder / "night", mailing_list, zones["night"], **NIGHTLY)
        _prepare_night(night.folder)
        with night.running("serve", "--port", "0"):
            faults = _leave_alone(machine, mailing_list, url, minutes)
            _print_logs(night)
        print("\n--- what the second serve said ---\n" + night.log)
    return faults


def _leave_alone(machine: Machine, mailing_list: ListServer, url: str, minutes: float) -> list[str]:
    diary, until = Diary(), time.monotonic() + minutes * 60
    port = free_port()
    with machine.running("serve", "--port", str(port)), _desk(machine, port, diary) as desk:
        job = submitted(desk, url=url, title=TITLE, recorded_on="2026-11-19")
        diary.note(f"handed in: {url}")
        while time.monotonic() < until:
            diary.changed("/healthz", _health(port))
            diary.changed("job", _job(desk, job))
            for name in (*MEMBERS, "orga"):
                subjects = tuple(str(mail["Subject"]) for mail in mailing_list.maildir(name))
                diary.changed(f"maildir of {name}", subjects)
            time.sleep(LOOK_EVERY_SECONDS)
        last = desk.ask("job", id=job)
        _print_logs(machine)
        faults = [*_faults(machine, mailing_list, last), *_faults_of_health(diary.seen["/healthz"])]
    print("\n--- what serve said ---\n" + machine.log)
    return faults


def _desk(machine: Machine, port: int, diary: Diary) -> AbstractContextManager[Desk]:
    """Whoever hands in the recording, as soon as there is somebody to take it."""

    def is_up() -> bool:
        health = _health(port)
        diary.changed("/healthz", health)
        return "prefect=ok" in health

    wait_for(is_up)
    return machine.desk()


def _health(port: int) -> str:
    """What /healthz says, in a line."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=10)
        told = answer.json()
    except (httpx.HTTPError, ValueError) as failed:
        return f"no answer ({type(failed).__name__})"
    facts = ", ".join(f"{key}={value}" for key, value in sorted(told.items()) if key != "duties")
    return f"{answer.status_code} {facts}"


def _job(desk: Desk, job: str) -> str:
    """How the desk shows the job, without what moves all the time."""
    told = desk.ask("job", id=job)
    words = [told["state"], told["stage"], told["error_code"] or ""]
    return " ".join(each for each in words if each) + (
        f", next attempt {told['retries_at']}" if told["retries_at"] else ""
    )


def _faults(machine: Machine, mailing_list: ListServer, job: dict[str, Any]) -> Iterator[str]:
    """What was promised and did not come about, or came twice."""
    if job["state"] != "done":
        yield f"the recording is {job['state']}: {job['message']}"
    titles = [each.title for each in recordings(FolderStorage(machine.folder / "archive"))]
    if titles.count(TITLE) != 1:
        yield f"the recording is in the archive {titles.count(TITLE)} times"
    for name in MEMBERS:
        texts = [f"{mail['Subject']}" for mail in mailing_list.maildir(name)]
        for what, word in (("the announcement", TITLE), ("the invitation", "Netzwerktreffen")):
            count = sum(word in each for each in texts)
            if count != 1:
                yield f"{name} has {what} {count} times"
    told = [_text_of(mail) for mail in mailing_list.maildir("orga")]
    of_morning = [each for each in told if MORNING_SUBJECT in each]
    if len(of_morning) != 1 or HELD_RECORD not in of_morning[0]:
        yield f"the mail of the morning came {len(of_morning)} times, or not with what is open"
    others = [each for each in told if each not in of_morning]
    for what in (DAMAGED_RECORD, DAMAGED_MEETING, DAMAGED_AT_NIGHT):
        count = sum(what in each for each in others)
        if count != 1:
            yield f"the damage of {what} was told the organisers {count} times"


def _text_of(mail: EmailMessage) -> str:
    """Its subject and what is to be read in it."""
    body = mail.get_body(("plain",))
    return f"{mail['Subject']}\n{body.get_content() if body is not None else ''}"


def _faults_of_health(told: Sequence[str | None]) -> Iterator[str]:
    """All went well, so nothing but that may have been said since the room was open."""
    since = next((number for number, each in enumerate(told) if each and each.startswith("200 ")), None)
    if since is None:
        yield "/healthz was never well"
    else:
        yield from (f"/healthz said: {each}" for each in told[since:] if each and not each.startswith("200 "))


def _print_logs(machine: Machine) -> None:
    """The run logs of Prefect's server, as a volunteer would read them."""
    home = next(machine.folder.rglob("server-address")).parent
    password = next(machine.folder.rglob("server.key")).read_text().strip()
    client = httpx.Client(
        base_url=(home / "server-address").read_text().strip() + "/", auth=("mitschnitt", password)
    )
    begun = {"start_time": {"is_null_": False}}
    runs = client.post("flow_runs/filter", json={"flow_runs": begun, "sort": "START_TIME_ASC"}).json()
    for run in runs:
        logs = {"logs": {"flow_run_id": {"any_": [run["id"]]}}, "sort": "TIMESTAMP_ASC", "limit": 200}
        print(f"\n--- {run['name']}: {run['state_name']} ---")
        for line in client.post("logs/filter", json=logs).json():
            print(f"{line['timestamp'][11:19]} {line['message']}")


def _machine(folder: Path, mailing_list: ListServer, zone: str, **more: str) -> Machine:
    """The folder of `serve`, with settings that every user has."""
    known = mailing_list.mailman
    settings = {
        "NETWORK__NAME": "Netzwerk Bürgerräte",
        "NETWORK__TIMEZONE": zone,
        "NETWORK__BASE_URL": "https://mitschnitt.example.org",
        "ANNOUNCEMENT__TO": LIST_ADDRESS,
        "ANNOUNCEMENT__FROM": ROBOT,
        "ANNOUNCEMENT__ORGANISERS": ORGANISERS,
        "ANNOUNCEMENT__SMTP_URL": f"smtp://{mailing_list.smtp.host}:{mailing_list.smtp.port}",
        "MAILMAN__URL": known.url,
        "MAILMAN__USER": known.user,
        "MAILMAN__PASSWORD": known.password,
        "MAILMAN__LIST_ID": LIST_ID,
        "MAILMAN__WAIT_SECONDS": "15",
        "PREFECT__PORT": str(free_port()),
        "WORKER__RETRY_PAUSES_MINUTES": "0.5,1,2",
    }
    return Machine(folder, {f"MITSCHNITT_{name}": value for name, value in (settings | more).items()})


def _prepare(folder: Path, zone: ZoneInfo) -> None:
    """Four records, one damaged and one held, a damaged ledger, and a meeting soon to be invited to."""
    _archive(folder, "eins", "zwei", DAMAGED_RECORD, HELD_RECORD)
    for each in (folder / "archive").glob(f"recordings/*{DAMAGED_RECORD}/**/transcript*.json"):
        each.write_bytes(each.read_bytes()[:-200] + b"\x00" * 20)
    ledger = folder / "archive/meetings" / DAMAGED_MEETING / "ledger.json"
    ledger.parent.mkdir(parents=True)
    ledger.write_bytes(b'{"entries": [{"number": -1')
    begins = (utc_now() + timedelta(days=1) + INVITATION_IN).astimezone(zone)
    (folder / "config").mkdir()
    (folder / "config/meetings.toml").write_text(
        f"""[meeting]
title = "Netzwerktreffen Bürgerräte"
first = {begins:%Y-%m-%d}
time = {begins:%H:%M:%S}
invite_days_before = 1
remind_hours_before = 1
""",
        encoding="utf-8",
    )


def _prepare_night(folder: Path) -> None:
    """A record whose video is not what was stored, which nothing but reading every byte shows."""
    _archive(folder, "drei", DAMAGED_AT_NIGHT)
    for each in (folder / "archive").glob(f"recordings/*{DAMAGED_AT_NIGHT}/**/*.mp4"):
        content = bytearray(each.read_bytes())
        content[len(content) // 2] ^= 1
        each.write_bytes(content)


def _archive(folder: Path, *names: str) -> None:
    """An archive with these records."""
    storage = FolderStorage(folder / "archive")
    for name in names:
        record = small_record(folder / "work" / name, source=name, title=name)
        stage = Stage.HELD if name == HELD_RECORD else Stage.ANNOUNCED
        recording = record.recording.model_copy(update={"stage": stage})
        publish(storage, replace(record, recording=recording), IMPRINT)


@contextmanager
def _source() -> Iterator[str]:
    """A recording that is away at first."""
    with tempfile.TemporaryDirectory() as folder:
        content = meeting_clip(Path(folder, "treffen.mp4"), 0, 60).read_bytes()
        well_at = time.monotonic() + SOURCE_AWAY.total_seconds()

        def sometimes(exchange: Exchange) -> None:
            answer = (
                partial(error, status=503) if time.monotonic() < well_at else partial(file, content=content)
            )
            answer(exchange)

        with serve({"/treffen.mp4": sometimes}) as site:
            yield site.url("treffen.mp4")


if __name__ == "__main__":
    main()
