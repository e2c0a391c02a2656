"""What the forms of the review say, read from their fields and turned into wishes; and what is answered."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response

from flows.reading_room.form_fields import form_fields
from tasks.archive.correction_store import Draft, Wish
from transcripts.agendas.agenda_reading import read_agenda
from transcripts.chapters.chapter_formats import read_chapters_text
from transcripts.corrections.correction_log import ChapterPlace, Review, SentBack
from transcripts.corrections.editing import (
    Sought,
    check_undoing,
    edit_chapter,
    edit_day,
    edit_sentence,
    edit_title,
    edits_of,
    hits,
)
from transcripts.corrections.later_agenda import with_agenda
from transcripts.corrections.overlay import wording_of
from transcripts.errors.correction_errors import (
    CorrectionConflictError,
    CorrectionEmptyError,
    CorrectionLongError,
    CorrectionNothingError,
    CorrectionTimeError,
)
from transcripts.errors.error_kinds import PermanentError
from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED
from transcripts.pages.desk.later_agenda_page import LaterAgendaPage
from transcripts.pages.desk.review_pages import (
    Place,
    chapter_place,
    day_place,
    exact_clock,
    sentence_place,
    title_place,
)
from transcripts.wording.error_wording import explain

LARGEST_FORM_BYTES = 400_000
MOST_FIELDS = 5_000
LONGEST_NOTE = 2_000
LONGEST_NUMBER = 6
CHOSEN = "an."
"""Before the name of each place that a replacement is to change."""
NAME_COOKIE = "redaktion_name"
YEAR_SECONDS = 31_536_000

NOTICES = {
    "freigegeben": "Freigegeben. Die Aufzeichnung ist jetzt für alle Mitglieder zu sehen; "
    "die Ankündigung geht von selbst hinaus.",
    "geprueft": "Danke! Ab jetzt steht beim Text, dass er von Hand geprüft ist.",
    "zurueckgegeben": "Zurückgegeben. Die Aufzeichnung bleibt unveröffentlicht, die Notiz steht oben.",
}

Fields = Mapping[str, str]
Wishing = Callable[[Draft], Wish]


async def _review_form(request: Request) -> dict[str, str]:
    return await form_fields(request, LARGEST_FORM_BYTES, MOST_FIELDS)


ReviewForm = Annotated[dict[str, str], Depends(_review_form)]


def sentence_wish(fields: Fields) -> Wishing:
    """Another wording of a sentence."""
    sentence, seen, text = (fields.get(name, "") for name in ("satz", "seen", "text"))
    return lambda draft: Wish(edits=(edit_sentence(draft.now, sentence, seen, text),))


def title_wish(fields: Fields) -> Wishing:
    """Another title, or the guessed one, which is right."""
    seen, text = fields.get("seen", ""), fields.get("text", "")
    return lambda draft: Wish(
        edits=(edit_title(draft.now, seen, text, is_guess=TITLE_GUESSED in draft.open_codes),)
    )


def day_wish(fields: Fields, today: date) -> Wishing:
    """Another day of the meeting, or the guessed one, which is right."""
    seen, text = fields.get("seen", ""), fields.get("text", "")

    def wish(draft: Draft) -> Wish:
        before, is_guess = draft.recording.recorded_on, DAY_GUESSED in draft.open_codes
        return Wish(edits=(edit_day(before, seen, text, today, is_guess=is_guess),))

    return wish


def chapter_wish(fields: Fields) -> Wishing:
    """A chapter renamed, moved, put in or taken out. Raises CorrectionTimeError."""
    seen = None
    if fields.get("kapitel", "neu") != "neu":
        seen = ChapterPlace(start_seconds=_seconds(fields.get("seen_zeit", "")), title=fields.get("seen", ""))
    wanted = None
    if fields.get("tun") != "streichen":
        clock, before = fields.get("zeit", "").strip(), fields.get("seen_zeit", "")
        start = seen.start_seconds if seen and clock == before else _seconds(clock)
        wanted = ChapterPlace(start_seconds=start, title=fields.get("text", ""))
    return lambda draft: Wish(edits=(edit_chapter(draft.now, seen, wanted),))


def agenda_wish(fields: Fields) -> Wishing:
    """The chapters as an agenda has them that came later, as the preview showed them.

    Raises CorrectionConflictError where the chapters have changed since, and what `read_agenda` raises.
    """
    agenda, seen = read_agenda(fields.get("liste", "")), number_in(fields.get("stand", ""))

    def wish(draft: Draft) -> Wish:
        if draft.number != seen and draft.at(seen).chapters != draft.now.chapters:
            raise CorrectionConflictError()
        return Wish(edits=with_agenda(draft.now, agenda).checked())

    return wish


def later_agenda_page(draft: Draft, fields: Fields, name: str) -> LaterAgendaPage:
    """What was typed as an agenda, and the chapters it would make; or why it cannot be read."""
    text = fields.get("liste", "")
    page = LaterAgendaPage(draft.machine.recording, text, seen=draft.number, name=fields.get("name", name))
    try:
        return replace(page, found=with_agenda(draft.now, read_agenda(text)))
    except PermanentError as error:
        return replace(page, complaint=explain(error))


def undo_wish(fields: Fields) -> Wishing:
    """A correction taken back."""
    number = number_in(fields.get("nummer", ""))
    return lambda draft: Wish(undoes=check_undoing(draft.corrections, number).number)


def review_wish(today: date) -> Wishing:
    """All of it was read, today."""
    return lambda draft: Wish(edits=(Review(wording=wording_of(draft.original.transcript), day=today),))


def note_wish(fields: Fields) -> Wishing:
    """Not to be released yet. Raises CorrectionEmptyError, CorrectionLongError."""
    note = "\n".join(" ".join(line.split()) for line in fields.get("note", "").splitlines()).strip()
    if not note:
        raise CorrectionEmptyError()
    if len(note) > LONGEST_NOTE:
        raise CorrectionLongError(most=LONGEST_NOTE)
    return lambda _: Wish(edits=(SentBack(note=note),))


def sought_of(fields: Fields) -> Sought:
    """What to replace everywhere."""
    return Sought(
        find=fields.get("alt", "").strip(),
        put=fields.get("neu", "").strip(),
        any_case=bool(fields.get("gross")),
        within_words=bool(fields.get("teil")),
    )


def number_in(text: str) -> int:
    """The number of a correction, as forms and addresses carry it; 0 for what can be none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0


