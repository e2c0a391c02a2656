"""The form for a new recording: what was typed, what it means, what is wrong with which field. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import SecretStr

from transcripts.agenda import parse_agenda
from transcripts.errors import PermanentError, StepError
from transcripts.source_url import parse_source_url
from transcripts.wording import explain

LONGEST = {
    "url": 2_000,
    "title": 200,
    "day": 40,
    "agenda": 20_000,
    "passcode": 200,
    "cut_start": 20,
    "cut_end": 20,
}
FIELDS = (*LONGEST, "upload", "release")
AT_ONCE, HOLD = "at_once", "hold"
MOST_AGENDA_ITEMS = 100
# Which field an error of the pipeline belongs to; those of an address are the rule.
FIELD_OF_CODE = {
    "passcode_wrong": "passcode",
    "upload_unknown": "upload",
    "upload_incomplete": "upload",
    "cut_too_long": "cut_start",
}
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields, as it was typed. The passcode is kept out of what is printed."""

    url: str = ""
    upload: str = ""
    title: str = ""
    day: str = ""
    agenda: str = ""
    passcode: str = field(default="", repr=False)
    cut_start: str = ""
    cut_end: str = ""
    release: str = AT_ONCE

    @classmethod
    def like(cls, order: "Order") -> "Typed":
        """As if this had been typed; passcodes are not told again."""
        return cls(
            url=order.url or "",
            upload=order.upload or "",
            title=order.title or "",
            day=order.recorded_on.isoformat() if order.recorded_on else "",
            agenda="\n".join(order.agenda),
            cut_start=shown_length(order.cut_start_seconds),
            cut_end=shown_length(order.cut_end_seconds),
            release=HOLD if order.hold else AT_ONCE,
        )

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Typed":
        """From the fields of a form; spaces around them mean nothing."""
        return cls(**{name: fields[name].strip() for name in FIELDS if name in fields})


@dataclass(frozen=True, slots=True)
class Order:
    """What the organiser wants, understood. Lengths are in seconds, the second one before the end."""

    url: str | None
    upload: str | None
    title: str | None
    recorded_on: date | None
    agenda: tuple[str, ...]
    passcode: SecretStr | None
    cut_start_seconds: float
    cut_end_seconds: float
    hold: bool


class FormError(Exception):
    """The form cannot be accepted; `complaints` by field name, in German."""

    def __init__(self, complaints: Mapping[str, str]) -> None:
        super().__init__(", ".join(complaints))
        self.complaints = dict(complaints)

    @classmethod
    def of(cls, error: StepError) -> "FormError":
        """An error that shows only once the form is acted upon."""
        return cls({FIELD_OF_CODE.get(error.code, "url"): explain(error)})


def read_form(typed: Typed, today: date) -> Order:
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
    understood("url", _check_source, typed)
    understood("title", _check_title, typed)
    order = Order(
        url=None if typed.upload else typed.url,
        upload=typed.upload or None,
        title=" ".join(typed.title.split()) or None,
        recorded_on=understood("day", _day, typed, today),
        agenda=understood("agenda", _agenda, typed.agenda),
        passcode=SecretStr(typed.passcode) if typed.passcode else None,
        cut_start_seconds=understood("cut_start", read_length, typed.cut_start),
        cut_end_seconds=understood("cut_end", read_length, typed.cut_end),
        hold=typed.release != AT_ONCE,
    )
    if complaints:
        raise FormError(complaints)
    return order


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


def _check_source(typed: Typed) -> None:
    if typed.url and typed.upload:
        raise ValueError("Bitte entweder eine Adresse oder eine Datei, nicht beides.")
    if typed.upload:
        return
    if not typed.url:
        raise ValueError("Bitte die Adresse der Aufzeichnung einfügen oder eine Datei hochladen.")
    try:
        parse_source_url(typed.url)
    except PermanentError as error:
        raise ValueError(explain(error)) from None


def _check_title(typed: Typed) -> None:
    if typed.upload and not typed.title:
        raise ValueError("Bitte einen Titel eintragen: Eine Datei sagt nicht, wie das Treffen hieß.")


def _day(typed: Typed, today: date) -> date | None:
    if not typed.day:
        if typed.upload:
            raise ValueError("Bitte den Tag des Treffens eintragen: Eine Datei weiß ihn nicht.")
        return None
    day = _parsed_day(typed.day)
    if day is None or day.year < 1990:
        raise ValueError("Diesen Tag gibt es nicht. Bitte so schreiben: 19.11.2026.")
    if day > today:
        raise ValueError("Dieser Tag liegt in der Zukunft. Wann war das Treffen?")
    return day


def _parsed_day(text: str) -> date | None:
    german = _GERMAN_DAY.fullmatch(text)
    try:
        if german:
            return date(int(german[3]), int(german[2]), int(german[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None


def _agenda(text: str) -> tuple[str, ...]:
    items = parse_agenda(text)
    if len(items) > MOST_AGENDA_ITEMS:
        raise ValueError(f"Das sind {len(items)} Punkte; höchstens {MOST_AGENDA_ITEMS} haben Platz.")
    return items
