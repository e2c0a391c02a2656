"""What the command line says about corrections, in German."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tasks.archive.correction_store import Draft
from transcripts.corrections.correction_log import (
    ChapterEdit,
    ChapterPlace,
    Correction,
    DayEdit,
    Edit,
    Review,
    SentBack,
    SentenceEdit,
    TitleEdit,
    WordChange,
    undone,
)
from transcripts.corrections.editing import Hit, Sought
from transcripts.corrections.overlay import Misfit
from transcripts.wording.german_formats import format_clock, format_date_de
from transcripts.wording.local_time import format_moment

if TYPE_CHECKING:
    from transcripts.corrections.glossary_suggestions import Suggestion
    from transcripts.corrections.later_agenda import LaterAgenda

MOST_EDITS_SHOWN = 5


def draft_lines(draft: Draft, zone: ZoneInfo) -> Iterator[str]:
    """All corrections of a record, the oldest first, and what became of them."""
    if not draft.corrections:
        yield "Noch keine Berichtigung."
        return
    gone = undone(draft.corrections)
    for correction in draft.corrections:
        mark = " (zurückgenommen)" if correction.number in gone else ""
        yield f"{correction.number}  {format_moment(correction.made_at, zone)}  {correction.made_by}{mark}"
        yield from (f"   {line}" for line in correction_lines(correction))
    yield from misfit_lines(draft.now.misfits)
    is_taken = draft.now.transcript.is_from_captions
    origin = "aus den Untertiteln der Quelle übernommen" if is_taken else "maschinell erstellt"
    yield f"Der Text wurde {origin} und {draft.now.proofreading.words}."
    if draft.now.sent_back:
        yield f"Zurückgestellt: {draft.now.sent_back}"
    if draft.manifest.has_unpublished_corrections:
        yield "Noch nicht alles ist veröffentlicht; die nächste Berichtigung oder „rebuild“ holt es nach."


def correction_lines(correction: Correction) -> Iterator[str]:
    """What one correction changes, a line an edit; of many only the first."""
    if correction.undoes is not None:
        yield f"nimmt Berichtigung {correction.undoes} zurück"
    if correction.replaced:
        yield f"„{correction.replaced}“ überall ersetzt, Stellen: {len(correction.edits)}"
    for edit in correction.edits[:MOST_EDITS_SHOWN]:
        yield edit_line(edit)
    if len(correction.edits) > MOST_EDITS_SHOWN:
        yield f"… und {len(correction.edits) - MOST_EDITS_SHOWN} weitere"


def edit_line(edit: Edit) -> str:
    """One edit in a line."""
    match edit:
        case SentenceEdit():
            place = f"{edit.sentence}, {format_clock(edit.changes[0].start_seconds)}" if edit.changes else ""
            changes = "; ".join(change_words(each) for each in edit.changes)
            return f"Satz {place or edit.sentence}: {changes}"
        case ChapterEdit():
            return _chapter_line(edit)
        case TitleEdit():
            return f"Titel: „{edit.before}“ → „{edit.after}“"
        case DayEdit():
            return f"Tag: {format_date_de(edit.before)} → {format_date_de(edit.after)}"
        case Review():
            return "von Hand geprüft"
        case SentBack():
            return f"zurückgestellt: {edit.note}"


def change_words(change: WordChange) -> str:
    """`„Bordsteil“ → „Wohnort“`."""
    if not change.before:
        return f"eingefügt „{change.after}“"
    return f"„{change.before}“ → „{change.after}“" if change.after else f"gestrichen „{change.before}“"


def misfit_lines(misfits: Sequence[Misfit]) -> Iterator[str]:
    """What fits nowhere in the present text."""
    if misfits:
        yield "Das passt zum jetzigen Text nicht mehr (nichts ist verloren, bitte ansehen):"
    for each in misfits:
        what = change_words(each.change) if each.change else edit_line(each.edit)
        place = f" bei {format_clock(each.change.start_seconds)}" if each.change else ""
        yield f"   Berichtigung {each.correction.number}{place}: {what}"


def hit_lines(hits: Sequence[Hit], sought: Sought) -> Iterator[str]:
    """The preview of replacing everywhere."""
    if not hits:
        yield f"„{sought.find}“ kommt nicht vor."
        return
    for hit in hits:
        yield f"{format_clock(hit.start_seconds)}  {hit_place(hit)}"
        yield f"   - {hit.before}"
        yield f"   + {hit.after}"


_FATES = {"stays": " ", "new": "+", "goes": "-"}


def chapter_lines(found: "LaterAgenda") -> Iterator[str]:
    """The preview of the chapters that an agenda makes: what is new, and what goes."""
    for line in found.lines:
        yield f"{_FATES[line.fate]} {format_clock(line.place.start_seconds)}  {line.place.title}"


def hit_place(hit: Hit) -> str:
    """Where it stands: title, chapter or sentence."""
    if hit.key == "title":
        return "Titel"
    return "Kapitel" if hit.key.startswith("chapter ") else f"Satz {hit.key}"


def suggestion_lines(found: "Sequence[Suggestion]") -> Iterator[str]:
    """Terms for the glossary, as its file takes them: what was heard instead is a comment."""
    if not found:
        yield "Aus den Berichtigungen ergeben sich keine neuen Begriffe für das Glossar."
    for each in found:
        heard = ", ".join(f"„{text}“" for text in each.heard_as[:3])
        yield f"{each.term}  # {each.times}× berichtigt{f', verstanden wurde {heard}' if heard else ''}"


def _chapter_line(edit: ChapterEdit) -> str:
    before, after = edit.before, edit.after
    if before is None:
        return f"Kapitel {_clock(after)} eingefügt: „{after.title if after else ''}“"
    if after is None:
        return f"Kapitel {_clock(before)} gestrichen: „{before.title}“"
    until = f" → {_clock(after)}" if before.start_seconds != after.start_seconds else ""
    return f"Kapitel {_clock(before)}{until}: „{before.title}“ → „{after.title}“"


def _clock(place: ChapterPlace | None) -> str:
    return format_clock(place.start_seconds if place else 0)
