"""Windows and chunks lose no speech, never overlap, and are cut where nobody speaks."""

from itertools import pairwise

from transcripts.speech.windows import (
    LONGEST_CHUNK_SECONDS,
    LONGEST_WINDOW_SECONDS,
    MARGIN_SECONDS,
    Chunk,
    SpeechSpan,
    Window,
    halves,
    plan_chunks,
    plan_windows,
)


def talk(*lengths_and_pauses: float) -> tuple[SpeechSpan, ...]:
    """Spans from alternating lengths of speech and pauses, beginning with speech."""
    spans, now = [], 0.0
    for index, length in enumerate(lengths_and_pauses):
        if index % 2 == 0:
            spans.append(SpeechSpan(now, now + length))
        now += length
    return tuple(spans)


def whole(spans: tuple[SpeechSpan, ...]) -> Window:
    return Window(0.0, spans[-1].end_seconds, spans)


def test_windows_cover_the_recording_without_gap_or_overlap() -> None:
    spans = talk(*([4.0, 0.5] * 400))
    windows = plan_windows(spans, 1800.0)
    assert windows[0].start_seconds == 0.0
    assert windows[-1].end_seconds == 1800.0
    assert all(earlier.end_seconds == later.start_seconds for earlier, later in pairwise(windows))
    assert all(each.end_seconds - each.start_seconds <= LONGEST_WINDOW_SECONDS for each in windows)
    heard = [span for each in windows for span in each.spans]
    assert heard == list(spans), "no span is parted or lost"


def test_a_window_ends_in_the_longest_silence_within_reach() -> None:
    spans = (SpeechSpan(0, 200), SpeechSpan(201, 220), SpeechSpan(223, 400))
    assert plan_windows(spans, 400.0, 250.0, 300.0)[0].end_seconds == 221.5


def test_speech_without_any_pause_is_cut_into_equal_windows() -> None:
    windows = plan_windows((SpeechSpan(0, 720),), 720.0, 250.0, 300.0)
    assert [each.end_seconds for each in windows] == [240.0, 480.0, 720.0]
    assert [each.spans for each in windows] == [
        (SpeechSpan(0, 240),), (SpeechSpan(240, 480),), (SpeechSpan(480, 720),)
    ]  # fmt: skip


def test_no_window_is_left_with_the_small_rest() -> None:
    windows = plan_windows(talk(*([4.0, 0.5] * 75)), 337.0, 250.0, 300.0)
    assert len(windows) == 2
    assert all(130 < each.duration_seconds < 210 for each in windows)


def test_a_short_or_empty_recording_is_one_window() -> None:
    assert plan_windows((), 12.0) == (Window(0.0, 12.0, ()),)
    assert len(plan_windows((), 0.0)) == 1


def test_no_speech_means_no_chunk() -> None:
    assert plan_chunks(Window(0.0, 300.0, ())) == ()


def test_chunks_hold_all_speech_once_and_fit_the_model() -> None:
    spans = talk(*([3.7, 0.2, 2.9, 0.7, 5.1, 0.12] * 20))
    chunks = plan_chunks(whole(spans))
    assert [span for each in chunks for span in each.spans] == list(spans)
    assert all(each.duration_seconds <= LONGEST_CHUNK_SECONDS + 2 * MARGIN_SECONDS for each in chunks)
    assert all(earlier.end_seconds <= later.start_seconds for earlier, later in pairwise(chunks))


def test_cuts_prefer_long_pauses() -> None:
    spans = talk(9.0, 0.15, 9.0, 0.9, 9.0, 0.15, 9.0)
    assert [len(each.spans) for each in plan_chunks(whole(spans))] == [2, 2]


def test_long_silence_is_never_inside_a_chunk() -> None:
    assert [each.spans for each in plan_chunks(whole(talk(2.0, 1.6, 2.0)))] == [
        (SpeechSpan(0.0, 2.0),),
        (SpeechSpan(3.6, 5.6),),
    ]


def test_speech_without_a_pause_is_parted_to_what_the_model_can_hear() -> None:
    chunks = plan_chunks(whole((SpeechSpan(0.0, 60.0),)))
    assert len(chunks) == 3
    assert sum(each.speech_seconds for each in chunks) == 60.0


def test_a_chunk_is_halved_at_its_longest_pause() -> None:
    spans = talk(5.0, 0.2, 5.0, 0.8, 5.0)
    first, second = halves(Chunk(0.0, 16.0, spans))
    assert (first.spans, second.spans) == (spans[:2], spans[2:])
    assert first.end_seconds == second.start_seconds == 10.6


def test_a_chunk_without_a_pause_stays_whole() -> None:
    chunk = Chunk(0.0, 5.0, talk(5.0))
    assert halves(chunk) == (chunk,)
