"""Informal meetings of three countries as a whole: what a reader finds in the list of chapters.

Each text in `tests/samples/informal` names after "= " what the chapter that
begins there is about; "[300]" is a silence of so many seconds.
"""

import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from transcripts.agenda import parse_agenda
from transcripts.chapters import find_chapters, work_out_chapters
from transcripts.model import Chapter, Segment, Transcript

FOLDER = Path(__file__).parent.parent / "samples/informal"
MEETINGS = ("arbeitskreis", "elternverein", "quartierverein")
SECONDS_A_LETTER = 3 / 14
RUNS = str.maketrans(dict.fromkeys(".,:;?!", ""))


@dataclass(frozen=True, slots=True)
class Meeting:
    """A transcript, and where its chapters begin with the word that each title must have."""

    transcript: Transcript
    begins: dict[float, str]


def meeting(name: str, *, is_plain: bool = False, without: frozenset[int] = frozenset()) -> Meeting:
    """The meeting; plain: without capitals and punctuation; without the lines that open some chapters."""
    segments: list[Segment] = []
    begins: dict[float, str] = {}
    now, is_opening = 0.0, False
    for line in (FOLDER / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("= "):
            begins[round(now, 1)] = line.removeprefix("= ")
            is_opening = len(begins) - 1 in without
        elif line.startswith("["):
            now += float(line.strip("[]"))
        elif is_opening:
            is_opening = False
        else:
            text = line.translate(RUNS).lower() if is_plain else line
            end = now + len(text) * SECONDS_A_LETTER
            segments.append(Segment(start_seconds=round(now, 1), end_seconds=round(end, 1), text=text))
            now = end + 0.5
    return Meeting(Transcript(segments=tuple(segments)), begins)


def lines(chapters: tuple[Chapter, ...]) -> dict[float, str]:
    return {chapter.start_seconds: chapter.title for chapter in chapters}


@pytest.mark.parametrize("name", MEETINGS)
@pytest.mark.parametrize("is_plain", [False, True], ids=["written", "plain"])
def test_each_chapter_begins_with_the_sentence_that_opens_it_and_none_else(name: str, is_plain: bool) -> None:
    held = meeting(name, is_plain=is_plain)
    assert lines(find_chapters(held.transcript)).keys() == held.begins.keys()


@pytest.mark.parametrize("name", MEETINGS)
@pytest.mark.parametrize("is_plain", [False, True], ids=["written", "plain"])
def test_each_title_names_the_topic_in_at_most_seven_words(name: str, is_plain: bool) -> None:
    held = meeting(name, is_plain=is_plain)
    for start, title in lines(find_chapters(held.transcript)).items():
        assert held.begins[start] in title
        assert len(title.split()) <= 7
        assert title[0].isupper()


def test_a_pasted_agenda_is_followed_where_items_were_moved_skipped_or_interrupted() -> None:
    held = meeting("elternverein")
    agenda = parse_agenda("""TOP 1: Begrüßung (5 Min.)
TOP 2: Kantine / Schulbuffet - 18:05 Uhr
TOP 3: Budget 2026, Mitgliedsbeiträge
TOP 4: Schikurs 2. Klassen – Martina Hofer
TOP 5: Neuwahl des Vorstands
TOP 6: Allfälliges""")
    found = work_out_chapters(held.transcript, agenda)
    assert [chapter.title for chapter in found.chapters] == [
        "Begrüßung",
        "Kantine / Schulbuffet",
        "Schikurs 2. Klassen",
        "Pause",
        "Budget 2026, Mitgliedsbeiträge",
    ]
    assert lines(found.chapters).keys() == held.begins.keys()
    assert [outcome.outcome for outcome in found.outcomes] == [
        "taken_up",
        "taken_up",
        "taken_up",
        "moved",
        "skipped",
        "skipped",
    ]


def test_the_traktanden_of_a_swiss_meeting_are_found_and_elections_that_were_not_held_are_skipped() -> None:
    held = meeting("quartierverein")
    agenda = parse_agenda("""Traktandenliste:
1. Begrüssung
2. Protokoll vom 3. Mai
3. Jahresrechnung 2025 (Vreni Müller)
4. Wahlen
5. Veloweg Seestrasse
6. Kompostplatz beim Schulhaus
7. Varia""")
    found = work_out_chapters(held.transcript, agenda)
    assert lines(found.chapters).keys() == held.begins.keys()
    assert [one.item for one in found.outcomes if one.outcome != "taken_up"] == ["Wahlen"]


def test_an_agenda_with_times_is_found_in_a_meeting_where_nobody_counts() -> None:
    held = meeting("arbeitskreis")
    agenda = parse_agenda("""• 20:00 Ankommen
• 20:05–20:40 Stand der Auslosung
• 20:40 Angebote Moderation, ca. 20 Minuten
• Raumfrage
• Verabschiedung""")
    found = work_out_chapters(held.transcript, agenda)
    starts = list(held.begins)
    assert [chapter.start_seconds for chapter in found.chapters[:-1]] == starts
    assert found.chapters[-1].title == "Verabschiedung"
    assert {outcome.outcome for outcome in found.outcomes} == {"taken_up"}


@pytest.mark.parametrize("name", MEETINGS)
def test_where_nobody_moderates_topics_are_still_told_apart(name: str) -> None:
    held = meeting(name, without=frozenset(range(1, 9)))
    found = find_chapters(held.transcript)
    near = [start for start in held.begins if any(abs(one.start_seconds - start) <= 30 for one in found)]
    assert len(near) >= len(held.begins) / 2
    assert len(found) <= len(held.begins) + 1
    assert all(b.start_seconds - a.start_seconds >= 60 for a, b in pairwise(found))


@pytest.mark.parametrize("name", MEETINGS)
def test_one_word_in_ten_misheard_beside_the_turns_moves_no_chapter(name: str) -> None:
    held = meeting(name)
    dice = random.Random(7)  # noqa: S311  # the same mishearings in every run

    def misheard(segment: Segment) -> Segment:
        if segment.start_seconds in held.begins:
            return segment
        words = [word[::-1] if dice.random() < 0.1 else word for word in segment.text.split()]
        return segment.model_copy(update={"text": " ".join(words)})

    worse = held.transcript.model_copy(update={"segments": tuple(map(misheard, held.transcript.segments))})
    found = lines(find_chapters(worse))
    assert found.keys() == held.begins.keys()


def test_three_minutes_have_one_or_two_chapters() -> None:
    held = meeting("quartierverein").transcript
    short = tuple(segment for segment in held.segments if 167 <= segment.start_seconds < 350)
    found = find_chapters(Transcript(segments=short))
    assert 1 <= len(found) <= 2
    assert "Jahresrechnung" in found[0].title
