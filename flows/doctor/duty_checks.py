"""What the doctor says of the duties."""

from collections.abc import Iterator

from config.loading import LoadedSettings
from flows.doctor.check import Remark, bad, good, hint
from flows.upkeep.duty_status import ask_duties
from tasks.clock import utc_now
from transcripts.duties.duty_wording import duty_line

NOT_RUNNING = "Der Lesesaal antwortet auf diesem Rechner nicht: „mitschnitt serve“ läuft gerade nicht."


def duties_in_time(loaded: LoadedSettings) -> Iterator[Remark]:
    """Whether what is to happen by itself does. Asks the room that runs here, or Prefect's server."""
    answer, zone = ask_duties(loaded.settings), loaded.settings.network.zone
    if answer.overdue:
        yield from (bad(duty_line(each, utc_now(), zone)) for each in answer.overdue)
    elif answer.is_from_room:
        yield good(f"Alles geschieht, wie es soll ({len(answer.reports)} Aufgaben).")
    else:
        yield hint(NOT_RUNNING)
