"""Several recordings behind one address, as they are kept and told."""

from datetime import date

from transcripts.sources.recording_choice import MOST_CHOICES, Choice, choice_lines, packed, unpacked

ADDRESS = "https://wolke.example.org/s/abc/download?path=%2F&files=a.mp4"


def test_choices_come_back_as_they_were_and_only_so_many() -> None:
    made = tuple(Choice(name=f"{n}.mp4", address=ADDRESS, day=date(2026, 11, 19)) for n in range(60))
    assert unpacked(packed(made)) == made[:MOST_CHOICES]


def test_what_is_no_list_of_choices_is_none() -> None:
    for text in ("", "{}", "[1]", "[" * 100_000, '[{"name": "a", "address": "b", "more": 1}]', "NaN"):
        assert unpacked(text) == ()


def test_a_list_tells_names_sizes_days_and_addresses() -> None:
    told = Choice(name="Köln.mp4", address=ADDRESS, size_bytes=1_200_000_000, day=date(2026, 11, 19))
    changed = Choice(name="Bonn.mp4", address=ADDRESS, changed_on=date(2026, 11, 20))
    nothing = Choice(name="X.mp4", address=ADDRESS)
    assert choice_lines((told, changed, nothing)).splitlines() == [
        "– „Köln.mp4“ (1,2 GB, 19.11.2026):",
        f"  {ADDRESS}",
        "– „Bonn.mp4“ (geändert am 20.11.2026):",
        f"  {ADDRESS}",
        "– „X.mp4“:",
        f"  {ADDRESS}",
    ]
