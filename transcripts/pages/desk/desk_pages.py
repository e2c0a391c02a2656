"""The desk's pages as HTML: what is under way, a new recording, one recording. Templates: `desk*.html`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from transcripts.model import Stage
from transcripts.pages.desk.agenda_preview import AgendaPreview, agenda_preview
from transcripts.pages.desk.recording_form import LONGEST, Typed
from transcripts.pages.room.room_pages import Site, render
from transcripts.sources.upload_rules import ACCEPT

# What is done before each stage is reached, in the order of the way.
STEPS = {
    Stage.FETCHED: "Aufnahme laden",
    Stage.TRANSCODED: "Video und Ton aufbereiten",
    Stage.TRANSCRIBED: "Sprache erkennen",
    Stage.CHAPTERED: "Kapitel finden",
    Stage.ARCHIVED: "Im Archiv ablegen",
    Stage.ANNOUNCED: "Ankündigen",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a recording's way; `mark` is "done", "now" or "later"."""

    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One of several recordings, with its number from 1."""

    number: int
    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A recording under way as the pages show it; all texts are German and complete."""

    id: str
    path: str
    title: str
    source: str
    submitted: str
    state: str
    state_text: str
    steps: Sequence[Step] = ()
    percent: int | None = None
    progress_text: str = ""
    message: str = ""
    record_path: str = ""
    review_path: str = ""
    can_cancel: bool = False
    can_retry: bool = False
    wants_passcode: bool = False
    choices: Sequence[ChoiceView] = ()

    @property
    def is_under_way(self) -> bool:
        """Whether it changes by itself."""
        return self.state in ("waiting", "running", "retrying")


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record in the archive."""

    title: str
    recorded_on: date
    path: str
    review_path: str


@dataclass(frozen=True, slots=True)
class DutyView:
    """Something that happens by itself; `why_not` and `remedy` only where it does not."""

    title: str
    rhythm: str
    times: str
    why_not: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class DeskList:
    """All that an organiser may want to look after; `trouble` where part of it cannot be told now."""

    failed: Sequence[JobView] = ()
    under_way: Sequence[JobView] = ()
    held: Sequence[RecordView] = ()
    ended: Sequence[JobView] = ()
    published: Sequence[RecordView] = ()
    trouble: str = ""
    duties: Sequence[DutyView] = ()
    waiting_documents: int = 0

    @property
    def overdue(self) -> Sequence[DutyView]:
        """What should happen by itself, and does not."""
        return [each for each in self.duties if each.why_not]

    @property
    def in_time(self) -> Sequence[DutyView]:
        """What happens by itself."""
        return [each for each in self.duties if not each.why_not]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all yet."""
        return not (
            self.failed or self.under_way or self.held or self.ended or self.published or self.trouble
        )


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file that belongs to the form already."""

    id: str
    file_name: str
    size_text: str
    percent: int


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form; `complaints` by field, `trouble` where the form is right and still cannot be taken."""

    typed: Typed
    today: date
    always_holds: bool
    upload_max_text: str
    complaints: Mapping[str, str] = field(default_factory=dict)
    upload: UploadView | None = None
    trouble: str = ""

    @property
    def agenda(self) -> AgendaPreview | None:
        """What is understood of the agenda."""
        return agenda_preview(self.typed.agenda[: LONGEST["agenda"]])

    @property
    def first_wrong(self) -> str:
        """The field to begin with."""
        order = ("url", "upload", *LONGEST)
        return next((name for name in order if name in self.complaints), "")

    @property
    def shows_day_picker(self) -> bool:
        """A picker would swallow what it cannot read."""
        return not self.typed.day or "day" not in self.complaints


def steps_to(stage: Stage, *, is_under_way: bool) -> tuple[Step, ...]:
    """The way, as far as it is gone when `stage` is the last finished one."""
    reached = list(STEPS).index(stage) + 1 if stage in STEPS else 0
    marks = [
        "done" if n < reached else "now" if n == reached and is_under_way else "later"
        for n in range(len(STEPS))
    ]
    return tuple(Step(label, mark) for label, mark in zip(STEPS.values(), marks, strict=True))


def render_desk(site: Site, page: DeskList) -> str:
    """The desk's first page."""
    return render("desk.html", site, page=page)


def render_desk_part(site: Site, page: DeskList) -> str:
    """The part of it that changes by itself."""
    return render("desk_lists.html", site, page=page)


def render_new(site: Site, page: NewPage) -> str:
    """The form for a new recording."""
    return render("desk_new.html", site, page=page, typed=page.typed, longest=LONGEST, accept=ACCEPT)


def render_agenda(site: Site, text: str) -> str:
    """What is understood of an agenda, as a part of the form."""
    return render("desk_agenda.html", site, agenda=agenda_preview(text))


def render_job(site: Site, job: JobView, trouble: str = "") -> str:
    """One recording under way."""
    return render("desk_job.html", site, job=job, trouble=trouble)


def render_job_part(site: Site, job: JobView) -> str:
    """The part of it that changes by itself."""
    return render("desk_job_state.html", site, job=job)
