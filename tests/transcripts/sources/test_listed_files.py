"""Which files of a folder are recordings, and what their names tell."""

from hypothesis import given
from hypothesis import strategies as st

from transcripts.sources.listed_files import (
    ListedFile,
    kinds_of,
    recordings_among,
    shown_name,
)


@given(st.text())
def test_a_shown_name_hides_nothing(text: str) -> None:
    assert "\u202e" not in shown_name(f"{text}\u202e.mp4")


def test_a_meetings_sound_alone_is_left_out_beside_its_video() -> None:
    files = [ListedFile(each) for each in ("a/x.m4a", "a/x.mp4", "b/x.m4a", "y.mp3", ".z.mp4", "chat.txt")]
    typed = ListedFile("ohne Endung", kind="video/mp4")
    assert [each.path for each in recordings_among([*files, typed])] == [
        "a/x.mp4",
        "b/x.m4a",
        "ohne Endung",
        "y.mp3",
    ]


def test_what_else_lies_there_is_told_without_names() -> None:
    assert kinds_of([ListedFile("Anna Huber.pdf"), ListedFile("b.DOCX"), ListedFile("c.pdf")]) == "DOCX, PDF"
    assert kinds_of([ListedFile("Anna")]) == "?"
