"""What becomes of agenda items, in a meeting as informal as most."""

from transcripts.chapters.chapter_detection import work_out_chapters
from transcripts.model import AgendaOutcome, Segment, Transcript

SPEECH = [
    "Guten Abend zusammen, schön, dass ihr da seid.",
    "So, dann Thema Website.",
    "Die neue Seite ist seit gestern online, und viele haben die Website schon besucht.",
    "Auf der Website fehlt noch das Impressum.",
    "Peter schreibt das Impressum für die Website.",
    "Gut, machen wir weiter mit dem Sommerfest.",
    "Für das Sommerfest brauchen wir Bänke und Grillkohle.",
    "Das Sommerfest ist im Juli, die Bänke kommen von der Feuerwehr.",
    "Wer hilft beim Sommerfest beim Aufbau?",
    "Als nächstes kommen wir zum Punkt Spenden und zur Kasse, beides zusammen.",
    "Wir haben mehr Spenden bekommen als im Vorjahr, die Kasse ist voll.",
    "Die Spenden gehen an die Jugendgruppe.",
    "Danke, bis zum nächsten Mal, kommt gut nach Hause.",
]


def meeting() -> Transcript:
    return Transcript(
        segments=tuple(
            Segment(start_seconds=20.0 * at, end_seconds=20.0 * at + 18, text=text)
            for at, text in enumerate(SPEECH)
        )
    )


def outcomes(*agenda: str) -> dict[str, AgendaOutcome]:
    return {one.item: one for one in work_out_chapters(meeting(), agenda).outcomes}


def test_items_in_their_order_are_taken_up() -> None:
    found = outcomes("Website", "Sommerfest", "Spenden")
    assert [one.outcome for one in found.values()] == ["taken_up"] * 3
    assert [one.start_seconds for one in found.values()] == [20.0, 100.0, 180.0]


def test_an_item_nobody_speaks_of_is_skipped_and_makes_no_chapter() -> None:
    found = work_out_chapters(meeting(), ("Website", "Satzungsänderung", "Sommerfest", "Spenden"))
    assert [one.outcome for one in found.outcomes] == ["taken_up", "skipped", "taken_up", "taken_up"]
    assert "Satzungsänderung" not in [chapter.title for chapter in found.chapters]


def test_an_item_that_comes_out_of_its_order_is_moved_and_has_its_chapter() -> None:
    found = work_out_chapters(meeting(), ("Sommerfest", "Website", "Spenden"))
    states = {one.item: one.outcome for one in found.outcomes}
    assert sorted(states.values()) == ["moved", "taken_up", "taken_up"]
    assert states["Spenden"] == "taken_up"
    titles = [chapter.title for chapter in found.chapters]
    assert titles[-3:] == ["Website", "Sommerfest", "Spenden"]


def test_an_item_that_is_named_where_another_opens_is_merged_with_it() -> None:
    found = outcomes("Website", "Sommerfest", "Spenden", "Kasse")
    assert found["Kasse"].outcome == "merged"
    assert found["Kasse"].merged_with == "Spenden"
    assert found["Kasse"].start_seconds == 180.0


def test_the_agenda_of_another_meeting_is_skipped_altogether() -> None:
    found = work_out_chapters(meeting(), ("Satzungsänderung", "Wahl des Vorstands"))
    assert [one.outcome for one in found.outcomes] == ["skipped", "skipped"]
    assert {chapter.origin for chapter in found.chapters} == {"speech"}


def test_silence_skips_every_item() -> None:
    assert [one.outcome for one in work_out_chapters(Transcript(), ("Website",)).outcomes] == ["skipped"]


def test_an_item_that_lasts_very_long_gets_chapters_from_speech_within_it() -> None:
    bees = ["Die Bienen sammeln Honig.", "Der Imker füttert das Volk.", "Honig aus der Wabe schmeckt."]
    trains = ["Der Zug hat Verspätung.", "Die Bahn baut neue Gleise.", "Ein Zug fährt auf Gleisen."]
    texts = ["Kommen wir zum ersten Punkt, dem Bericht.", *bees * 40, *trains * 40]
    segments = (
        Segment(start_seconds=10.0 * at, end_seconds=10.0 * at + 9, text=text)
        for at, text in enumerate(texts)
    )
    found = work_out_chapters(Transcript(segments=tuple(segments)), ("Bericht",)).chapters
    assert found[0].origin == "agenda"
    assert 1210.0 in [chapter.start_seconds for chapter in found if chapter.origin == "speech"]
