"""Where in a document's text something may be said of a private person: kept beside it, for organisers alone.

Stored as `personal_data.json`. It says where, and repeats nothing.
"""

from typing import Annotated, Literal

from pydantic import Field

from transcripts.documents.personal_finding import Finding
from transcripts.model import StoredModel

MOST_FINDINGS = 20_000


class PersonalData(StoredModel):
    """What was found in the present text, in its order."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    findings: Annotated[tuple[Finding, ...], Field(max_length=MOST_FINDINGS)] = ()
