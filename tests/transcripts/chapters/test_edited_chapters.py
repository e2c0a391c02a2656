"""Chapters of people and of machines together."""

from transcripts.chapters.edited_chapters import merge_chapters
from transcripts.model import Chapter


def human(start: float, title: str) -> Chapter:
    return Chapter(start_seconds=start, title=title, origin="human")


def machine(start: float, title: str) -> Chapter:
    return Chapter(start_seconds=start, title=title)


def test_a_persons_chapters_stay_whatever_the_machine_finds() -> None:
    set_by_hand = (human(10, "Eins"), human(40, "Zwei"), human(900, "Drei"))
    found = (machine(0, "A"), machine(12, "B"), machine(400, "C"), machine(910, "D"))
    merged = merge_chapters(set_by_hand, found)
    assert [one for one in merged if one.origin == "human"] == list(set_by_hand)


def test_a_machines_chapter_joins_only_at_a_distance() -> None:
    merged = merge_chapters([human(300, "Kosten")], [machine(0, "A"), machine(330, "B"), machine(600, "C")])
    assert [one.title for one in merged] == ["A", "Kosten", "C"]


def test_a_machines_chapter_under_a_persons_title_is_the_same_one() -> None:
    merged = merge_chapters([human(300, "Kosten")], [machine(0, "A"), machine(500, "kosten")])
    assert [one.title for one in merged] == ["A", "Kosten"]


def test_machine_chapters_of_an_earlier_run_are_not_kept() -> None:
    assert merge_chapters([machine(100, "alt")], [machine(0, "neu")]) == (machine(0, "neu"),)
