"""Whether captions are of this recording, and when each of their words is said.

The sample meeting as it was really heard stands for the recording: its words with their times, 7 % of them
wrong.
"""

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.captioned_files import right_cues, shifted
from tests.transcripts.spoken_sample import meeting_in_sentences
from transcripts.captions.choice import Outcome, choose_text, outcome_of
from transcripts.captions.placing import place
from transcripts.hold_reasons import CAPTIONS_DIFFER
from transcripts.media.media_values import WHOLE, Cut, LocalFile
from transcripts.media.source_texts import CaptionTrack, GivenCue
from transcripts.model import Segment, Word
from transcripts.speech.quality import Heard

HEARD = meeting_in_sentences()
WORDS = [word for segment in HEARD.segments for word in segment.words]
SECONDS = HEARD.duration_seconds
RIGHT = right_cues(SECONDS)
ENGLISH = [
    "Good evening and a warm welcome to the network meeting.",
    "I am glad that so many people from Germany, Austria and Switzerland have come.",
    "We start with how citizens are drawn by lot in small towns.",
    "After that we look at what becomes of the recommendations.",
    "The council has to reply to each recommendation within six months. Are there any questions?",
]
OTHER = [
    "Und während er tanzte, steckte er ihr, ohne dass sie es merkte, einen goldenen Ring an den Finger.",
    "Die Sitzung des Ausschusses für Verkehr beginnt heute etwas später.",
    "Zur Sanierung der Brücke liegen uns drei Angebote vor, die wir gleich vergleichen.",
    "Wer dafür ist, den bitte ich jetzt um das Handzeichen. Das ist die Mehrheit.",
]
FILE = LocalFile(path=Path("a.vtt"), sha256="0" * 64, size_bytes=1)


def cues_of(rows: list[tuple[float, float, str]]) -> list[GivenCue]:
    return [GivenCue(start_seconds=start, end_seconds=end, text=text) for start, end, text in rows]


def saying(texts: list[str]) -> list[tuple[float, float, str]]:
    """Other texts at the right times."""
    return [(start, end, texts[at % len(texts)]) for at, (start, end, _) in enumerate(RIGHT)]


def without(share: float) -> list[tuple[float, float, str]]:
    """So many words left out, as people do who shorten."""
    chance = Random(7)  # noqa: S311 - the same each time
    rows = [(s, e, " ".join(each for each in t.split() if chance.random() >= share)) for s, e, t in RIGHT]
    return [row for row in rows if row[2]]


def shuffled() -> list[tuple[float, float, str]]:
    texts = [text for _, _, text in RIGHT]
    Random(7).shuffle(texts)  # noqa: S311 - the same each time
    return saying(texts)


