"""What was made is compared with its source, in both directions."""

from tasks.media.comparison import Chosen, differences
from transcripts.media.timeline import Part, Piece, Shift, Span, Survey, SurveyedFile, Track

PIECES = (Piece(part=0, stream=0, shifts=(Shift(packet=0, seconds=0.0),)),)


def track(kind: str, first: float = 0.0, end: float = 20.0, **more: object) -> Track:
    described = {"kind": kind, "number": 0, "codec": "", "packets": 9, "size_bytes": 9, "pieces": PIECES}
    times = {"first_seconds": first, "last_seconds": end - 0.1, "end_seconds": end}
    return Track.model_validate({**described, **times, **more})


def file(*tracks: Track, stated: float | None = None, playlist: float | None = None) -> SurveyedFile:
    return SurveyedFile(
        parts=(Part(),),
        tracks=tracks,
        is_clocked=True,
        stated_seconds=stated,
        playlist_seconds=playlist,
        playlist_segments=4,
    )


def found(source: SurveyedFile, made_seconds: float = 20.0, made: SurveyedFile | None = None) -> list[object]:
    """What disagrees, each with its figures."""
    sound = next(each for each in source.tracks if each.kind == "sound")
    picture = next((each for each in source.tracks if each.kind == "picture"), None)
    chosen = Chosen(source, sound, source if picture else None, picture)
    span = Span(chosen.start_seconds, chosen.length_seconds)
    reasons = differences(chosen, span, made_seconds, Survey(files=(made or source,)))
    return [reason.details["what"] for reason in reasons]


def test_what_agrees_is_not_held() -> None:
    assert found(file(track("sound"), track("picture"), stated=20.0, playlist=20.4)) == []


def test_a_sound_that_is_too_long_or_too_short_is_told() -> None:
    assert found(file(track("sound")), made_seconds=20.3) == ["sound"]
    assert found(file(track("sound")), made_seconds=19.7) == ["sound"]


def test_a_picture_that_ends_elsewhere_is_told() -> None:
    source = file(track("sound"), track("picture"))
    assert found(source, made=file(track("sound"), track("picture", end=19.5))) == ["picture"]
    assert found(source, made=file(track("sound"), track("picture", end=42.0))) == ["picture"]


def test_a_picture_that_begins_elsewhere_is_told() -> None:
    source = file(track("sound"), track("picture", first=1.0))
    assert found(source, made=file(track("sound"), track("picture", first=1.1))) == ["start"]


def test_a_container_that_states_another_length_is_told_in_both_directions() -> None:
    assert found(file(track("sound"), stated=25.0)) == ["sound"]
    assert found(file(track("sound"), stated=15.0)) == ["sound"]


def test_a_container_that_counts_from_another_zero_is_believed() -> None:
    assert found(file(track("sound", first=600.0, end=620.0), stated=620.0)) == []


def test_a_playlist_that_promises_more_than_came_is_told() -> None:
    assert found(file(track("sound"), playlist=40.0)) == ["sound"]


def test_what_could_not_be_read_in_the_middle_is_told() -> None:
    assert found(file(track("sound", lost_seconds=0.8))) == ["sound"]
