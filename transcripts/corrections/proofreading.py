"""How far people have gone over a machine's text, and how that is said to its readers. Pure."""

from dataclasses import dataclass
from datetime import date

from transcripts.wording.german_formats import format_date_de


@dataclass(frozen=True, slots=True)
class Proofreading:
    """`corrected` sentences differ from the machine's; `reviewed_on` is None until somebody has read all."""

    corrected: int = 0
    reviewed_on: date | None = None

    @property
    def may_err(self) -> bool:
        """Whether readers should be told that the text may be wrong."""
        return self.reviewed_on is None

    @property
    def words(self) -> str:
        """What follows "Der Text wurde maschinell erstellt und", or where else it is from."""
        if self.reviewed_on is not None:
            return f"am {format_date_de(self.reviewed_on)} von Hand geprüft"
        if self.corrected:
            places = "einer Stelle" if self.corrected == 1 else f"{self.corrected} Stellen"
            return f"an {places} von Hand berichtigt, aber nicht im Ganzen geprüft"
        return "nicht von Hand geprüft"


UNREAD = Proofreading()