def agreed(rows: list[tuple[float, float, str]]) -> Outcome:
    return outcome_of(place(cues_of(rows), WORDS, WHOLE, SECONDS))


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        (RIGHT, Outcome.TAKEN),
        (shifted(RIGHT, 2), Outcome.TAKEN),
        (shifted(RIGHT, -2), Outcome.TAKEN),
        (without(0.2), Outcome.TAKEN),
        (without(0.5), Outcome.INCOMPLETE),
        (RIGHT[: len(RIGHT) // 2], Outcome.INCOMPLETE),
        (RIGHT[: len(RIGHT) * 9 // 10], Outcome.INCOMPLETE),
        ([(0, SECONDS, " ".join(text for _, _, text in RIGHT)[:2000])], Outcome.INCOMPLETE),
        (shifted(RIGHT, 5), Outcome.DIFFER),
        (shifted(RIGHT, 30), Outcome.DIFFER),
        (shifted(RIGHT, 1000), Outcome.DIFFER),
        (RIGHT + shifted(RIGHT, 400), Outcome.DIFFER),
        (saying(ENGLISH), Outcome.DIFFER),
        (saying(OTHER), Outcome.DIFFER),
        (shuffled(), Outcome.DIFFER),
    ],
    ids=[
        *(
            "right",
            "2 s late",
            "2 s early",
            "a fifth shorter",
            "half as long",
            "first half",
            "without the end",
        ),
        *("one cue", "5 s late", "30 s late", "behind the end", "as much behind the end", "English"),
        *("another meeting", "in another order"),
    ],
)
def test_captions_are_taken_if_they_are_of_all_that_was_said(
    rows: list[tuple[float, float, str]], outcome: Outcome
) -> None:
    assert agreed(rows) is outcome


def test_right_and_wrong_captions_lie_far_apart() -> None:
    right = [place(cues_of(each), WORDS, WHOLE, SECONDS).agreement for each in (RIGHT, without(0.3))]
    wrong = [
        place(cues_of(each), WORDS, WHOLE, SECONDS).agreement
        for each in (shifted(RIGHT, 30), saying(ENGLISH), saying(OTHER), shuffled())
    ]
    assert min(right) > 0.9
    assert max(wrong) < 0.1


def test_nearly_every_word_is_where_it_was_heard() -> None:
    placed = place(cues_of(RIGHT), WORDS, WHOLE, SECONDS).words
    assert " ".join(each.text for each in placed) == " ".join(text for _, _, text in RIGHT)
    known = {(each.text, each.start_seconds) for each in WORDS}
    assert sum((each.text, each.start_seconds) in known for each in placed) > 0.9 * len(placed)


def test_what_a_cut_leaves_out_is_left_out_and_the_rest_moves() -> None:
    cut = Cut(start_seconds=30, end_seconds=20)
    left = [
        word.model_copy(
            update={"start_seconds": word.start_seconds - 30, "end_seconds": word.end_seconds - 30}
        )
        for word in WORDS
        if word.start_seconds >= 30 and word.end_seconds < SECONDS - 20
    ]
    placed = place(cues_of(RIGHT), left, cut, SECONDS - 50)
    assert outcome_of(placed) is Outcome.TAKEN
    assert placed.words[-1].end_seconds <= SECONDS - 50


def test_without_anything_heard_no_captions_are_right() -> None:
    assert outcome_of(place(cues_of(RIGHT), [], WHOLE, SECONDS)) is Outcome.DIFFER


SOME_WORDS = st.lists(
    st.sampled_from(["der", "die", "ein", "wir", "das", "los", "rat"]), min_size=1, max_size=12
)
TIMES = st.floats(0, 200)


@given(
    st.lists(st.tuples(TIMES, TIMES, SOME_WORDS.map(" ".join)), max_size=30),
    st.lists(st.tuples(TIMES, st.floats(0, 3), st.sampled_from(["der", "die", "Rat", "los"])), max_size=60),
    st.floats(0.1, 150),
    st.floats(0, 20),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_said_when_words_follow_each_other(
    rows: list[tuple[float, float, str]],
    heard: list[tuple[float, float, str]],
    seconds: float,
    cut_seconds: float,
) -> None:
    cues = cues_of(sorted((min(one, two), max(one, two), text) for one, two, text in rows))
    words = [Word(text=text, start_seconds=at, end_seconds=at + long) for at, long, text in heard]
    placed = place(cues, words, Cut(start_seconds=cut_seconds), seconds)
    assert 0 <= placed.agreement <= 1
    assert 0 <= placed.coverage <= 1
    for one, following in pairwise(placed.words):
        assert one.start_seconds <= one.end_seconds <= following.start_seconds <= round(seconds, 2)


def track(rows: list[tuple[float, float, str]], language: str) -> CaptionTrack:
    return CaptionTrack(language=language, file=FILE, cues=tuple(cues_of(rows)))


@pytest.mark.parametrize("language", ["de", "de-AT", "deu", "ger", "de_CH", "DE", "", "und"])
def test_the_languages_tag_may_have_a_region_or_be_missing(language: str) -> None:
    spoken = choose_text(Heard(HEARD, 300), [track(RIGHT, language)], WHOLE, "de")
    assert spoken.heard.transcript.text_source == "captions"
    assert spoken.heard.transcript.notes == ()
    assert spoken.heard.transcript.engine == HEARD.engine
    assert [each.id for each in spoken.heard.transcript.segments][:2] == ["s0001", "s0002"]
    assert spoken.hold_reasons == ()


@pytest.mark.parametrize(("seconds", "taken"), [(5, True), (10, True), (15, False), (30, False)])
def test_captions_that_were_typed_while_listening_are_taken_at_the_time_of_the_words(
    seconds: float, taken: bool
) -> None:
    spoken = choose_text(Heard(HEARD, 300), [track(shifted(RIGHT, seconds), "de")], WHOLE, "de")
    assert (spoken.heard.transcript.text_source == "captions") == taken
    if taken:
        words = [word for segment in spoken.heard.transcript.segments for word in segment.words]
        known = {(each.text, each.start_seconds) for each in WORDS}
        assert sum((each.text, each.start_seconds) in known for each in words) > 0.8 * len(words)


def test_another_language_is_passed_over() -> None:
    spoken = choose_text(Heard(HEARD, 300), [track(RIGHT, "en"), track(RIGHT, "nl")], WHOLE, "de")
    assert (spoken.heard.transcript, spoken.captions) == (HEARD, None)


def test_of_several_the_right_ones_are_taken() -> None:
    tracks = [track(saying(OTHER), "de"), track(RIGHT, ""), track(saying(ENGLISH), "en")]
    spoken = choose_text(Heard(HEARD, 300), tracks, WHOLE, "de")
    assert spoken.track == tracks[1]


def test_wrong_captions_hold_the_record_unless_their_language_is_unknown() -> None:
    heard = Heard(HEARD, 300)
    wrong, unknown = (
        choose_text(heard, [track(saying(ENGLISH), each)], WHOLE, "de") for each in ("de", "und")
    )
    assert [each.code for each in wrong.hold_reasons] == [CAPTIONS_DIFFER]
    assert wrong.heard.transcript == HEARD
    assert (unknown.hold_reasons, unknown.captions) == ((), None)


def test_captions_of_a_recording_in_which_nothing_was_heard_are_not_taken() -> None:
    empty = HEARD.model_copy(update={"segments": ()})
    spoken = choose_text(Heard(empty, 0), [track(RIGHT, "de")], WHOLE, "de")
    assert spoken.heard.transcript.segments == ()


def test_a_sentence_is_as_long_as_its_words() -> None:
    segments = choose_text(Heard(HEARD, 300), [track(RIGHT, "de")], WHOLE, "de").heard.transcript.segments
    for each in segments:
        assert isinstance(each, Segment)
        assert each.start_seconds == each.words[0].start_seconds
        assert " ".join(word.text for word in each.words) == each.text
