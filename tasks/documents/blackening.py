"""Makes what is private in a document black, so that nothing of it is left. In the sandbox alone."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tasks.documents.document_limits import DEFAULT_LIMITS, DocumentLimits
from tasks.documents.document_requests import BlackBar, Blacken
from tasks.documents.sandboxed_document import done_in_sandbox
from transcripts.documents.document_text import DocumentText
from transcripts.documents.personal_finding import Finding
from transcripts.media.media_values import LocalFile


def blacken_document(
    pdf: Path,
    target: Path,
    text: DocumentText,
    findings: Sequence[Finding] = (),
    bars: Sequence[BlackBar] = (),
    limits: DocumentLimits = DEFAULT_LIMITS,
) -> LocalFile:
    """A PDF at `target` in which nothing lies under the findings of its text, nor under the bars.

    Pages concerned become pictures of 200 dots per inch, with the text that stays; metadata, outline and
    attachments of the whole file are gone. `pdf` stays as it is. Raises what reading a document raises:
    DocumentDamagedError, DocumentLockedError, DocumentTooDemandingError, DocumentReaderCrashedError, all
    permanent; DocumentInterruptedError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent.resolve(), prefix="sandboxed-") as made:
        request = Blacken(
            path=pdf.resolve(),
            target=Path(made) / target.name,
            bars=tuple(bars),
            text=text,
            findings=tuple(findings),
        )
        allowed = limits.reading(pdf.stat().st_size, len(text.pages))
        file = LocalFile.model_validate(done_in_sandbox(request, allowed, Path(made), lambda _: None))
        request.target.replace(target)
    return file.model_copy(update={"path": target.resolve()})
