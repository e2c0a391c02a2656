"""The choice of the sound track: by speech, then by what the file says, and asked for where nothing tells."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.errors.error_kinds import PermanentError
from transcripts.media.track_choice import (
    SoundTrack,
    TrackChoice,
    TrackWish,
    choose_track,
    language_name,
    missing_speech,
    track_name,
)


def tracks(*given: dict[str, Any]) -> list[SoundTrack]:
    """Numbered from 1; each has a minute of speech and of sound unless it says otherwise."""
    usual = {"speech_seconds": 60.0, "sound_seconds": 60.0}
    return [SoundTrack(number, number - 1, **{**usual, **each}) for number, each in enumerate(given, start=1)]


GERMAN = TrackWish("de")
SILENT: dict[str, Any] = {"speech_seconds": 0.0, "sound_seconds": 0.0}
MUSIC: dict[str, Any] = {"speech_seconds": 0.3, "sound_seconds": 60.0}


def chosen(*given: dict[str, Any]) -> int:
    """The number of a clear choice."""
    choice = choose_track(tracks(*given), GERMAN)
    assert choice.is_clear
    assert choice.hold_reasons == ()
    return choice.track.number


def unclear(*given: dict[str, Any]) -> TrackChoice:
    choice = choose_track(tracks(*given), GERMAN)
    assert not choice.is_clear
    assert [each.code for each in choice.hold_reasons] == ["tracks_unclear"]
    return choice


def test_a_single_track_is_taken_whatever_it_is() -> None:
    assert chosen({"language": "fra"}) == 1
    assert chosen(SILENT) == 1


@pytest.mark.parametrize("other", [SILENT, MUSIC, {"speech_seconds": 20.0}, {"has_packets": False} | SILENT])
def test_a_track_with_little_speech_is_none(other: dict[str, Any]) -> None:
    assert chosen({"is_default": True, **other}, {}) == 2
    assert chosen({}, {"is_default": True, **other}) == 1


def test_a_track_without_packets_has_no_language_to_be_taken_for() -> None:
    assert chosen({"language": "ger", "is_default": True, "has_packets": False}, {"language": "eng"}) == 2


@pytest.mark.parametrize("tag", ["deu", "ger", "de", "de-CH", "de_AT", "gsw"])
def test_the_configured_language_tells_tracks_apart(tag: str) -> None:
    assert chosen({"language": "eng", "is_default": True}, {"language": tag}) == 2
    assert chosen({"language": tag}, {"language": "eng", "is_default": True}) == 1


def test_a_dubbed_or_interpreted_track_in_the_configured_language_is_taken_before_the_room() -> None:
    assert chosen({"language": "qaa", "is_default": True}, {"language": "fra"}, {"language": "deu"}) == 3


def test_a_default_behind_the_first_is_meant() -> None:
    assert chosen({}, {"is_default": True}) == 2


def test_that_the_first_is_the_default_says_nothing() -> None:
    choice = unclear({"is_default": True}, {})
    assert choice.track.number == 1


def test_two_defaults_say_nothing() -> None:
    assert unclear({"is_default": True}, {"is_default": True}).track.number == 1


def test_the_default_tells_two_of_one_language_apart() -> None:
    assert chosen({"language": "deu"}, {"language": "deu", "is_default": True}, {"language": "eng"}) == 2


def test_original_and_interpreter_without_language_are_asked_for() -> None:
    choice = unclear({}, {"speech_seconds": 55.0})
    assert choice.track.number == 1
    assert [each.number for each in choice.rivals] == [2]


def test_two_foreign_languages_are_asked_for() -> None:
    choice = unclear({"language": "fra"}, {"language": "ita"})
    details = choice.hold_reasons[0].details
    assert details == {
        "chosen": "Tonspur 1 (Französisch)",
        "others": "Tonspur 2 (Italienisch)",
        "other_numbers": "2",
    }


def test_copies_of_one_sound_need_no_question() -> None:
    assert chosen({"is_default": True}, {"copy_of": 1}) == 1
    assert chosen({}, {"copy_of": 1}, {"copy_of": 1, "speech_seconds": 59.0}) == 1


def test_a_copy_of_a_track_that_fell_out_stands_for_itself() -> None:
    assert chosen({"language": "eng"}, {"language": "deu", "copy_of": 1}) == 2


def test_a_copy_among_others_is_not_asked_for() -> None:
    choice = unclear({}, {"copy_of": 1}, {})
    assert [each.number for each in choice.rivals] == [3]


def test_a_commentary_is_not_the_meeting() -> None:
    assert chosen({"is_comment": True, "is_default": True}, {"language": "eng"}) == 2


def test_a_commentary_is_taken_where_nothing_else_speaks() -> None:
    assert chosen({"is_comment": True}, SILENT) == 1


def test_one_microphone_is_not_guessed_before_the_sum_of_all() -> None:
    assert unclear({"is_default": True, "speech_seconds": 40.0}, {}).track.number == 2


def test_a_quiet_track_in_the_right_language_is_not_passed_over_in_silence() -> None:
    """Interpreters into German are silent while the room speaks German."""
    choice = unclear({"language": "qaa"}, {"language": "deu", "speech_seconds": 20.0})
    assert choice.track.number == 1


def test_without_speech_the_sound_counts() -> None:
    assert chosen(SILENT, MUSIC) == 2
    assert chosen({**MUSIC, "sound_seconds": 10.0}, MUSIC) == 2


def test_all_silent_there_is_nothing_to_ask() -> None:
    assert chosen(SILENT, SILENT) == 1


def test_no_track_with_packets_is_no_sound() -> None:
    with pytest.raises(PermanentError) as caught:
        choose_track(tracks({"has_packets": False}), GERMAN)
    assert caught.value.code == "no_audio"


def test_what_a_person_named_is_taken() -> None:
    choice = choose_track(tracks({"language": "deu"}, SILENT), TrackWish("de", 2))
    assert choice.track.number == 2
    assert choice.is_clear


@pytest.mark.parametrize("number", [0, 2, 4])
def test_a_track_that_is_not_there_cannot_be_named(number: int) -> None:
    with pytest.raises(PermanentError) as caught:
        choose_track(tracks({"language": "deu"}, {"has_packets": False}, {}), TrackWish("de", number))
    assert caught.value.code == "track_unknown"
    assert caught.value.details["tracks"] == "Tonspur 1 (Deutsch), Tonspur 3 (ohne Angabe der Sprache)"


@pytest.mark.parametrize(
    ("tag", "name"),
    [("ger", "Deutsch"), ("fr-CH", "Französisch"), ("qaa", "Originalton"), ("tlh", "Sprache „tlh“")]
    + [(nothing, "ohne Angabe der Sprache") for nothing in ("", "und", "not a tag!")],
)
def test_languages_are_named_in_german(tag: str, name: str) -> None:
    assert language_name(tag) == name
    assert track_name(SoundTrack(2, 3, tag)) == f"Tonspur 2 ({name})"


SOUND_TRACKS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        language=st.sampled_from(["", "und", "deu", "eng", "qaa", "!"]),
        is_default=st.booleans(),
        is_comment=st.booleans(),
        has_packets=st.booleans(),
        speech_seconds=st.floats(0, 100),
        sound_seconds=st.floats(0, 100),
        copy_of=st.sampled_from([None, 1]),
    ),
    min_size=1,
    max_size=6,
)


@given(SOUND_TRACKS)
def test_whatever_the_tracks_the_choice_is_one_of_those_with_packets(given: list[dict[str, Any]]) -> None:
    given[0] |= {"has_packets": True, "copy_of": None}
    all_tracks = tracks(*given)
    choice = choose_track(all_tracks, GERMAN)
    assert choice.track.has_packets
    assert choice.track not in choice.rivals
    assert {each.number for each in choice.rivals} <= {each.number for each in all_tracks}


@given(SOUND_TRACKS)
def test_the_choice_does_not_hang_on_tracks_without_packets(
    given: list[dict[str, Any]],
) -> None:
    given[0] |= {"has_packets": True}
    all_tracks = [replace(each, copy_of=None) for each in tracks(*given)]
    present = [each for each in all_tracks if each.has_packets]
    assert choose_track(all_tracks, GERMAN) == choose_track(present, GERMAN)


@pytest.mark.parametrize(
    ("speech_seconds", "best_seconds", "is_missing"),
    [(80, 100, False), (79, 100, True), (0, 0, False), (0, 0.9, False), (0, 2, True), (120, 100, False)],
)
def test_much_less_speech_than_the_best_track_has_is_told(
    speech_seconds: float, best_seconds: float, is_missing: bool
) -> None:
    reasons = missing_speech(speech_seconds, best_seconds)
    assert [each.code for each in reasons] == ["sound_missing_share"] * is_missing
