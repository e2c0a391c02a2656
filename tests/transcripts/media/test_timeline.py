"""One clock out of what packets say: where tracks change to another, and what is added to their stamps."""

from transcripts.media.timeline import Border, Event, Shift, borders_of, shifts_of, shown_seconds


def test_a_picture_that_begins_again_goes_on_where_it_ended() -> None:
    events = [Event(packet=25, end_seconds=5.0, start_seconds=0.0), Event(50, 5.0, 0.0)]
    assert borders_of(events, [], closes_forward=False) == [Border(5.0), Border(10.0)]


def test_a_pause_is_no_new_clock() -> None:
    pause = [Event(packet=25, end_seconds=5.0, start_seconds=125.0)]
    assert borders_of(pause, [pause], closes_forward=False) == []


def test_a_leap_of_all_tracks_of_a_stream_is_a_new_clock() -> None:
    leap, as_far = [Event(25, 5.0, 125.0)], [Event(240, 5.1, 125.0)]
    assert borders_of(leap, [as_far], closes_forward=True) == [Border(-120.0)]


def test_a_picture_that_stands_still_while_the_sound_goes_on_is_a_pause() -> None:
    assert borders_of([Event(25, 5.0, 20.0)], [[]], closes_forward=True) == []


def test_a_border_of_the_playlist_counts_however_small_its_step_is() -> None:
    events = [Event(25, 5.0, 8.0, border=0)]
    assert borders_of(events, [], closes_forward=False) == [Border(-3.0, 0)]


def test_the_sound_passes_a_border_where_its_own_stamps_jump() -> None:
    events = [Event(packet=236, end_seconds=5.01, start_seconds=0.01)]
    assert shifts_of(events, [Border(5.0)]) == (Shift(packet=0, seconds=0.0), Shift(packet=236, seconds=5.0))


def test_a_gap_in_the_sound_alone_passes_no_border() -> None:
    events = [Event(packet=100, end_seconds=2.0, start_seconds=4.0)]
    assert shifts_of(events, [Border(5.0)]) == (Shift(packet=0, seconds=0.0),)


def test_a_sound_with_a_gap_at_the_border_keeps_the_gap() -> None:
    events = [Event(packet=100, end_seconds=3.0, start_seconds=0.0)]
    assert shifts_of(events, [Border(5.0)])[-1] == Shift(packet=100, seconds=5.0)


def test_a_track_without_packets_in_one_stretch_passes_two_borders_at_once() -> None:
    events = [Event(packet=100, end_seconds=5.0, start_seconds=0.0)]
    assert shifts_of(events, [Border(5.0), Border(10.0)])[-1] == Shift(packet=100, seconds=5.0)
    in_third = [Event(packet=100, end_seconds=5.0, start_seconds=0.0, border=1)]
    assert shifts_of(in_third, [Border(5.0, 0), Border(10.0, 1)])[-1] == Shift(packet=100, seconds=10.0)


def test_a_length_that_players_show_is_believed_where_it_is_a_little_less_than_there_is() -> None:
    assert shown_seconds(20.5, 20.2) == 20.2
    assert [shown_seconds(20.5, stated) for stated in (0.0, 15.0, 20.5, 25.0, 620.0)] == [20.5] * 5
