"""An agenda that comes after the recording: its form, and the chapters that it would make. Pure.

Template: `pages/templates/room/review_agenda.html`.
"""

from dataclasses import dataclass

from transcripts.corrections.later_agenda import LaterAgenda
from transcripts.errors.correction_errors import CorrectionNothingError
from transcripts.errors.error_kinds import PermanentError
from transcripts.model import Recording
from transcripts.pages.desk.review_pages import review_path
from transcripts.pages.room.room_pages import Site, render
from transcripts.wording.error_wording import explain, outcome_text


@dataclass(frozen=True, slots=True)
class LaterAgendaPage:
    """What an agenda would make of the chapters; `found` is None before anything was typed."""

    recording: Recording
    text: str = ""
    found: LaterAgenda | None = None
    seen: int = 0
    name: str = ""
    complaint: str = ""

    @property
    def path(self) -> str:
        """Where the review is."""
        return review_path(self.recording.id)

    @property
    def notice(self) -> str:
        """Why there is nothing to take over; empty where there is something."""
        if self.found is None or self.complaint:
            return ""
        try:
            self.found.checked()
        except CorrectionNothingError:
            return "Die Kapitel sind schon so; es ist nichts zu ändern."
        except PermanentError as error:
            return explain(error)
        return ""

    @property
    def remarks(self) -> list[str]:
        """What became of items that are no chapters of their own, or not where they should be."""
        outcomes = self.found.outcomes if self.found else ()
        return [outcome_text(each) for each in outcomes if each.outcome != "taken_up"]


def render_later_agenda(site: Site, page: LaterAgendaPage) -> str:
    """The form for an agenda that comes later, and what it would change."""
    return render("review_agenda.html", site, page=page)
