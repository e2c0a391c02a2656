"""The form for a new recording: what was typed, what it means, what is wrong with which field. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import SecretStr

from transcripts.agendas.agenda_reading import read_agenda
from transcripts.agendas.agenda_text import titles_as_text
from transcripts.agendas.agenda_values import Agenda
from transcripts.errors.error_kinds import PermanentError, StepError
from transcripts.errors.media_errors import CutTooLongError, TrackUnknownError
from transcripts.errors.source_errors import PasscodeNeededError, PasscodeWrongError
from transcripts.errors.upload_errors import UploadIncompleteError, UploadUnknownError
from transcripts.sources.order import GivenOrder, Order
from transcripts.sources.pasted_text import LONGEST_PASTED, Pasted, read_pasted
from transcripts.sources.typed_day import EARLIEST_YEAR, read_day
from transcripts.speech.meeting_terms import given_terms
from transcripts.wording.error_wording import explain

LONGEST = {
    "url": LONGEST_PASTED,
    "title": 200,
    "day": 40,
    "agenda": 20_000,
    "terms": 2_000,
    "passcode": 200,
    "cut_start": 20,
    "cut_end": 20,
    "track": 3,
}
FIELDS = (*LONGEST, "upload", "release")
AT_ONCE, HOLD = "at_once", "hold"
# Which field an error of the pipeline belongs to; those of an address are the rule.
FIELD_OF_ERROR: dict[type[StepError], str] = {
    PasscodeNeededError: "passcode",
    PasscodeWrongError: "passcode",
    UploadUnknownError: "upload",
    UploadIncompleteError: "upload",
    CutTooLongError: "cut_start",
    TrackUnknownError: "track",
}
_TRACK = re.compile(r"[1-9][0-9]{0,2}")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields, as it was typed. The passcode is kept out of what is printed."""

    url: str = ""
    upload: str = ""
    title: str = ""
    day: str = ""
    agenda: str = ""
    terms: str = ""
    passcode: str = field(default="", repr=False)
    cut_start: str = ""
    cut_end: str = ""
    track: str = ""
    release: str = AT_ONCE

    @classmethod
    def like(cls, order: Order) -> "Typed":
        """As if this had been typed; passcodes are not told again."""
        return cls(
            url=order.url or "",
            upload=order.upload or "",
            title=order.title or "",
            day=order.recorded_on.isoformat() if order.recorded_on else "",
            agenda=titles_as_text(order.agenda),
            terms=", ".join(order.terms),
            cut_start=shown_length(order.cut_start_seconds),
            cut_end=shown_length(order.cut_end_seconds),
            track=str(order.track or ""),
            release=HOLD if order.hold else AT_ONCE,
        )

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Typed":
        """From the fields of a form; spaces around them mean nothing."""
        return cls(**{name: fields[name].strip() for name in FIELDS if name in fields})


class FormError(Exception):
    """The form cannot be accepted; `complaints` by field name, in German."""

    def __init__(self, complaints: Mapping[str, str]) -> None:
        super().__init__(", ".join(complaints))
        self.complaints = dict(complaints)

    @classmethod
    def of(cls, error: StepError) -> "FormError":
        """An error that shows only once the form is acted upon."""
        return cls({FIELD_OF_ERROR.get(type(error), "url"): explain(error)})


def read_form(typed: Typed, today: date) -> GivenOrder:
    """What was typed, understood. Raises FormError with every field that is wrong."""
    complaints: dict[str, str] = {}

    def understood(name: str, read: Any, *values: Any) -> Any:
        try:
            return read(*values)
        except ValueError as error:
            complaints[name] = str(error)
            return None

    for name, longest in LONGEST.items():
        if len(getattr(typed, name)) > longest:
            complaints[name] = f"Das ist zu lang; höchstens {longest} Zeichen haben Platz."
    pasted: Pasted | None = understood("url", _source, typed)
    agenda: Agenda = understood("agenda", _agenda, typed.agenda) or Agenda()
    known = {
        "url": pasted.address if pasted else None,
        "upload": typed.upload or None,
        "title": " ".join(typed.title.split()) or None,
        "recorded_on": understood("day", _day, typed, today),
        "agenda": agenda.titles,
        "terms": understood("terms", given_terms, typed.terms, agenda.people),
        "passcode": _passcode(typed, pasted),
        "cut_start_seconds": understood("cut_start", read_length, typed.cut_start),
        "cut_end_seconds": understood("cut_end", read_length, typed.cut_end),
        "track": understood("track", _track, typed.track),
        "hold": typed.release != AT_ONCE,
    }
    if complaints:
        raise FormError(complaints)
    return GivenOrder.model_validate(known)


def read_length(text: str) -> float:
    """A length in seconds from "3:20" or "1:02:03"; nothing is 0. Raises ValueError in German."""
    if not text:
        return 0.0
    found = _CLOCK.fullmatch(text)
    if found is None or int(found[3]) > 59:
        raise ValueError("Bitte als Minuten:Sekunden schreiben, zum Beispiel 3:20 oder 1:02:00.")
    return int(found[1] or 0) * 3600.0 + int(found[2]) * 60 + int(found[3])


def shown_length(seconds: float) -> str:
    """What `read_length` reads; nothing for 0."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if seconds else ""


def _track(text: str) -> int | None:
    if not text:
        return None
    if _TRACK.fullmatch(text) is None:
        raise ValueError("Bitte die Nummer der Tonspur als Zahl schreiben, zum Beispiel 2.")
    return int(text)


def _source(typed: Typed) -> Pasted | None:
    """The address in what was pasted; None for an upload."""
    if typed.url and typed.upload:
        raise ValueError("Bitte entweder eine Adresse oder eine Datei, nicht beides.")
    if typed.upload:
        return None
    if not typed.url:
        raise ValueError("Bitte die Adresse der Aufzeichnung einfügen oder eine Datei hochladen.")
    try:
        return read_pasted(typed.url)
    except PermanentError as error:
        raise ValueError(explain(error)) from None


def _passcode(typed: Typed, pasted: Pasted | None) -> SecretStr | None:
    """As it was typed, else as it stood beside the address."""
    if typed.passcode:
        return SecretStr(typed.passcode)
    return pasted.passcode if pasted else None


def _day(typed: Typed, today: date) -> date | None:
    if not typed.day:
        return None
    day = read_day(typed.day)
    if day is None or day.year < EARLIEST_YEAR:
        raise ValueError("Diesen Tag gibt es nicht. Bitte so schreiben: 19.11.2026.")
    if day > today:
        raise ValueError("Dieser Tag liegt in der Zukunft. Wann war das Treffen?")
    return day


def _agenda(text: str) -> Agenda:
    try:
        return read_agenda(text)
    except PermanentError as error:
        raise ValueError(explain(error)) from None
