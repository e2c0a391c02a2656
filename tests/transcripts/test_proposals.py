"""What organisers want becomes edits, unless somebody else was there meanwhile."""

import pytest

from tests.transcripts.test_overlay import BORDSTEIL, MACHINE, RADWEG, log_of, spoken, texts
from transcripts.corrections import SentenceEdit
from transcripts.errors import PermanentError
from transcripts.model import Chapter
from transcripts.overlay import corrected
from transcripts.proposals import (
    LONGEST_SENTENCE,
    add_chapter,
    edit_sentence,
    edit_title,
    editor_name,
    hit_mark,
    hits,
    note,
    rename_chapter,
    replace_everywhere,
)

NOW = corrected(MACHINE, [])


def code_of(refused: pytest.ExceptionInfo[PermanentError]) -> str:
    return refused.value.code


def test_nobodys_edit_is_written_over_silently() -> None:
    first = edit_sentence(NOW, "s0001", BORDSTEIL, "Dabei achten wir auf Alter.")
    now = corrected(MACHINE, log_of(first))
    with pytest.raises(PermanentError) as refused:
        edit_sentence(now, "s0001", BORDSTEIL, "Dabei achten wir auf das Geschlecht.")
    assert code_of(refused) == "correction_conflict"
    assert refused.value.details["present"] == "Dabei achten wir auf Alter."


def test_two_who_want_the_same_are_no_conflict() -> None:
    first = edit_sentence(NOW, "s0001", BORDSTEIL, "Dabei achten wir auf Alter.")
    now = corrected(MACHINE, log_of(first))
    assert edit_sentence(now, "s0001", BORDSTEIL, "Dabei  achten wir auf Alter. ") == ()


def test_spaces_and_line_breaks_change_nothing() -> None:
    typed = "  " + BORDSTEIL.replace(" ", "\n", 1)
    assert edit_sentence(NOW, "s0001", BORDSTEIL, typed) == ()


@pytest.mark.parametrize("title", ["", "   "])
def test_a_title_cannot_be_empty(title: str) -> None:
    with pytest.raises(PermanentError) as refused:
        edit_title(NOW, MACHINE.recording.title, title)
    assert code_of(refused) == "title_missing"


def test_a_sentence_has_an_end() -> None:
    with pytest.raises(PermanentError) as refused:
        edit_sentence(NOW, "s0001", BORDSTEIL, "a" * (LONGEST_SENTENCE + 1))
    assert code_of(refused) == "text_too_long"


def test_a_chapter_that_was_renamed_meanwhile_is_a_conflict() -> None:
    now = corrected(texts(chapters=(Chapter(start_seconds=20, title="Radwege"),)), [])
    with pytest.raises(PermanentError) as refused:
        rename_chapter(now, 20, "Rat Wege", "Wege")
    assert code_of(refused) == "correction_conflict"


def test_a_chapter_begins_within_the_recording() -> None:
    with pytest.raises(PermanentError) as refused:
        add_chapter(NOW, 100_000, "Danach")
    assert code_of(refused) == "chapter_time"


def test_a_name_is_asked_for_and_an_address_refused() -> None:
    assert editor_name("  Mira   K. ") == "Mira K."
    for text, code in (("", "name_missing"), ("mira@example.org", "name_is_address")):
        with pytest.raises(PermanentError) as refused:
            editor_name(text)
        assert code_of(refused) == code


def test_a_note_says_something() -> None:
    with pytest.raises(PermanentError) as refused:
        note("  ")
    assert code_of(refused) == "note_missing"


COUNCIL = texts(
    spoken("s0001", 0, "Frau Müller und Herr Müllermann sprechen mit Müller."),
    spoken("s0002", 10, "Frau müller hört zu."),
    spoken("s0003", 20, "Müller, wieder."),
)


def test_words_are_replaced_everywhere_as_whole_words_or_within() -> None:
    now = corrected(COUNCIL, [])
    whole = hits(now, "Müller", "Möller", whole_words=True)
    assert [(each.segment.id, each.count) for each in whole] == [("s0001", 2), ("s0003", 1)]
    assert whole[0].after == "Frau Möller und Herr Müllermann sprechen mit Möller."
    within = hits(now, "Müller", "Möller", whole_words=False)
    assert within[0].count == 3


def test_signs_that_mean_something_to_programs_are_letters_here() -> None:
    now = corrected(texts(spoken("s0001", 0, "Das kostet 5.000 € (netto).")), [])
    assert hits(now, "5.000 € (netto)", r"\1 $&", whole_words=False)[0].after == r"Das kostet \1 $&."
    assert hits(now, "5x000", "6", whole_words=False) == ()


def test_only_what_was_seen_in_the_preview_is_replaced() -> None:
    now = corrected(COUNCIL, [])
    found = hits(now, "Müller", "Möller", whole_words=True)
    edits = replace_everywhere(found, [hit_mark(found[1])])
    assert [edit.sentence for edit in edits if isinstance(edit, SentenceEdit)] == ["s0003"]
    changed = corrected(COUNCIL, log_of(edit_sentence(now, "s0003", "Müller, wieder.", "Müller, ja.")))
    with pytest.raises(PermanentError) as refused:
        replace_everywhere(hits(changed, "Müller", "Möller", whole_words=True), [hit_mark(found[1])])
    assert code_of(refused) == "preview_outdated"


def test_what_stays_as_it_is_is_no_hit() -> None:
    assert hits(NOW, "Rat Weg", "Rat Weg", whole_words=True) == ()
    assert RADWEG in [each.text for each in NOW.texts.transcript.segments]
