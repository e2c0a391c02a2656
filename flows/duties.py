"""All that is to happen by itself, in one list. Another one is another entry here.

Loads nothing, as readers' machines have neither Prefect nor the recogniser.
"""

from dataclasses import dataclass
from datetime import timedelta

from config.settings import Settings
from flows.prefect_names import (
    ANNOUNCEMENTS_DEPLOYMENT,
    DIGEST_DEPLOYMENT,
    LIST_POSTS_DEPLOYMENT,
    MORNING_DEPLOYMENT,
    NIGHTLY_DEPLOYMENT,
)
from transcripts.duties.duty import Duty

ROOM_REMEDY = "Den Lesesaal neu starten (mitschnitt serve); „mitschnitt doctor“ sagt, was fehlt."
RUN_REMEDY = "In Prefect nachsehen, was der letzte Lauf meldet; „mitschnitt doctor“ sagt, was fehlt."

# Loops of a reading room.
INDEX = Duty(
    "index", "Neues aus dem Archiv, gezeigt und durchsuchbar", "alle 20 Sekunden", ROOM_REMEDY,
    tolerance=timedelta(minutes=10),
)  # fmt: skip
LINKS = Duty(
    "links", "Links zum Anmelden", "sobald jemand einen anfordert",
    "Mit der eigenen Adresse einen Anmeldelink anfordern; „mitschnitt doctor“ prüft den Mailserver.",
    tolerance=timedelta(minutes=3), told_after=timedelta(minutes=15), on_demand=True,
)  # fmt: skip
MEMBERS = Duty(
    "members", "Nachsehen, wer Mitglied ist", "alle paar Minuten",
    "Die Mitgliederdatei und den Zugang zu Mailman prüfen; „mitschnitt doctor“ sagt, was fehlt.",
    tolerance=timedelta(minutes=10),
)  # fmt: skip
WATCH = Duty(
    "watch", "Aufsicht über all das", "jede halbe Minute", ROOM_REMEDY, tolerance=timedelta(minutes=5)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScheduledDuty:
    """A duty that a schedule of Prefect's starts, at least once in `every`."""

    duty: Duty
    deployment: str
    every: timedelta


@dataclass(frozen=True, slots=True)
class WorkerDuty:
    """A duty of every worker; whichever did it leaves word in a variable of Prefect's, as `done_at`."""

    duty: Duty
    variable: str
    every: timedelta


SCHEDULED = (
    ScheduledDuty(
        Duty(
            "meetings", "Einladungen, Erinnerungen und Bitten um den Link", "alle 15 Minuten", RUN_REMEDY,
            tolerance=timedelta(minutes=20),
        ), ANNOUNCEMENTS_DEPLOYMENT, every=timedelta(minutes=15),
    ),
    ScheduledDuty(
        Duty(
            "list-posts", "Nachfragen bei der Mailingliste, ob Mails ankamen", "alle 15 Minuten", RUN_REMEDY,
            tolerance=timedelta(minutes=20),
        ), LIST_POSTS_DEPLOYMENT, every=timedelta(minutes=15),
    ),
    ScheduledDuty(
        Duty(
            "digest", "Neues im Archiv, als Mail", "alle 15 Minuten nachsehen", RUN_REMEDY,
            tolerance=timedelta(minutes=20),
        ), DIGEST_DEPLOYMENT, every=timedelta(minutes=15),
    ),
    ScheduledDuty(
        Duty(
            "nightly", "Nächtliche Prüfung des Archivs", "jede Nacht", RUN_REMEDY,
            tolerance=timedelta(hours=6),
        ),
        NIGHTLY_DEPLOYMENT, every=timedelta(days=1),
    ),
    ScheduledDuty(
        Duty(
            "morning", "Mail am Morgen über Offenes", "jeden Morgen", RUN_REMEDY,
            tolerance=timedelta(hours=2),
        ),
        MORNING_DEPLOYMENT, every=timedelta(days=1),
    ),
)  # fmt: skip
RETRIES = WorkerDuty(
    Duty(
        "retries", "Unterbrochene Aufzeichnungen fortsetzen", "alle 10 Sekunden",
        "Die Verarbeitung neu starten (mitschnitt serve oder mitschnitt worker).",
        tolerance=timedelta(minutes=5),
    ), variable="mitschnitt_duty_retries", every=timedelta(seconds=30),
)  # fmt: skip

TIDYING = WorkerDuty(
    Duty(
        "tidying", "Arbeitsordner aufräumen", "jede Stunde",
        "Das Protokoll der Verarbeitung nennt den Ordner, bei dem es nicht ging; meist fehlen Rechte.",
        tolerance=timedelta(hours=3),
    ), variable="mitschnitt_duty_tidying", every=timedelta(hours=1),
)  # fmt: skip
INBOX = WorkerDuty(
    Duty(
        "inbox", "Eingangsordner durchsehen", "jede halbe Minute",
        "Prüfen, ob das, was unter [inbox] als dir oder bucket steht, da ist und beschrieben werden darf.",
        tolerance=timedelta(hours=1),  # a long recording is sent to the archive meanwhile
    ), variable="mitschnitt_duty_inbox", every=timedelta(minutes=1),
)  # fmt: skip
BY_WORKERS = (RETRIES, TIDYING)
"""Those that are always done; what is set besides, `duties_of_workers` says."""

ROOM_DUTIES = (INDEX, LINKS, MEMBERS, WATCH)
ALL = (*ROOM_DUTIES, *(each.duty for each in (*SCHEDULED, *BY_WORKERS, INBOX)))


def duties_of_workers(settings: Settings) -> tuple[WorkerDuty, ...]:
    """What is expected of workers by these settings."""
    return (*BY_WORKERS, INBOX) if settings.inbox.dir or settings.inbox.bucket else BY_WORKERS


def title_of_flow(name: str) -> str:
    """What people call what the clock starts as the flow of this name."""
    titles = {each.deployment.split("/")[0]: each.duty.title for each in SCHEDULED}
    return titles.get(name, name)
