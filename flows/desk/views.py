"""What is known of a recording under way, in the words of the pages."""

from datetime import datetime

from flows.desk.organisers import DESK
from flows.job import Job, JobState
from tasks.catalogue import listing
from tasks.storage import Storage
from transcripts.desk.pages import DeskList, JobView, RecordView, Step, steps_to
from transcripts.errors import StepError
from transcripts.formats import format_duration
from transcripts.layout import RECORDINGS
from transcripts.model import Recording, Stage
from transcripts.wording import explain

JOBS = f"{DESK}auftraege/"
REVIEWS = f"{DESK}aufzeichnungen/"
PUBLISHED_SHOWN = 12
STATE_TEXTS = {
    JobState.WAITING: "wartet, bis eine Maschine frei ist",
    JobState.RUNNING: "in Arbeit",
    JobState.RETRYING: "geht von selbst weiter",
    JobState.FAILED: "braucht Hilfe",
    JobState.CANCELLED: "angehalten",
    JobState.HELD: "wartet auf Freigabe",
    JobState.DONE: "fertig und angekündigt",
}
UNDER_WAY = (JobState.WAITING, JobState.RUNNING, JobState.RETRYING)


def job_view(job: Job, now: datetime) -> JobView:
    """A job as the pages show it."""
    return JobView(
        id=job.id,
        path=JOBS + job.id,
        title=job.title or job.source,
        source=job.source,
        submitted=f"{job.submitted_at.astimezone():%d.%m.%Y, %H:%M} Uhr",
        state=job.state.value,
        state_text=_state_text(job, now),
        steps=_steps(job),
        percent=round(job.progress_percent) if job.progress_percent is not None else None,
        progress_text=_progress_text(job),
        message=job.message or "",
        record_path=f"/{RECORDINGS}/{job.record_id}/" if job.record_id and job.state is JobState.DONE else "",
        review_path=REVIEWS + f"{job.record_id}/" if job.record_id else "",
        can_cancel=job.state in UNDER_WAY,
        can_retry=job.state in (JobState.FAILED, JobState.CANCELLED, JobState.RETRYING),
        wants_passcode=job.error_code == "passcode_wrong",
    )


def desk_list(jobs: list[Job], storage: Storage, now: datetime, trouble: str = "") -> DeskList:
    """What is under way, and what is in the archive; without the archive, with its trouble."""
    try:
        newest_first = sorted(listing(storage), key=lambda each: each.recording.id, reverse=True)
        recordings = [each.recording for each in newest_first]
    except StepError as error:
        recordings, trouble = [], trouble or explain(error)
    held = [record_view(each) for each in recordings if each.stage is Stage.HELD]
    published = [record_view(each) for each in recordings if each.stage is not Stage.HELD]
    archived = {each.id for each in recordings}
    by_state = {state: [job_view(job, now) for job in jobs if job.state is state] for state in JobState}
    return DeskList(
        failed=by_state[JobState.FAILED],
        under_way=[job_view(job, now) for job in jobs if job.state in UNDER_WAY],
        held=held,
        # Those that ended well are found among the records.
        ended=by_state[JobState.CANCELLED]
        + [
            job_view(job, now)
            for job in jobs
            if job.state in (JobState.HELD, JobState.DONE) and job.record_id not in archived
        ],
        published=published[:PUBLISHED_SHOWN],
        trouble=trouble,
    )


def record_view(recording: Recording) -> RecordView:
    """A record of the archive as the pages show it."""
    return RecordView(
        title=recording.title,
        recorded_on=recording.recorded_on,
        path=f"/{RECORDINGS}/{recording.id}/",
        review_path=f"{REVIEWS}{recording.id}/",
    )


def _steps(job: Job) -> tuple[Step, ...]:
    stage = Stage.ARCHIVED if job.state is JobState.HELD else job.stage
    return steps_to(stage, is_under_way=job.state in (JobState.RUNNING, JobState.RETRYING))


def _state_text(job: Job, now: datetime) -> str:
    if job.state is JobState.RETRYING and job.retries_at is not None and job.retries_at > now:
        return f"wird um {job.retries_at.astimezone():%H:%M} Uhr von selbst wieder versucht"
    return STATE_TEXTS[job.state]


def _progress_text(job: Job) -> str:
    if job.state is not JobState.RUNNING:
        return ""
    if job.seconds_left is None:
        return ""
    return "gleich fertig" if job.seconds_left < 3 else f"noch etwa {format_duration(job.seconds_left)}"
