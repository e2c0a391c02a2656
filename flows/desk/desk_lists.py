"""What the desk lists: the recordings under way, and the newest records of the archive."""

from flows.desk.job_views import UNDER_WAY, job_view
from flows.jobs.job import Job, JobState
from flows.local_clock import Clock
from tasks.archive.catalogue_store import listed
from tasks.storage.storage_interface import Storage
from transcripts.archive.layout import RECORDINGS
from transcripts.errors.error_kinds import StepError
from transcripts.model import Recording, Stage
from transcripts.pages.desk.desk_pages import DeskList, RecordView
from transcripts.pages.desk_addresses import REVIEWS
from transcripts.wording.error_wording import explain

PUBLISHED_SHOWN = 12


def desk_list(jobs: list[Job], storage: Storage, clock: Clock, trouble: str = "") -> DeskList:
    """What is under way, and what is in the archive; without the archive, with its trouble."""
    try:
        found = listed(storage)
        recordings = [each.recording for each in reversed(found.entries)]
        waiting = sum(not each.is_released for each in found.documents)
        trouble = " ".join([trouble, *map(explain, found.damaged.values())]).strip()
    except StepError as error:
        recordings, waiting, trouble = [], 0, trouble or explain(error)
    held = [record_view(each) for each in recordings if each.stage is Stage.HELD]
    published = [record_view(each) for each in recordings if each.stage is not Stage.HELD]
    archived = {each.id for each in recordings}
    by_state = {state: [job_view(job, clock) for job in jobs if job.state is state] for state in JobState}
    return DeskList(
        failed=by_state[JobState.FAILED],
        under_way=[job_view(job, clock) for job in jobs if job.state in UNDER_WAY],
        held=held,
        # Those that ended well are found among the records.
        ended=by_state[JobState.CANCELLED]
        + [
            job_view(job, clock)
            for job in jobs
            if job.state in (JobState.HELD, JobState.DONE) and job.record_id not in archived
        ],
        published=published[:PUBLISHED_SHOWN],
        waiting_documents=waiting,
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
