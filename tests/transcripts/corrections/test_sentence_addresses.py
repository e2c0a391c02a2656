"""A sentence keeps its address when the recording is transcribed anew."""

from transcripts.corrections.sentence_addresses import keep_addresses
from transcripts.model import Segment, Transcript


def heard(*stretches: tuple[str, float, float]) -> Transcript:
    return Transcript(
        segments=tuple(Segment(id=i, start_seconds=s, end_seconds=e, text="…") for i, s, e in stretches)
    )


def ids(transcript: Transcript) -> list[str]:
    return [each.id for each in transcript.segments]


OLD = heard(("s0001", 0, 4), ("s0002", 4, 9), ("s0003", 9, 12))


def test_the_same_stretches_keep_their_ids() -> None:
    assert ids(keep_addresses(OLD, heard(("s0001", 0.2, 4), ("s0002", 4.1, 9), ("s0003", 9, 12)))) == ids(OLD)


def test_a_sentence_that_was_split_gives_its_id_to_the_longer_part() -> None:
    assert ids(keep_addresses(OLD, heard(("a", 0, 4), ("b", 4, 5), ("c", 5, 9), ("d", 9, 12)))) == [
        "s0001",
        "s0004",
        "s0002",
        "s0003",
    ]


def test_sentences_that_were_joined_keep_the_longer_ones_id() -> None:
    assert ids(keep_addresses(OLD, heard(("a", 0, 9), ("b", 9, 12)))) == ["s0002", "s0003"]


def test_a_new_sentence_never_gets_an_id_that_another_had() -> None:
    assert ids(keep_addresses(OLD, heard(("s0002", 0, 4), ("s0001", 20, 22)))) == ["s0001", "s0004"]


def test_after_silence_everything_is_new() -> None:
    assert ids(keep_addresses(heard(), heard(("", 0, 1), ("", 1, 2)))) == ["s0001", "s0002"]
