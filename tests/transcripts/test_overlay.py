"""Corrections laid over the machine's text: where they fit, where they do not, and how they are taken back."""

from datetime import UTC, date, datetime

from tests.sample_record import sample_recording
from transcripts.corrections import (
    ChapterEdit,
    CheckEdit,
    Correction,
    Edit,
    SentenceEdit,
    TitleEdit,
    in_force,
)
from transcripts.cues import make_cues
from transcripts.model import Chapter, Segment, Transcript, Word
from transcripts.overlay import Corrected, Texts, corrected, text_fingerprint
from transcripts.proposals import edit_sentence, edit_title, remove_chapter, rename_chapter

MADE_AT = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
BORDSTEIL = "Dabei haben wir auf Alter, Bordsteil und Bildung geachtet."
RADWEG = "Der Rat Weg wird doch noch gebaut."


def spoken(identity: str, start_seconds: float, text: str) -> Segment:
    """A sentence whose words take half a second each."""
    words = tuple(
        Word(
            text=word,
            start_seconds=start_seconds + place / 2,
            end_seconds=start_seconds + place / 2 + 0.5,
            probability=0.4,
        )
        for place, word in enumerate(text.split())
    )
    end = words[-1].end_seconds if words else start_seconds + 1
    return Segment(id=identity, start_seconds=start_seconds, end_seconds=end, text=text, words=words)


def texts(*segments: Segment, chapters: tuple[Chapter, ...] = ()) -> Texts:
    transcript = Transcript(duration_seconds=600, segments=segments)
    return Texts(sample_recording(), transcript, chapters)


def log_of(*edits: Edit | tuple[Edit, ...] | int) -> list[Correction]:
    """A correction for each: its edits, or the number it takes back."""
    return [
        Correction(
            number=number,
            made_by="Mira",
            made_at=MADE_AT,
            edits=() if isinstance(each, int) else each if isinstance(each, tuple) else (each,),
            undoes=each if isinstance(each, int) else None,
        )
        for number, each in enumerate(edits, start=1)
    ]


def edit_of(machine: Texts, identity: str, text: str) -> SentenceEdit:
    """The edit that an organiser's wish becomes."""
    now = corrected(machine, [])
    segment = now.sentence(identity)
    assert segment is not None
    (edit,) = edit_sentence(now, identity, segment.text, text)
    assert isinstance(edit, SentenceEdit)
    return edit


def read(now: Corrected) -> list[str]:
    return [each.text for each in now.texts.transcript.segments]


MACHINE = texts(spoken("s0001", 10, BORDSTEIL), spoken("s0002", 20, RADWEG))
WOHNORT = edit_of(MACHINE, "s0001", BORDSTEIL.replace("Bordsteil", "Wohnort"))


def test_without_corrections_a_record_is_what_the_machine_made() -> None:
    assert corrected(MACHINE, []).texts is MACHINE


def test_a_corrected_sentence_keeps_its_address_and_the_times_of_the_words_that_stayed() -> None:
    now = corrected(MACHINE, log_of(WOHNORT))
    segment = now.texts.transcript.segments[0]
    assert (segment.id, segment.start_seconds) == ("s0001", 10)
    assert segment.text == "Dabei haben wir auf Alter, Wohnort und Bildung geachtet."
    before, after = MACHINE.transcript.segments[0].words, segment.words
    assert after[:5] == before[:5] and after[6:] == before[6:]
    assert (after[5].text, after[5].start_seconds, after[5].end_seconds) == ("Wohnort", 12.5, 13.0)
    assert after[5].probability is None, "nobody doubts what a person wrote"


def test_two_words_become_one_in_their_time() -> None:
    now = corrected(MACHINE, log_of(edit_of(MACHINE, "s0002", "Der Radweg wird doch noch gebaut.")))
    word = now.texts.transcript.segments[1].words[1]
    assert (word.text, word.start_seconds, word.end_seconds) == ("Radweg", 20.5, 21.5)


