"""Chapters of the sample meeting, as recognised and as written, and of odd transcripts."""

import json
import re
import time
from pathlib import Path

import pytest

from transcripts.chapters.chapter_detection import find_chapters, parse_agenda
from transcripts.model import Chapter, Segment, Transcript

SAMPLES = Path(__file__).parents[2] / "samples"
AGENDA = parse_agenda((SAMPLES / "netzwerktreffen.tagesordnung.txt").read_text(encoding="utf-8"))
REFERENCE = json.loads((SAMPLES / "netzwerktreffen.json").read_text(encoding="utf-8"))
REFERENCE_STARTS = [chapter["start_seconds"] for chapter in REFERENCE["chapters"]]


def recognised() -> Transcript:
    text = (SAMPLES / "netzwerktreffen.recognised.json").read_text(encoding="utf-8")
    return Transcript.model_validate_json(text)


def written() -> Transcript:
    """The reference text as a flawless recogniser would give it: a segment for each sentence."""
    segments = []
    for turn in REFERENCE["turns"]:
        sentences = re.split(r"(?<=[.!?])\s+", turn["text"])
        per_letter = (turn["end_seconds"] - turn["start_seconds"]) / sum(map(len, sentences))
        start = turn["start_seconds"]
        for sentence in sentences:
            end = start + per_letter * len(sentence)
            segments.append(Segment(start_seconds=start, end_seconds=end, text=sentence))
            start = end
    return Transcript(segments=tuple(segments))


TRANSCRIPTS = pytest.mark.parametrize("transcript", [recognised(), written()], ids=["recognised", "written"])


def spoken(*sentences: str, seconds: float = 10.0) -> Transcript:
    segments = (
        Segment(start_seconds=index * seconds, end_seconds=(index + 1) * seconds - 0.5, text=sentence)
        for index, sentence in enumerate(sentences)
    )
    return Transcript(segments=tuple(segments))


def starts(chapters: tuple[Chapter, ...]) -> list[float]:
    return [chapter.start_seconds for chapter in chapters]


def titles(chapters: tuple[Chapter, ...]) -> list[str]:
    return [chapter.title for chapter in chapters]


@TRANSCRIPTS
def test_every_agenda_item_is_found_within_three_seconds(transcript: Transcript) -> None:
    chapters = find_chapters(transcript, AGENDA)
    assert titles(chapters) == list(AGENDA)
    assert starts(chapters) == pytest.approx(REFERENCE_STARTS, abs=3.0)
    assert {chapter.origin for chapter in chapters} == {"agenda"}


@TRANSCRIPTS
def test_without_an_agenda_the_same_chapters_are_found_and_no_others(transcript: Transcript) -> None:
    chapters = find_chapters(transcript)
    assert starts(chapters) == pytest.approx(REFERENCE_STARTS, abs=3.0)
    assert {chapter.origin for chapter in chapters} == {"speech"}


@TRANSCRIPTS
def test_titles_made_from_speech_have_two_to_seven_words_and_name_the_topic(transcript: Transcript) -> None:
    made = titles(find_chapters(transcript))
    assert all(2 <= len(title.split()) <= 7 for title in made)
    for title, topic in zip(made, ["Begrüßung", "Los", "Kosten", "Bürgerrat", "Treffen"], strict=True):
        assert topic in title


@TRANSCRIPTS
@pytest.mark.parametrize("position", range(1, 6))
@pytest.mark.parametrize("item", ["Finanzbericht des Vorstands", "Öffentlichkeitsarbeit und Website"])
def test_an_item_nobody_took_up_is_left_out_and_moves_no_other(
    transcript: Transcript, position: int, item: str
) -> None:
    agenda = [*AGENDA[:position], item, *AGENDA[position:]]
    chapters = find_chapters(transcript, agenda)
    assert titles(chapters) == list(AGENDA)
    assert starts(chapters) == pytest.approx(REFERENCE_STARTS, abs=3.0)


@TRANSCRIPTS
@pytest.mark.parametrize(
    "agenda",
    [
        (
            "Willkommen",
            "Wie man Teilnehmende auslost",
            "Geld und Fördermittel",
            "Umsetzung der Ergebnisse",
            "Ausblick und Verabschiedung",
        ),
        (
            "Eröffnung",
            "Erfahrungen mit der Zufallsauswahl",
            "Finanzierung von Bürgerräten",
            "Wirkung in der Politik",
            "Themen fürs nächste Mal",
        ),
    ],
)
def test_items_in_other_words_are_found_by_the_moderators_turns(
    transcript: Transcript, agenda: tuple[str, ...]
) -> None:
    chapters = find_chapters(transcript, agenda)
    assert titles(chapters) == list(agenda)
    assert starts(chapters) == pytest.approx(REFERENCE_STARTS, abs=3.0)


