"""The page on which members propose documents. Template: `propose.html`."""

from dataclasses import dataclass

from transcripts.pages.desk.document_desk_pages import ACCEPT
from transcripts.pages.room.room_pages import Site, render

PROPOSE = "/dokument-vorschlagen"


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """The form with its limits, and what was typed; `thanks` is how many documents have just arrived."""

    most_megabytes: int
    most_files: int
    longest_source: int
    complaint: str = ""
    url: str = ""
    source: str = ""
    thanks: int = 0


def render_proposal(site: Site, page: ProposalPage) -> str:
    """The form."""
    return render("propose.html", site, page=page, accept=ACCEPT, action=PROPOSE)
