"""Corrections over a machine's text: sentences, chapters, title, undoing, another transcription."""

from datetime import UTC, date, datetime

from tests.transcripts.corrections.test_word_changes import spoken
from transcripts.corrections.correction_log import (
    ChapterEdit,
    ChapterPlace,
    Correction,
    Edit,
    Review,
    SentBack,
    SentenceEdit,
    TitleEdit,
)
from transcripts.corrections.editing import edit_chapter, edit_sentence, edit_title
from transcripts.corrections.overlay import Original, base_title, overlaid, wording_of
from transcripts.corrections.sentence_addresses import keep_addresses
from transcripts.model import Chapter, Note, Transcript

FIRST, SECOND = "Guten Abend im Bürgerrad.", "Wir losen aus dem Meldregister."
ORIGINAL = Original(
    "Treffen",
    Transcript(duration_seconds=60.0, segments=(spoken(FIRST, 10.0, "s0001"), spoken(SECOND, 20.0, "s0002"))),
    (Chapter(start_seconds=0.0, title="Begrüßung"), Chapter(start_seconds=20.0, title="Los")),
)


def corrected(*steps: Edit) -> list[Correction]:
    return [step(number, edit) for number, edit in enumerate(steps, start=1)]


def step(number: int, *edits: Edit, undoes: int | None = None) -> Correction:
    made_at = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    return Correction(number=number, made_at=made_at, made_by="Alma", edits=edits, undoes=undoes)


def sentence(identity: str, text: str, before: list[Correction] | None = None) -> SentenceEdit:
    """An edit as somebody makes it who sees the text with the corrections `before`."""
    now = overlaid(ORIGINAL, before or [])
    found = now.sentence(identity)
    assert found is not None
    return edit_sentence(now, identity, found.text, text)


def texts(corrections: list[Correction], original: Original = ORIGINAL) -> list[str]:
    return [each.text for each in overlaid(original, corrections).transcript.segments]


BETTER = sentence("s0001", "Guten Abend im Bürgerrat.")


def test_without_corrections_the_text_is_the_machines() -> None:
    assert overlaid(ORIGINAL, []).transcript is ORIGINAL.transcript


def test_a_corrected_sentence_keeps_its_address_and_the_original_its_text() -> None:
    found = overlaid(ORIGINAL, corrected(BETTER))
    assert [each.id for each in found.transcript.segments] == ["s0001", "s0002"]
    assert found.transcript.segments[0].text == "Guten Abend im Bürgerrat."
    assert found.changed == {"s0001"}
    assert found.proofreading.corrected == 1
    assert ORIGINAL.transcript.segments[0].text == FIRST


def test_two_corrections_of_one_sentence_follow_each_other() -> None:
    log = corrected(BETTER)
    log.append(step(2, sentence("s0001", "Guten Abend, im Bürgerrat.", log)))
    assert texts(log)[0] == "Guten Abend, im Bürgerrat."


def test_undoing_the_earlier_of_two_keeps_the_later() -> None:
    log = corrected(BETTER)
    log.append(step(2, sentence("s0001", "Schönen Abend im Bürgerrat.", log)))
    log.append(step(3, undoes=1))
    found = overlaid(ORIGINAL, log)
    assert found.transcript.segments[0].text == "Schönen Abend im Bürgerrad."
    assert found.misfits == ()


def test_undoing_is_undone_by_a_further_correction() -> None:
    log = [step(1, BETTER), step(2, undoes=1)]
    assert texts(log)[0] == FIRST
    assert texts([*log, step(3, undoes=2)])[0] == "Guten Abend im Bürgerrat."
    assert texts([*log, step(3, undoes=2), step(4, undoes=3)])[0] == FIRST


def test_a_correction_of_a_correction_that_was_undone_is_shown_and_not_lost() -> None:
    log = corrected(BETTER)
    log.append(step(2, sentence("s0001", "Guten Abend im Rathaus.", log)))
    log.append(step(3, undoes=1))
    found = overlaid(ORIGINAL, log)
    # The neighbours still tell the place, and what a person wrote last counts.
    assert found.transcript.segments[0].text == "Guten Abend im Rathaus."
    assert found.misfits == ()


def test_corrections_survive_a_new_transcription_with_other_sentences() -> None:
    heard_again = Transcript(
        duration_seconds=60.0,
        segments=(
            spoken("Guten", 10.0),
            spoken("Abend im Bürgerrad. Ja.", 10.5),
            spoken("Wir losen aus dem Melderegister.", 20.2),
        ),
    )
    again = keep_addresses(ORIGINAL.transcript, heard_again)
    log = corrected(BETTER, sentence("s0002", "Wir losen aus dem Melderegister.", corrected(BETTER)))
    found = overlaid(Original("Treffen", again, ORIGINAL.chapters), log)
    assert [each.text for each in found.transcript.segments] == [
        "Guten",
        "Abend im Bürgerrat. Ja.",
        "Wir losen aus dem Melderegister.",
    ]
    assert found.misfits == ()
    assert [each.id for each in found.transcript.segments] == [each.id for each in again.segments]


