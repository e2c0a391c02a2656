"""The self-contained page of a document: what is known of it, its pages' pictures, its text.

Values in, HTML out, like `transcripts.pages.standalone_page`: it lies in the document's folder as
`index.html`, links its neighbours relatively and needs no server and no script.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from jinja2 import Environment
from markupsafe import Markup

from transcripts.documents.document_record import DocumentRecord
from transcripts.documents.document_text import DocumentText, PageText
from transcripts.pages.inline_assets import asset, csp_hash
from transcripts.wording.document_wording import document_facts
from transcripts.wording.templating import folder_environment


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """What the page is made of. `images` are the pictures by page, `pdf` and `original` places beside it."""

    record: DocumentRecord
    text: DocumentText
    network_name: str | None
    pdf: str = ""
    original: str = ""
    images: Mapping[int, str] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all pages, of text or picture."""
        return tuple(sorted({*self.images, *(each.number for each in self.text.pages)}))

    def text_of(self, number: int) -> PageText | None:
        """What stands on a page."""
        return next((each for each in self.text.pages if each.number == number), None)


def render_document_page(page: DocumentPage) -> str:
    """The whole `index.html` of a document, ending in a line break."""
    style = Markup("\n").join((asset("look.css"), asset("document/style.css")))
    return (
        _environment()
        .get_template("index.html")
        .render(
            page=page,
            details=page.record.details,
            facts=document_facts(page.record.details, page.record.page_count),
            style=style,
            style_hash=csp_hash(style),
        )
    )


@cache
def _environment() -> Environment:
    return folder_environment("document")