def chosen_keys(fields: Fields) -> tuple[str, ...]:
    """The places that a replacement is to change."""
    return tuple(name.removeprefix(CHOSEN) for name in fields if name.startswith(CHOSEN))


def replace_wish(fields: Fields) -> Wishing:
    """The same words replaced at many places, as the preview showed them."""
    sought, keys = sought_of(fields), chosen_keys(fields)
    seen = number_in(fields.get("stand", ""))

    def wish(draft: Draft) -> Wish:
        """Raises CorrectionConflictError where a chosen place has changed since."""
        if draft.number != seen:
            before = {each.key: each.before for each in hits(draft.at(seen), sought)}
            after = {each.key: each.before for each in hits(draft.now, sought)}
            if any(before.get(key) != after.get(key) for key in keys):
                raise CorrectionConflictError()
        edits = edits_of(draft.now, sought, keys)
        if not edits:
            raise CorrectionNothingError()
        return Wish(edits=edits, replaced=sought.find)

    return wish


def asked_place(draft: Draft, query: Fields) -> Place | None:
    """The place that an address asks to edit."""
    now = draft.now
    if query.get("satz"):
        return sentence_place(now, query["satz"])
    if query.get("kapitel"):
        return chapter_place(now, query["kapitel"])
    if query.get("tag"):
        return day_place(draft.recording)
    return title_place(now) if query.get("titel") else None


def posted_place(draft: Draft, fields: Fields, complaint: str, *, is_conflict: bool) -> Place | None:
    """The place that was edited, with what was typed, and why it was not taken."""
    place = asked_place(draft, fields)
    if place is None:
        return None
    clock = fields.get("zeit", place.clock)
    return Place(
        place.what,
        place.key,
        place.seconds,
        place.seen,
        fields.get("text", place.text),
        complaint,
        is_conflict,
        place.seen_clock,
        clock,
    )


def known_name(request: Request) -> str:
    """The name that this browser last gave."""
    return unquote(request.cookies.get(NAME_COOKIE, ""))


def remember_name(request: Request, response: Response, name: str) -> None:
    """Keep a name for the next correction."""
    if name and name != known_name(request):
        response.set_cookie(
            NAME_COOKIE,
            quote(name),
            max_age=YEAR_SECONDS,
            path="/redaktion/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )


def _seconds(clock: str) -> float:
    """A time as people write it, `2:54` or `00:02:54.2`. Raises CorrectionTimeError."""
    try:
        [chapter] = read_chapters_text(f"{clock.strip()} x")
    except (PermanentError, ValueError):
        raise CorrectionTimeError(time=clock.strip() or exact_clock(0)) from None
    return chapter.start_seconds
