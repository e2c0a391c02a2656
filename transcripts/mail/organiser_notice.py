"""What organisers are told once that belongs to no record, as it waits in the archive for its mail."""

from transcripts.mail.open_matters import OpenMatter
from transcripts.model import Line, StoredModel, Text


class Notice(StoredModel):
    """`notice.json`, in German.

    With `matters` it is the mail of the morning, which lists them;
    `command` and `link` say where to go on, empty where nowhere; what is technical, the administrators get.
    """

    largest_bytes = 10_000_000

    title: Line
    text: Text
    command: Line = ""
    link: Line = ""
    is_technical: bool = False
    matters: tuple[OpenMatter, ...] = ()