def test_what_fits_nowhere_after_a_new_transcription_is_named() -> None:
    again = Transcript(duration_seconds=60.0, segments=(spoken("Etwas ganz anderes war zu hören.", 40.0),))
    found = overlaid(Original("Treffen", again, ()), corrected(BETTER))
    [misfit] = found.misfits
    assert misfit.correction.number == 1
    assert misfit.change is not None
    assert misfit.change.after == "Bürgerrat."


def test_a_sentence_taken_out_leaves_its_address() -> None:
    found = overlaid(ORIGINAL, corrected(sentence("s0002", "")))
    assert found.transcript.segments[1].id == "s0002"
    assert found.transcript.segments[1].text == ""


def test_the_last_title_counts_and_the_first_is_known() -> None:
    first = edit_title(overlaid(ORIGINAL, []), "Treffen", "Netzwerktreffen")
    log = corrected(first, TitleEdit(before="Netzwerktreffen", after="Treffen im November"))
    assert overlaid(ORIGINAL, log).title == "Treffen im November"
    assert base_title("Treffen im November", log) == "Treffen"
    assert overlaid(ORIGINAL, [*log, step(3, undoes=2)]).title == "Netzwerktreffen"


def test_a_renamed_chapter_is_a_persons() -> None:
    now = overlaid(ORIGINAL, [])
    seen = ChapterPlace(start_seconds=20.0, title="Los")
    edit = edit_chapter(now, seen, ChapterPlace(start_seconds=20.0, title="Das Losverfahren"))
    chapters = overlaid(ORIGINAL, corrected(edit)).chapters
    assert [(each.title, each.origin) for each in chapters] == [
        ("Begrüßung", "speech"),
        ("Das Losverfahren", "human"),
    ]


def test_chapters_are_put_in_moved_and_taken_out() -> None:
    put_in = ChapterEdit(before=None, after=ChapterPlace(start_seconds=40.0, title="Ende"))
    moved = ChapterEdit(
        before=ChapterPlace(start_seconds=40.0, title="Ende"),
        after=ChapterPlace(start_seconds=45.0, title="Ende"),
    )
    taken_out = ChapterEdit(before=ChapterPlace(start_seconds=20.0, title="Los"), after=None)
    chapters = overlaid(ORIGINAL, corrected(put_in, moved, taken_out)).chapters
    assert [(each.start_seconds, each.title) for each in chapters] == [(0.0, "Begrüßung"), (45.0, "Ende")]


def test_a_persons_chapter_takes_the_place_of_the_machines_that_moved() -> None:
    edit = ChapterEdit(
        before=ChapterPlace(start_seconds=20.0, title="Los"),
        after=ChapterPlace(start_seconds=20.0, title="Das Losverfahren"),
    )
    again = (Chapter(start_seconds=1.0, title="Anfang"), Chapter(start_seconds=23.0, title="Losen"))
    found = overlaid(Original("Treffen", ORIGINAL.transcript, again), corrected(edit))
    assert [(each.start_seconds, each.title) for each in found.chapters] == [
        (1.0, "Anfang"),
        (20.0, "Das Losverfahren"),
    ]


def test_a_review_counts_for_the_text_that_was_read() -> None:
    log = corrected(Review(wording=wording_of(ORIGINAL.transcript)))
    found = overlaid(ORIGINAL, log)
    assert found.proofreading.reviewed_on == date(2026, 11, 24)
    assert "am 24. November 2026 von Hand geprüft" in found.proofreading.words
    again = Original("Treffen", Transcript(segments=(spoken("Anders.", 10.0),)), ())
    assert overlaid(again, log).proofreading.reviewed_on is None


def test_a_review_is_of_the_day_that_it_was_for_the_network() -> None:
    log = corrected(Review(wording=wording_of(ORIGINAL.transcript), day=date(2026, 11, 25)))
    assert log[0].made_at.date() == date(2026, 11, 24), "in UTC"
    assert "am 25. November 2026 von Hand geprüft" in overlaid(ORIGINAL, log).proofreading.words


def test_what_was_sent_back_waits_with_its_note_until_it_is_reviewed() -> None:
    log = corrected(SentBack(note="Der Name im ersten Satz stimmt nicht."))
    assert overlaid(ORIGINAL, log).sent_back == "Der Name im ersten Satz stimmt nicht."
    log.append(step(2, Review(wording=wording_of(ORIGINAL.transcript))))
    assert overlaid(ORIGINAL, log).sent_back == ""


def test_a_doubt_about_sentences_that_people_reworded_is_settled() -> None:
    doubted = ORIGINAL.transcript.model_copy(
        update={"notes": (Note(cause="unsure", start_seconds=10.2, end_seconds=11.0),)}
    )
    original = Original("Treffen", doubted, ())
    assert overlaid(original, [step(1, TitleEdit(before="a", after="b"))]).transcript.notes
    assert not overlaid(original, corrected(BETTER)).transcript.notes
