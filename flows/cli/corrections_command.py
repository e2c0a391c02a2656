"""`mitschnitt corrections`: see what people corrected in a record, correct it, take a correction back.

What is corrected is published at once. Loads no Prefect, so that an answer is there at once.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any

import typer
from rich.markup import escape

from flows.cli.agenda_option import AgendaOption, read_agenda, show_agenda
from flows.cli.corrections_output import chapter_lines, draft_lines, hit_lines, suggestion_lines
from flows.cli.terminal import output
from flows.composition import resources
from flows.local_clock import clock_of
from flows.pipeline.glossary_terms import known_terms
from tasks.archive.correction_store import Draft, Wish, all_corrections, correct, read_draft
from tasks.archive.publishing import publish_corrections
from transcripts.agendas.agenda_values import Agenda
from transcripts.chapters.chapter_formats import read_chapters_text
from transcripts.corrections.correction_log import ChapterPlace, Review, undone
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
from transcripts.corrections.overlay import wording_of
from transcripts.errors.correction_errors import CorrectionNothingError, CorrectionPlaceError
from transcripts.errors.error_kinds import PermanentError
from transcripts.hold_reasons import DAY_GUESSED, TITLE_GUESSED
from transcripts.wording.german_formats import format_clock


def add_corrections_command(app: typer.Typer) -> None:
    """Hang the command into the command line."""
    app.command("corrections")(corrections_command)


def corrections_command(
    record_id: Annotated[
        str | None, typer.Argument(metavar="KENNUNG", help="Kennung der Aufzeichnung.", show_default=False)
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Wer berichtigt: ein Name, keine Mailadresse.")
    ] = None,
    sentence: Annotated[
        str | None,
        typer.Option("--sentence", metavar="SATZ", help="Adresse eines Satzes, s0007; mit --text."),
    ] = None,
    chapter: Annotated[
        str | None,
        typer.Option("--chapter", metavar="ZEIT", help="Kapitel bei 00:12:30; mit --text der neue Titel."),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Der neue Wortlaut; leer: Satz oder Kapitel streichen.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Neuer Titel der Aufzeichnung.")] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="TAG", help="Der Tag des Treffens, 19.11.2026.")
    ] = None,
    find: Annotated[
        str | None, typer.Option("--replace", metavar="ALT", help="Überall ersetzen; mit --with.")
    ] = None,
    put: Annotated[
        str | None, typer.Option("--with", metavar="NEU", help="Was stattdessen dastehen soll.")
    ] = None,
    agenda: AgendaOption = None,
    any_case: Annotated[bool, typer.Option("--any-case", help="Groß und klein nicht unterscheiden.")] = False,
    within_words: Annotated[bool, typer.Option("--within-words", help="Auch in Wörtern ersetzen.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Wirklich tun; sonst nur zeigen.")] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", metavar="NUMMER", help="Eine Berichtigung zurücknehmen.")
    ] = None,
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="Der ganze Text ist mit der Aufzeichnung verglichen.")
    ] = False,
    glossary: Annotated[
        bool,
        typer.Option("--glossary", help="Begriffe für das Glossar vorschlagen, aus allen Aufzeichnungen."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Ausgabe für Programme.")] = False,
) -> None:
    """Eine Aufzeichnung berichtigen; ohne weitere Angaben: zeigen, was berichtigt wurde.

    Jede Berichtigung nennt, wer sie gemacht hat (--by), und gilt sofort für Seite,
    Untertitel, Texte, Kapitel und Suche. Sie lässt sich zurücknehmen (--undo) und
    bleibt auch nach einer neuen Verschriftung.
    """
    if glossary:
        _suggest(as_json=as_json)
        return
    if record_id is None:
        raise typer.BadParameter("Welche Aufzeichnung? Bitte die Kennung angeben.", param_hint="KENNUNG")
    if find is not None and not yes:
        _preview(record_id, Sought(find, _needed(put, "--with"), any_case, within_words), as_json=as_json)
        return
    given = read_agenda(agenda)
    if agenda is not None and not yes:
        _preview_agenda(record_id, given, as_json=as_json)
        return
    wishes: list[Callable[[Draft], Wish]] = []
    if agenda is not None:
        wishes.append(_agenda_wish(given))
    if title is not None:
        wishes.append(_title_wish(title))
    if day is not None:
        wishes.append(_day_wish(day, clock_of(resources().settings).today))
    if sentence is not None:
        wishes.append(_sentence_wish(sentence, _needed(text, "--text")))
    if chapter is not None:
        wishes.append(_chapter_wish(_seconds(chapter), _needed(text, "--text")))
    if find is not None:
        wishes.append(_replacing_wish(Sought(find, _needed(put, "--with"), any_case, within_words)))
    if undo is not None:
        wishes.append(_undoing_wish(undo))
    if reviewed:
        wishes.append(_review_wish(clock_of(resources().settings).today))
    if wishes:
        _correct(record_id, _needed(by, "--by"), wishes)
    _show(record_id, as_json=as_json)


def _correct(record_id: str, name: str, wishes: Iterable[Callable[[Draft], Wish]]) -> None:
    """Add each as a correction of its own, then let everything that is published follow."""
    storage, imprint = resources().storage, resources().imprint
    try:
        for wish in wishes:
            correct(storage, record_id, name, wish, imprint.writer)
    finally:
        publish_corrections(storage, record_id, imprint)


def _title_wish(title: str) -> Callable[[Draft], Wish]:
    def wish(draft: Draft) -> Wish:
        is_guess = TITLE_GUESSED in draft.open_codes
        return Wish((edit_title(draft.now, draft.now.title, title, is_guess=is_guess),))

    return wish


def _day_wish(day: str, today: date) -> Callable[[Draft], Wish]:
    def wish(draft: Draft) -> Wish:
        before, is_guess = draft.recording.recorded_on, DAY_GUESSED in draft.open_codes
        return Wish((edit_day(before, before.isoformat(), day, today, is_guess=is_guess),))

    return wish


def _sentence_wish(identity: str, text: str) -> Callable[[Draft], Wish]:
    """Another wording, whatever stands there: who types a command has seen no text to compare with."""

    def wish(draft: Draft) -> Wish:
        segment = draft.now.sentence(identity)
        return Wish((edit_sentence(draft.now, identity, segment.text if segment else "", text),))

    return wish


def _chapter_wish(start_seconds: float, text: str) -> Callable[[Draft], Wish]:
    """The chapter of that second renamed; a new one where none begins; one less where the title is empty."""

    def wish(draft: Draft) -> Wish:
        there = [each for each in draft.now.chapters if int(each.start_seconds) == int(start_seconds)]
        seen = ChapterPlace(start_seconds=there[0].start_seconds, title=there[0].title) if there else None
        if seen is None and not text.strip():
            raise CorrectionPlaceError(place=format_clock(start_seconds))
        start = seen.start_seconds if seen else start_seconds
        wanted = ChapterPlace(start_seconds=start, title=text) if text.strip() else None
        return Wish((edit_chapter(draft.now, seen, wanted),))

    return wish


def _replacing_wish(sought: Sought) -> Callable[[Draft], Wish]:
    def wish(draft: Draft) -> Wish:
        found = [each.key for each in hits(draft.now, sought)]
        if not found:
            raise CorrectionNothingError()
        return Wish(edits_of(draft.now, sought, found), replaced=sought.find)

    return wish


def _review_wish(today: date) -> Callable[[Draft], Wish]:
    return lambda draft: Wish((Review(wording=wording_of(draft.original.transcript), day=today),))


def _undoing_wish(number: int) -> Callable[[Draft], Wish]:
    return lambda draft: Wish(undoes=check_undoing(draft.corrections, number).number)


def _preview(record_id: str, sought: Sought, *, as_json: bool) -> None:
    found = hits(read_draft(resources().storage, record_id).now, sought)
    if as_json:
        rows = [
            {
                "place": each.key,
                "start_seconds": each.start_seconds,
                "before": each.before,
                "after": each.after,
            }
            for each in found
        ]
        print(json.dumps({"record": record_id, "hits": rows}, ensure_ascii=False))
        return
    _print(hit_lines(found, sought))
    if found:
        output.print("Wirklich ersetzen: noch einmal mit --yes und --by NAME.")


def _agenda_wish(agenda: Agenda) -> Callable[[Draft], Wish]:
    from transcripts.corrections.later_agenda import with_agenda

    return lambda draft: Wish(with_agenda(draft.now, agenda).checked())


def _preview_agenda(record_id: str, agenda: Agenda, *, as_json: bool) -> None:
    from transcripts.corrections.later_agenda import with_agenda

    found = with_agenda(read_draft(resources().storage, record_id).now, agenda)
    if as_json:
        rows = [{**json.loads(each.place.to_json()), "fate": each.fate} for each in found.lines]
        items = [json.loads(each.to_json()) for each in found.outcomes]
        print(json.dumps({"record": record_id, "chapters": rows, "items": items}, ensure_ascii=False))
        return
    found.checked()
    _print(chapter_lines(found))
    show_agenda(found.outcomes)
    output.print("Wirklich übernehmen: noch einmal mit --yes und --by NAME.")


def _suggest(*, as_json: bool) -> None:
    from transcripts.corrections.glossary_suggestions import suggestions

    known = known_terms(resources().settings)
    found = suggestions(all_corrections(resources().storage), known)
    if as_json:
        rows = [{"term": each.term, "times": each.times, "heard_as": each.heard_as} for each in found]
        print(json.dumps({"suggestions": rows}, ensure_ascii=False))
        return
    _print(suggestion_lines(found))


def _show(record_id: str, *, as_json: bool) -> None:
    draft = read_draft(resources().storage, record_id)
    if not as_json:
        _print(draft_lines(draft, resources().settings.network.zone))
        return
    gone = undone(draft.corrections)
    facts: dict[str, Any] = {
        "record": record_id,
        "corrections": [
            {**json.loads(each.to_json()), "is_undone": each.number in gone} for each in draft.corrections
        ],
        "misfits": [
            {"number": each.correction.number, "edit": json.loads((each.change or each.edit).to_json())}
            for each in draft.now.misfits
        ],
        "is_published": not draft.manifest.has_unpublished_corrections,
        "reviewed_on": str(draft.now.proofreading.reviewed_on or "") or None,
    }
    print(json.dumps(facts, ensure_ascii=False))


def _seconds(clock: str) -> float:
    """`00:12:30` as seconds."""
    try:
        return read_chapters_text(f"{clock} Kapitel")[0].start_seconds
    except (PermanentError, IndexError) as error:
        raise typer.BadParameter("Bitte die Zeit so angeben: 00:12:30.", param_hint="--chapter") from error


def _needed(value: str | None, option: str) -> str:
    if value is None:
        raise typer.BadParameter(f"Dazu gehört {option}.", param_hint=option)
    return value


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        output.print(escape(line))
