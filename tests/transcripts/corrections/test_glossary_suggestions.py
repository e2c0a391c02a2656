"""Names that people had to put right are suggested for the glossary."""

from datetime import UTC, datetime

from tests.transcripts.corrections.test_word_changes import spoken
from transcripts.corrections.correction_log import Correction, SentenceEdit
from transcripts.corrections.glossary_suggestions import Suggestion, suggestions
from transcripts.corrections.word_changes import changes_between


def log_of(*pairs: tuple[str, str], undo_last: bool = False) -> list[Correction]:
    """A correction for each pair of what was heard and what a person wrote."""
    made_at = datetime(2026, 11, 24, tzinfo=UTC)
    log = [
        Correction(number=number, made_at=made_at, made_by="Mira", edits=(edit_of(heard, written),))
        for number, (heard, written) in enumerate(pairs, start=1)
    ]
    if undo_last:
        log.append(Correction(number=len(log) + 1, made_at=made_at, made_by="Kim", undoes=len(log)))
    return log


def edit_of(heard: str, written: str) -> SentenceEdit:
    changes = changes_between(spoken(heard), written)
    return SentenceEdit(sentence="s0001", before=heard, after=written, changes=changes)


def test_the_names_most_often_put_right_come_first_with_what_was_heard() -> None:
    first = log_of(
        ("Wir waren in Ost belgien.", "Wir waren in Ostbelgien."), ("Herr Mörler sagt.", "Herr Möller sagt.")
    )
    second = log_of(("Auch Ostbelgen fragt.", "Auch Ostbelgien fragt."))
    assert suggestions([first, second], ()) == (
        Suggestion("Ostbelgien", 2, ("Ost belgien", "Ostbelgen")),
        Suggestion("Möller", 1, ("Mörler",)),
    )


def test_several_words_of_a_name_are_one_term() -> None:
    found = suggestions([log_of(("mit anna dörfler heute", "mit Annika Dörfler heute"))], ())
    assert [each.term for each in found] == ["Annika Dörfler"]


def test_what_the_glossary_knows_and_everyday_words_are_left_out() -> None:
    log = log_of(("Der bürger rat.", "Der Bürgerrat."), ("die solge war groß", "die Sorge war groß"))
    assert suggestions([log], ("bürgerrat",)) == ()


def test_what_was_taken_back_suggests_nothing() -> None:
    assert suggestions([log_of(("in Ostbelgen", "in Ostbelgien"), undo_last=True)], ()) == ()


def test_a_word_that_only_got_another_mark_is_no_term() -> None:
    assert suggestions([log_of(("in Ostbelgien", "in Ostbelgien."))], ()) == ()