def test_what_is_inserted_shares_the_time_of_the_word_before_it() -> None:
    now = corrected(MACHINE, log_of(edit_of(MACHINE, "s0002", "Der neue Rat Weg wird doch noch gebaut.")))
    words = now.texts.transcript.segments[1].words
    assert [word.text for word in words[:3]] == ["Der", "neue", "Rat"]
    assert words[0].end_seconds == words[1].start_seconds and words[1].end_seconds == 20.5


def test_an_emptied_sentence_keeps_its_address_and_is_in_no_caption() -> None:
    now = corrected(MACHINE, log_of(edit_of(MACHINE, "s0001", "")))
    assert [(each.id, each.text) for each in now.texts.transcript.segments][0] == ("s0001", "")
    assert "Alter" not in " ".join(line for cue in make_cues(now.texts.transcript) for line in cue.lines)


def test_a_sentence_without_words_can_get_some_and_lose_them_again() -> None:
    emptied = log_of(edit_of(MACHINE, "s0001", ""))
    (edit,) = edit_sentence(corrected(MACHINE, emptied), "s0001", "", "Neu gehört.")
    assert read(corrected(MACHINE, [*emptied, *log_of((), edit)[1:]]))[0] == "Neu gehört."


def test_corrections_find_their_words_in_a_new_transcription() -> None:
    heard_anew = texts(
        spoken("s0009", 8.5, "Gut, dabei haben wir auf Alter, Bordsteil, Einkommen und Bildung geachtet."),
        spoken("s0002", 20, RADWEG),
    )
    now = corrected(heard_anew, log_of(WOHNORT))
    assert read(now)[0] == "Gut, dabei haben wir auf Alter, Wohnort, Einkommen und Bildung geachtet."
    assert now.unplaced == ()
    assert now.touched == {"s0009": (1,)}


def test_a_correction_that_the_new_transcription_needs_no_more_is_neither_made_nor_missing() -> None:
    heard_right = texts(spoken("s0001", 10.2, "Dabei haben wir auf Alter, Wohnort und Bildung Wert gelegt."))
    now = corrected(heard_right, log_of(WOHNORT))
    assert read(now) == ["Dabei haben wir auf Alter, Wohnort und Bildung Wert gelegt."]
    assert now.unplaced == () and now.touched == {}


def test_an_insertion_is_not_made_twice() -> None:
    inserted = edit_of(MACHINE, "s0002", "Der Rat Weg wird nun doch noch gebaut.")
    heard_anew = texts(spoken("s0002", 20, "Also der Rat Weg wird nun doch noch gebaut."))
    assert read(corrected(heard_anew, log_of(inserted))) == ["Also der Rat Weg wird nun doch noch gebaut."]


def test_what_no_longer_fits_is_reported_and_not_lost() -> None:
    other = texts(spoken("s0001", 10, "Hier wurde etwas ganz anderes verstanden."))
    now = corrected(other, log_of(WOHNORT))
    assert read(now) == ["Hier wurde etwas ganz anderes verstanden."]
    assert [(each.correction.number, each.change and each.change.after) for each in now.unplaced] == [
        (1, "Wohnort")
    ]


def test_words_are_not_looked_for_minutes_away() -> None:
    later = texts(spoken("s0001", 10, "Anderes."), spoken("s0002", 90, BORDSTEIL))
    assert len(corrected(later, log_of(WOHNORT)).unplaced) == 1


def test_words_that_a_new_transcription_parted_into_two_sentences_are_found() -> None:
    parted = texts(spoken("s0002", 20, "Der Rat."), spoken("s0003", 21, "Weg wird doch noch gebaut."))
    now = corrected(parted, log_of(edit_of(MACHINE, "s0002", "Der Radweg wird doch noch gebaut.")))
    assert read(now) == ["Der Radweg", "wird doch noch gebaut."]


