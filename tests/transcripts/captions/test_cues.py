"""Cues: every one of a real meeting keeps the broadcasters' rules, and any speech the hard ones."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from tests.transcripts.spoken_sample import meeting_in_sentences, said
from transcripts.captions.caption_formats import write_srt, write_vtt
from transcripts.captions.cues import Cue, make_cues
from transcripts.captions.line_breaks import BOUND_COST, PLAIN_COST, break_cost
from transcripts.captions.plain_text import write_text
from transcripts.model import Segment, Transcript, Word


@pytest.fixture(scope="module")
def meeting() -> Transcript:
    return meeting_in_sentences()


@pytest.fixture(scope="module")
def cues(meeting: Transcript) -> tuple[Cue, ...]:
    return make_cues(meeting)


def shown_seconds(cue: Cue) -> float:
    return cue.end_seconds - cue.start_seconds


def speed(cue: Cue) -> float:
    return len(" ".join(cue.lines)) / shown_seconds(cue)


def share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)


def assert_hard_rules(cues: Sequence[Cue]) -> None:
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2, cue
        assert all(0 < len(line) <= 42 and line == line.strip() for line in cue.lines), cue
        assert 0.9995 <= shown_seconds(cue) <= 7.0005, cue
    for one, two in pairwise(cues):
        assert two.start_seconds - one.end_seconds >= 0.039, (one, two)


def letters(text: str) -> str:
    return "".join(text.split()).replace("-", "")


def all_letters(cues: Sequence[Cue]) -> str:
    return letters("".join(line for cue in cues for line in cue.lines))


# The sample meeting


def test_every_cue_of_the_meeting_keeps_the_hard_rules(cues: tuple[Cue, ...]) -> None:
    assert_hard_rules(cues)
    assert 80 <= len(cues) <= 110


def test_the_cues_of_the_meeting_hold_all_its_words_in_order(
    meeting: Transcript, cues: tuple[Cue, ...]
) -> None:
    shown = " ".join(line for cue in cues for line in cue.lines)
    assert shown == " ".join(segment.text for segment in meeting.segments)


def test_every_cue_of_the_meeting_can_be_read_in_its_time(cues: tuple[Cue, ...]) -> None:
    assert all(speed(cue) <= 20 for cue in cues)
    assert share([speed(cue) <= 16 for cue in cues]) >= 0.95


def test_every_cue_of_the_meeting_comes_with_its_first_word(
    meeting: Transcript, cues: tuple[Cue, ...]
) -> None:
    starts = {word.start_seconds for segment in meeting.segments for word in segment.words}
    assert all(cue.start_seconds in starts for cue in cues)


def test_no_cue_of_the_meeting_mixes_sentences(cues: tuple[Cue, ...]) -> None:
    assert all(len(cue.segment_ids) == 1 for cue in cues)


def test_no_line_of_the_meeting_parts_what_belongs_together(cues: tuple[Cue, ...]) -> None:
    lines = [line for cue in cues for line in cue.lines]
    breaks = [break_cost(one.split()[-1], two.split()[0]) for one, two in pairwise(lines)]
    assert max(breaks) < BOUND_COST / 2
    assert share([cost < PLAIN_COST for cost in breaks]) >= 0.85


def test_no_cue_of_the_meeting_leaves_an_orphan(cues: tuple[Cue, ...]) -> None:
    lines = [line for cue in cues for line in cue.lines]
    assert all(len(line.split()) > 1 for line in lines)
    assert share([len(line) >= 12 for line in lines]) >= 0.95


def test_the_bottom_line_is_mostly_the_longer_one(cues: tuple[Cue, ...]) -> None:
    pairs = [cue.lines for cue in cues if len(cue.lines) == 2]
    assert share([len(bottom) >= len(top) for top, bottom in pairs]) >= 0.5
    assert share([abs(len(bottom) - len(top)) <= 21 for top, bottom in pairs]) >= 0.9


def test_gaps_are_closed_or_plain_to_see(cues: tuple[Cue, ...]) -> None:
    gaps = [two.start_seconds - one.end_seconds for one, two in pairwise(cues)]
    assert all(gap == pytest.approx(0.04) or gap >= 0.5 for gap in gaps if gap < 0.49 or gap > 0.51)


# Single rules


def test_a_short_sentence_is_one_line() -> None:
    (cue,) = make_cues(said("Das hat viel Vertrauen geschaffen."))
    assert cue.lines == ("Das hat viel Vertrauen geschaffen.",)
    assert cue.segment_ids == ("s0001",)


def test_a_cue_stays_into_the_silence_until_it_can_be_read() -> None:
    first, second = make_cues(
        said("Das Losverfahren muss nachvollziehbar sein.", "Danke.", seconds_a_word=0.2, rest=4.0)
    )
    assert speed(first) == pytest.approx(15, abs=0.1)
    assert second.start_seconds == pytest.approx(5.0)


def test_two_short_sentences_in_quick_speech_share_a_cue() -> None:
    (cue,) = make_cues(said("Ja.", "Genau.", seconds_a_word=0.3))
    assert cue.lines == ("Ja. Genau.",)
    assert cue.segment_ids == ("s0001", "s0002")


def test_two_speakers_do_not_share_a_cue() -> None:
    one, two = said("Ja gerne doch.", "Genau so ist es.", seconds_a_word=0.35).segments
    cues = make_cues(Transcript(segments=(one, two.model_copy(update={"speaker": "Gast"}))))
    assert [cue.segment_ids for cue in cues] == [("s0001",), ("s0002",)]


def test_a_cue_does_not_bridge_a_long_rest_within_a_sentence() -> None:
    (early,) = said("Wir haben lange überlegt,").segments
    late = [
        Word(text=text, start_seconds=5 + index * 0.4, end_seconds=5.4 + index * 0.4)
        for index, text in enumerate(["wen", "wir", "noch", "fragen", "können."])
    ]
    segment = early.model_copy(
        update={"text": f"{early.text} wen wir noch fragen können.", "words": early.words + tuple(late)}
    )
    assert [cue.lines for cue in make_cues(Transcript(segments=(segment,)))] == [
        ("Wir haben lange überlegt,",),
        ("wen wir noch fragen können.",),
    ]


def test_a_word_longer_than_a_line_is_hyphenated() -> None:
    word = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    cues = make_cues(said(f"Das {word} gilt.", seconds_a_word=1.5))
    assert_hard_rules(cues)
    assert all_letters(cues) == letters(f"Das{word}gilt.")
    assert sum(line.endswith("-") for cue in cues for line in cue.lines) == 1


def test_an_overlong_word_is_parted_at_its_own_hyphen() -> None:
    cues = make_cues(said("Bürgerbeteiligungsverfahren-Nachbereitungs-Arbeitsgruppe", seconds_a_word=3))
    assert [line for cue in cues for line in cue.lines] == [
        "Bürgerbeteiligungsverfahren-",
        "Nachbereitungs-Arbeitsgruppe",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://netzwerk-buergerraete.example.org/aufzeichnungen/2026-11-19-losverfahren?ab=00:12:30",
        "www.buergerrat-vorarlberg.example.org/unterlagen/beschlussvorlage.pdf",
        "die-geschaeftsstelle-des-netzwerks@buergerraete-vor-ort.example.org",
        f"https://{90 * 'x'}",
    ],
)
def test_a_long_address_is_broken_without_a_hyphen_of_ours(address: str) -> None:
    lines = [line for cue in make_cues(said(address, seconds_a_word=6.0)) for line in cue.lines]
    assert len(lines) > 1
    assert "".join(lines) == address


def test_a_word_held_for_ten_seconds_is_shown_for_seven() -> None:
    (cue,) = make_cues(said("Sooo.", seconds_a_word=10))
    assert shown_seconds(cue) == 7


def test_segments_without_words_are_spread_over_their_time() -> None:
    text = "Die Aufzeichnung und alle Dokumente kommen wie immer über die Liste, und danach geht es weiter."
    cues = make_cues(Transcript(segments=(Segment(id="s0001", start_seconds=10, end_seconds=17, text=text),)))
    assert_hard_rules(cues)
    assert cues[0].start_seconds == 10
    spoken_share = len(" ".join(cues[0].lines)) / len(text)
    assert cues[1].start_seconds == pytest.approx(10 + 7 * spoken_share, abs=0.1)
    assert " ".join(line for cue in cues for line in cue.lines) == text


def test_a_corrected_text_is_what_is_shown_at_the_time_of_the_heard_words() -> None:
    (segment,) = said("Das war auch unsere Solge bei dem Treffen.", seconds_a_word=1.2).segments
    corrected = segment.model_copy(
        update={"text": "Das war auch unsere große Sorge bei dem Treffen in Bregenz."}
    )
    cues = make_cues(Transcript(segments=(corrected,)))
    assert " ".join(line for cue in cues for line in cue.lines) == corrected.text
    assert cues[0].start_seconds == 0
    assert make_cues(Transcript(segments=(segment.model_copy(update={"text": ""}),))) == ()


def test_no_cue_outlasts_the_recording() -> None:
    transcript = said("Kommt gut nach Hause und bis zum nächsten Mal.", seconds_a_word=0.2)
    (cue,) = make_cues(transcript.model_copy(update={"duration_seconds": 2.0}))
    assert cue.end_seconds == 2.0


def test_silence_makes_no_cues() -> None:
    assert make_cues(Transcript(duration_seconds=60)) == ()
    assert write_vtt(()) == "WEBVTT\n"
    assert write_srt(()) == ""
    assert write_text(Transcript()) == ""


@pytest.mark.parametrize(
    ("last", "following"),
    [
        ("der", "Bürgerrat"),
        ("in", "Bregenz"),
        ("zum", "zweiten"),
        ("800", "Personen"),
        ("14", "%"),
        ("Dr.", "Huber"),
        ("Frau", "Huber"),
        ("20.", "Januar"),
        ("z.", "B."),
    ],
)
def test_a_break_never_parts(last: str, following: str) -> None:
    assert break_cost(last, following) == BOUND_COST


def test_breaks_are_ranked_as_a_reader_would() -> None:
    ranked = [
        break_cost("gesagt.", "Dann"),
        break_cost("Frage,", "wie"),
        break_cost("Moderation", "und"),
        break_cost("sprechen", "über"),
        break_cost("heute", "gemeinsam"),
        break_cost("haben", "wir"),
        break_cost("kleinen", "Gemeinden"),
        break_cost("den", "Gemeinden"),
    ]
    assert ranked == sorted(ranked)
    assert len(set(ranked)) == len(ranked)


def test_fast_speech_can_be_read_where_it_rests_and_stays_in_step(
    meeting: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = at_a_lively_pace(meeting)
    cues = make_cues(fast)
    firsts = [word for segment in fast.segments for word in segment.words]
    shown = [len(" ".join(cue.lines).split()) for cue in cues]
    spoken = [firsts[sum(shown[:index])].start_seconds for index in range(len(cues))]
    lags = [cue.start_seconds - at for cue, at in zip(cues, spoken, strict=True)]
    assert_hard_rules(cues)
    assert min(lags) >= -0.501
    assert max(lags) <= 0.6
    assert share([speed(cue) > 20.01 for cue in cues]) <= 0.03
    monkeypatch.setattr("transcripts.captions.cues.MOST_AHEAD_SECONDS", 0.0)
    monkeypatch.setattr("transcripts.captions.cues.MOST_BEHIND_SECONDS", 0.0)
    assert share([speed(cue) > 20.01 for cue in make_cues(fast)]) >= 0.08, "as lively as that"


def at_a_lively_pace(transcript: Transcript) -> Transcript:
    """The same sentences and rests, each sentence said with 15 to 23 characters a second."""
    dice, now, segments = random.Random(7), 0.0, []  # noqa: S311 - a repeatable choice, no secret
    for segment, following in pairwise((*transcript.segments, transcript.segments[-1])):
        spoken = segment.end_seconds - segment.start_seconds
        pace = len(segment.text) / dice.uniform(15, 23) / spoken
        moved = [
            word.model_copy(
                update={
                    "start_seconds": now + pace * (word.start_seconds - segment.start_seconds),
                    "end_seconds": now + pace * (word.end_seconds - segment.start_seconds),
                }
            )
            for word in segment.words
        ]
        end = now + pace * spoken
        times = {"start_seconds": now, "end_seconds": end, "words": tuple(moved)}
        segments.append(segment.model_copy(update=times))
        now = end + max(0.0, following.start_seconds - segment.end_seconds)
    return Transcript(segments=tuple(segments), duration_seconds=now)


@pytest.mark.parametrize("seed", range(40))
def test_any_speech_keeps_the_hard_rules_and_all_its_words(seed: int) -> None:
    transcript = random_speech(random.Random(seed))  # noqa: S311 - a repeatable choice, no secret
    cues = make_cues(transcript)
    assert_hard_rules(cues)
    assert all_letters(cues) == letters("".join(segment.text for segment in transcript.segments))


def random_speech(dice: random.Random) -> Transcript:
    """Words of any length at any pace, also at the same instant, some with times out of order."""
    vocabulary = [
        "ja",
        "und",
        "der",
        "Bürgerrat,",
        "800",
        "gut.",
        "<b>",
        "&",
        "-->",
        "Wort" * 14,
        "x" * 42,
        "y" * 43,
    ]
    weights = [9, 9, 9, 9, 3, 6, 1, 1, 1, 1, 1, 1]
    segments, now = [], 0.0
    for number in range(dice.randrange(1, 25)):
        pace = dice.choice([0.0, 0.05, 0.3, 0.3, 0.4, 3.0])
        words = []
        for text in dice.choices(vocabulary, weights, k=dice.randrange(1, 30)):
            now += dice.choice([0, 0, 0, 0.1, 2.5])
            words.append(
                Word(text=text, start_seconds=max(0, now - dice.choice([0, 0, 0.2])), end_seconds=now + pace)
            )
            now += pace
        timed = tuple(words) if dice.random() < 0.8 else ()
        text = " ".join(word.text for word in words)
        start = words[0].start_seconds
        segments.append(
            Segment(id=f"s{number}", start_seconds=start, end_seconds=now, text=text, words=timed)
        )
    return Transcript(segments=tuple(segments), duration_seconds=now)
