"""What is known of a recording under way, in the words of the pages."""

from datetime import datetime

from flows.jobs.job import PASSCODE_CODES, Job, JobState
from flows.local_clock import Clock
from transcripts.archive.layout import RECORDINGS
from transcripts.duties.duty import DutyReport
from transcripts.duties.duty_wording import moment_text, remedy, times_text, why_not
from transcripts.model import Stage
from transcripts.pages.desk.desk_pages import (
    ChoiceView,
    DutyView,
    JobView,
    Step,
    steps_to,
)
from transcripts.pages.desk_addresses import JOBS, REVIEWS
from transcripts.wording.german_formats import format_duration
from transcripts.wording.local_time import format_moment, format_time_of_day, local_day

STATE_TEXTS = {
    JobState.WAITING: "wartet, bis eine Maschine frei ist",
    JobState.RUNNING: "in Arbeit",
    JobState.RETRYING: "geht von selbst weiter",
    JobState.FAILED: "braucht Hilfe",
    JobState.CANCELLED: "angehalten",
    JobState.HELD: "wartet auf Freigabe",
    JobState.DONE: "fertig und angekündigt",
}
# What another passcode can mend.
UNDER_WAY = (JobState.WAITING, JobState.RUNNING, JobState.RETRYING)


def job_view(job: Job, clock: Clock) -> JobView:
    """A job as the pages show it."""
    return JobView(
        id=job.id,
        path=JOBS + job.id,
        title=job.title or job.source,
        source=job.source,
        submitted=format_moment(job.submitted_at, clock.zone),
        state=job.state.value,
        state_text=_state_text(job, clock),
        steps=_steps(job),
        percent=round(job.progress_percent) if job.progress_percent is not None else None,
        progress_text=_progress_text(job),
        message=job.message or "",
        record_path=f"/{RECORDINGS}/{job.record_id}/" if job.record_id and job.state is JobState.DONE else "",
        review_path=REVIEWS + f"{job.record_id}/" if job.record_id else "",
        can_cancel=job.state in UNDER_WAY,
        can_retry=job.state in (JobState.FAILED, JobState.CANCELLED, JobState.RETRYING),
        choices=[ChoiceView(n, each.name, each.facts) for n, each in enumerate(job.choices, start=1)],
        wants_passcode=job.error_code in PASSCODE_CODES,
    )


def duty_view(report: DutyReport, clock: Clock) -> DutyView:
    """A duty as the pages show it."""
    duty, times = report.duty, "; ".join(times_text(report, clock.now(), clock.zone))
    if not report.is_overdue:
        return DutyView(duty.title, duty.rhythm, times)
    return DutyView(duty.title, duty.rhythm, times, why_not(report), remedy(report))


def _steps(job: Job) -> tuple[Step, ...]:
    stage = Stage.ARCHIVED if job.state is JobState.HELD else job.stage
    return steps_to(stage, is_under_way=job.state in (JobState.RUNNING, JobState.RETRYING))


def _state_text(job: Job, clock: Clock) -> str:
    if job.state is JobState.RETRYING and job.retries_at is not None and job.retries_at > clock.now():
        return f"wird {_soon(job.retries_at, clock)} von selbst wieder versucht"
    return STATE_TEXTS[job.state]


def _soon(moment: datetime, clock: Clock) -> str:
    """`um 14:05 Uhr`; where it is another day, `morgen um 14:05 Uhr`."""
    if local_day(moment, clock.zone) == clock.today:
        return f"um {format_time_of_day(moment, clock.zone)}"
    text = moment_text(moment, clock.now(), clock.zone).replace(", ", " um ")
    return f"am {text}" if text[0].isdigit() else text


def _progress_text(job: Job) -> str:
    if job.state is not JobState.RUNNING:
        return ""
    if job.seconds_left is None:
        return ""
    return "gleich fertig" if job.seconds_left < 3 else f"noch etwa {format_duration(job.seconds_left)}"