def test_an_agenda_with_numbers_and_times_gives_clean_titles() -> None:
    raw = [f"{number}. 19:{number}0 Uhr: {item}" for number, item in enumerate(AGENDA, start=1)]
    chapters = find_chapters(recognised(), raw)
    assert titles(chapters) == list(AGENDA)


def test_what_comes_before_the_first_item_gets_a_chapter_of_its_own() -> None:
    chapters = find_chapters(recognised(), AGENDA[1:])
    assert titles(chapters) == ["Begrüßung und Ablauf", *AGENDA[1:]]
    assert [chapter.origin for chapter in chapters] == ["speech", *["agenda"] * 4]
    assert starts(chapters) == pytest.approx(REFERENCE_STARTS, abs=3.0)


def test_the_agenda_of_another_meeting_gives_way_to_what_is_said() -> None:
    chapters = find_chapters(recognised(), ["Jahresabschluss", "Wahl des Vorstands", "Satzungsänderung"])
    assert chapters == find_chapters(recognised())


def test_the_first_chapter_starts_with_late_speech() -> None:
    shifted = [
        segment.model_copy(
            update={"start_seconds": segment.start_seconds + 90, "end_seconds": segment.end_seconds + 90}
        )
        for segment in recognised().segments
    ]
    for agenda in (AGENDA, ()):
        assert find_chapters(Transcript(segments=tuple(shifted)), agenda)[0].start_seconds == 90.0


@pytest.mark.parametrize("agenda", [(), AGENDA])
def test_silence_has_no_chapters(agenda: tuple[str, ...]) -> None:
    assert find_chapters(Transcript(), agenda) == ()
    assert find_chapters(spoken("", "  "), agenda) == ()


@pytest.mark.parametrize("agenda", [(), AGENDA, ("", "  ")])
def test_a_single_segment_is_one_chapter(agenda: tuple[str, ...]) -> None:
    chapters = find_chapters(spoken("Guten Abend, wir reden heute kurz über das Losverfahren."), agenda)
    assert starts(chapters) == [0.0]
    assert chapters[0].title


def test_a_transcript_without_capitals_and_punctuation_has_chapters_too() -> None:
    plain = [
        segment.model_copy(update={"text": re.sub(r"[.,!?]", "", segment.text.lower())})
        for segment in recognised().segments
    ]
    chapters = find_chapters(Transcript(segments=tuple(plain)), AGENDA)
    assert titles(chapters) == list(AGENDA)
    assert all(title[0].isupper() for title in titles(find_chapters(Transcript(segments=tuple(plain)))))


def test_chapters_of_speech_alone_are_a_minute_long_and_more_where_nobody_announces_them() -> None:
    bees = [
        "Die Bienen sammeln Honig.",
        "Der Imker füttert das Volk.",
        "Honig aus der Wabe schmeckt.",
        "Imker und Bienen.",
    ]
    trains = [
        "Der Zug hat Verspätung.",
        "Die Bahn baut neue Gleise.",
        "Der Fahrplan der Bahn.",
        "Ein Zug fährt auf Gleisen.",
    ]
    chapters = find_chapters(spoken(*bees * 4, *trains * 4))
    assert starts(chapters) == [0.0, 160.0]
    assert "Bienen" in chapters[0].title
    assert "Bahn" in chapters[1].title or "Zug" in chapters[1].title


def test_the_same_transcript_gives_the_same_chapters() -> None:
    assert find_chapters(recognised(), AGENDA) == find_chapters(recognised(), AGENDA)
    assert find_chapters(recognised()) == find_chapters(recognised())


def again_and_again(times: int) -> Transcript:
    """The sample meeting so many times, one after the other."""
    return Transcript(
        segments=tuple(
            segment.model_copy(
                update={
                    "start_seconds": segment.start_seconds + 400.0 * again,
                    "end_seconds": segment.end_seconds + 400.0 * again,
                }
            )
            for again in range(times)
            for segment in recognised().segments
        )
    )


def processor_seconds(transcript: Transcript) -> float:
    before = time.process_time()
    assert find_chapters(transcript)
    assert find_chapters(transcript, AGENDA * 2)
    return time.process_time() - before


def test_time_grows_no_faster_than_the_length() -> None:
    processor_seconds(again_and_again(1))  # what is loaded once does not count
    one_hour, two_hours = map(processor_seconds, (again_and_again(9), again_and_again(18)))
    assert two_hours < 3.0 * one_hour