def test_a_correction_is_taken_back_and_brought_back() -> None:
    once, undone, again = log_of(WOHNORT), log_of(WOHNORT, 1), log_of(WOHNORT, 1, 2)
    assert read(corrected(MACHINE, undone)) == [BORDSTEIL, RADWEG]
    assert read(corrected(MACHINE, again)) == read(corrected(MACHINE, once))
    assert [each.number for each in in_force(again)] == [1, 3]


def test_a_later_correction_of_the_same_sentence_outlives_that_an_earlier_one_is_taken_back() -> None:
    first = log_of(WOHNORT)
    seen = read(corrected(MACHINE, first))[0]
    (second,) = edit_sentence(corrected(MACHINE, first), "s0001", seen, seen.replace("Alter", "Geburtsjahr"))
    now = corrected(MACHINE, log_of(WOHNORT, second, 1))
    assert read(now)[0] == BORDSTEIL.replace("Alter", "Geburtsjahr")


def test_titles_are_taken_back_to_what_the_record_was_called_first() -> None:
    first, second = TitleEdit(before="A", after="B"), TitleEdit(before="B", after="C")
    assert corrected(MACHINE, log_of(first, second)).texts.recording.title == "C"
    assert corrected(MACHINE, log_of(first, second, 2)).texts.recording.title == "B"
    assert corrected(MACHINE, log_of(first, second, 2, 1)).texts.recording.title == "A"
    published = Texts(
        sample_recording().model_copy(update={"title": "C"}), MACHINE.transcript, MACHINE.chapters
    )
    assert corrected(published, log_of(first, second, 2, 1)).texts.recording.title == "A"


CHAPTERS = (Chapter(start_seconds=0, title="Begrüßung"), Chapter(start_seconds=20, title="Rat Wege"))


def test_a_renamed_chapter_is_a_persons_and_the_others_stay_as_they_are() -> None:
    machine = texts(*MACHINE.transcript.segments, chapters=CHAPTERS)
    edits = rename_chapter(corrected(machine, []), 20, "Rat Wege", "Radwege")
    chapters = corrected(machine, log_of(edits)).texts.chapters
    assert [(each.title, each.origin) for each in chapters] == [("Begrüßung", "speech"), ("Radwege", "human")]


def test_a_renamed_chapter_stands_in_for_the_one_a_new_search_found_nearby() -> None:
    moved = texts(chapters=(CHAPTERS[0], Chapter(start_seconds=32, title="Der Weg des Rates")))
    rename = ChapterEdit(start_seconds=20, before="Rat Wege", after="Radwege")
    chapters = corrected(moved, log_of(rename)).texts.chapters
    assert [(each.start_seconds, each.title) for each in chapters] == [(0, "Begrüßung"), (20, "Radwege")]


def test_a_removed_chapter_that_is_not_there_any_more_is_reported() -> None:
    machine = texts(chapters=CHAPTERS)
    removal = remove_chapter(corrected(machine, []), 20, "Rat Wege")
    assert [each.title for each in corrected(machine, log_of(removal)).texts.chapters] == ["Begrüßung"]
    renamed = texts(chapters=(CHAPTERS[0], Chapter(start_seconds=20, title="Wege")))
    assert len(corrected(renamed, log_of(removal)).unplaced) == 1


def test_that_a_text_was_checked_does_not_hold_for_a_later_transcription() -> None:
    check = CheckEdit(is_checked=True, text_fingerprint=text_fingerprint(MACHINE.transcript))
    review = corrected(MACHINE, log_of(WOHNORT, check)).texts.transcript.review
    assert review is not None and review.checked_on == date(2026, 11, 24)
    assert (review.corrections, review.changed_sentences) == (2, 1)
    anew = corrected(texts(spoken("s0001", 10, "Anderes.")), log_of(WOHNORT, check)).texts.transcript.review
    assert anew is not None and anew.checked_on is None


def test_the_machines_own_document_has_no_word_of_a_review() -> None:
    assert "review" not in MACHINE.transcript.to_json()
    assert edit_title(corrected(MACHINE, []), MACHINE.recording.title, MACHINE.recording.title) == ()
