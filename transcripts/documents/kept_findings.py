"""Where in a document's text something may be said of a private person: kept beside it, for organisers alone.

Stored as `personal_data.json`. Of the text it says where, and repeats nothing; of the file as it was handed
in it says what traces of persons lie beside the text, and whom they name.
"""

from typing import Annotated, Literal

from pydantic import Field

from transcripts.documents.file_traces import Trace, TraceKind
from transcripts.documents.personal_finding import Finding
from transcripts.model import StoredModel

MOST_FINDINGS = 20_000


class PersonalData(StoredModel):
    """What was found in the present text, in its order, and in the file as it was handed in."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    findings: Annotated[tuple[Finding, ...], Field(max_length=MOST_FINDINGS)] = ()
    traces: Annotated[tuple[Trace, ...], Field(max_length=len(TraceKind))] = ()
