"""What stands on slides: at its time in the record, and as the name of a chapter."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transcripts.media.media_values import WHOLE, Cut
from transcripts.media.presentation import Presentation, ShownSlide, scenes
from transcripts.model import Chapter, Recording, Slide, Source, Stage, Transcript
from transcripts.records.slides import MOST_CHARACTERS, MOST_KEPT, kept_slides, titled_by_slides
from transcripts.search.passages import Place, searchable_record


def presentation(*texts: str, seconds: float = 10.0) -> Presentation:
    shown = (ShownSlide(start_seconds=seconds * at, text=text) for at, text in enumerate(texts))
    return Presentation(sound="a.webm", slides=tuple(shown))


def slide(seconds: float, text: str) -> Slide:
    return Slide(start_seconds=seconds, text=text)


def chapters(*starts: float) -> list[Chapter]:
    return [Chapter(start_seconds=start, title=f"Gesagtes {start:.0f}") for start in starts]


def test_texts_are_kept_at_their_times_and_without_those_that_are_empty() -> None:
    assert kept_slides(presentation("Eins", "", "Drei"), WHOLE, 100) == (slide(0, "Eins"), slide(20, "Drei"))
    assert kept_slides(None, WHOLE, 100) == ()


@pytest.mark.parametrize(
    ("cut", "duration_seconds", "kept"),
    [
        (Cut(start_seconds=12), 100, [(0, "Zwei"), (8, "Drei")]),
        (Cut(start_seconds=20), 100, [(0, "Drei")]),
        (Cut(end_seconds=15), 15, [(0, "Eins"), (10, "Zwei")]),
    ],
)
def test_a_cut_moves_slides_and_leaves_out_what_is_not_published(
    cut: Cut, duration_seconds: float, kept: list[tuple[float, str]]
) -> None:
    found = kept_slides(presentation("Eins", "Zwei", "Drei"), cut, duration_seconds)
    assert [(each.start_seconds, each.text) for each in found] == kept


def test_no_more_is_kept_than_a_record_can_bear() -> None:
    many = kept_slides(presentation(*["a"] * 3_000, seconds=0.1), WHOLE, 1e4)
    long = kept_slides(presentation(*["a" * 4_000] * 200, seconds=0.1), WHOLE, 1e4)
    assert len(many) == MOST_KEPT
    assert sum(len(each.text) for each in long) <= MOST_CHARACTERS


def test_a_chapter_is_named_by_the_slide_that_comes_when_it_begins() -> None:
    slides = [slide(0, "Netzwerktreffen"), slide(95, "Losverfahren\nWie geht das?"), slide(300, "Kosten")]
    named = titled_by_slides(chapters(0, 100, 200), slides, ["Netzwerktreffen"])
    assert [(each.title, each.origin) for each in named] == [
        ("Gesagtes 0", "speech"),
        ("Losverfahren", "slide"),
        ("Gesagtes 200", "speech"),
    ]


def test_what_agenda_or_people_say_is_not_renamed() -> None:
    by_others = [
        Chapter(start_seconds=0, title="Begrüßung", origin="agenda"),
        Chapter(start_seconds=50, title="Kosten", origin="human"),
    ]
    slides = [slide(0, "Anderes"), slide(50, "Noch anderes")]
    assert titled_by_slides(by_others, slides) == tuple(by_others)


@pytest.mark.parametrize(
    "text", ["1", "2026", "–", "Willkommen bei BigBlueButton", "Welcome To Big Blue Button", "x" * 81, ""]
)
def test_what_is_no_title_names_nothing(text: str) -> None:
    assert titled_by_slides(chapters(0), [slide(0, text)])[0].origin == "speech"


def test_a_line_on_most_slides_is_no_title() -> None:
    slides = [slide(100 * at, f"Netzwerk Bürgerräte\nThema {name}") for at, name in enumerate("ABCD")]
    named = titled_by_slides(chapters(0, 100, 200), slides)
    assert [each.title for each in named] == ["Thema A", "Thema B", "Thema C"]


def test_a_slide_names_one_chapter() -> None:
    named = titled_by_slides(chapters(90, 110), [slide(100, "Kosten"), slide(105, "Kosten")])
    assert [each.title for each in named] == ["Kosten", "Gesagtes 110"]


def test_each_line_of_a_slide_is_found_at_its_time() -> None:
    recording = Recording(
        id="a",
        title="Treffen",
        recorded_on="2026-11-22",
        duration_seconds=100,
        source=Source(url="https://a/", url_fingerprint="a"),
        slides=(slide(20, "Losverfahren\nMelderegister"),),
        stage=Stage.ARCHIVED,
    )
    found = searchable_record(recording, Transcript(), (), "1").sentences
    assert [(each.start_seconds, each.text) for each in found if each.place is Place.SLIDE] == [
        (20, "Losverfahren"),
        (20, "Melderegister"),
    ]


def test_a_record_without_slides_is_written_as_before() -> None:
    recording = Recording(
        id="a",
        title="Treffen",
        recorded_on="2026-11-22",
        duration_seconds=100,
        source=Source(url="https://a/", url_fingerprint="a"),
        stage=Stage.ARCHIVED,
    )
    assert "slides" not in recording.to_json()


@given(
    st.lists(st.tuples(st.floats(0, 200) | st.integers(0, 3), st.sampled_from([None, "a", "b"]))),
    st.floats(0.1, 100),
)
@example([(0.0, None), (0.0, "a"), (1.0, "b"), (1.0, "a")], 3.0)
def test_scenes_begin_at_once_follow_each_other_and_show_what_was_last_named(
    shown: list[tuple[float, str | None]], length_seconds: float
) -> None:
    slides = [
        ShownSlide(start_seconds=at, picture=name) for at, name in sorted(shown, key=lambda each: each[0])
    ]
    found = scenes(slides, length_seconds)
    starts = [each.start_seconds for each in found]
    assert starts[0] == 0
    assert starts == sorted(starts)
    assert starts[-1] < length_seconds
    for before, after in pairwise(found):
        assert before.picture != after.picture
    for seconds in (length_seconds / 3, length_seconds * 0.9):
        last = [each.picture for each in slides if each.start_seconds <= seconds]
        assert [each.picture for each in found if each.start_seconds <= seconds][-1] == (
            last[-1] if last else None
        )
