"""Several recordings behind one address: what tells them apart, and the address of each. Pure."""

from datetime import date

from pydantic import TypeAdapter, ValidationError

from transcripts.values import Value
from transcripts.wording.german_formats import format_size

MOST_CHOICES = 40
"""So many recordings are told; more on one list help nobody to choose."""


class Choice(Value):
    """One recording: its name, and the address that leads to it alone, without secrets.

    `day` is the one that its name tells, `changed_on` the one that the server knows.
    """

    name: str
    address: str
    size_bytes: int | None = None
    day: date | None = None
    changed_on: date | None = None

    @property
    def facts(self) -> str:
        """Its size and its day, as far as they are known, in German."""
        return ", ".join(each for each in (self._size, self._day) if each)

    @property
    def _size(self) -> str:
        return format_size(self.size_bytes) if self.size_bytes is not None else ""

    @property
    def _day(self) -> str:
        if self.day is not None:
            return f"{self.day:%d.%m.%Y}"
        return f"geändert am {self.changed_on:%d.%m.%Y}" if self.changed_on is not None else ""


_CHOICES = TypeAdapter(tuple[Choice, ...])


def packed(choices: tuple[Choice, ...]) -> str:
    """The choices as one text, which `unpacked` reads: they travel in an error's details."""
    return _CHOICES.dump_json(choices[:MOST_CHOICES]).decode()


def unpacked(text: str) -> tuple[Choice, ...]:
    """What `packed` wrote; nothing where the text is something else."""
    try:
        return _CHOICES.validate_json(text)
    except ValidationError:
        return ()


def choice_lines(choices: tuple[Choice, ...]) -> str:
    """The choices for a person who reads text: names, facts and addresses."""
    return "\n".join(_line(each) for each in choices)


def _line(choice: Choice) -> str:
    facts = f" ({choice.facts})" if choice.facts else ""
    return f"– „{choice.name}“{facts}:\n  {choice.address}"
