"""A change of words finds its place again, also in another transcription."""

from transcripts.corrections.correction_log import WordChange
from transcripts.corrections.word_changes import apply_change, changes_between, reworded, timed
from transcripts.model import Segment, Word


def spoken(text: str, start: float = 10.0, identity: str = "s0001") -> Segment:
    """A sentence with half a second for each word."""
    words = tuple(
        Word(text=each, start_seconds=start + at / 2, end_seconds=start + at / 2 + 0.4, probability=0.9)
        for at, each in enumerate(text.split())
    )
    end = words[-1].end_seconds if words else start
    return Segment(id=identity, start_seconds=start, end_seconds=end, text=text, words=words)


def applied(change: WordChange, *segments: Segment) -> tuple[bool, list[str]]:
    changed = list(segments)
    fits = apply_change(change, changed)
    return fits, [each.text for each in changed]


def change_of(before: str, after: str) -> WordChange:
    [change] = changes_between(spoken(before), after)
    return change


RENAMED = change_of(
    "Wir waren im Bürgerrad Ost belgien zu Gast.", "Wir waren im Bürgerrat Ostbelgien zu Gast."
)


def test_a_change_names_its_words_their_neighbours_and_their_time() -> None:
    assert (RENAMED.before, RENAMED.after) == ("Bürgerrad Ost belgien", "Bürgerrat Ostbelgien")
    assert (RENAMED.left, RENAMED.right) == ("Wir waren im", "zu Gast.")
    assert (RENAMED.start_seconds, RENAMED.end_seconds) == (11.5, 12.9)


def test_words_that_stay_keep_their_times_and_new_ones_share_those_they_replace() -> None:
    segment = reworded(spoken("im Bürgerrad Ost belgien zu"), "im Bürgerrat Ostbelgien zu")
    assert [word.text for word in segment.words] == ["im", "Bürgerrat", "Ostbelgien", "zu"]
    assert segment.words[3].start_seconds == 12.0
    assert segment.words[1].start_seconds == 10.5
    assert 10.5 < segment.words[2].start_seconds < segment.words[2].end_seconds <= 11.9
    assert segment.words[1].probability is None


def test_a_sentence_without_words_gets_times_by_its_letters() -> None:
    bare = Segment(start_seconds=0.0, end_seconds=10.0, text="eins zwei")
    assert [word.start_seconds for word in timed(bare)] == [0.0, 5.0]


def test_the_same_words_a_little_later_in_another_sentence_are_changed() -> None:
    others = (spoken("Guten Abend", 8.0), spoken("im Bürgerrad Ost belgien zu Gast, ja.", 11.2, "s0002"))
    assert applied(RENAMED, *others) == (True, ["Guten Abend", "im Bürgerrat Ostbelgien zu Gast, ja."])


def test_what_was_heard_right_this_time_stays() -> None:
    right = spoken("Wir waren im Bürgerrat Ostbelgien zu Gast.")
    assert applied(RENAMED, right) == (True, [right.text])


def test_where_something_else_was_heard_the_neighbours_tell_the_place() -> None:
    other = spoken("Wir waren im Bürgerhaus Ost Belgiens zu Gast.")
    assert applied(RENAMED, other) == (True, ["Wir waren im Bürgerrat Ostbelgien zu Gast."])


def test_a_change_that_fits_nowhere_changes_nothing() -> None:
    other = spoken("Jetzt geht es um die Kosten eines Verfahrens.")
    assert applied(RENAMED, other) == (False, [other.text])


def test_the_same_words_minutes_later_are_not_meant() -> None:
    later = spoken("Wir waren im Bürgerrad Ost belgien zu Gast.", start=100.0)
    assert applied(RENAMED, later) == (False, [later.text])


def test_of_two_equal_words_the_one_with_the_right_neighbours_is_changed() -> None:
    [change] = changes_between(spoken("der Rat und der Ort und der Tag"), "der Rat und die Ort und der Tag")
    assert applied(change, spoken("der Rat und der Ort und der Tag", 10.9))[1] == [
        "der Rat und die Ort und der Tag"
    ]


def test_a_longer_new_wording_is_not_put_in_twice() -> None:
    change = change_of("im Rat heute", "im Bürger Rat heute")
    right = spoken("im Bürger Rat heute")
    assert applied(change, right) == (True, [right.text])


def test_words_put_in_find_their_gap_again() -> None:
    change = change_of("Es kostet Euro", "Es kostet 500 Euro")
    assert change.before == ""
    assert applied(change, spoken("Nun, es kostet Euro dort", 9.5)) == (
        True,
        ["Nun, es kostet 500 Euro dort"],
    )


def test_words_put_in_at_the_end_find_their_place_again() -> None:
    change = change_of("Wir losen aus", "Wir losen aus dem Melderegister.")
    assert applied(change, spoken("Ja wir losen aus", 9.6)) == (True, ["Ja wir losen aus dem Melderegister."])


def test_words_taken_out_go_again_and_no_others() -> None:
    change = change_of("und äh dann losen wir", "und dann losen wir")
    assert applied(change, spoken("also und äh dann losen wir", 9.6)) == (True, ["also und dann losen wir"])
    assert applied(change, spoken("und eben dann losen wir")) == (True, ["und eben dann losen wir"])


def test_a_change_of_case_or_mark_alone_is_found() -> None:
    change = change_of("das netzwerk tagt", "das Netzwerk tagt")
    assert applied(change, spoken("nun das netzwerk tagt", 9.6)) == (True, ["nun das Netzwerk tagt"])
    assert applied(change, spoken("das Netzwerk tagt")) == (True, ["das Netzwerk tagt"])


def test_words_over_two_sentences_come_together_in_the_first() -> None:
    two = (spoken("Wir waren im Bürgerrad", 10.0, "s0001"), spoken("Ost belgien zu Gast.", 12.0, "s0002"))
    assert applied(RENAMED, *two) == (True, ["Wir waren im Bürgerrat Ostbelgien", "zu Gast."])
