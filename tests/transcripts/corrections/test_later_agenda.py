"""An agenda that comes after the recording changes the machine's chapters, and nothing of a person's."""

from datetime import UTC, datetime

import pytest

from tests.transcripts.spoken_sample import SAMPLES, meeting_in_sentences
from transcripts.agendas.agenda_reading import read_agenda
from transcripts.agendas.agenda_values import Agenda
from transcripts.chapters.chapter_detection import find_chapters
from transcripts.corrections.correction_log import ChapterEdit, ChapterPlace, Correction, Edit
from transcripts.corrections.editing import edit_chapter
from transcripts.corrections.later_agenda import Fate, with_agenda
from transcripts.corrections.overlay import Original, Overlaid, overlaid
from transcripts.errors.correction_errors import AgendaNotSpokenOfError, CorrectionNothingError

AGENDA = read_agenda((SAMPLES / "netzwerktreffen.tagesordnung.txt").read_text("utf-8"))
MEETING = meeting_in_sentences()
ORIGINAL = Original("Treffen", MEETING, find_chapters(MEETING))


def laid(*steps: tuple[Edit, ...], undoes: int | None = None) -> Overlaid:
    """The record with these corrections, and at last with one of them undone."""
    made_at = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    log = [
        Correction(number=number, made_at=made_at, made_by="Alma", edits=edits)
        for number, edits in enumerate(steps, start=1)
    ]
    if undoes is not None:
        log.append(Correction(number=len(log) + 1, made_at=made_at, made_by="Alma", undoes=undoes))
    return overlaid(ORIGINAL, log)


def places(now: Overlaid) -> list[tuple[float, str]]:
    return [(each.start_seconds, each.title) for each in now.chapters]


def test_the_chapters_are_those_that_the_agenda_would_have_made_at_once() -> None:
    found = with_agenda(laid(), AGENDA)
    now = laid(found.checked())
    expected = find_chapters(MEETING, AGENDA.titles)
    assert places(now) == [(each.start_seconds, each.title) for each in expected]
    assert {each.origin for each in now.chapters} >= {"agenda"}
    assert not now.misfits
    assert [line.place.title for line in found.lines if line.fate is not Fate.GOES] == [
        each.title for each in expected
    ]


def test_undone_the_chapters_are_as_before() -> None:
    assert places(laid(with_agenda(laid(), AGENDA).checked(), undoes=1)) == places(laid())


def test_what_a_person_set_stays_in_time_and_title() -> None:
    before = laid()
    third = before.chapters[2]
    seen = ChapterPlace(start_seconds=third.start_seconds, title=third.title)
    by_hand = edit_chapter(before, seen, seen.model_copy(update={"title": "Von Hand gesetzt"}))
    now = laid((by_hand,), with_agenda(laid((by_hand,)), AGENDA).checked())
    assert (third.start_seconds, "Von Hand gesetzt") in places(now)
    assert not now.misfits


def test_an_agenda_that_came_before_gives_way() -> None:
    first = with_agenda(laid(), Agenda(AGENDA.items[:2])).checked()
    second = with_agenda(laid(first), AGENDA).checked()
    assert places(laid(first, second)) == places(laid(with_agenda(laid(), AGENDA).checked()))


def test_the_same_agenda_again_changes_nothing() -> None:
    now = laid(with_agenda(laid(), AGENDA).checked())
    with pytest.raises(CorrectionNothingError):
        with_agenda(now, AGENDA).checked()


@pytest.mark.parametrize("text", ["1. Kassenbericht des Kegelvereins\n2. Wahl des Kegelwarts", ""])
def test_of_another_meetings_agenda_nothing_is_found_and_nothing_changes(text: str) -> None:
    found = with_agenda(laid(), read_agenda(text))
    assert (found.edits, {line.fate for line in found.lines}) == ((), {Fate.STAYS})
    with pytest.raises(AgendaNotSpokenOfError):
        found.checked()


@pytest.mark.parametrize("kept", range(2, len(AGENDA.items) + 1))
def test_whatever_part_of_the_agenda_is_given_no_chapter_is_lost_or_doubled(kept: int) -> None:
    found = with_agenda(laid(), Agenda(AGENDA.items[:kept]))
    now = laid(found.checked())
    assert not now.misfits
    starts = [each.start_seconds for each in now.chapters]
    assert starts == sorted(set(starts))
    assert places(now) == [
        (line.place.start_seconds, line.place.title) for line in found.lines if line.fate is not Fate.GOES
    ]
    gone = [(line.place.start_seconds, line.place.title) for line in found.lines if line.fate is Fate.GOES]
    assert set(gone) <= set(places(laid()))


def test_a_correction_of_an_earlier_version_is_a_persons() -> None:
    stored = '{"kind": "chapter", "before": null, "after": {"start_seconds": 30, "title": "Losen"}}'
    (chapter,) = [
        each for each in laid((ChapterEdit.model_validate_json(stored),)).chapters if each.title == "Losen"
    ]
    assert chapter.origin == "human"
